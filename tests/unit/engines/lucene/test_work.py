"""Work of searches that mostly wait."""

from __future__ import annotations

import asyncio
from time import thread_time

import pytest

from facetry.engines.lucene.work import Counted
from facetry.telemetry.tenant_work import TenantWork

pytestmark = pytest.mark.anyio


def busy(seconds):
    """Work for so long."""
    begun = thread_time()
    while thread_time() - begun < seconds:
        pass


async def test_steps_count_and_what_others_do_meanwhile_does_not():
    work = TenantWork()

    async def search():
        busy(0.02)
        await asyncio.sleep(0.05)
        busy(0.02)
        return 7

    async def other():
        busy(0.2)

    assert (await asyncio.gather(Counted(work, "acme", search()), other()))[0] == 7
    assert 0.04 <= work.seconds("acme") < 0.15
    assert work.seconds("zenith") == 0.0


async def test_errors_come_through_in_both_directions():
    work = TenantWork()

    async def failing():
        await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await Counted(work, "acme", failing())

    async def waiting():
        try:
            await asyncio.sleep(9)
        except asyncio.CancelledError:
            busy(0.01)
            return "put away"

    async def through():
        return await Counted(work, "acme", waiting())

    task = asyncio.create_task(through())
    await asyncio.sleep(0.01)
    task.cancel()
    assert await task == "put away"
    assert work.seconds("acme") >= 0.01
