"""Whole tenants: written to files, taken from files, removed without a trace."""

from __future__ import annotations

from pathlib import Path

import msgspec

from facetry.application.moving import MoveReport, write_tenant
from facetry.bootstrap.moving_tasks import COMPACT, ERASE, TAKE, AskedFile, copies_of
from facetry.bootstrap.service import Service
from facetry.bootstrap.tasks import run_task


async def export_tenant(service: Service, tenant: str, file: Path) -> MoveReport:
    """Write a tenant to a new file, while it is served.

    Raises:
        TenantNotFoundError: There is no such tenant.
        InterchangeError: The file cannot be written.
        SettingError: The store keeps nothing.
    """
    return await write_tenant(copies_of(service), service.vault, tenant, file, service.journal)


async def import_tenant(service: Service, file: Path, tenant: str | None, *, new_keys: bool = False) -> MoveReport:
    """Add the tenant of a file, by its absolute path, under its own id or another one, and make it searchable.

    With ``new_keys`` it gets keys of its own instead of those in the file.

    Raises:
        InterchangeError: The file is none of a tenant, or was altered.
        TenantExistsError: The id is taken, or one of its keys is another tenant's.
        SettingError: The store keeps nothing.
    """
    wish = msgspec.json.encode(AskedFile(str(file), tenant, new_keys)).decode()
    report: MoveReport = await run_task(service, TAKE, wish, MoveReport)
    return report


async def erase_tenant(service: Service, tenant: str) -> None:
    """Remove a tenant with all that any part of the data directory has of it.

    Raises:
        TenantNotFoundError: There is none with this id; what an earlier deletion left that broke off is gone too.
    """
    await run_task(service, ERASE, tenant, None)


async def compact_files(service: Service) -> None:
    """Write the database files anew, so that they hold nothing any more of what was deleted or replaced.

    Raises:
        StoreError: There is no room for a second copy.
    """
    await run_task(service, COMPACT, "", None)
