"""The use cases of one process over its engines, opened and closed as one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from facetry.application.access_keys import AccessKeys
from facetry.application.bulk_edits import BulkEdits
from facetry.application.catalog import Catalog
from facetry.application.change_feed import ChangeFeed
from facetry.application.fair_use import FairUse
from facetry.application.history_notes import HistoryNotes
from facetry.application.import_jobs import Imports
from facetry.application.maintenance import Maintenance
from facetry.application.passwords import Passwords
from facetry.application.records import Records
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.application.second_factor import SecondFactor
from facetry.application.secrets import Vault
from facetry.application.selections import Selections
from facetry.application.settings_history import SettingsHistory
from facetry.application.sign_ins import SignIns
from facetry.application.tenants import Tenants
from facetry.application.users import Users
from facetry.bootstrap.caches import open_messenger
from facetry.bootstrap.engine_urls import check_engines
from facetry.bootstrap.file_limit import raise_file_limit
from facetry.bootstrap.indexes import index_check, open_index
from facetry.bootstrap.master_key import open_vault, settle_rotation
from facetry.bootstrap.stores import Keeping, StoreRole, open_keeping
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
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.ports.accounts import Accounts
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.import_jobs import ImportJobs
from facetry.ports.journal import Journal
from facetry.ports.key_usage import KeyUsage
from facetry.ports.leases import Leases
from facetry.ports.rate_limiter import RateLimiter
from facetry.ports.search_index import SearchIndex
from facetry.ports.shared_marks import SharedMarks
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
    """Everything a surface or a command needs of one process.

    Attributes:
        index: What is searched; of a process that searches nothing one that stays empty.
        has_index: Whether this process brings the index up to what it writes.
        key_lost: Set when the master key is no longer that of the store, so that this process must end.
    """

    settings: Settings
    role: StoreRole
    store: CatalogStore
    index: SearchIndex
    has_index: bool
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
    marks: SharedMarks
    limiter: RateLimiter
    leases: Leases
    accounts: Accounts
    users: Users
    second_factor: SecondFactor
    sign_ins: SignIns
    bulk_edits: BulkEdits
    key_lost: asyncio.Event


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
        role: Whether this process must own the data directory, must not, or takes what it gets; without meaning where
            every process is a peer.
        follower_indexes: Whether a process that does not own the directory keeps an index of its own, to search.
        metrics: Where searches and changes of the index are timed; None times nothing.
        is_server: Whether tenants are held to their quotas of rates, and given turns; an operator's command is not.

    Raises:
        SettingError: A URL names no engine, or the master key does not fit.
        StoreError: The store cannot be opened.
    """
    raise_file_limit()
    check_engines(settings)
    async with AsyncExitStack() as stack:
        tracer = open_tracer(settings, stack) if is_server else None
        messenger = open_messenger(settings, stack)
        keeping = await open_keeping(settings, role, messenger.marks)
        stack.push_async_callback(keeping.close)
        vault = await open_vault(settings, keeping.store, keeping.own_master_key)
        index = await open_index(settings, keeping.role, stack, is_searched=follower_indexes)
        if metrics is not None:
            index = MeasuredSearchIndex(index, metrics)
        index = traced(index, tracer, INDEX_STEPS)
        # What all processes search has to be brought up by whoever writes, commands included.
        has_index = follower_indexes or keeping.role is StoreRole.OWNER or index.capabilities.is_shared
        clock = SystemClock()
        limiter = messenger.open_limiter(clock) if is_server else MemoryRateLimiter(clock)
        stack.push_async_callback(limiter.close)
        if (on_write := getattr(keeping.store, "on_write", None)) is not None:
            on_write(HistoryNotes(keeping.journal, clock))
        parts = _Parts(settings, keeping, index, has_index, vault, clock, tracer, messenger.marks, limiter)
        service = _assembled(parts, FairUse(keeping.store, limiter) if is_server else None)
        stack.push_async_callback(service.bulk_edits.close)
        if keeping.role is StoreRole.OWNER:
            await settle_rotation(settings, vault, keeping.store, keeping.accounts)
            await service.tenants.complete()
        yield service


@dataclass(frozen=True)
class _Parts:
    """What a service is made of."""

    settings: Settings
    keeping: Keeping
    index: SearchIndex
    has_index: bool
    vault: Vault
    clock: SystemClock
    tracer: Tracer | None
    marks: SharedMarks
    limiter: RateLimiter


def _assembled(parts: _Parts, fair_use: FairUse | None) -> Service:
    """Return the use cases over engines that are open."""
    settings, keeping, index, tracer, clock = parts.settings, parts.keeping, parts.index, parts.tracer, parts.clock
    store, held = keeping.store, index if parts.has_index else None
    relay = ChangeRelay(store, held, index_wait_seconds=settings.index_wait_seconds)
    traced_store = traced(store, tracer, STORE_STEPS)
    search = Search(index, relay, fair_use=fair_use)
    catalog = traced(Catalog(traced_store, relay, fair_use), tracer, CATALOG_STEPS)
    search_settings = SearchSettings(traced_store, search, relay, SettingsHistory(traced_store, clock))
    imports = Imports(keeping.import_jobs, store, clock, settings.import_megabytes << 20)
    passwords = Passwords()
    users = Users(keeping.accounts, store, clock, passwords)
    factor = SecondFactor(users, parts.vault, clock, parts.limiter)
    return Service(
        settings=settings,
        role=keeping.role,
        store=traced_store,
        index=index,
        has_index=parts.has_index,
        relay=relay,
        catalog=catalog,
        search=traced(search, tracer, SEARCH_STEPS),
        feed=traced(ChangeFeed(store), tracer, FEED_STEPS),
        import_jobs=keeping.import_jobs,
        imports=traced(imports, tracer, IMPORT_STEPS),
        search_settings=traced(search_settings, tracer, SETTINGS_STEPS),
        tenants=Tenants(store, parts.vault, clock, keeping.journal, keeping.accounts),
        access_keys=AccessKeys(store, parts.vault, clock, keeping.key_usage),
        key_usage=keeping.key_usage,
        journal=keeping.journal,
        maintenance=Maintenance(store, held, relay, keeping.mending, index_check(settings)),
        clock=clock,
        vault=parts.vault,
        copies=keeping.copies,
        tracer=tracer,
        marks=parts.marks,
        limiter=parts.limiter,
        leases=keeping.leases,
        accounts=keeping.accounts,
        users=users,
        second_factor=factor,
        sign_ins=SignIns(keeping.accounts, store, users, passwords, factor),
        bulk_edits=BulkEdits(catalog, Records(traced_store), Selections(search), clock),
        key_lost=asyncio.Event() if keeping.resealing is None else keeping.resealing.lost,
    )
