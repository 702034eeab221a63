"""What becomes of marks and buckets when servers that hold them are cut off, stand still, are killed or replaced."""

import asyncio
import time
from secrets import token_hex

import pytest

from facetry.domain.leaky_bucket import Bucket
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.engines.redis.client import PATIENCE_SECONDS
from facetry.engines.redis.marks import RedisMarks
from facetry.engines.redis.opening import open_client
from facetry.engines.redis.rate_limiter import RedisRateLimiter
from facetry.testing.rate_limiter import SetClock
from facetry.testing.shared_marks import SharedMarksConformance
from tests.engines.network_proxy import NetworkProxy

pytestmark = pytest.mark.anyio

TENANT = "acme"
LEASE = 0.3
SOON = 10.0
"""Seconds in which everything is well again; a slow machine needs some of them."""


@pytest.fixture
async def opened(anyio_backend):
    """Return what opens marks at an address, each as a process of its own; they end with the test."""
    made = []

    def open_marks(url, prefix="", lease_seconds=LEASE):
        made.append(RedisMarks(open_client(f"{url}?prefix={prefix or token_hex(6)}"), lease_seconds))
        return made[-1]

    yield open_marks
    for marks in made:
        await marks.close()


@pytest.fixture
def proxy(redis_server):
    with NetworkProxy(redis_server.port) as proxy:
        yield proxy


async def seconds_of(doing):
    began = time.monotonic()
    outcome = await doing
    return time.monotonic() - began, outcome


async def until_told(marks, mark):
    """Tell a mark until that is certain."""
    ends = time.monotonic() + SOON
    while not await marks.tell(TENANT, mark):
        assert time.monotonic() < ends
        await asyncio.sleep(0.02)


async def until_seen(marks):
    """Look until the server answers."""
    ends = time.monotonic() + SOON
    while (await marks.look(TENANT)).moment is None:
        assert time.monotonic() < ends
        await asyncio.sleep(0.02)


async def test_a_server_that_stands_still_costs_one_time_out_a_second(opened, proxy):
    marks = opened(f"redis://127.0.0.1:{proxy.port}")
    await until_told(marks, 1)
    proxy.stall()
    seconds, looks = await seconds_of(asyncio.gather(*(marks.look(f"t{number}") for number in range(100))))
    assert PATIENCE_SECONDS * 0.9 < seconds < PATIENCE_SECONDS * 3
    assert {(look.mark, look.moment) for look in looks} == {(None, None)}
    seconds, told = await seconds_of(asyncio.gather(*(marks.tell(TENANT, 2) for _ in range(100))))
    assert seconds < PATIENCE_SECONDS
    assert set(told) == {False}
    await marks.keep(TENANT, 2, looks[0])
    proxy.heal()
    await until_told(marks, 3)


@pytest.mark.parametrize("trouble", ["cut", "lose", "stall"])
async def test_one_that_is_away_says_nothing_and_is_used_again_when_it_is_back(opened, proxy, redis_server, trouble):
    prefix = token_hex(6)
    cut_off, other = opened(f"redis://127.0.0.1:{proxy.port}", prefix), opened(redis_server.url, prefix)
    await cut_off.keep(TENANT, 4, await cut_off.look(TENANT))
    assert (await other.look(TENANT)).mark == 4
    getattr(proxy, trouble)()
    assert not await cut_off.tell(TENANT, 5)
    # What the writer waits for before it acknowledges what it could not tell.
    await asyncio.sleep(cut_off.lease_seconds * 1.1)
    assert (await other.look(TENANT)).mark is None
    proxy.heal()
    await until_told(cut_off, 5)


async def test_messages_are_heard_again_after_the_connection_broke(opened, proxy, redis_server):
    prefix, heard = token_hex(6), asyncio.Queue()
    listener, teller = opened(f"redis://127.0.0.1:{proxy.port}", prefix), opened(redis_server.url, prefix)
    listener.listen(lambda *told: heard.put_nowait(told))

    async def until_heard(mark):
        async with asyncio.timeout(SOON):
            while heard.empty() or heard.get_nowait() != (TENANT, mark):
                await teller.tell(TENANT, mark)
                await asyncio.sleep(0.02)

    await until_heard(1)
    proxy.cut()
    proxy.heal()
    await until_heard(2)


async def test_calls_are_counted_without_the_server_and_with_it_again(proxy, caplog):
    client = open_client(f"redis://127.0.0.1:{proxy.port}?prefix={token_hex(6)}")
    limiter = RedisRateLimiter(client, MemoryRateLimiter(SetClock()))
    bucket = Bucket(50, 0.001)
    for _ in range(3):
        await limiter.take(TENANT, "a", bucket)
    proxy.stall()
    assert (await limiter.take(TENANT, "a", bucket)).remaining == 49
    assert [limiter.is_shared, (await limiter.take(TENANT, "a", bucket)).remaining] == [False, 48]
    proxy.heal()
    async with asyncio.timeout(SOON):
        while not limiter.is_shared:
            level = await limiter.take(TENANT, "a", bucket)
            await asyncio.sleep(0.05)
    # The call that nobody waited for any more was perhaps counted when the server went on.
    assert level.remaining in (46, 45)
    assert caplog.text.count("each process counts calls for itself") == 1
    await limiter.close()


async def test_a_server_that_is_killed_and_started_again_is_used_again(opened, redis_server):
    marks = opened(redis_server.url)
    await marks.keep(TENANT, 4, await marks.look(TENANT))
    look = await marks.look(TENANT)
    redis_server.process.kill()
    assert (await marks.look(TENANT)).mark is None
    assert not await marks.tell(TENANT, 5)
    redis_server.process.start()
    await until_told(marks, 6)
    await marks.keep(TENANT, 4, look)
    assert (await marks.look(TENANT)).mark is None


class TestUnderSentinels(SharedMarksConformance):
    @pytest.fixture
    def prefix(self):
        return token_hex(6)

    @pytest.fixture
    async def marks(self, opened, redis_sentinels, prefix):
        marks = opened(redis_sentinels.url, prefix)
        # A server is not trusted before it was known for a lease.
        await until_told(marks, 0)
        return marks

    @pytest.fixture
    async def peer(self, opened, redis_sentinels, prefix):
        peer = opened(redis_sentinels.url, prefix)
        await until_told(peer, 0)
        return peer

    async def test_a_mark_that_a_follower_has_is_believed(self, marks, peer):
        await marks.keep(TENANT, 4, await marks.look(TENANT))
        assert (await peer.look(TENANT)).mark == 4
        assert await peer.tell(TENANT, 5, await peer.look(TENANT))
        assert (await marks.look(TENANT)).mark == 5

    async def test_without_followers_nothing_is_certain_and_nothing_believed(self, marks, redis_sentinels):
        follower = redis_sentinels.servers[1].process
        follower.pause()
        try:
            assert not await marks.tell(TENANT, 5)
            await marks.keep(TENANT, 5, await marks.look(TENANT))
            assert (await marks.look(TENANT)).mark is None
        finally:
            follower.resume()
        await until_told(marks, 6)


async def survive(marks, kill, pause_seconds=0.005):
    """Write and read through the end of a master; return what was seen wrong, how often, and the longest gap."""
    state = {"committed": 0, "acknowledged": 0, "looks": 0, "believed": 0, "gap": 0.0, "wrong": []}
    ends = time.monotonic() + 6

    async def write():
        certain_at = time.monotonic()
        while time.monotonic() < ends:
            look = await marks.look(TENANT)
            state["committed"] = mark = state["committed"] + 1
            if await marks.tell(TENANT, mark, look):
                certain_at = time.monotonic()
            else:
                await asyncio.sleep(marks.lease_seconds * 1.1)
            state["acknowledged"] = mark
            state["gap"] = max(state["gap"], time.monotonic() - certain_at)
            await asyncio.sleep(0.02)

    async def read():
        while time.monotonic() < ends:
            least = state["acknowledged"]
            look = await marks.look(TENANT)
            state["looks"] += 1
            if look.mark is None:
                await marks.keep(TENANT, state["committed"], look)
            else:
                state["believed"] += 1
                state["wrong"] += [(look.mark, least)] if look.mark < least else []
            await asyncio.sleep(pause_seconds)

    async def end():
        await asyncio.sleep(1)
        kill()

    await asyncio.gather(write(), read(), read(), end())
    return state


async def test_the_master_is_killed(opened, redis_sentinels):
    """The follower takes over; what was certain before is the least that is seen after it."""
    marks = opened(redis_sentinels.url)
    await until_told(marks, 0)
    state = await survive(marks, redis_sentinels.servers[0].process.kill)
    assert state["wrong"] == []
    assert state["believed"] > 20
    # There is no other follower, so nothing is certain, but all goes on.
    assert state["acknowledged"] > 10
    await until_seen(marks)
    assert not await marks.tell(TENANT, state["committed"] + 1)


class TestInCluster(SharedMarksConformance):
    pytestmark = pytest.mark.slow

    @pytest.fixture
    def prefix(self):
        return token_hex(6)

    @pytest.fixture
    async def marks(self, opened, redis_cluster, prefix):
        marks = opened(redis_cluster.url, prefix)
        await until_told(marks, 0)
        return marks

    @pytest.fixture
    async def peer(self, opened, redis_cluster, prefix):
        peer = opened(redis_cluster.url, prefix)
        await until_told(peer, 0)
        return peer

    async def test_messages_are_heard(self, marks, peer):
        heard = asyncio.Queue()
        peer.listen(lambda *told: heard.put_nowait(told))
        async with asyncio.timeout(SOON):
            while heard.empty():
                await marks.tell(TENANT, 5)
                await asyncio.sleep(0.02)
        assert await heard.get() == (TENANT, 5)

    async def test_tenants_of_all_nodes_at_once(self, marks):
        looks = await asyncio.gather(*(marks.look(f"tenant{number}") for number in range(300)))
        assert all(look.moment for look in looks)

    async def test_buckets(self, redis_cluster, anyio_backend):
        client = open_client(f"{redis_cluster.url}?prefix={token_hex(6)}")
        limiter = RedisRateLimiter(client, MemoryRateLimiter(SetClock()))
        taken = [limiter.take(f"t{at % 9}", "a", Bucket(5, 0.001)) for at in range(90)]
        assert sum(level.is_allowed for level in await asyncio.gather(*taken)) == 45
        assert limiter.is_shared
        await limiter.close()

    async def test_a_master_is_killed(self, marks, redis_cluster):
        slot = await marks._client.driver.cluster_keyslot(marks._client.key("mark", TENANT).decode())
        master = redis_cluster.servers[slot * 3 // 16384]
        state = await survive(marks, master.process.kill)
        assert state["wrong"] == []
        assert state["acknowledged"] > 10
        await until_seen(marks)
