"""Many orders of events around marks, against a model: no look returns less than what was acknowledged before it."""

import asyncio
import random
from dataclasses import dataclass, field
from secrets import token_hex

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.redis.client import Client
from facetry.engines.redis.marks import MARGIN, RedisMarks
from facetry.engines.redis.opening import open_client

pytestmark = pytest.mark.anyio

LEASE = 0.2
WORLDS = 100
"""At once, each a tenant of its own."""
STEPS = 25


class Unsteady:
    """A client some of whose commands come late, are lost on the way, or are done without an answer."""

    def __init__(self, client: Client, chance: random.Random) -> None:
        self._client = client
        self._chance = chance
        self.driver, self.prefix, self.replicas = client.driver, client.prefix, client.replicas
        self.key, self.close = client.key, client.close
        self.trouble = 0.0
        self._late = set()

    async def run(self, script, key, *arguments):
        if self._chance.random() >= self.trouble:
            return await self._client.run(script, key, *arguments)
        match self._chance.randrange(3):
            case 0:
                await asyncio.sleep(self._chance.random() * LEASE * 2)
                return await self._client.run(script, key, *arguments)
            case 1:
                # Done later, after whoever asked has given up.
                late = asyncio.ensure_future(self._after(self._chance.random() * LEASE * 3, script, key, arguments))
                self._late.add(late)
            case _:
                await self._client.run(script, key, *arguments)
        raise StoreError("lost")

    async def _after(self, seconds, script, key, arguments):
        await asyncio.sleep(seconds)
        await self._client.run(script, key, *arguments)

    async def settled(self):
        await asyncio.gather(*self._late)


@dataclass
class World:
    """The truth: what the store holds, and what of it was acknowledged."""

    tenant: str
    chance: random.Random
    committed: int = 0
    acknowledged: int = 0
    looks: int = 0
    believed: int = 0
    wrong: list = field(default_factory=list)

    async def write(self, marks):
        """Commit, tell, and acknowledge as a store does."""
        look = await marks.look(self.tenant) if self.chance.random() < 0.5 else None
        self.committed = mark = self.committed + 1
        committed_at = asyncio.get_running_loop().time()
        if self.chance.random() < 0.1:
            # Killed between the commit and the acknowledgement.
            return
        if not await marks.tell(self.tenant, mark, look):
            waited = asyncio.get_running_loop().time() - committed_at
            await asyncio.sleep(max(0.0, marks.lease_seconds * MARGIN - waited))
        self.acknowledged = max(self.acknowledged, mark)

    async def read(self, marks):
        """Look as a store does, and compare."""
        least = self.acknowledged
        look = await marks.look(self.tenant)
        self.looks += 1
        if look.mark is not None:
            self.believed += 1
            if look.mark < least:
                self.wrong.append((look.mark, least))
            return
        await asyncio.sleep(self.chance.random() * LEASE / 2)
        mark = self.committed
        await asyncio.sleep(self.chance.random() * LEASE / 2)
        await marks.keep(self.tenant, mark, look)


async def flush(driver, key, chance):
    await driver.delete(key)


async def fail_over(driver, key, chance):
    """Leave what another server left behind, whose clock is another by up to an hour."""
    if await driver.exists(key):
        await driver.hset(key, "server", token_hex(20))
        await driver.hincrby(key, "moment", chance.randrange(-3_600_000_000, 3_600_000_000))


async def roll_back(driver, key, chance):
    """Leave an old mark behind, as a restart from a file does, or the failover to one that lagged."""
    if await driver.exists(key):
        await driver.hset(key, mapping={"server": token_hex(20), "mark": "0"})


@pytest.fixture
async def clients(redis_server, anyio_backend):
    prefix = f"test-{token_hex(6)}"
    made = [open_client(f"{redis_server.url}?prefix={prefix}") for _ in range(3)]
    yield made
    for client in made:
        await client.close()


async def lived(seed, clients):
    """Return the world after many events at once."""
    chance = random.Random(seed)
    world = World(f"tenant{seed}", chance)
    ways = [Unsteady(client, chance) for client in clients]
    machines = [RedisMarks(way, LEASE) for way in ways]
    key = clients[0].key("mark", world.tenant)
    for way in ways:
        way.trouble = chance.choice([0.0, 0.1, 0.4])

    async def live(marks):
        for _ in range(STEPS):
            await asyncio.sleep(chance.random() * LEASE / 2)
            await (world.write(marks) if chance.random() < 0.25 else world.read(marks))

    async def disturb():
        for _ in range(chance.randrange(20)):
            await asyncio.sleep(chance.random() * LEASE * 2)
            await chance.choice([flush, fail_over, roll_back])(clients[0].driver, key, chance)

    await asyncio.gather(*(live(marks) for marks in machines * 2), disturb())
    for way in ways:
        await way.settled()
    return world


async def test_no_look_returns_less_than_what_was_acknowledged_before_it(clients):
    worlds = await asyncio.gather(*(lived(seed, clients) for seed in range(WORLDS)))
    assert {world.tenant: world.wrong for world in worlds if world.wrong} == {}
    # Many looks are worth something, and there was something to see.
    assert sum(world.believed for world in worlds) > sum(world.looks for world in worlds) / 10
    assert sum(world.acknowledged for world in worlds) > 15 * WORLDS
