"""The conformance suite of copies of tenants over the engines that need no server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.tenant_copies import SqliteTenantCopies
from facetry.testing.tenant_copies import Site, TenantCopiesConformance


async def opened(folder: Path) -> AsyncIterator[Site]:
    store = await open_store(folder)
    assert isinstance(store, SqliteCatalogStore)
    yield Site(store, SqliteTenantCopies(folder, store))
    await store.close()


class TestSqlite(TenantCopiesConformance):
    @pytest.fixture
    async def origin(self, tmp_path: Path, anyio_backend: object) -> AsyncIterator[Site]:
        async for site in opened(tmp_path / "origin"):
            yield site

    @pytest.fixture
    async def target(self, tmp_path: Path, anyio_backend: object) -> AsyncIterator[Site]:
        async for site in opened(tmp_path / "target"):
            yield site
