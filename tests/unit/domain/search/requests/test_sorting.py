"""The orders that requests want."""

from __future__ import annotations

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import BUILT_IN, AttributeDefinition, Kind, Schema
from facetry.domain.search.query import SortAtRandom, SortByField, SortByRelevance
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.search import read_search
from facetry.domain.search.requests.sorting import MAX_SEED

SCHEMA = Schema([AttributeDefinition("note", Kind.TEXT)])
CONTEXT = SearchContext(schema=SCHEMA, known=lambda name: name in {"attributes.a:b", "attributes.relevance"})
PRICE = BUILT_IN["price"]


def sort(value):
    return read_search({"sort": value}, CONTEXT).query.sort


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ([], ()),
        ("price", (SortByField(PRICE),)),
        (["price:asc"], (SortByField(PRICE),)),
        (["price:desc", "relevance"], (SortByField(PRICE, descending=True), SortByRelevance())),
        ("a:b", (SortByField(SCHEMA.field("a:b")),)),
        ("a:b:desc", (SortByField(SCHEMA.field("a:b"), descending=True),)),
        ("random:42", (SortAtRandom(42),)),
        ({"random": MAX_SEED}, (SortAtRandom(MAX_SEED),)),
        ({"field": "price"}, (SortByField(PRICE),)),
        ({"field": "price", "order": "desc"}, (SortByField(PRICE, descending=True),)),
        ({"field": "relevance"}, (SortByField(SCHEMA.field("relevance")),)),
        (["gemstones.carat:desc"], (SortByField(SCHEMA.field("gemstones.carat"), descending=True),)),
    ],
)
def test_an_order_is_read(value, keys):
    assert sort(value) == keys


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        (5, "", "must be an array"),
        (["price", 5], "/1", "must be an object"),
        ("prize", "/0", "there is no field 'prize'; did you mean price?"),
        ("price:up", "/0", "there is no field 'price:up'; did you mean price?"),
        ("relevance:desc:asc", "/0", "there is no field 'relevance:desc'"),
        ("note", "/0", "attributes.note is a text and has no order"),
        ("random:x", "/0", "random needs a seed from 0 to 9007199254740991, such as random:42"),
        ("random:" + "9" * 5000, "/0", "random needs a seed from 0 to 9007199254740991, such as random:42"),
        ("random:٥", "/0", "random needs a seed from 0 to 9007199254740991, such as random:42"),
        ({"random": -1}, "/0/random", "must be an integer from 0 to 9007199254740991"),
        ({"random": 1, "field": "price"}, "/0/field", "'field' is no key here"),
        ({}, "/0/field", "must be a text"),
        ({"field": "price", "order": "down"}, "/0/order", "must be asc or desc"),
        (["price"] * 9, "", "must have at most 8 entries"),
    ],
)
def test_an_error_points_at_the_place(value, pointer, message):
    with pytest.raises(SearchError) as caught:
        sort(value)
    assert (caught.value.pointer, caught.value.message) == (f"/sort{pointer}", message)
