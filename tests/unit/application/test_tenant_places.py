"""How many calls of a tenant are under way while others come too."""

from __future__ import annotations

import asyncio

import pytest

from facetry.application.calls import CallsUnderWay
from facetry.application.tenant_places import SHARED_SECONDS, TenantPlaces

pytestmark = pytest.mark.anyio


class Callers:
    """Calls that note when they get their places; each begins with the letter of its tenant."""

    def __init__(self, places=4):
        self.time = 100.0
        self.calls = CallsUnderWay()
        self.places = TenantPlaces(places, lambda: self.time, self.calls)
        self.inside = {}
        self.tasks = {}

    async def come(self, *names):
        for name in names:
            self.tasks[name] = asyncio.create_task(self._enter(name))
        await settled()

    async def leave(self, name):
        self.inside.pop(name).leave()
        await settled()

    async def _enter(self, name):
        self.inside[name] = await self.places.enter(name[0])


async def settled():
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_tenants_further_calls_wait_while_others_come():
    callers = Callers()
    await callers.come("b0", "a1", "a2", "a3", "a4")
    assert [*callers.inside] == ["b0", "a1", "a2"]
    await callers.leave("b0")
    assert [*callers.inside] == ["a1", "a2"]
    await callers.leave("a2")
    assert [*callers.inside] == ["a1", "a3", "a4"]
    # Who comes later is not let in before those who wait.
    await callers.come("a5", "a6", "a7")
    assert [*callers.inside] == ["a1", "a3", "a4", "a5"]
    callers.inside.pop("a1").leave()
    await callers.come("a8")
    assert [*callers.inside] == ["a3", "a4", "a5", "a6"]


async def test_tenants_have_equal_parts_of_the_places():
    """Each has one at least."""
    callers = Callers()
    await callers.come("a1", "b1", "a2", "a3", "b2", "b3", "c1", "c2")
    assert [*callers.inside] == ["a1", "b1", "a2", "b2", "c1"]
    await callers.leave("a1")
    assert "a3" not in callers.inside
    await callers.leave("c1")
    assert [*callers.inside] == ["b1", "a2", "b2", "c2"]
    await callers.come("d1", "e1", "f1", "f2")
    assert [*callers.inside] == ["b1", "a2", "b2", "c2", "d1", "e1", "f1"]
    for name in ("b1", "b2", "a2"):
        await callers.leave(name)
    assert [*callers.inside] == ["c2", "d1", "e1", "f1", "b3", "a3"]


async def test_who_is_alone_has_all_the_room():
    callers = Callers()
    await callers.come("b0", "a1", "a2", "a3", "a4", "a5")
    assert [*callers.inside] == ["b0", "a1", "a2"]
    callers.time += SHARED_SECONDS + 0.1
    await callers.leave("a1")
    assert [*callers.inside] == ["b0", "a2", "a3", "a4", "a5"]
    await callers.come(*(f"a{n}" for n in range(6, 50)))
    assert len(callers.inside) == 49
    # The room is shared again from the first call of another one on.
    await callers.come("b1", "a50")
    assert "b1" in callers.inside
    assert "a50" not in callers.inside


async def test_a_place_is_given_back_once():
    callers = Callers(places=2)
    await callers.come("b0", "a1", "a2", "a3")
    first = callers.inside["a1"]
    first.leave()
    first.leave()
    await settled()
    assert [*callers.inside] == ["b0", "a1", "a2"]


@pytest.mark.parametrize("is_let_in", [False, True], ids=["waiting", "just let in"])
async def test_who_goes_away_keeps_nobody_waiting(is_let_in):
    callers = Callers(places=2)
    await callers.come("b0", "a1", "a2", "a3")
    if is_let_in:
        callers.inside.pop("a1").leave()
        callers.tasks["a2"].cancel()
        await settled()
    else:
        callers.tasks["a2"].cancel()
        await settled()
        await callers.leave("a1")
    assert [*callers.inside] == ["b0", "a3"]
    await callers.leave("a3")
    await callers.come("a4")
    assert [*callers.inside] == ["b0", "a4"]


async def test_calls_are_counted_from_when_they_come_until_they_leave_or_go_away():
    callers = Callers(places=2)
    await callers.come("b1", "a1", "a2", "a3", "a4")
    assert sorted(callers.inside) == ["a1", "b1"]
    assert (callers.calls.has_quieter("a"), callers.calls.has_quieter("b")) == (True, False)
    callers.tasks["a4"].cancel()
    await settled()
    assert not callers.calls.has_quieter("a")
    await callers.leave("b1")
    assert not callers.calls.has_others("a")
    for name in ("a1", "a2", "a3"):
        assert callers.calls.has_others("b")
        await callers.leave(name)
    assert not callers.calls.has_others("b")
