"""Moving tenants between the stores of two set-ups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from facetry.application.key_transfer import NO_TENANT
from facetry.application.migrating import MigrationReport, Wishes, copy_users, migrate_tenant
from facetry.bootstrap.engine_urls import MEMORY, SQLITE, check_engines
from facetry.bootstrap.service import open_service
from facetry.bootstrap.stores import StoreRole
from facetry.domain.errors import SettingError
from facetry.settings import Settings


class Ends(msgspec.Struct, frozen=True):
    """From where to where, each ``sqlite:DIR`` or a URL of MongoDB.

    Attributes:
        source_key: Master key of the source in hexadecimal digits, where it is not kept there; empty where it is.
        target_key: Likewise.
        tenant: Which one; None for all.
    """

    source: str
    target: str
    source_key: str = ""
    target_key: str = ""
    tenant: str | None = None


async def migrate(
    settings: Settings, ends: Ends, wishes: Wishes, tell: Callable[[MigrationReport], None]
) -> list[MigrationReport]:
    """Move one tenant or all of them, with their users, and tell of each when it has arrived.

    Args:
        settings: All else that is set; the cache that the servers of the target tell each other changes by.
        ends: From where to where.
        wishes: What may be done beyond copying.
        tell: Called with each report.

    Raises:
        SettingError: An end names no store that keeps anything, or both are the same.
        StoreBusyError: A server runs on the target's data directory.
        FacetryError: What ``migrate_tenant`` raises; the tenants before that one have arrived.
    """
    source_settings = side_settings(settings, "from", ends.source, ends.source_key)
    target_settings = side_settings(settings, "to", ends.target, ends.target_key)
    if (source_settings.store, source_settings.data) == (target_settings.store, target_settings.data):
        raise SettingError("--from and --to name the same store")
    for side in (source_settings, target_settings):
        check_engines(side)
    if source_settings.store == SQLITE and not source_settings.data.is_dir():
        raise SettingError(f"--from names {source_settings.data}, which is not there")
    reports = []
    async with (
        open_service(source_settings, follower_indexes=False) as source,
        open_service(target_settings, role=StoreRole.OWNER, follower_indexes=False) as target,
    ):
        names = [ends.tenant] if ends.tenant else [record.id for record in await source.tenants.list()]
        for name in names:
            await source.tenants.get(name)
            reports.append(await migrate_tenant(source, target, name, wishes))
            await copy_users(source, target, name)
            tell(reports[-1])
        if ends.tenant is None:
            await copy_users(source, target, NO_TENANT)
    return reports


def side_settings(settings: Settings, flag: str, url: str, key: str) -> Settings:
    """Return the settings of one end: the index of neither is needed, servers bring theirs up themselves.

    Raises:
        SettingError: The URL names no store that keeps anything.
    """
    scheme, _, rest = url.partition(":")
    if url == MEMORY or (scheme + ":" == SQLITE and not rest):
        raise SettingError(f"--{flag} must be sqlite:DIR or a URL of MongoDB")
    is_sqlite = scheme + ":" == SQLITE
    return msgspec.structs.replace(
        settings,
        store=SQLITE if is_sqlite else url,
        data=Path(rest) if is_sqlite else settings.data,
        search=MEMORY,
        cache=MEMORY if is_sqlite else settings.cache,
        master_key=key or settings.master_key,
    )
