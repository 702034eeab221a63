"""Search: answers that hold everything committed before they were asked."""

from __future__ import annotations

from facetry.application.relay import ChangeRelay
from facetry.domain.field_query import FieldQuery
from facetry.domain.field_result import FieldResult
from facetry.ports.search_index import SearchIndex


class Search:
    """The use cases of searching."""

    def __init__(self, index: SearchIndex, relay: ChangeRelay) -> None:
        """Search an index that a relay keeps up."""
        self._index = index
        self._relay = relay

    async def match(self, tenant: str, query: FieldQuery) -> FieldResult:
        """Return what a query finds in everything that is committed now."""
        await self._relay.reach(tenant)
        return await self._index.match(tenant, query)
