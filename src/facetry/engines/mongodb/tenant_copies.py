"""Whole tenants of a database, read as they are at one moment, and taken over all or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from facetry.domain.copying import CopiedThing, Counters, TenantCopy
from facetry.domain.tenant import Tenant, check_record
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.coming import Coming
from facetry.engines.mongodb.copy_reading import open_copy
from facetry.engines.mongodb.opening import Database


class MongoTenantCopies:
    """Copies over a database; any process reads and takes."""

    def __init__(self, database: Database, store: MongoCatalogStore) -> None:
        """Read from a database, and tell the processes of a store of tenants that came."""
        self._database = database
        self._store = store

    def read(self, tenant: str) -> AbstractAsyncContextManager[TenantCopy]:
        """Open a copy of a tenant."""
        return open_copy(self._database, tenant)

    async def take(self, tenant: Tenant, counters: Counters, things: AsyncIterator[Sequence[CopiedThing]]) -> int:
        """Add a tenant with all it has."""
        check_record(tenant)
        # What was broken off before may have held the same things.
        await self._store.finish_purges()
        coming = Coming(self._database, self._store.tenancy)
        await coming.begin(tenant.id, counters)
        try:
            async for portion in things:
                await coming.add(portion)
            mark = await self._store.transactions.at_once(lambda session: coming.finish(session, tenant, counters))
        except BaseException:
            await coming.abandon()
            raise
        await self._store.changed(tenant.id, mark)
        return coming.revision
