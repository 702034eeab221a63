"""The use cases of one process over its engines, opened and closed as one."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from facetry.application.access_keys import AccessKeys
from facetry.application.catalog import Catalog
from facetry.application.change_feed import ChangeFeed
from facetry.application.fair_use import FairUse
from facetry.application.import_jobs import Imports
from facetry.application.maintenance import Maintenance
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.application.secrets import MASTER_KEY_BYTES, Vault
from facetry.application.settings_history import SettingsHistory
from facetry.application.tenants import Tenants
from facetry.bootstrap.engines import (
    StoreRole,
    open_import_jobs,
    open_index,
    open_journal,
    open_key_usage,
    open_rate_limiter,
    open_store,
)
from facetry.bootstrap.file_limit import raise_file_limit
from facetry.bootstrap.mending import index_check, open_mending
from facetry.domain.errors import SettingError
from facetry.engines.measured.search_index import MeasuredSearchIndex
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.import_jobs import ImportJobs
from facetry.ports.journal import Journal
from facetry.ports.key_usage import KeyUsage
from facetry.ports.search_index import SearchIndex
from facetry.settings import Settings
from facetry.telemetry.metrics import Metrics

MASTER_KEY_FILE = "master.key"


class SystemClock:
    """The machine's clock."""

    now = staticmethod(time.time)
    """Return the Unix time in seconds."""


@dataclass(frozen=True)
class Service:
    """Everything a surface or a command needs of one process."""

    settings: Settings
    role: StoreRole
    store: CatalogStore
    index: SearchIndex
    relay: ChangeRelay
    catalog: Catalog
    search: Search
    search_settings: SearchSettings
    feed: ChangeFeed
    import_jobs: ImportJobs
    imports: Imports
    tenants: Tenants
    access_keys: AccessKeys
    key_usage: KeyUsage
    journal: Journal
    maintenance: Maintenance
    clock: SystemClock


@asynccontextmanager
async def open_service(
    settings: Settings,
    *,
    role: StoreRole = StoreRole.ANY,
    follower_indexes: bool = True,
    metrics: Metrics | None = None,
    is_server: bool = False,
) -> AsyncIterator[Service]:
    """Open the engines that the settings name, and the use cases over them; close them on exit.

    Args:
        settings: Which engines, and where.
        role: Whether this process must own the data directory, must not, or takes what it gets.
        follower_indexes: Whether a process that does not own the directory keeps an index of its own, to search.
        metrics: Where searches and changes of the index are timed; None times nothing.
        is_server: Whether tenants are held to their quotas of rates, and given turns; an operator's command is not.

    Raises:
        SettingError: A URL names no engine, or the master key does not fit.
        StoreError: The store cannot be opened.
    """
    raise_file_limit()
    async with AsyncExitStack() as stack:
        store, role = await open_store(settings, role)
        stack.push_async_callback(store.close)
        vault = await _open_vault(settings, store)
        index = open_index(settings, role)
        if metrics is not None:
            index = MeasuredSearchIndex(index, metrics)
        stack.push_async_callback(index.close)
        followed = index if follower_indexes or role is StoreRole.OWNER else None
        relay = ChangeRelay(store, followed, index_wait_seconds=settings.index_wait_seconds)
        clock = SystemClock()
        jobs = open_import_jobs(settings)
        journal = open_journal(settings)
        stack.push_async_callback(journal.close)
        tenants = Tenants(store, vault, clock, journal)
        if role is StoreRole.OWNER:
            await tenants.complete()
        fair_use = _open_fair_use(settings, store, stack) if is_server else None
        search = Search(index, relay, fair_use=fair_use)
        usage = open_key_usage(settings)
        yield Service(
            settings=settings,
            role=role,
            store=store,
            index=index,
            relay=relay,
            catalog=Catalog(store, relay, fair_use),
            search=search,
            feed=ChangeFeed(store),
            import_jobs=jobs,
            imports=Imports(jobs, store, clock, settings.import_megabytes << 20),
            search_settings=SearchSettings(store, search, relay, SettingsHistory(store, clock)),
            tenants=tenants,
            access_keys=AccessKeys(store, vault, clock, usage),
            key_usage=usage,
            journal=journal,
            maintenance=Maintenance(store, index, relay, open_mending(settings, store), index_check(settings)),
            clock=clock,
        )


def _open_fair_use(settings: Settings, store: CatalogStore, stack: AsyncExitStack) -> FairUse:
    limiter = open_rate_limiter(settings, SystemClock())
    stack.push_async_callback(limiter.close)
    return FairUse(store, limiter)


async def _open_vault(settings: Settings, store: CatalogStore) -> Vault:
    """Return the vault, after checking that it opens what is stored: another key would make every login fail."""
    first = (await store.tenants())[:1]
    vault = Vault(_master_key(settings, is_new=not first))
    try:
        for tenant in first:
            vault.open(tenant.api_key_sealed)
    except SettingError as error:
        message = f"the master key is not the one that the keys in {settings.data} were stored under"
        raise SettingError(message) from error
    return vault


def _master_key(settings: Settings, *, is_new: bool) -> bytes:
    """Return the master key of the settings or of the data directory, where it is made while there is no tenant."""
    if settings.master_key:
        return bytes.fromhex(settings.master_key)
    if settings.store == "memory:":
        return secrets.token_bytes(MASTER_KEY_BYTES)
    file = settings.data / MASTER_KEY_FILE
    if is_new:
        _make_master_key(file)
    elif not file.exists():
        message = f"the master key {file} is missing: put its copy back, without it the stored keys cannot be read"
        raise SettingError(message)
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        message = f"cannot read the master key {file}: {error}"
        raise SettingError(message) from error
    if len(key) != MASTER_KEY_BYTES:
        message = f"cannot read the master key {file}: it must have {2 * MASTER_KEY_BYTES} hexadecimal digits"
        raise SettingError(message)
    return key


def _make_master_key(file: Path) -> None:
    """Create the key file unless it is there: processes at once agree on one key, a crash leaves none half-written."""
    if file.exists():
        return
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with open(draft, "x", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
        stream.write(secrets.token_hex(MASTER_KEY_BYTES) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
