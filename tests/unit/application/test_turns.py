import asyncio

import pytest

from facetry.application import turns as turns_module
from facetry.application.calls import CallsUnderWay
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


@pytest.mark.parametrize(
    ("tenants", "is_call", "is_over"), [("ab", False, True), ("a", False, False), ("ab", True, False)]
)
async def test_slices_of_long_work_are_short_beside_other_tenants(monkeypatch, tenants, is_call, is_over):
    calls = CallsUnderWay()
    monkeypatch.setattr(turns_module, "CALLS", calls)
    for tenant in tenants:
        calls.arrive(tenant)
        calls.begin(tenant)
        calls.end(tenant)
    turns = Turns(slice_seconds=60.0, is_call=is_call)
    await asyncio.sleep(2 * turns_module._BESIDE_SECONDS)
    assert (await turns_of_others(turns, 1) > 0) == is_over
