"""What only the owner of a data directory can do with whole tenants, whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from facetry.application.interchange.resumption import forget_tenant
from facetry.application.moving import MoveReport, read_tenant
from facetry.bootstrap.engine_urls import MEMORY, is_shared, masked
from facetry.bootstrap.service import Service
from facetry.domain.errors import SettingError
from facetry.ports.tenant_copies import TenantCopies

Task = Callable[[str], Awaitable[Any]]
"""Gets a text, a tenant's id mostly, and returns what can be written as JSON."""

TAKE = "take"
ERASE = "erase"
COMPACT = "compact"
IMPORTS_FOLDER = "imports"


class AskedFile(msgspec.Struct, frozen=True):
    """A file that is to be taken over, by its absolute path, and the id that its tenant gets; None for its own."""

    path: str
    tenant: str | None


def moving_tasks(service: Service) -> dict[str, Task]:
    """Return the tasks that only the owner of a data directory can do, by name."""

    async def take(wish: str) -> MoveReport:
        asked = msgspec.json.decode(wish, type=AskedFile)
        report = await read_tenant(copies_of(service), service.vault, Path(asked.path), asked.tenant)
        await service.relay.reach(report.tenant)
        return report

    async def erase(tenant: str) -> None:
        keys = (await service.tenants.get(tenant)).all_access_keys
        await service.tenants.delete(tenant)
        await service.relay.reach(tenant)
        await service.import_jobs.remove(tenant)
        await service.key_usage.forget(tenant, [key.id for key in keys])
        if service.settings.store != MEMORY:
            await asyncio.to_thread(forget_tenant, service.settings.data / IMPORTS_FOLDER, tenant)

    async def compact(_: str) -> None:
        if service.settings.store == MEMORY:
            return
        if is_shared(service.settings):
            raise SettingError(f"store {masked(service.settings.store)} has its own tools to give back room")
        from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
        from facetry.engines.sqlite.compacting import compact as compact_catalog
        from facetry.engines.sqlite.compacting import compact_shared
        from facetry.engines.sqlite.directory import DataDirectory

        if isinstance(service.store, SqliteCatalogStore):
            await service.store.alone(compact_catalog)
            directory = DataDirectory(service.settings.data)
            for file in (directory.journal, directory.accounts):
                await asyncio.to_thread(compact_shared, file)

    return {TAKE: take, ERASE: erase, COMPACT: compact}


def copies_of(service: Service) -> TenantCopies:
    """Return what moves tenants.

    Raises:
        SettingError: The store keeps nothing.
    """
    if service.copies is None:
        raise SettingError(f"store {masked(service.settings.store)} keeps nothing that could be moved")
    return service.copies
