"""The store that the settings name, and all else kept beside it: accounts, journals, imports, leases, copies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from facetry.application.secrets import Vault
from facetry.bootstrap.engine_urls import MEMORY, MONGODB, driver_of, group_limit
from facetry.engines.files.import_jobs import FilesImportJobs
from facetry.engines.files.key_usage import FilesKeyUsage
from facetry.engines.memory.accounts import MemoryAccounts
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.journal import MemoryJournal
from facetry.engines.memory.key_usage import MemoryKeyUsage
from facetry.engines.memory.leases import MemoryLeases
from facetry.engines.memory.mending import NothingToMend
from facetry.ports.accounts import Accounts
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.import_jobs import ImportJobs
from facetry.ports.journal import Journal
from facetry.ports.key_usage import KeyUsage
from facetry.ports.leases import Leases
from facetry.ports.mending import Mending
from facetry.ports.shared_marks import SharedMarks
from facetry.ports.tenant_copies import TenantCopies
from facetry.settings import Settings

_log = logging.getLogger(__name__)


class StoreRole(Enum):
    """What a process is to its store.

    Attributes:
        ANY: Owner of a data directory if nobody else is, its follower otherwise; a peer where the store is shared.
        OWNER: Writes for all processes of a data directory.
        ALONE: Owner of a data directory that no other process may use meanwhile.
        FOLLOWER: Hands its writes to the owner of the data directory.
        PEER: Writes itself, as all others do.
    """

    ANY = "any"
    OWNER = "owner"
    ALONE = "alone"
    FOLLOWER = "follower"
    PEER = "peer"


class _Closing(Protocol):
    """What has an end."""

    async def close(self) -> None:
        """End it."""


class Resealing(_Closing, Protocol):
    """Seals what a shared store has under another master key; whoever has one is taken for a user of the keys."""

    @property
    def lost(self) -> asyncio.Event:
        """Return what is set when another master key is, or may soon be, that of the store: this process must end."""

    async def run(self, old: Vault, new: Vault, key: bytes | None) -> int:
        """Seal all that ``old`` opens so that ``new`` does, and return the number of tenants.

        Args:
            old: What opens it now.
            new: What opens it then.
            key: The new master key where the store keeps it itself, else None.

        Raises:
            StoreBusyError: Other processes use the keys.
            SettingError: Something does not open.
            StoreError: It cannot be done; nothing was changed.
        """


@dataclass(frozen=True)
class Keeping:
    """The store of a process, and what keeps things beside it.

    Attributes:
        copies: Moves whole tenants; None where nothing is kept that could be moved.
        own_master_key: Returns the key that the store itself keeps, made where there is none; None where a file has it.
        resealing: Replaces the master key of a store that processes share; None of one that has an owner.
        closing_seconds: How long the end of each may take, but for that of the store, which finishes writes.
    """

    store: CatalogStore
    role: StoreRole
    journal: Journal
    key_usage: KeyUsage
    import_jobs: ImportJobs
    mending: Mending
    leases: Leases
    accounts: Accounts
    copies: TenantCopies | None = None
    own_master_key: Callable[[], Awaitable[bytes]] | None = None
    resealing: Resealing | None = None
    closing_seconds: float = 3.0

    async def close(self) -> None:
        """Finish what is under way, the store last; what only helps others is given up where nobody answers."""
        beside: list[_Closing] = [self.leases, self.journal, self.key_usage, self.accounts]
        if self.resealing is not None:
            beside.append(self.resealing)
        await asyncio.gather(*map(self._end, beside))
        await self.store.close()

    async def _end(self, one: _Closing) -> None:
        try:
            async with asyncio.timeout(self.closing_seconds):
                await one.close()
        except TimeoutError:
            _log.warning("%s could not be closed in time", type(one).__name__)


async def open_keeping(settings: Settings, role: StoreRole, marks: SharedMarks) -> Keeping:
    """Open the store that the settings name and what stands beside it.

    Args:
        settings: Which one, and where.
        role: What this process is to be to it.
        marks: Where the processes of a shared store tell each other what changed.

    Raises:
        SettingError: Its driver is not installed.
        StoreBusyError: The process must own the data directory, and another one does.
        StoreError: It cannot be opened.
    """
    if settings.store == MEMORY:
        return _in_memory(settings)
    if settings.store.startswith(MONGODB):
        return await _in_mongodb(settings, marks)
    return await _in_sqlite(settings, role)


def _in_memory(settings: Settings) -> Keeping:
    return Keeping(
        store=MemoryCatalogStore(group_limit(settings)),
        role=StoreRole.OWNER,
        journal=MemoryJournal(),
        key_usage=MemoryKeyUsage(),
        # Files are too large for memory; the folder is made with the first one.
        import_jobs=FilesImportJobs(settings.data / "import-jobs"),
        mending=NothingToMend(),
        leases=MemoryLeases(),
        accounts=MemoryAccounts(),
    )


async def _in_sqlite(settings: Settings, role: StoreRole) -> Keeping:
    # The driver is imported where its engine is chosen, so that other set-ups run without it.
    from facetry.engines.sqlite.account_tables import check_accounts
    from facetry.engines.sqlite.accounts import SqliteAccounts
    from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
    from facetry.engines.sqlite.directory import DataDirectory
    from facetry.engines.sqlite.journal import SqliteJournal
    from facetry.engines.sqlite.mender import SqliteMending
    from facetry.engines.sqlite.opening import open_store
    from facetry.engines.sqlite.tenant_copies import SqliteTenantCopies

    check_accounts(DataDirectory(settings.data).accounts)
    owner = {StoreRole.OWNER: True, StoreRole.ALONE: True, StoreRole.FOLLOWER: False}.get(role)
    store = await open_store(
        settings.data, owner=owner, max_group_products=group_limit(settings), is_shared=role is not StoreRole.ALONE
    )
    owned = store if isinstance(store, SqliteCatalogStore) else None
    return Keeping(
        store=store,
        role=StoreRole.FOLLOWER if owned is None else StoreRole.OWNER,
        journal=SqliteJournal(settings.data),
        key_usage=FilesKeyUsage(settings.data / "key-usage"),
        import_jobs=FilesImportJobs(settings.data / "import-jobs"),
        # Nothing is mended by a process that does not own the store: it asks the owner.
        mending=NothingToMend() if owned is None else SqliteMending(settings.data, owned),
        leases=MemoryLeases(),
        accounts=SqliteAccounts(settings.data),
        copies=SqliteTenantCopies(settings.data, owned),
    )


async def _in_mongodb(settings: Settings, marks: SharedMarks) -> Keeping:
    with driver_of("store", settings.store):
        from facetry.engines.mongodb.accounts import MongoAccounts
        from facetry.engines.mongodb.catalog_store import MongoCatalogStore
        from facetry.engines.mongodb.import_jobs import MongoImportJobs
        from facetry.engines.mongodb.journal import MongoJournal
        from facetry.engines.mongodb.key_usage import MongoKeyUsage
        from facetry.engines.mongodb.leases import MongoLeases
        from facetry.engines.mongodb.master_key import master_key
        from facetry.engines.mongodb.mending import MongoMending
        from facetry.engines.mongodb.opening import open_database
        from facetry.engines.mongodb.resealing import MongoResealing
        from facetry.engines.mongodb.tenant_copies import MongoTenantCopies
    database = await open_database(settings.store)
    store = MongoCatalogStore(database, marks, group_limit(settings))
    resealing = MongoResealing(database, store)
    try:
        await resealing.begin()
    except BaseException:
        await store.close()
        raise
    return Keeping(
        store=store,
        role=StoreRole.PEER,
        journal=MongoJournal(database),
        key_usage=MongoKeyUsage(database),
        import_jobs=MongoImportJobs(database),
        mending=MongoMending(database, store),
        leases=MongoLeases(database),
        accounts=MongoAccounts(database),
        copies=MongoTenantCopies(database, store),
        own_master_key=lambda: master_key(database),
        resealing=resealing,
    )
