import asyncio

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.memory.leases import MemoryLeases
from facetry.worker.leased import LeasedWork

pytestmark = pytest.mark.anyio


class Doing:
    """Counts how many do the work now."""

    def __init__(self):
        self.at_work = 0

    async def work(self):
        self.at_work += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.at_work -= 1

    def all(self):
        return [self.work(), self.work()]


class Unreachable:
    """Leases of which nobody can be asked, while ``away`` is set."""

    def __init__(self, leases):
        self.leases = leases
        self.away = False

    async def take(self, name, seconds):
        if self.away:
            raise StoreError("nobody answers")
        return await self.leases.take(name, seconds)

    async def give_back(self, name):
        await self.leases.give_back(name)


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_of_two_does_the_work_and_the_other_takes_over(anyio_backend):
    held = {}
    first, second = Doing(), Doing()
    one = asyncio.create_task(LeasedWork(MemoryLeases(held), "n", first.all, 0.2).run())
    await settle()
    other = asyncio.create_task(LeasedWork(MemoryLeases(held), "n", second.all, 0.2).run())
    await asyncio.sleep(0.15)
    assert (first.at_work, second.at_work) == (2, 0)
    one.cancel()
    async with asyncio.timeout(5):
        while not second.at_work:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.01)
    assert (first.at_work, second.at_work) == (0, 2)
    other.cancel()
    await settle()
    assert (second.at_work, held) == (0, {})


async def test_who_dies_is_followed_when_the_lease_has_run_out(anyio_backend):
    seconds, held, doing = 0.0, {}, Doing()
    dead = MemoryLeases(held, lambda: seconds)
    assert await dead.take("n", 5.0)
    alive = LeasedWork(MemoryLeases(held, lambda: seconds), "n", doing.all, 5.0)
    await alive.look()
    assert not alive.is_held
    seconds = 5.5
    await alive.look()
    await settle()
    assert (alive.is_held, doing.at_work) == (True, 2)


async def test_work_goes_on_while_nobody_can_be_asked_until_the_lease_has_run_out(anyio_backend, caplog):
    leases, doing = Unreachable(MemoryLeases()), Doing()
    work = LeasedWork(leases, "n", doing.all, 0.1)
    await work.look()
    leases.away = True
    await work.look()
    await settle()
    assert (work.is_held, doing.at_work, caplog.text) == (True, 2, "")
    await asyncio.sleep(0.11)
    await work.look()
    await settle()
    assert (work.is_held, doing.at_work) == (False, 0)
    assert "its lease cannot be renewed: nobody answers" in caplog.text
    leases.away = False
    await work.look()
    await settle()
    assert doing.at_work == 2


async def test_who_finds_it_taken_after_a_pause_stops(anyio_backend):
    seconds, held, doing = 0.0, {}, Doing()
    work = LeasedWork(MemoryLeases(held, lambda: seconds), "n", doing.all, 5.0)
    await work.look()
    await settle()
    seconds = 6.0
    assert await MemoryLeases(held, lambda: seconds).take("n", 5.0)
    await work.look()
    await settle()
    assert (work.is_held, doing.at_work) == (False, 0)
