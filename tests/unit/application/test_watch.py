import asyncio
import time

import pytest

from facetry.application.watch import Watch
from facetry.domain.errors import StoreError

pytestmark = pytest.mark.anyio


class Marks:
    def __init__(self):
        self.marks = {}
        self.asked = []
        self.failure = None

    def __call__(self, tenant):
        if self.failure is not None:
            raise self.failure
        self.asked.append(tenant)
        return self.marks.get(tenant, 0)


@pytest.fixture
def marks():
    return Marks()


async def waited(watch, tenant, mark, seconds=10.0):
    began = time.monotonic()
    await watch.changed(tenant, mark, seconds)
    return time.monotonic() - began


async def test_all_who_wait_for_a_tenant_hear_of_its_change_and_no_others(marks, anyio_backend):
    watch = Watch(marks, 0.001)
    heard = [asyncio.ensure_future(watch.changed("a", 0, 10)) for _ in range(3)]
    other = asyncio.ensure_future(watch.changed("b", 0, 10))
    await asyncio.sleep(0.01)
    assert not any(one.done() for one in heard)
    marks.marks["a"] = 1
    await asyncio.gather(*heard)
    assert (other.done(), len(watch)) == (False, 1)
    watch.wake()
    await other
    assert len(watch) == 0


async def test_it_returns_when_the_time_is_over(marks, anyio_backend):
    assert 0.02 <= await waited(Watch(marks, 0.001), "a", 0, 0.02) < 5


async def test_a_change_is_heard_at_the_next_look_not_at_once(marks, anyio_backend):
    marks.marks["a"] = 1
    assert 0.02 <= await waited(Watch(marks, 0.02), "a", 0) < 5


async def test_nobody_looks_while_nobody_waits(marks, anyio_backend):
    watch = Watch(marks, 0.001)
    await watch.changed("a", 0, 0.005)
    await asyncio.sleep(0.01)
    before = len(marks.asked)
    await asyncio.sleep(0.01)
    assert len(marks.asked) == before
    assert await waited(watch, "a", None) < 5


async def test_a_tenant_is_asked_for_once_a_look_however_many_wait(marks, anyio_backend):
    watch = Watch(marks, 0.005)
    waiting = [asyncio.ensure_future(watch.changed("a", 0, 10)) for _ in range(50)]
    await asyncio.sleep(0.03)
    assert 1 <= len(marks.asked) <= 8
    watch.wake()
    await asyncio.gather(*waiting)


async def test_who_goes_away_waits_no_more(marks, anyio_backend):
    watch = Watch(marks, 0.001)
    task = asyncio.ensure_future(watch.changed("a", 0, 10))
    await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.wait([task])
    assert (task.cancelled(), len(watch)) == (True, 0)


async def test_a_store_that_fails_wakes_those_who_will_meet_its_failure(marks, anyio_backend):
    marks.failure = StoreError("closed")
    assert await waited(Watch(marks, 0.001), "a", 0) < 5


class FarMarks(Marks):
    """Marks that change only when they are looked at."""

    def __init__(self):
        super().__init__()
        self.there = {}
        self.looked = []
        self.cut = None

    async def look(self, tenant):
        self.looked.append(tenant)
        if self.cut is not None:
            raise self.cut
        self.marks[tenant] = self.there.get(tenant, 0)

    async def until_looked(self, times):
        for _ in range(100_000):
            if len(self.looked) >= times:
                return
            await asyncio.sleep(0)


@pytest.fixture
def far():
    return FarMarks()


async def test_what_other_machines_did_is_asked_for_now_and_then(far, anyio_backend):
    watch = Watch(far, 0.001, far.look, 0.05)
    waiting = [asyncio.ensure_future(watch.changed("a", 0, 10)) for _ in range(9)]
    await far.until_looked(1)
    far.there["a"] = 1
    await asyncio.gather(*waiting)
    # However many wait, and however often they look in between.
    assert far.looked == ["a", "a"]


async def test_what_is_heard_of_a_tenant_has_it_asked_for_at_once(far, anyio_backend):
    watch = Watch(far, 0.001, far.look, 60)
    waiting = [asyncio.ensure_future(watch.changed(tenant, 0, 10)) for tenant in "aab"]
    await far.until_looked(2)
    assert sorted(far.looked) == ["a", "b"]
    far.there["a"] = 1
    watch.heard("nobody")
    watch.heard("a")
    await asyncio.gather(*waiting[:2])
    assert (sorted(far.looked), waiting[2].done()) == (["a", "a", "b"], False)
    watch.wake()
    await waiting[2]


async def test_machines_that_cannot_be_asked_wake_those_who_will_meet_the_failure(far, anyio_backend):
    far.cut = StoreError("away")
    assert await waited(Watch(far, 0.001, far.look), "a", 0) < 5


async def test_where_marks_are_always_true_what_is_heard_is_nothing(marks, anyio_backend):
    watch = Watch(marks, 0.001)
    watch.heard("a")
    await watch.changed("a", 0, 0.01)
    assert len(watch) == 0
