"""A bulk of writes does what the same writes do one by one."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facetry.domain.catalog import BulkDone, BulkWrite, Refused, Stored
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, all_groups, all_records, tenant_record
from tests.property.test_store_engines import plain
from tests.property.writes import SIMPLE

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(engine):
    """Open an empty store of an engine."""
    with tempfile.TemporaryDirectory() as folder:
        store = MemoryCatalogStore() if engine == "memory" else await open_store(Path(folder))
        await store.create_tenant(tenant_record(TENANT))
        try:
            yield store
        finally:
            await store.close()


async def everything(store):
    """Return all that a tenant has, but for what is drawn by chance and the revisions."""
    groups = [plain(group) for group in await all_groups(store)]
    for group in groups:
        del group["revision"]
    return groups, await all_records(store), await store.counts(TENANT)


def short(outcome):
    if isinstance(outcome, Refused):
        return outcome.code, outcome.message
    return (outcome.product.product_id, outcome.created) if isinstance(outcome, Stored) else (0, False)


@pytest.mark.parametrize("engine", ["memory", "sqlite"])
@given(st.lists(st.lists(SIMPLE, max_size=6), max_size=4))
@settings(max_examples=40, deadline=None)
async def test_a_bulk_does_what_its_writes_do_one_by_one(engine, bulks):
    async with opened("memory") as one_by_one, opened(engine) as together:
        for writes in bulks:
            expected = [short((await one_by_one.write(TENANT, [write])).outcomes[0]) for write in writes]
            (outcome,) = (await together.write(TENANT, [BulkWrite(tuple(writes))])).outcomes
            assert isinstance(outcome, BulkDone)
            found = [
                short(one) if isinstance(one, Refused) else (one.product_id, one.created) for one in outcome.outcomes
            ]
            assert found == expected
            assert await everything(together) == await everything(one_by_one)
