"""The conformance suite of the store over every engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.follower import SqliteFollowerStore
from facetry.engines.sqlite.opening import open_store
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.catalog_store import CatalogStoreConformance
from facetry.testing.samples import OTHER, TENANT, tenant_record

pytestmark = pytest.mark.anyio


async def populate(store: CatalogStore) -> None:
    for name in (TENANT, OTHER):
        await store.create_tenant(tenant_record(name))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestMemory(CatalogStoreConformance):
    @pytest.fixture
    async def store(self) -> AsyncIterator[CatalogStore]:
        store = MemoryCatalogStore()
        await populate(store)
        yield store
        await store.close()

    @pytest.fixture
    def peer(self, store: CatalogStore) -> CatalogStore:
        return store


class TestSqliteOwner(CatalogStoreConformance):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[CatalogStore]:
        store = await open_store(tmp_path)
        assert type(store) is SqliteCatalogStore
        await populate(store)
        yield store
        await store.close()
        assert names_in(tmp_path) == ["catalog.sqlite3", "owner.lock"]

    @pytest.fixture
    async def peer(self, store: CatalogStore, tmp_path: Path) -> AsyncIterator[CatalogStore]:
        peer = await open_store(tmp_path)
        assert type(peer) is SqliteFollowerStore
        yield peer
        await peer.close()


class TestSqliteFollower(CatalogStoreConformance):
    @pytest.fixture
    def anyio_backend(self) -> tuple[str, dict[str, bool]]:
        """Run on the event loop that the server runs on."""
        return "asyncio", {"use_uvloop": True}

    @pytest.fixture
    async def peer(self, tmp_path: Path) -> AsyncIterator[CatalogStore]:
        owner = await open_store(tmp_path, owner=True)
        await populate(owner)
        yield owner
        await owner.close()

    @pytest.fixture
    async def store(self, peer: CatalogStore, tmp_path: Path) -> AsyncIterator[CatalogStore]:
        store = await open_store(tmp_path, owner=False)
        assert type(store) is SqliteFollowerStore
        yield store
        await store.close()
