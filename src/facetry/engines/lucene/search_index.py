"""The search index on Elasticsearch or OpenSearch: one document a group, one state a tenant, for all processes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Sequence
from time import monotonic, time
from typing import TypeVar

import msgspec

from facetry.domain.change import Delta
from facetry.domain.errors import IndexDamagedError, SearchTimeoutError
from facetry.domain.field_query import FieldQuery
from facetry.domain.field_result import FieldResult
from facetry.domain.group import ProductGroup
from facetry.domain.search.answering import answer
from facetry.domain.search.fields import Attributes
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.suggestions import Suggestions, SuggestQuery
from facetry.engines.lucene.applying import Batch, GroupWriter, met_in, prepared, with_parked
from facetry.engines.lucene.asking import Asking
from facetry.engines.lucene.cluster import Cluster
from facetry.engines.lucene.documents import document_id, unpacked
from facetry.engines.lucene.driver import Driver
from facetry.engines.lucene.field_matching import FieldSearch
from facetry.engines.lucene.mapping import DEFAULT_SHARDS, FORMAT, index_body
from facetry.engines.lucene.rebuilding import Rebuild
from facetry.engines.lucene.searching import Memory, check_hits, searched
from facetry.engines.lucene.suggesting import suggested
from facetry.engines.lucene.tenant_state import TenantState, TenantStates, analysis_of
from facetry.engines.lucene.texts import words_query
from facetry.engines.lucene.work import Counted
from facetry.ports.index_placements import IndexPlacements
from facetry.ports.search_index import Capabilities
from facetry.telemetry.tenant_work import TenantWork

T = TypeVar("T")
FORGOTTEN_SECONDS = 0.5
"""The engine's clock for what it forgets moves every fifth of a second."""
KEPT_GONE_SECONDS = 3_600
"""So long it is remembered that a group is gone: no writer is later than that."""
_ATTEMPTS = 20
_PAGE = 200


class LuceneSearchIndex:
    """Keep groups in one index of a cluster, which every process writes to and searches."""

    placements: IndexPlacements | None = None

    def __init__(self, driver: Driver, prefix: str, *, shards: int = DEFAULT_SHARDS) -> None:
        """Use the index whose name begins with ``prefix``; ``ensure`` makes it where it is not there."""
        self.capabilities = Capabilities(exact_relevance=False, group_by=False, snapshots=False, is_shared=True)
        self._driver = driver
        self._cluster = Cluster(driver, f"{prefix}-groups-{FORMAT}")
        self._shards = shards
        self._states = TenantStates(self._cluster)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._work = TenantWork()
        self._memory = Memory()
        self._cleaned: dict[str, float] = {}

    async def ensure(self) -> None:
        """Make the index where it is not there."""
        await self._cluster.ensure(index_body(self._cluster.index, self._shards))

    async def revision(self, tenant: str) -> int | None:
        """See ``SearchIndex``."""
        try:
            state = await self._states.read(tenant)
        except IndexDamagedError:
            await self._made_anew()
            return None
        return state.revision if state and state.is_complete else None

    async def apply(self, tenant: str, delta: Delta, language: str, *, attributes: Attributes = ()) -> None:
        """See ``SearchIndex``."""
        async with self._locks[tenant]:
            await self._minded(self._apply(tenant, delta, language, attributes))

    async def rebuild(
        self,
        tenant: str,
        groups: AsyncIterator[Sequence[ProductGroup]],
        revision: int,
        language: str,
        *,
        attributes: Attributes = (),
    ) -> None:
        """See ``SearchIndex``; what is there is replaced in place, group by group."""
        await self.ensure()
        rebuild = Rebuild(self._cluster, self._states, tenant, attributes)
        await self._minded(rebuild.run(groups, revision, language))

    async def match(self, tenant: str, query: FieldQuery) -> FieldResult:
        """See ``SearchIndex``."""
        return await Counted(self._work, tenant, self._minded(self._match(tenant, query)))

    async def search(self, tenant: str, query: SearchQuery, deadline: float | None = None) -> SearchResult:
        """See ``SearchIndex``."""
        return await Counted(self._work, tenant, self._minded(self._search(tenant, query, deadline)))

    async def suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        """See ``SearchIndex``."""
        return await Counted(self._work, tenant, self._minded(self._suggest(tenant, query)))

    def worked(self, tenant: str) -> float:
        """See ``SearchIndex``; what the cluster works is not counted."""
        return self._work.seconds(tenant)

    async def known_fields(self, tenant: str) -> frozenset[str]:
        """See ``SearchIndex``."""
        state = await self._minded(self._states.known(tenant))
        return state.known if state else frozenset()

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """See ``SearchIndex``."""
        after = {"range": {"group": {"gt": group_id}}}
        body = {
            "query": {"bool": {"filter": [{"term": {"tenant": tenant}}, after]}},
            "sort": [{"group": "asc"}],
            "size": limit,
            "track_total_hits": False,
            "_source": ["body"],
        }
        answer = await self._minded(self._cluster.search(tenant, body))
        return [unpacked(hit["_source"]["body"]) for hit in answer["hits"]["hits"]]

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """See ``SearchIndex``."""
        found = await self._minded(self._cluster.get(tenant, document_id(tenant, group_id)))
        return unpacked(found.source["body"]) if found and "body" in found.source else None

    async def parked(self, tenant: str) -> dict[str, str]:
        """Return what the engine said of groups that it refused, by id."""
        state = await self._minded(self._states.read(tenant))
        return dict(state.parked) if state else {}

    async def checkpoint(self, tenant: str) -> int:
        """See ``SearchIndex``; what is applied is durable, so this only forgets groups that are gone long ago."""
        revision = await self.revision(tenant)
        if revision is not None and monotonic() > self._cleaned.get(tenant, -KEPT_GONE_SECONDS) + KEPT_GONE_SECONDS:
            self._cleaned[tenant] = monotonic()
            old = {"range": {"gone": {"lt": int(time()) - KEPT_GONE_SECONDS}}}
            query = {"bool": {"filter": [{"term": {"owner": tenant}}, old]}}
            await self._minded(self._cluster.delete_by_query(tenant, query))
        return revision or 0

    async def forget(self, tenant: str) -> None:
        """See ``SearchIndex``."""
        self._states.forget(tenant)
        self._memory.words.forget(tenant)
        query = {"bool": {"should": [{"term": {"owner": tenant}}, words_query(tenant)]}}
        await self._cluster.refresh()
        await self._minded(self._cluster.delete_by_query(tenant, query))
        self._states.forget(tenant)
        # The engine remembers versions of what was deleted until the first refresh a moment later: up to then it would
        # take what is written of a tenant with the same id for late, since its epochs begin anew.
        await asyncio.sleep(FORGOTTEN_SECONDS)
        await self._cluster.refresh()

    async def close(self) -> None:
        """See ``SearchIndex``."""
        self._states.forget_all()
        await self._driver.close()

    async def _apply(self, tenant: str, delta: Delta, language: str, attributes: Attributes) -> None:
        state = await self._states.known(tenant)
        if state and delta.revision <= state.revision:
            # What this process knows may be of a catalog that was replaced by an older one.
            state = await self._states.read(tenant)
        if state and state.is_complete and delta.revision <= state.revision:
            await self._states.show(tenant)
            return
        if state and (state.language, state.analysis) != (language, analysis_of(attributes)):
            rebuild = Rebuild(self._cluster, self._states, tenant, attributes)
            await rebuild.run(self._held_groups(tenant), state.revision, language)
        first = state or TenantState(revision=0, language=language, analysis=analysis_of(attributes))
        batch = Batch(delta.revision, delta.groups, delta.gone)
        for _ in range(_ATTEMPTS):
            if await self._is_written(tenant, batch, attributes, first if state is None else None):
                return

    async def _is_written(self, tenant: str, batch: Batch, attributes: Attributes, first: TenantState | None) -> bool:
        """Write a batch and raise the revision; return whether its documents are made by what holds at the end."""
        met = await met_in(batch, attributes)

        def change(known: TenantState | None) -> TenantState:
            return prepared(_there(known or first), met)

        state = await self._states.change(tenant, change, is_refreshed=False)
        refused = await GroupWriter(self._cluster, tenant, state, attributes).write(batch)
        settled = {group.group_id for group in batch.groups}.union(batch.gone)

        def reached(known: TenantState | None) -> TenantState:
            now = _there(known)
            if now.layout != state.layout:
                return now
            now = with_parked(now, settled, refused)
            return msgspec.structs.replace(now, revision=max(now.revision, batch.revision))

        return (await self._states.change(tenant, reached, is_refreshed=True)).layout == state.layout

    async def _match(self, tenant: str, query: FieldQuery) -> FieldResult:
        search = FieldSearch(tenant, query)
        asking = await self._asking(tenant)
        if asking is None:
            return search.result([], 0)
        revision = asking.state.revision
        answers = await asking.ask_of_texts([] if search.is_empty else search.requests())
        return search.result(answers, revision)

    async def _search(self, tenant: str, query: SearchQuery, deadline: float | None) -> SearchResult:
        if deadline is not None and monotonic() >= deadline:
            raise SearchTimeoutError
        check_hits(query)
        asking = await self._asking(tenant)
        if asking is None:
            return answer(query, 0, [])
        return await searched(asking, query, self._memory, deadline)

    async def _suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        asking = await self._asking(tenant)
        return await suggested(tenant, query, asking.ask_of_texts) if asking else Suggestions()

    async def _asking(self, tenant: str) -> Asking | None:
        """Return what asks about a tenant, None where nothing of it is in the index."""
        state = await self._states.known(tenant)
        return Asking(self._cluster, self._states, tenant, state) if state else None

    async def _held_groups(self, tenant: str) -> AsyncIterator[Sequence[ProductGroup]]:
        last = ""
        while page := await self.groups_after(tenant, last, _PAGE):
            yield page
            last = page[-1].group_id

    async def _minded(self, doing: Awaitable[T]) -> T:
        """Return what comes of something; where the index turns out to be gone make an empty one, to be rebuilt."""
        try:
            return await doing
        except IndexDamagedError:
            await self._made_anew()
            raise

    async def _made_anew(self) -> None:
        self._states.forget_all()
        await self.ensure()


def _there(state: TenantState | None) -> TenantState:
    if state is None:
        raise IndexDamagedError("the tenant's part of the search index is gone")
    return state
