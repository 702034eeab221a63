from __future__ import annotations

from facetry.domain.field_faceting import count_facet, leading_values, product_values
from facetry.domain.field_query import RangeFacet, ValueFacet
from facetry.domain.field_result import RangeFacetResult, ValueCount, ValueFacetResult
from facetry.testing.search_samples import group, product, single


def test_a_product_has_the_values_that_are_given():
    assert product_values(product("1", color="red"), "color") == ("red",)
    assert product_values(product("1", color=""), "color") == ("",)
    assert product_values(product("1"), "color") == ()


def test_leading_values_are_ordered_by_count_and_value():
    counts = {"b": 2, "a": 2, "Z": 2, "most": 3, "é": 1}
    assert leading_values(counts, 3) == ValueFacetResult(
        (ValueCount("most", 3), ValueCount("Z", 2), ValueCount("a", 2)), 3
    )
    assert leading_values(counts, 0) == ValueFacetResult((), 10)
    assert leading_values({}, 5) == ValueFacetResult((), 0)


def test_groups_are_counted_once_a_value():
    groups = [group("1", product("1", size="7"), product("2", size="7"), product("3", size="8")), single("2", size="7")]
    expected = ValueFacetResult((ValueCount("7", 2), ValueCount("8", 1)), 0)
    assert count_facet(groups, ValueFacet("sizes", "size")) == expected
    assert count_facet(groups, ValueFacet("sizes", "sku")) == ValueFacetResult((), 0)


def test_groups_are_counted_by_price():
    groups = [single(str(n), regular_price=price) for n, price in enumerate([4, 5, 9, 10, 99])]
    groups += [
        single("none"),
        single("euro", regular_price=7, currency="EUR"),
        single("usd", regular_price=7, currency="USD"),
    ]
    assert count_facet(groups, RangeFacet("p", "regular_price_max", (5, 10), "USD")) == RangeFacetResult((3, 2))
    assert count_facet(groups, RangeFacet("p", "regular_price_max", (), "USD")) == RangeFacetResult(())
    assert count_facet(groups, RangeFacet("p", "quantity", (5, 10), "USD")) == RangeFacetResult((0, 0))
