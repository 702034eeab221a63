"""An open store with two tenants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import OTHER, TENANT, tenant_record


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteCatalogStore]:
    store = await open_store(tmp_path, owner=True)
    assert isinstance(store, SqliteCatalogStore)
    for name in (TENANT, OTHER):
        await store.create_tenant(tenant_record(name))
    yield store
    await store.close()
