"""Whole tenants of a data directory, read by any process and taken over by its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from facetry.domain.copying import CopiedThing, Counters, TenantCopy
from facetry.domain.errors import StoreError
from facetry.domain.tenant import Tenant
from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.copying import open_copy
from facetry.engines.sqlite.directory import DataDirectory


class SqliteTenantCopies:
    """Copies over the database of a directory."""

    def __init__(self, directory: Path, store: SqliteCatalogStore | None) -> None:
        """Read from a directory, and write through its owner's store, where this process is the owner."""
        self._catalog = DataDirectory(directory).catalog
        self._store = store

    def read(self, tenant: str) -> AbstractAsyncContextManager[TenantCopy]:
        """See ``TenantCopies``."""
        return open_copy(self._catalog, tenant)

    async def take(self, tenant: Tenant, counters: Counters, things: AsyncIterator[Sequence[CopiedThing]]) -> int:
        """See ``TenantCopies``."""
        if self._store is None:
            raise StoreError("only the owner of the data directory takes tenants over")
        return await self._store.take(tenant, counters, things)
