import asyncio

import pytest

from facetry.application.turns import Turns

pytestmark = pytest.mark.anyio


async def turns_of_others(turns, steps):
    """Return how often another task runs while some work asks so many times."""
    ran = 0

    async def other():
        nonlocal ran
        while True:
            ran += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    for _ in range(steps):
        await turns.give()
    task.cancel()
    return ran


async def test_others_run_when_a_slice_is_over():
    assert await turns_of_others(Turns(slice_seconds=-1.0), 5) == 5


async def test_nobody_is_let_in_before():
    assert await turns_of_others(Turns(slice_seconds=60.0), 5) == 0
