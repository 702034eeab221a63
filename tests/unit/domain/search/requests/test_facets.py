"""What requests want counted."""

from __future__ import annotations

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import BUILT_IN, AttributeDefinition, Kind, Schema
from facetry.domain.search.query import (
    CountLevel,
    HistogramFacet,
    RangesFacet,
    TreeFacet,
    ValueOrder,
    ValuesFacet,
)
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.search import read_search
from facetry.domain.search.spans import DAY, FIRST, LAST
from facetry.domain.search.values import date_key

SCHEMA = Schema([AttributeDefinition("note", Kind.TEXT), AttributeDefinition("made", Kind.DATE)])
CONTEXT = SearchContext(schema=SCHEMA, known=lambda name: name == "attributes.metal")
BRAND, PRICE = BUILT_IN["brand"], BUILT_IN["price"]
GROUP, PRODUCT = CountLevel.GROUP, CountLevel.PRODUCT


def facets(*documents, **others):
    return read_search({"facets": list(documents), **others}, CONTEXT).query.facets


@pytest.mark.parametrize(
    ("document", "facet"),
    [
        ("brand", ValuesFacet("brand", BRAND)),
        ("category", ValuesFacet("category", BUILT_IN["category"])),
        ("metal", ValuesFacet("metal", SCHEMA.field("metal"))),
        ("gemstones.clarity", ValuesFacet("gemstones.clarity", SCHEMA.field("gemstones.clarity"))),
        ("quantity", ValuesFacet("quantity", BUILT_IN["quantity"])),
        ("price", HistogramFacet("price", PRICE)),
        ("gemstones.carat", HistogramFacet("gemstones.carat", SCHEMA.field("gemstones.carat"))),
        ("made", HistogramFacet("made", SCHEMA.field("made"))),
        ({"field": "brand"}, ValuesFacet("brand", BRAND)),
        ({"field": "price"}, HistogramFacet("price", PRICE)),
        ({"field": "price", "size": 5}, ValuesFacet("price", PRICE, 5)),
        ({"field": "price", "type": "values"}, ValuesFacet("price", PRICE)),
        ({"field": "brand", "name": "b", "size": 1000, "order": "value", "search": "pa", "count_level": "product",
          "disjunctive": False}, ValuesFacet("b", BRAND, 1000, ValueOrder.VALUE, "pa", PRODUCT, own_filter=True)),
        ({"field": "price", "buckets": 5, "disjunctive": False},
         HistogramFacet("price", PRICE, "", 5, GROUP, own_filter=True)),
        ({"field": "price", "interval": 12.5}, HistogramFacet("price", PRICE, "12.5")),
        ({"field": "made", "interval": "month"}, HistogramFacet("made", SCHEMA.field("made"), "month")),
        ({"field": "quantity", "type": "histogram"}, HistogramFacet("quantity", BUILT_IN["quantity"])),
        ({"field": "price", "ranges": [{"to": 100}, {"from": 100, "to": "250.5"}, {"from": 250.5}]},
         RangesFacet("price", PRICE, ((FIRST, 999_999), (1_000_000, 2_504_999), (2_505_000, LAST)))),
        ({"field": "made", "ranges": [{"from": "2024-05-31", "to": "2024-06-01"}]},
         RangesFacet("made", SCHEMA.field("made"), ((date_key("2024-05-31"), date_key("2024-05-31") + DAY - 1),))),
        ({"field": "gemstones.clarity", "ranges": [{"from": "VS2", "to": "IF"}]},
         RangesFacet("gemstones.clarity", SCHEMA.field("gemstones.clarity"), ((6, 9),))),
        ({"type": "tree"}, TreeFacet("category")),
        ({"depth": 3}, TreeFacet("category", depth=3)),
        ({"field": "category", "name": "t", "root": "Jewelry>Rings", "depth": 10, "size": 5, "count_level": "product"},
         TreeFacet("t", "Jewelry > Rings", 10, 5, PRODUCT)),
        ({"root": "Jewelry"}, TreeFacet("category", "Jewelry")),
        ({"root": ">"}, TreeFacet("category")),
    ],
)  # fmt: skip
def test_a_facet_is_read(document, facet):
    assert facets(document) == (facet,)


def test_the_level_of_the_request_is_that_of_every_facet_without_one():
    found = facets("brand", {"field": "color", "count_level": "group"}, "price", count_level="product")
    assert [facet.level for facet in found] == [PRODUCT, GROUP, PRODUCT]


def test_a_single_facet_needs_no_array():
    assert read_search({"facets": "brand"}, CONTEXT).query.facets == facets("brand")
    assert read_search({"facets": {"field": "brand"}}, CONTEXT).query.facets == facets("brand")


def test_fifty_facets_are_allowed():
    documents = [{"field": "brand", "name": str(number)} for number in range(50)]
    assert len(facets(*documents)) == 50


@pytest.mark.parametrize(
    ("document", "pointer", "message"),
    [
        (5, "", "must be an object"),
        ("brnd", "", "there is no field 'brnd'; did you mean brand?"),
        ({}, "/field", "must name the field to count"),
        ({"field": 5}, "/field", "must be a text"),
        ({"field": "x" * 101}, "/field", "must have at most 100 characters"),
        ({"field": "brand", "limit": 5}, "/limit", "'limit' is no key here"),
        ({"field": "brand", "sise": 5}, "/sise", "'sise' is no key here; did you mean size?"),
        ({"field": "brand", "type": "range"}, "/type", "must be values or ranges or histogram or tree"),
        ({"field": "brand", "type": "values", "depth": 1}, "/depth", "does not go with a facet of type values"),
        ({"field": "price", "type": "histogram", "size": 1}, "/size", "does not go with a facet of type histogram"),
        ({"field": "brand", "name": ""}, "/name", "must not be empty"),
        ({"field": "brand", "size": 0}, "/size", "must be an integer from 1 to 1000"),
        ({"field": "brand", "order": "name"}, "/order", "must be count or value"),
        ({"field": "brand", "search": 5}, "/search", "must be a text"),
        ({"field": "brand", "disjunctive": "no"}, "/disjunctive", "must be true or false"),
        ({"field": "brand", "count_level": "x"}, "/count_level", "must be group or product"),
        ({"field": "brand", "type": "tree"}, "/field", "must be category: no other field is a tree"),
        ({"depth": 11}, "/depth", "must be an integer from 1 to 10"),
        ({"field": "note", "buckets": 5}, "/field", "attributes.note is a text and has no ranges"),
        ({"field": "price", "buckets": 1001}, "/buckets", "must be an integer from 1 to 1000"),
        ({"field": "price", "interval": 0}, "/interval", "must be a number above 0"),
        ({"field": "price", "interval": []}, "/interval", "must be a text, a number, true or false"),
        ({"field": "price", "type": "ranges"}, "/ranges", "must be an array of 1 to 64 ranges"),
        ({"field": "price", "ranges": []}, "/ranges", "must be an array of 1 to 64 ranges"),
        ({"field": "price", "ranges": [{"to": 1}] * 65}, "/ranges", "must be an array of 1 to 64 ranges"),
        ({"field": "price", "ranges": [{"to": 1}, 5]}, "/ranges/1", "must be an object"),
        ({"field": "price", "ranges": [{}]}, "/ranges/0", "must have from, to or both"),
        ({"field": "price", "ranges": [{"from": "x"}]}, "/ranges/0/from", "must be a price such as 499.99"),
        ({"field": "price", "ranges": [{"to": []}]}, "/ranges/0/to", "must be a text, a number, true or false"),
        ({"field": "price", "ranges": [{"from": 5, "to": 5}]}, "/ranges/0",
         "is empty: from is included, to is not and must be above it"),
    ],
)  # fmt: skip
def test_an_error_points_at_the_place(document, pointer, message):
    with pytest.raises(SearchError) as caught:
        facets("color", document)
    assert (caught.value.pointer, caught.value.message) == (f"/facets/1{pointer}", message)


def test_names_must_differ_and_be_few():
    with pytest.raises(SearchError, match="there is another facet named brand; give one of them another name"):
        facets("brand", {"field": "color", "name": "brand"})
    with pytest.raises(SearchError, match="must have at most 50 entries"):
        facets(*(["brand"] * 51))
