"""A search index whose searches and changes are timed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from time import perf_counter

from facetry.domain.change import Delta
from facetry.domain.field_query import FieldQuery
from facetry.domain.field_result import FieldResult
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.suggestions import Suggestions, SuggestQuery
from facetry.ports.search_index import SearchIndex
from facetry.telemetry.metrics import Metrics


class MeasuredSearchIndex:
    """Do what another index does, and count how long it took to search and to take in a change.

    Attributes:
        capabilities: The other's.
        placements: Likewise.
    """

    def __init__(self, index: SearchIndex, metrics: Metrics) -> None:
        """Measure an index, which belongs to this one from now on."""
        self.capabilities = index.capabilities
        self.placements = index.placements
        self._index = index
        self._applies = metrics.histogram("facetry_index_apply_seconds")
        self._rebuilds = metrics.histogram("facetry_index_rebuild_seconds")
        self._searches = metrics.histogram("facetry_search_seconds")

    async def revision(self, tenant: str) -> int | None:
        """Pass the question on."""
        return await self._index.revision(tenant)

    async def apply(self, tenant: str, delta: Delta, language: str, *, attributes: Attributes = ()) -> None:
        """Pass the change on, and time it."""
        started = perf_counter()
        await self._index.apply(tenant, delta, language, attributes=attributes)
        self._applies.observe(perf_counter() - started)

    async def rebuild(
        self,
        tenant: str,
        groups: AsyncIterator[Sequence[ProductGroup]],
        revision: int,
        language: str,
        *,
        attributes: Attributes = (),
    ) -> None:
        """Pass the groups on, and time it."""
        started = perf_counter()
        await self._index.rebuild(tenant, groups, revision, language, attributes=attributes)
        self._rebuilds.observe(perf_counter() - started)

    async def match(self, tenant: str, query: FieldQuery) -> FieldResult:
        """Pass the query on, and time it."""
        started = perf_counter()
        result = await self._index.match(tenant, query)
        self._searches.observe(perf_counter() - started)
        return result

    async def search(self, tenant: str, query: SearchQuery, deadline: float | None = None) -> SearchResult:
        """Pass the query on, and time it."""
        started = perf_counter()
        result = await self._index.search(tenant, query, deadline)
        self._searches.observe(perf_counter() - started)
        return result

    async def suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        """Pass the question on."""
        return await self._index.suggest(tenant, query)

    def worked(self, tenant: str) -> float:
        """Pass the question on."""
        return self._index.worked(tenant)

    async def known_fields(self, tenant: str) -> frozenset[str]:
        """Pass the question on."""
        return await self._index.known_fields(tenant)

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """Pass the question on."""
        return await self._index.groups_after(tenant, group_id, limit)

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """Pass the question on."""
        return await self._index.group(tenant, group_id)

    async def checkpoint(self, tenant: str) -> int:
        """Pass the order on."""
        return await self._index.checkpoint(tenant)

    async def forget(self, tenant: str) -> None:
        """Pass the order on."""
        await self._index.forget(tenant)

    async def close(self) -> None:
        """Close the other."""
        await self._index.close()
