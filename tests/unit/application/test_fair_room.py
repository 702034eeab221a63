import asyncio
from itertools import pairwise

import pytest

from facetry.application.fair_room import FairRoom
from facetry.application.tenant_turns import STEPS, TenantTurns

pytestmark = pytest.mark.anyio


class Visitors:
    """Callers that note when they are let in, and stay until they are told to go."""

    def __init__(self, room):
        self.room = room
        self.inside = []
        self.ends = {}

    async def come(self, name):
        async with self.room.place(name[0]):
            self.inside.append(name)
            self.ends[name] = asyncio.Event()
            await self.ends[name].wait()

    async def send(self, *names):
        tasks = [asyncio.create_task(self.come(name)) for name in names]
        await asyncio.sleep(0)
        return tasks

    async def leave(self, name):
        self.ends[name].set()
        for _ in range(4):
            await asyncio.sleep(0)


async def test_places_go_round():
    visitors = Visitors(FairRoom(2))
    tasks = await visitors.send("a1", "a2", "a3", "a4", "a5", "b1", "b2", "c1")
    assert visitors.inside == ["a1", "a2"]
    assert [visitors.room.waiting(tenant) for tenant in "abcd"] == [3, 2, 1, 0]
    expected = ["a1", "a2", "b1", "c1", "a3", "b2", "a4", "a5"]
    for name in expected:
        await visitors.leave(name)
    assert visitors.inside == expected
    await asyncio.gather(*tasks)
    (last,) = await visitors.send("z1")
    assert visitors.inside[-1] == "z1"
    await visitors.leave("z1")
    await last


async def test_the_last_place_is_for_others_while_others_come():
    """But whoever is alone has them all."""
    clock = [100.0]
    visitors = Visitors(FairRoom(2, lambda: clock[0]))
    tasks = await visitors.send("a1", "a2", "a3", "b1")
    assert visitors.inside == ["a1", "a2"]
    await visitors.leave("a1")
    assert visitors.inside == ["a1", "a2", "b1"]
    await visitors.leave("b1")
    assert visitors.inside == ["a1", "a2", "b1"]
    tasks += await visitors.send("b2")
    assert visitors.inside[3:] == ["b2"]
    await visitors.leave("b2")
    clock[0] += 1.1
    await visitors.leave("a2")
    tasks += await visitors.send("a4", "a5")
    assert visitors.inside[4:] == ["a3", "a4"]
    for name in ("a3", "a4", "a5"):
        await visitors.leave(name)
    await asyncio.gather(*tasks)


async def test_who_goes_away_leaves_its_place_to_others():
    """Be it while it waits, in the moment in which it is let in, or inside."""
    visitors = Visitors(FairRoom(1))
    first, waits, is_let_in, fourth = await visitors.send("a1", "a2", "a3", "a4")
    waits.cancel()
    visitors.ends["a1"].set()
    await asyncio.sleep(0)
    is_let_in.cancel()
    await first
    for _ in range(4):
        await asyncio.sleep(0)
    assert visitors.inside == ["a1", "a4"]
    assert waits.cancelled()
    assert is_let_in.cancelled()
    fourth.cancel()
    (fifth,) = await visitors.send("a5")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert visitors.inside == ["a1", "a4", "a5"]
    await visitors.leave("a5")
    await fifth


async def test_one_call_begins_at_a_time_and_tenants_go_round():
    turns, begun = TenantTurns(), []

    async def call(name):
        await turns.take(name[0])
        begun.append(name)

    calls = [asyncio.create_task(call(name)) for name in ("a1", "a2", "a3", "a4", "b1", "b2", "c1")]
    seen = []
    while not all(task.done() for task in calls):
        await asyncio.sleep(0)
        seen.append(len(begun))
    assert begun == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]
    assert max(after - before for before, after in pairwise(seen)) == 1


async def test_a_turn_of_who_went_away_is_the_next_ones():
    turns, begun = TenantTurns(), []

    async def call(name):
        await turns.take(name[0])
        begun.append(name)

    calls = [asyncio.create_task(call(name)) for name in ("a1", "a2", "b1")]
    await asyncio.sleep(0)
    calls[1].cancel()
    await asyncio.wait(calls)
    assert begun == ["a1", "b1"]
    await call("d1")
    assert begun[-1] == "d1"


async def test_who_is_alone_needs_no_turns(monkeypatch):
    turns, now = TenantTurns(), asyncio.get_running_loop().time()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
    first = asyncio.create_task(turns.take("a"))
    second = asyncio.create_task(turns.take("a"))
    await asyncio.sleep(0)
    # Somebody else may have come a moment ago.
    assert (first.done(), second.done()) == (True, False)
    await second
    now += 1.1
    alone = [asyncio.create_task(turns.take("a")) for _ in range(20)]
    await asyncio.sleep(0)
    assert all(task.done() for task in alone)
    for _ in range(STEPS):
        await asyncio.sleep(0)
    other, again = asyncio.create_task(turns.take("b")), asyncio.create_task(turns.take("a"))
    await asyncio.sleep(0)
    assert (other.done(), again.done()) == (True, False)
    await again
