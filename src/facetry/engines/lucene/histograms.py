"""What the buckets of histograms were, so that the next search for the same can count them in its first call."""

from __future__ import annotations

from facetry.domain.search.filters import Filter
from facetry.domain.search.query import HistogramFacet, SearchQuery
from facetry.engines.lucene.facets import FacetPlan, Range

MOST_KEPT = 5_000
_Key = tuple[str, HistogramFacet, str, Filter, Filter, str]


class Histograms:
    """Remembers the buckets of the histograms that were last asked for."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._found: dict[_Key, tuple[Range, ...]] = {}

    def last(self, tenant: str, query: SearchQuery, facet: HistogramFacet) -> tuple[Range, ...]:
        """Return the buckets of a histogram as they last were; none where it was not asked for."""
        return self._found.get(_key(tenant, query, facet), ())

    def keep(self, tenant: str, query: SearchQuery, plan: FacetPlan, buckets: tuple[Range, ...]) -> None:
        """Remember the buckets of a histogram."""
        if buckets == plan.supposed or not isinstance(plan.facet, HistogramFacet):
            return
        key = _key(tenant, query, plan.facet)
        self._found.pop(key, None)
        self._found[key] = buckets
        if len(self._found) > MOST_KEPT:
            self._found.pop(next(iter(self._found)))


def _key(tenant: str, query: SearchQuery, facet: HistogramFacet) -> _Key:
    return (tenant, facet, query.text, query.filter, query.scope, query.currency)
