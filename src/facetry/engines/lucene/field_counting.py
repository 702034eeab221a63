"""Facets of the Catalog API as aggregations; exact, because one shard answers."""

from __future__ import annotations

from itertools import zip_longest

from facetry.domain.field_query import NUMBER_FIELDS, VALUE_FIELDS, Facet, RangeFacet, ValueFacet
from facetry.domain.field_result import FacetResult, RangeFacetResult, ValueCount, ValueFacetResult
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.queries import NOTHING, any_of, none_of

MOST_VALUES = 50_000
"""So many values of a facet come at most: engines bound the buckets of an answer."""
_NOTHING_COUNTED: Json = {"filter": NOTHING}


def facet_aggregation(facet: Facet) -> Json:
    """Return what counts a facet."""
    if isinstance(facet, ValueFacet):
        if facet.field not in VALUE_FIELDS:
            return _NOTHING_COUNTED
        size = min(max(facet.size, 1), MOST_VALUES)
        return {"terms": {"field": facet.field, "size": size, "order": [{"_count": "desc"}, {"_key": "asc"}]}}
    if facet.field not in NUMBER_FIELDS or not facet.bounds:
        return _NOTHING_COUNTED
    priced = any_of([{"term": {"currency": facet.currency}}, none_of({"exists": {"field": "currency"}})])
    return {"filter": priced, "aggs": {"ranges": {"range": {"field": facet.field, "ranges": _ranges(facet)}}}}


def counted(facet: Facet, answer: Json | None) -> FacetResult:
    """Return what the answer to ``facet_aggregation`` says; without one nothing was found."""
    if isinstance(facet, RangeFacet):
        buckets = (answer or {}).get("ranges", {"buckets": []})["buckets"]
        found = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        return RangeFacetResult(tuple(found.get(f"{place}", 0) for place in range(len(facet.bounds))))
    buckets = (answer or {}).get("buckets", [])
    values = tuple(ValueCount(bucket["key"], bucket["doc_count"]) for bucket in buckets)
    left = (answer or {}).get("sum_other_doc_count", 0)
    return ValueFacetResult(values[: facet.size], left + sum(value.count for value in values[facet.size :]))


def _ranges(facet: RangeFacet) -> list[Json]:
    pairs = zip_longest(facet.bounds, facet.bounds[1:])
    return [
        {"key": f"{place}", "from": first} | ({} if end is None else {"to": end})
        for place, (first, end) in enumerate(pairs)
    ]
