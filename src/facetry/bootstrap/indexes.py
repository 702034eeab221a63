"""The search index that the settings name, and making its code ready."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from facetry.application.maintenance import IndexCheck
from facetry.bootstrap.engine_urls import COLUMNS, LUCENE, MEMORY, driver_of, is_shared
from facetry.bootstrap.stores import StoreRole
from facetry.domain.errors import SettingError, StoreBusyError
from facetry.domain.fault import Fault
from facetry.domain.search.text.semantics import Embedder
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.ports.search_index import SearchIndex
from facetry.settings import Settings

_log = logging.getLogger(__name__)

SILENT_SECONDS = 4.0
"""Loading kernels takes less than this, compiling them more."""
_DRIVERS = ("opensearch", "elasticsearch", "elastic_transport")
MOST_INDEXES = 256
"""So many processes on one data directory can have an index of their own at most."""


async def open_index(settings: Settings, role: StoreRole, stack: AsyncExitStack, *, is_searched: bool) -> SearchIndex:
    """Open the search index that the settings name, closed with the stack.

    Args:
        settings: Which one.
        role: What this process is to the store.
        stack: Closes it.
        is_searched: Whether this process searches; one that does not needs no copy of its own.

    Raises:
        SettingError: Its driver is not installed.
        IndexDamagedError, StoreError: It cannot be opened.
    """
    index = await _opened(settings, role, stack, is_searched=is_searched)
    stack.push_async_callback(index.close)
    return index


async def _opened(settings: Settings, role: StoreRole, stack: AsyncExitStack, *, is_searched: bool) -> SearchIndex:
    if settings.search.startswith(LUCENE):
        return await _on_lucene(settings.search)
    if settings.search == MEMORY or (role is StoreRole.PEER and not is_searched):
        return MemorySearchIndex(_embedder())
    from facetry.engines.columns.search_index import ColumnsSearchIndex

    if role is StoreRole.PEER:
        return ColumnsSearchIndex(_own_folder(settings.data, stack), writer=True, embedder=_embedder())
    directory = None if settings.store == MEMORY else settings.data / "index"
    return ColumnsSearchIndex(directory, writer=role is StoreRole.OWNER, embedder=_embedder())


async def _on_lucene(url: str) -> SearchIndex:
    with driver_of("search", url):
        if url.startswith("opensearch:"):
            from facetry.engines.opensearch.opening import open_index as open_lucene
        else:
            from facetry.engines.elasticsearch.opening import open_index as open_lucene
    for name in _DRIVERS:
        # They write a line for each request, and the whole of each failure, which whoever asked tells anyway.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        # A service without searches is better than none.
        return await open_lucene(url, may_be_away=True)
    except SettingError as error:
        raise SettingError(f"setting search {error.message}") from error


def _own_folder(data: Path, stack: AsyncExitStack) -> Path:
    """Return the first folder for an index that no other process of this data directory has, kept until the end."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(MOST_INDEXES):
        name = f"index-{number}" if number else "index"
        descriptor = os.open(data / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            stack.callback(os.close, descriptor)
            return data / name
    raise StoreBusyError(f"{MOST_INDEXES} processes have an index in {data} already")


def _embedder() -> Embedder | None:
    """Return what knows the meanings of words, None where the extra is not installed; it loads when it is asked."""
    from facetry.engines.wordllama.embedder import WordLlamaEmbedder, package_folder

    folder = package_folder()
    return WordLlamaEmbedder(folder) if folder else None


async def warm_index(settings: Settings) -> None:
    """Make the index's code ready: compiled on the first start on a machine, loaded from disk on later ones."""
    if settings.search != COLUMNS:
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


def index_check(settings: Settings) -> IndexCheck:
    """Return what checks the files of the index, where the owner of a data directory keeps any."""
    directory = settings.data / "index"
    has_files = settings.search == COLUMNS and settings.store != MEMORY and not is_shared(settings)

    async def check(tenant: str) -> Sequence[Fault]:
        if not has_files:
            return ()
        from facetry.engines.columns.checking import file_faults

        return await asyncio.to_thread(file_faults, directory, tenant)

    return check
