"""Chunks that are read while those before are worked on."""

from __future__ import annotations

import asyncio

import pytest

from facetry.application.overlapping import overlapped

pytestmark = pytest.mark.anyio


class Work:
    """Chunks that come and are done when a test says so, and what happened."""

    def __init__(self, count):
        self.log = []
        self.count = count
        self.may_end = {number: asyncio.Event() for number in range(count)}

    async def chunks(self):
        for number in range(self.count):
            self.log.append(f"read {number}")
            yield number

    async def do(self, number):
        self.log.append(f"begin {number}")
        try:
            await self.may_end[number].wait()
        except asyncio.CancelledError:
            self.log.append(f"give up {number}")
            raise
        if number == 7:
            raise ValueError
        return -number


async def take(work, found):
    """Take all that is done, as it is done."""
    async for pair in overlapped(work.chunks(), work.do):
        found.append(pair)


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_two_chunks_are_there_at_a_time():
    work, found = Work(4), []

    taking = asyncio.create_task(take(work, found))
    await settle()
    assert work.log == ["read 0", "begin 0", "read 1", "begin 1"]
    work.may_end[1].set()
    await settle()
    assert (found, len(work.log)) == ([], 4)
    work.may_end[0].set()
    await settle()
    assert found == [(0, 0), (1, -1)]
    assert work.log[4:] == ["read 2", "begin 2", "read 3", "begin 3"]
    work.may_end[2].set()
    work.may_end[3].set()
    await taking
    assert found == [(0, 0), (1, -1), (2, -2), (3, -3)]


async def test_what_is_done_is_told_while_the_next_is_still_waited_for():
    async def chunks():
        yield 0
        await asyncio.sleep(60)

    work = Work(1)
    work.may_end[0].set()
    done = overlapped(chunks(), work.do)
    assert await asyncio.wait_for(anext(done), 1) == (0, 0)
    await done.aclose()


async def test_closing_gives_up_what_is_under_way():
    work = Work(3)
    work.may_end[0].set()
    done = overlapped(work.chunks(), work.do)
    assert await anext(done) == (0, 0)
    waiting = asyncio.create_task(anext(done))
    await settle()
    waiting.cancel()
    await asyncio.wait([waiting])
    assert sorted(work.log[2:]) == ["begin 1", "begin 2", "give up 1", "give up 2", "read 1", "read 2"]


async def test_an_error_ends_all():
    work = Work(9)
    for number in range(8):
        work.may_end[number].set()
    found = []
    with pytest.raises(ValueError):
        await take(work, found)
    assert [number for number, _ in found] == [*range(7)]
