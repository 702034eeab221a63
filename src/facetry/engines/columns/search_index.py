"""The embedded search index: the port over one snapshot a tenant."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from facetry.application.calls import CALLS
from facetry.application.precedence import CHANGES
from facetry.domain.change import Delta
from facetry.domain.field_query import FieldQuery
from facetry.domain.field_result import FieldResult
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes, silent_attributes
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.suggestions import Suggestions, SuggestQuery
from facetry.domain.search.text.semantics import Embedder
from facetry.engines.columns.building import NOTHING_BEFORE, Surroundings, build_snapshot
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.fair_threads import FairThreads
from facetry.engines.columns.idle import IdleTenants
from facetry.engines.columns.plan import Lookup, Plan, find_words, make_plan
from facetry.engines.columns.scratch import Scratch, ScratchPool
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.searching import Found, find_groups, result_of
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.tenant_folder import TenantFolder
from facetry.engines.columns.tenant_index import TenantIndex
from facetry.engines.columns.text.answering import answer
from facetry.engines.columns.text.found_texts import FoundTexts
from facetry.engines.columns.text.scratch import TextScratch
from facetry.engines.columns.text.suggesting import suggest
from facetry.engines.columns.tuning import DEFAULT_TUNING, Tuning
from facetry.ports.index_placements import IndexPlacements
from facetry.ports.search_index import Capabilities
from facetry.telemetry.tenant_work import TenantWork

_T = TypeVar("_T")
_SEARCH_THREADS = 2
_BUILD_THREADS = 4
"""So many tenants' bulks are built at a time, each a bit in turn; the processor is one for all of them."""
SAVING_SECONDS = 3.0
"""No tenant's index is saved on closing after this long, so that stopping stays quick."""


class ColumnsSearchIndex:
    """Keep immutable segments of columns in memory and, where a directory is given, in files.

    Of the processes on one directory one is the writer. The others map its files and follow the change log in
    memory; what they hold in memory shrinks again when they turn to a newer manifest of the writer.
    """

    placements: IndexPlacements | None = None

    def __init__(
        self,
        directory: Path | None,
        *,
        writer: bool = True,
        tuning: Tuning = DEFAULT_TUNING,
        embedder: Embedder | None = None,
    ) -> None:
        """Use a directory, which need not exist yet; None keeps everything in memory.

        The embedder is for tenants whose searches look at meanings.
        """
        self.capabilities = Capabilities(exact_relevance=True, semantic=embedder is not None)
        self._embedder = embedder
        self._directory = directory
        self._writer = writer
        self._tuning = tuning
        self._surroundings = Surroundings(
            tuning,
            upkeep=ThreadPoolExecutor(1, "index-upkeep"),
            builder=ThreadPoolExecutor(_BUILD_THREADS, "index-build"),
        )
        self._searchers = FairThreads(_SEARCH_THREADS, "index-search")
        self._work = TenantWork()
        self._scratch = ScratchPool(Scratch)
        self._text_scratch = ScratchPool(TextScratch)
        self._found_texts = FoundTexts(tuning.found_bytes)
        self._tenants: dict[str, TenantIndex] = {}
        self._idle = IdleTenants(tuning.idle_seconds, self._let_go)
        self._opening: dict[str, asyncio.Task[TenantIndex | None]] = {}
        self._followed: dict[str, TenantFolder] = {}
        self._leaving: set[str] = set()  # Their files are about to go: who asks meanwhile must not open them.
        # Newer indexes that become visible when they are as far as what searches see already.
        self._coming: dict[str, TenantIndex] = {}

    async def revision(self, tenant: str) -> int | None:
        """See ``SearchIndex``."""
        held = await self._held(tenant)
        if held and not self._writer:
            await self._turn_to_news(tenant, held)
        held = self._coming.get(tenant) or self._tenants.get(tenant)
        return held.snapshot.revision if held else None

    async def apply(self, tenant: str, delta: Delta, language: str, *, attributes: Attributes = ()) -> None:
        """See ``SearchIndex``."""
        silent = silent_attributes(attributes)
        held = self._coming.get(tenant) or await self._held(tenant)
        if held is None:
            empty = Snapshot(NOTHING_BEFORE, language, (), Dictionaries(), silent)
            held = self._tenants.setdefault(tenant, TenantIndex(empty, self._surroundings, self._folder(tenant)))
            self._idle.used(tenant)
        give_way = CALLS.courtesy(tenant).give_way if CALLS.had_others(tenant) else None
        await held.apply(delta, language, silent, give_way)
        seen = self._tenants.get(tenant)
        if self._coming.get(tenant) is held and seen and seen.snapshot.revision <= held.snapshot.revision:
            await self._show(tenant, self._coming.pop(tenant))

    async def rebuild(
        self,
        tenant: str,
        groups: AsyncIterator[Sequence[ProductGroup]],
        revision: int,
        language: str,
        *,
        attributes: Attributes = (),
    ) -> None:
        """See ``SearchIndex``.

        Deltas are applied to the old index meanwhile. If there were some that the new one lacks, it stays hidden
        until the caller has applied them, so that no search sees less than an earlier one.
        """
        held = await self._held(tenant)
        before = held.snapshot.revision if held else None
        snapshot = await build_snapshot(groups, revision, language, self._surroundings, silent_attributes(attributes))
        built = TenantIndex(snapshot, self._surroundings)
        seen = self._tenants.get(tenant)
        if seen and seen.snapshot.revision != before and seen.snapshot.revision > revision:
            self._coming[tenant] = built
            return
        self._coming.pop(tenant, None)
        await self._show(tenant, built)

    async def match(self, tenant: str, query: FieldQuery) -> FieldResult:
        """See ``SearchIndex``."""
        held = await self._held(tenant)
        snapshot = held.snapshot if held else Snapshot(0, query.language, (), Dictionaries())
        plan = make_plan(query)
        lookup = None
        with self._work.counted(tenant):
            if len(plan.words) * len(snapshot.parts) <= self._tuning.inline_lookups:
                lookup = find_words(plan, snapshot)
            if lookup and lookup.postings * (1 + len(query.facets)) <= self._tuning.inline_work:
                found = find_groups(lookup, self._scratch, self._tuning.slice_work, _never)
                return result_of(found, plan, snapshot)
        found = await self._find_in_thread(tenant, plan, snapshot, lookup)
        return result_of(found, plan, snapshot)

    async def search(self, tenant: str, query: SearchQuery, deadline: float | None = None) -> SearchResult:
        """See ``SearchIndex``."""
        remembered = self._found_texts
        snapshot = await self._snapshot(tenant, query.language)

        def find(is_stopped: Callable[[], bool]) -> SearchResult:
            limit = Deadline(deadline, is_stopped, self._tuning.slice_work)
            return answer(query, snapshot, self._text_scratch, limit, self._embedder, remembered)

        return await self._run(tenant, find, snapshot.products * (1 + len(query.facets)))

    async def suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        """See ``SearchIndex``."""
        snapshot = await self._snapshot(tenant, query.language)

        def find(is_stopped: Callable[[], bool]) -> Suggestions:
            return suggest(query, snapshot, Deadline(is_stopped=is_stopped).check)

        return await self._run(tenant, find, snapshot.products)

    def worked(self, tenant: str) -> float:
        """See ``SearchIndex``."""
        return self._work.seconds(tenant)

    async def known_fields(self, tenant: str) -> frozenset[str]:
        """See ``SearchIndex``."""
        held = await self._held(tenant)
        parts = held.snapshot.parts if held else ()
        return frozenset().union(*(part.segment.known_fields for part in parts))

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """See ``SearchIndex``."""
        held = await self._held(tenant)
        return held.snapshot.group(group_id) if held else None

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """See ``SearchIndex``."""
        held = await self._held(tenant)
        return held.snapshot.groups_after(group_id, limit) if held else []

    async def checkpoint(self, tenant: str) -> int:
        """See ``SearchIndex``."""
        held = await self._held(tenant)
        if held is None:
            return 0
        followed = self._followed.get(tenant)
        if followed and followed.covered is not None:
            return followed.covered
        return await held.checkpoint()

    async def forget(self, tenant: str) -> None:
        """See ``SearchIndex``."""
        await self._held(tenant)
        self._leaving.add(tenant)
        try:
            self._idle.forget(tenant)
            self._followed.pop(tenant, None)
            for indexes in (self._coming, self._tenants):
                if held := indexes.pop(tenant, None):
                    await held.stop()
            # All tenants' go; a search that still runs adds what it finds to these, which end with it.
            self._found_texts = FoundTexts(self._tuning.found_bytes)
            if self._directory and self._writer:
                folder = TenantFolder(self._directory, tenant, writer=True)
                await asyncio.get_running_loop().run_in_executor(self._surroundings.upkeep, folder.remove)
        finally:
            self._leaving.discard(tenant)

    async def close(self) -> None:
        """See ``SearchIndex``; saves first what is worth it."""
        await asyncio.gather(*self._opening.values(), return_exceptions=True)
        await self._idle.stop()
        until = time.monotonic() + SAVING_SECONDS
        for held in [*self._tenants.values(), *self._coming.values()]:
            # What is not saved is replayed from the change log at the next start.
            await (held.close() if time.monotonic() < until else held.stop())
        self._tenants.clear()
        self._coming.clear()
        self._searchers.shutdown()
        self._surroundings.builder.shutdown()
        self._surroundings.upkeep.shutdown()

    async def _snapshot(self, tenant: str, language: str) -> Snapshot:
        """Return what a search of a tenant sees; nothing where it has no index."""
        held = await self._held(tenant)
        return held.snapshot if held else Snapshot(0, language, (), Dictionaries())

    async def _find_in_thread(self, tenant: str, plan: Plan, snapshot: Snapshot, lookup: Lookup | None) -> Found:
        def find(is_stopped: Callable[[], bool]) -> Found:
            words = lookup or find_words(plan, snapshot)
            return find_groups(words, self._scratch, self._tuning.slice_work, is_stopped)

        return await self._in_thread(tenant, find)

    async def _run(self, tenant: str, find: Callable[[Callable[[], bool]], _T], work: int) -> _T:
        """Return what is found, by work that is asked now and then whether to stop; only little is done at once."""
        if work > self._tuning.inline_work:
            return await self._in_thread(tenant, find)
        with self._work.counted(tenant):
            return find(_never)

    async def _in_thread(self, tenant: str, find: Callable[[Callable[[], bool]], _T]) -> _T:
        is_unwanted, patience = threading.Event(), CHANGES.patience()

        def is_stopped() -> bool:
            patience.give_way()
            return is_unwanted.is_set()

        def work() -> _T:
            with self._work.counted(tenant):
                return find(is_stopped)

        try:
            return await self._searchers.run(tenant, work)
        finally:
            # Matters only where the caller was cancelled: the thread then ends at its next slice.
            is_unwanted.set()

    async def _held(self, tenant: str) -> TenantIndex | None:
        """Return the tenant's index, opened where it is not yet; callers at the same time share the opening."""
        held = self._tenants.get(tenant)
        if held:
            self._idle.used(tenant)
        if held or self._directory is None or tenant in self._leaving:
            return held
        opening = self._opening.get(tenant)
        if opening is None:
            opening = asyncio.get_running_loop().create_task(self._open(tenant, self._directory))
            self._opening[tenant] = opening
            opening.add_done_callback(lambda _: self._opening.pop(tenant))
        return await asyncio.shield(opening)

    async def _open(self, tenant: str, directory: Path) -> TenantIndex | None:
        folder = TenantFolder(directory, tenant, writer=self._writer)
        loop = asyncio.get_running_loop()
        snapshot = await loop.run_in_executor(self._surroundings.upkeep, folder.open)
        if not self._writer:
            self._followed[tenant] = folder
        if snapshot is None:
            return None
        self._idle.used(tenant)
        # A rebuild may have been quicker.
        return self._tenants.setdefault(
            tenant, TenantIndex(snapshot, self._surroundings, folder if self._writer else None)
        )

    async def _let_go(self, tenant: str, is_idle: Callable[[], bool]) -> bool:
        """Forget a tenant in memory where its files hold all that searches see; return whether that is done."""
        held = self._tenants.get(tenant)
        if held is None or tenant in self._coming or not await self._is_saved(tenant, held):
            return False
        if not is_idle() or tenant in self._coming or self._tenants.get(tenant) is not held:
            return False
        del self._tenants[tenant]
        self._followed.pop(tenant, None)
        return True

    async def _is_saved(self, tenant: str, held: TenantIndex) -> bool:
        """Return whether files hold all of an index; the owner of the directory saves it first."""
        if self._writer:
            return await held.rest()
        folder = self._followed.get(tenant)
        if folder is None:
            return False
        covered = await asyncio.get_running_loop().run_in_executor(self._surroundings.upkeep, folder.saved_revision)
        return covered is not None and covered >= held.snapshot.revision

    async def _show(self, tenant: str, index: TenantIndex) -> None:
        """Let searches see an index in the place of the one before, which hands its folder over."""
        before = self._tenants.get(tenant)
        self._tenants[tenant] = index
        self._idle.used(tenant)
        index.folder = await before.stop() if before else self._folder(tenant)
        index.tidy()

    def _folder(self, tenant: str) -> TenantFolder | None:
        """Return the folder of a tenant of which nothing is saved, for an index that may save."""
        return TenantFolder(self._directory, tenant, writer=True) if self._directory and self._writer else None

    async def _turn_to_news(self, tenant: str, held: TenantIndex) -> None:
        """Map a newer manifest of the writer where what is held in memory has grown."""
        folder = self._followed.get(tenant)
        is_small = held.unsaved_groups <= self._tuning.unsaved_groups
        if folder is None or is_small or tenant in self._coming or not folder.has_news():
            return
        loop = asyncio.get_running_loop()
        snapshot = await loop.run_in_executor(self._surroundings.upkeep, folder.open)
        seen = self._tenants.get(tenant)
        if snapshot is None or seen is None or self._followed.get(tenant) is not folder:
            return
        newer = TenantIndex(snapshot, self._surroundings)
        if seen.snapshot.revision <= snapshot.revision:
            # The caller may have nothing to apply after which it could become visible.
            await self._show(tenant, newer)
        else:
            self._coming[tenant] = newer


def _never() -> bool:
    return False
