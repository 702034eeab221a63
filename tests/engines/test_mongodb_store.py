"""The catalog store on MongoDB: all that the contract promises, with two processes' worth of clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.collections import CATALOG_COLLECTIONS, KEYS, PURGES, TENANTS
from facetry.engines.mongodb.opening import open_database
from facetry.testing.catalog_store import CatalogStoreConformance
from facetry.testing.samples import OTHER, TENANT, tenant_record
from tests.engines.mongodb_databases import own_database

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def url(mongodb_url) -> Iterator[str]:
    with own_database(mongodb_url) as url:
        yield url


async def empty(url: str) -> None:
    """Remove all that a test left, so that none has to make a database of its own, which takes longer."""
    database = await open_database(url)
    await asyncio.gather(*(database[name].delete_many({}) for name in (TENANTS, KEYS, PURGES, *CATALOG_COLLECTIONS)))
    await database.client.close()


async def opened(url: str) -> MongoCatalogStore:
    return MongoCatalogStore(await open_database(url), NoMarks())


class TestMongo(CatalogStoreConformance):
    @pytest.fixture
    async def store(self, url) -> AsyncIterator[MongoCatalogStore]:
        await empty(url)
        store = await opened(url)
        for name in (TENANT, OTHER):
            await store.create_tenant(tenant_record(name))
        yield store
        await store.close()

    @pytest.fixture
    async def peer(self, store, url) -> AsyncIterator[MongoCatalogStore]:
        peer = await opened(url)
        yield peer
        await peer.close()
