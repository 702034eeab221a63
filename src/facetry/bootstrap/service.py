"""The use cases of one process over its engines, opened and closed as one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from facetry.application.access_keys import AccessKeys
from facetry.application.catalog import Catalog
from facetry.application.change_feed import ChangeFeed
from facetry.application.fair_use import FairUse
from facetry.application.import_jobs import Imports
from facetry.application.maintenance import Maintenance
from facetry.application.product_history import HistoryNotes
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.application.secrets import Vault
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
from facetry.bootstrap.master_key import open_vault
from facetry.bootstrap.mending import index_check, open_copies, open_mending
from facetry.bootstrap.tracing import (
    CATALOG_STEPS,
    FEED_STEPS,
    IMPORT_STEPS,
    INDEX_STEPS,
    SEARCH_STEPS,
    SETTINGS_STEPS,
    STORE_STEPS,
    open_tracer,
)
from facetry.engines.measured.search_index import MeasuredSearchIndex
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.import_jobs import ImportJobs
from facetry.ports.journal import Journal
from facetry.ports.key_usage import KeyUsage
from facetry.ports.search_index import SearchIndex
from facetry.ports.tenant_copies import TenantCopies
from facetry.settings import Settings
from facetry.telemetry.metrics import Metrics
from facetry.telemetry.tracing import Tracer, traced


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
    vault: Vault
    copies: TenantCopies | None
    tracer: Tracer | None


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
        tracer = open_tracer(settings, stack) if is_server else None
        store, role = await open_store(settings, role)
        stack.push_async_callback(store.close)
        vault = await open_vault(settings, store)
        index = open_index(settings, role)
        if metrics is not None:
            index = MeasuredSearchIndex(index, metrics)
        index = traced(index, tracer, INDEX_STEPS)
        stack.push_async_callback(index.close)
        followed = index if follower_indexes or role is StoreRole.OWNER else None
        relay = ChangeRelay(store, followed, index_wait_seconds=settings.index_wait_seconds)
        clock = SystemClock()
        jobs = open_import_jobs(settings)
        journal = open_journal(settings)
        stack.push_async_callback(journal.close)
        if (on_write := getattr(store, "on_write", None)) is not None:
            on_write(HistoryNotes(journal, clock))
        tenants = Tenants(store, vault, clock, journal)
        if role is StoreRole.OWNER:
            await tenants.complete()
        fair_use = _open_fair_use(settings, store, stack) if is_server else None
        traced_store = traced(store, tracer, STORE_STEPS)
        search = Search(index, relay, fair_use=fair_use)
        search_settings = SearchSettings(traced_store, search, relay, SettingsHistory(traced_store, clock))
        imports = Imports(jobs, store, clock, settings.import_megabytes << 20)
        usage = open_key_usage(settings)
        stack.push_async_callback(usage.close)
        yield Service(
            settings=settings,
            role=role,
            store=traced_store,
            index=index,
            relay=relay,
            catalog=traced(Catalog(traced_store, relay, fair_use), tracer, CATALOG_STEPS),
            search=traced(search, tracer, SEARCH_STEPS),
            feed=traced(ChangeFeed(store), tracer, FEED_STEPS),
            import_jobs=jobs,
            imports=traced(imports, tracer, IMPORT_STEPS),
            search_settings=traced(search_settings, tracer, SETTINGS_STEPS),
            tenants=tenants,
            access_keys=AccessKeys(store, vault, clock, usage),
            key_usage=usage,
            journal=journal,
            maintenance=Maintenance(store, index, relay, open_mending(settings, store), index_check(settings)),
            clock=clock,
            vault=vault,
            copies=open_copies(settings, store),
            tracer=tracer,
        )


def _open_fair_use(settings: Settings, store: CatalogStore, stack: AsyncExitStack) -> FairUse:
    limiter = open_rate_limiter(settings, SystemClock())
    stack.push_async_callback(limiter.close)
    return FairUse(store, limiter)
