"""Requests that a stop cuts off end in order, and count no more."""

from __future__ import annotations

import asyncio

import pytest

from facetry.http.under_way import UnderWay

pytestmark = pytest.mark.anyio


async def test_nothing_to_cut_off_takes_no_time():
    assert await UnderWay().cut_off(60) == 0


async def test_what_is_cut_off_ends_and_counts_no_more():
    under_way = UnderWay()

    async def answer():
        with under_way:
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(answer()) for _ in range(3)]
    await asyncio.sleep(0)
    assert (len(under_way), under_way.is_over) == (3, False)
    assert await under_way.cut_off(60) == 3
    assert (len(under_way), under_way.is_over) == (0, True)
    assert all(task.cancelled() for task in tasks)


async def test_who_does_not_end_is_waited_for_so_long_only():
    under_way, end = UnderWay(), asyncio.Event()

    async def answer():
        with under_way:
            try:
                await end.wait()
            except asyncio.CancelledError:
                await end.wait()

    task = asyncio.create_task(answer())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        assert await under_way.cut_off(0.01) == 1
    assert (len(under_way), task.done()) == (1, False)
    end.set()
    await task
    assert len(under_way) == 0
