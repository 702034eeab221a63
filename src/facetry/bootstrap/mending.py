"""What looks after the derived things of the engines that the settings name, and what moves their tenants."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from facetry.application.maintenance import IndexCheck
from facetry.domain.fault import Fault
from facetry.engines.memory.mending import NothingToMend
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.mending import Mending
from facetry.ports.tenant_copies import TenantCopies
from facetry.settings import Settings


def open_mending(settings: Settings, store: CatalogStore) -> Mending:
    """Return what mends a store; nothing is mended by a process that does not own it, it asks the owner."""
    if settings.store == "memory:":
        return NothingToMend()
    from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
    from facetry.engines.sqlite.mender import SqliteMending

    return SqliteMending(settings.data, store) if isinstance(store, SqliteCatalogStore) else NothingToMend()


def index_check(settings: Settings) -> IndexCheck:
    """Return what checks the files of the index, where it has any."""
    directory = settings.data / "index"
    has_files = settings.search == "columns:" and settings.store != "memory:"

    async def check(tenant: str) -> Sequence[Fault]:
        if not has_files:
            return ()
        from facetry.engines.columns.checking import file_faults

        return await asyncio.to_thread(file_faults, directory, tenant)

    return check


def open_copies(settings: Settings, store: CatalogStore) -> TenantCopies | None:
    """Return what moves whole tenants in and out of a store; None where nothing can be moved."""
    if settings.store == "memory:":
        return None
    from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
    from facetry.engines.sqlite.tenant_copies import SqliteTenantCopies

    return SqliteTenantCopies(settings.data, store if isinstance(store, SqliteCatalogStore) else None)
