"""Engines by URL: the one place that knows which technologies there are."""

from __future__ import annotations

import asyncio
import logging
from enum import Enum

from facetry.domain.errors import SettingError
from facetry.domain.journal import COUNT_KINDS, DAY_SECONDS, EventLine, HistoryLine, RequestLine, Retention, SearchLine
from facetry.domain.search.text.semantics import Embedder
from facetry.engines.files.import_jobs import FilesImportJobs
from facetry.engines.files.key_usage import FilesKeyUsage
from facetry.engines.memory.cache import MemoryCache
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.journal import MemoryJournal
from facetry.engines.memory.key_usage import MemoryKeyUsage
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.ports.cache import Cache
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.import_jobs import ImportJobs
from facetry.ports.journal import Journal
from facetry.ports.key_usage import KeyUsage
from facetry.ports.rate_limiter import RateLimiter
from facetry.ports.search_index import SearchIndex
from facetry.settings import Settings

_log = logging.getLogger(__name__)

MEGABYTE = 1 << 20
SILENT_SECONDS = 4.0
"""Loading kernels takes less than this, compiling them more."""


class StoreRole(Enum):
    """What a process is to its data directory."""

    ANY = "any"
    OWNER = "owner"
    FOLLOWER = "follower"


async def open_store(settings: Settings, role: StoreRole) -> tuple[CatalogStore, StoreRole]:
    """Open the store that the settings name, and return it with the role that this process got.

    Raises:
        SettingError: The URL names no store.
        StoreBusyError: The process must own the data directory, and another one does.
    """
    if settings.store == "memory:":
        return MemoryCatalogStore(), StoreRole.OWNER
    if settings.store != "sqlite:":
        raise _unknown("store", settings.store, ("sqlite:", "memory:"))
    # The driver is imported where its engine is chosen, so that other set-ups run without it.
    from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
    from facetry.engines.sqlite.opening import open_store as open_sqlite

    owner = {StoreRole.ANY: None, StoreRole.OWNER: True, StoreRole.FOLLOWER: False}[role]
    store = await open_sqlite(settings.data, owner=owner)
    return store, StoreRole.OWNER if isinstance(store, SqliteCatalogStore) else StoreRole.FOLLOWER


def open_index(settings: Settings, role: StoreRole) -> SearchIndex:
    """Open the search index that the settings name.

    Raises:
        SettingError: The URL names no search index.
    """
    if settings.search == "memory:":
        return MemorySearchIndex(_embedder())
    if settings.search != "columns:":
        raise _unknown("search", settings.search, ("columns:", "memory:"))
    from facetry.engines.columns.search_index import ColumnsSearchIndex

    directory = None if settings.store == "memory:" else settings.data / "index"
    return ColumnsSearchIndex(directory, writer=role is StoreRole.OWNER, embedder=_embedder())


def _embedder() -> Embedder | None:
    """Return what knows the meanings of words, None where the extra is not installed; it loads when it is asked."""
    from facetry.engines.wordllama.embedder import WordLlamaEmbedder, package_folder

    folder = package_folder()
    return WordLlamaEmbedder(folder) if folder else None


async def warm_index(settings: Settings) -> None:
    """Make the index's code ready: compiled on the first start on a machine, loaded from disk on later ones."""
    if settings.search != "columns:":
        return
    from facetry.engines.columns.warming import warm_up

    loop = asyncio.get_running_loop()
    notice = loop.call_later(
        SILENT_SECONDS, _log.warning, "compiling the search kernels: only this first start takes up to half a minute"
    )
    try:
        await loop.run_in_executor(None, warm_up)
    finally:
        notice.cancel()


def open_cache(settings: Settings) -> Cache:
    """Open the cache that the settings name.

    Raises:
        SettingError: The URL names no cache.
    """
    if settings.cache != "memory:":
        raise _unknown("cache", settings.cache, ("memory:",))
    return MemoryCache(settings.cache_megabytes * MEGABYTE)


def open_rate_limiter(settings: Settings, clock: Clock) -> RateLimiter:
    """Open the buckets that all processes of a data directory share, or those of this process where there is none.

    Raises:
        StoreError: The directory cannot be used.
    """
    if settings.store == "memory:":
        return MemoryRateLimiter(clock)
    from facetry.engines.mapped.rate_limiter import MappedRateLimiter

    return MappedRateLimiter(settings.data / "buckets", clock)


def open_key_usage(settings: Settings) -> KeyUsage:
    """Open what remembers when access keys were used: in the data directory, where there is one."""
    if settings.store == "memory:":
        return MemoryKeyUsage()
    return FilesKeyUsage(settings.data / "key-usage")


def open_import_jobs(settings: Settings) -> ImportJobs:
    """Open the jobs of imports: in the data directory, also where only they are on disk; made with the first job."""
    return FilesImportJobs(settings.data / "import-jobs")


def open_journal(settings: Settings) -> Journal:
    """Open the journals: in the data directory, where there is one; nothing is made before something is noted."""
    if settings.store == "memory:":
        return MemoryJournal()
    from facetry.engines.sqlite.journal import SqliteJournal

    return SqliteJournal(settings.data)


def journal_retention(settings: Settings) -> dict[str, Retention]:
    """Return how long and how large journals are kept."""
    of_requests = _retention(settings.journal_requests_days, settings.journal_requests_megabytes)
    of_searches = _retention(settings.journal_searches_days, settings.journal_searches_megabytes)
    of_counts = _retention(settings.journal_counts_days, settings.journal_counts_megabytes)
    return {
        RequestLine.kind: of_requests,
        SearchLine.kind: of_searches,
        EventLine.kind: of_searches,
        HistoryLine.kind: _retention(settings.journal_history_days, settings.journal_history_megabytes),
        **dict.fromkeys(COUNT_KINDS, of_counts),
    }


def _retention(days: float, megabytes: int) -> Retention:
    return Retention(days * DAY_SECONDS, megabytes * MEGABYTE)


def _unknown(setting: str, url: str, known: tuple[str, ...]) -> SettingError:
    scheme = url.partition(":")[0]
    return SettingError(f"setting {setting}: no engine for {scheme!r}; there is {', '.join(known)}")
