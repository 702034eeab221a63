"""Requests whose keys are parameters of a URL."""

from __future__ import annotations

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import Schema
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.parameters import read_parameters
from facetry.domain.search.requests.search import read_search

CONTEXT = SearchContext(schema=Schema(), known=lambda _: False)


@pytest.mark.parametrize(
    ("pairs", "document"),
    [
        ([], {}),
        ([("q", "gold ring"), ("limit", "5"), ("offset", "-1")], {"q": "gold ring", "limit": 5, "offset": -1}),
        ([("limit", "5.0")], {"limit": "5.0"}),
        ([("limit", "9" * 19)], {"limit": "9" * 19}),
        ([("q", "5"), ("q2", "x")], {"q": "5", "q2": "x"}),
        ([("q", '{"a":1}')], {"q": '{"a":1}'}),
        ([("typos", "False"), ("explain", "1"), ("prefix", "no")], {"typos": False, "explain": True, "prefix": "no"}),
        ([("facets", "brand,color"), ("facets", " size ,")], {"facets": ["brand", "color", "size"]}),
        ([("facets", "")], {"facets": []}),
        ([("facets", '{"field": "brand"}'), ("facets", '["color", "size"]')],
         {"facets": [{"field": "brand"}, "color", "size"]}),
        ([("sort", "price:asc,relevance"), ("sort", '{"random": 5}')],
         {"sort": ["price:asc", "relevance", {"random": 5}]}),
        ([("group_by", "metal,brand"), ("fields", "a,[b")], {"group_by": ["metal", "brand"], "fields": ["a", "[b"]}),
        ([("filter", "price < 5")], {"filter": "price < 5"}),
        ([("filter", ' [{"price": 5}]')], {"filter": [{"price": 5}]}),
    ],
)  # fmt: skip
def test_parameters_stand_for_a_document(pairs, document):
    assert read_parameters(pairs) == document


@pytest.mark.parametrize(
    ("pairs", "pointer", "message"),
    [
        ([("limit", "1"), ("limit", "2")], "/limit", "is given twice"),
        ([("a/b\ud800", "1"), ("a/b\ud800", "2")], "/a~1b?", "is given twice"),
        ([("filter", '{"a"')], "/filter", "is JSON that cannot be read"),
        ([("filter", "[" * 100_000)], "/filter", "is JSON that cannot be read"),
        ([("facets", '["\ud800"]')], "/facets", "is JSON that cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused(pairs, pointer, message):
    with pytest.raises(SearchError) as caught:
        read_parameters(pairs)
    assert (caught.value.pointer, caught.value.message) == (pointer, message)


def test_they_ask_the_same_as_a_body():
    pairs = [("q", "ring"), ("filter", "price < 5"), ("facets", "brand,price"), ("sort", "price:desc"), ("limit", "3")]
    body = {"q": "ring", "filter": {"price": {"lt": 5}}, "facets": ["brand", "price"], "sort": "price:desc", "limit": 3}
    assert read_search(read_parameters(pairs), CONTEXT) == read_search(body, CONTEXT)
