"""Threads of searches that tenants take in turn."""

from __future__ import annotations

import asyncio
import threading

import pytest

from facetry.domain.errors import SearchTimeoutError
from facetry.engines.columns.fair_threads import FairThreads

pytestmark = pytest.mark.anyio


class Work:
    """Searches that note when they begin, and go on when all may."""

    def __init__(self):
        self.begun = []
        self.may_end = threading.Event()

    def search(self, name):
        def work():
            self.begun.append(name)
            assert self.may_end.wait(10)
            return name.upper()

        return work


@pytest.fixture
def threads(anyio_backend):
    threads = FairThreads(1, "test", max_waiting=70)
    yield threads
    threads.shutdown()


async def send(threads, work, *names):
    tasks = [asyncio.create_task(threads.run(name[0], work.search(name))) for name in names]
    await asyncio.sleep(0)
    return tasks


async def test_a_flood_holds_up_another_tenant_by_the_search_under_way(threads):
    work = Work()
    flood = await send(threads, work, *(f"f{number}" for number in range(64)))
    quiet = await send(threads, work, "q1", "q2")
    work.may_end.set()
    assert await asyncio.gather(*flood[:1], *quiet) == ["F0", "Q1", "Q2"]
    await asyncio.gather(*flood)
    assert work.begun[:6] == ["f0", "q1", "f1", "q2", "f2", "f3"]
    assert work.begun[6:] == [f"f{number}" for number in range(4, 64)]


async def test_too_many_of_one_tenant_are_refused_at_once_and_none_of_another(threads):
    work = Work()
    flood = await send(threads, work, *(f"f{number}" for number in range(71)))
    with pytest.raises(SearchTimeoutError):
        await threads.run("f", work.search("f71"))
    quiet = await send(threads, work, "q1")
    work.may_end.set()
    assert await quiet[0] == "Q1"
    assert len(await asyncio.gather(*flood)) == 71


async def test_a_search_that_fails_gives_its_thread_back(threads):
    def fail():
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await threads.run("t", fail)
    assert await threads.run("t", lambda: 1) == 1
