"""What is kept beside a store ends with it, whatever its engine says."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from facetry.bootstrap.stores import StoreRole, open_keeping
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.leases import MemoryLeases
from facetry.engines.memory.shared_marks import NoMarks
from facetry.settings import Settings

pytestmark = pytest.mark.anyio


class Endless(MemoryLeases):
    """Leases whose server does not answer any more."""

    async def close(self):
        await asyncio.Event().wait()


class Ended(MemoryCatalogStore):
    """A store that says whether it has ended."""

    is_closed = False

    async def close(self):
        self.is_closed = True


async def test_the_store_ends_also_where_its_neighbour_does_not(caplog):
    keeping = await open_keeping(Settings(store="memory:", data=Path()), StoreRole.OWNER, NoMarks())
    store = Ended()
    async with asyncio.timeout(5):
        await replace(keeping, leases=Endless(), store=store, closing_seconds=0.01).close()
    assert store.is_closed
    assert "Endless could not be closed in time" in caplog.text
