"""Upkeep of sessions: it goes on whatever a look runs into."""

from __future__ import annotations

import asyncio
import logging

import pytest

from facetry.domain.errors import StoreError
from facetry.worker.session_upkeep import SessionUpkeep

pytestmark = pytest.mark.anyio


class Trimming:
    """Sign-ins whose first trim fails."""

    def __init__(self):
        self.looks = 0
        self.is_done = asyncio.Event()

    async def trim(self):
        self.looks += 1
        if self.looks == 1:
            raise StoreError("no room left")
        self.is_done.set()
        return 3


async def test_a_failed_look_is_told_and_the_next_one_is_tried(caplog):
    trimming = Trimming()
    with caplog.at_level(logging.ERROR):
        working = asyncio.create_task(SessionUpkeep(trimming).run(0.001))
        await trimming.is_done.wait()
        working.cancel()
        await asyncio.wait([working])
    assert working.cancelled()
    assert [record.message for record in caplog.records] == ["upkeep of sessions failed"]
