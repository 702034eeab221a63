"""What only the owner of a data directory can do with whole tenants, whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from facetry.application.interchange.resumption import forget_tenant
from facetry.application.moving import MoveReport, read_tenant
from facetry.bootstrap.engine_urls import MEMORY, is_shared, masked
from facetry.bootstrap.service import Service
from facetry.domain.errors import SettingError, TenantNotFoundError
from facetry.domain.product import identifier_problem
from facetry.ports.tenant_copies import TenantCopies
from facetry.worker.journal_upkeep import JournalUpkeep

Task = Callable[[str], Awaitable[Any]]
"""Gets a text, a tenant's id mostly, and returns what can be written as JSON."""

TAKE = "take"
ERASE = "erase"
COMPACT = "compact"
IMPORTS_FOLDER = "imports"
_LAST_LINES_SECONDS = 1.0
_NOTHING_TO_COMPACT = (
    "removes by itself what was deleted, and fills its room anew; to give the room back to the disk, or to overwrite "
    "it, is the work of MongoDB's own command compact, on each of its servers"
)


class AskedFile(msgspec.Struct, frozen=True):
    """A file that is to be taken over, by its absolute path.

    Attributes:
        path: The file.
        tenant: The id that its tenant gets; None for its own.
        new_keys: Whether it gets keys of its own too.
    """

    path: str
    tenant: str | None
    new_keys: bool = False


def moving_tasks(service: Service) -> dict[str, Task]:
    """Return the tasks that only the owner of a data directory can do, by name."""

    async def take(wish: str) -> MoveReport:
        asked = msgspec.json.decode(wish, type=AskedFile)
        file, journal = Path(asked.path), service.journal
        report = await read_tenant(
            copies_of(service), service.vault, file, asked.tenant, new_keys=asked.new_keys, journal=journal
        )
        # A deletion that broke off may have left users of an earlier tenant of the same id.
        await service.accounts.forget(report.tenant)
        await service.relay.reach(report.tenant)
        return report

    async def compact(_: str) -> None:
        if service.settings.store == MEMORY:
            return
        if is_shared(service.settings):
            raise SettingError(f"store {masked(service.settings.store)} {_NOTHING_TO_COMPACT}")
        from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
        from facetry.engines.sqlite.compacting import compact as compact_catalog
        from facetry.engines.sqlite.compacting import compact_shared
        from facetry.engines.sqlite.directory import DataDirectory

        if isinstance(service.store, SqliteCatalogStore):
            await service.store.alone(compact_catalog)
            # Of a tenant that was deleted just now the last calls of all processes are noted by then.
            await asyncio.sleep(_LAST_LINES_SECONDS)
            await JournalUpkeep(service.journal, service.store, {}, service.clock).forget_the_gone()
            directory = DataDirectory(service.settings.data)
            for file in (directory.journal, directory.accounts):
                await asyncio.to_thread(compact_shared, file)

    return {TAKE: take, ERASE: partial(_erase, service), COMPACT: compact}


async def _erase(service: Service, tenant: str) -> None:
    """Remove a tenant with all that is kept of it anywhere; see ``moving.erase_tenant``."""
    if identifier_problem(tenant):
        raise TenantNotFoundError(tenant)
    record = await service.store.tenant(tenant)
    missing: TenantNotFoundError | None = None
    try:
        await service.tenants.delete(tenant)
    except TenantNotFoundError as error:
        # A deletion that broke off may have left the rest, which goes before that is told.
        missing = error
    await service.relay.reach(tenant)
    await service.import_jobs.remove(tenant)
    await service.key_usage.forget(tenant, [key.id for key in record.all_access_keys] if record else [])
    if service.settings.store != MEMORY:
        await asyncio.to_thread(forget_tenant, service.settings.data / IMPORTS_FOLDER, tenant)
    if missing is not None:
        raise missing


def copies_of(service: Service) -> TenantCopies:
    """Return what moves tenants.

    Raises:
        SettingError: The store keeps nothing.
    """
    if service.copies is None:
        raise SettingError(f"store {masked(service.settings.store)} keeps nothing that could be moved")
    return service.copies
