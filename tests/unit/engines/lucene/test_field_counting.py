"""Facets of the Catalog API as aggregations, and what their answers say."""

from __future__ import annotations

from facetry.domain.field_query import RangeFacet, ValueFacet
from facetry.domain.field_result import RangeFacetResult, ValueCount, ValueFacetResult
from facetry.engines.lucene.field_counting import counted, facet_aggregation

COLORS = ValueFacet("colors", "color", 2)
PRICES = RangeFacet("prices", "regular_price_min", (0, 5), "USD")
NOTHING = {"filter": {"match_none": {}}}


def test_values_are_counted_by_the_engine():
    order = [{"_count": "desc"}, {"_key": "asc"}]
    assert facet_aggregation(COLORS) == {"terms": {"field": "color", "size": 2, "order": order}}
    assert facet_aggregation(ValueFacet("none", "color", 0))["terms"]["size"] == 1
    assert facet_aggregation(ValueFacet("odd", "weight")) == NOTHING
    buckets = [{"key": "red", "doc_count": 3}, {"key": "blue", "doc_count": 1}]
    answer = {"buckets": buckets, "sum_other_doc_count": 4}
    assert counted(COLORS, answer) == ValueFacetResult((ValueCount("red", 3), ValueCount("blue", 1)), 4)
    assert counted(ValueFacet("none", "color", 0), answer) == ValueFacetResult((), 8)
    assert counted(COLORS, None) == ValueFacetResult((), 0)


def test_prices_are_counted_by_range_in_their_currency():
    ranges = [{"key": "0", "from": 0, "to": 5}, {"key": "1", "from": 5}]
    asked = facet_aggregation(PRICES)
    assert asked["aggs"] == {"ranges": {"range": {"field": "regular_price_min", "ranges": ranges}}}
    assert facet_aggregation(RangeFacet("odd", "weight", (0,), "USD")) == NOTHING
    assert facet_aggregation(RangeFacet("empty", "regular_price_min", (), "USD")) == NOTHING
    buckets = [{"key": "1", "doc_count": 3}, {"key": "0", "doc_count": 1}]
    assert counted(PRICES, {"ranges": {"buckets": buckets}}) == RangeFacetResult((1, 3))
    assert counted(PRICES, {"doc_count": 0}) == counted(PRICES, None) == RangeFacetResult((0, 0))
