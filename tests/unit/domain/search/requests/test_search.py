"""Requests as a whole: what is read, what is refused and where."""

from __future__ import annotations

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.cursor import cursor_of
from facetry.domain.search.fields import BUILT_IN, AttributeDefinition, Field, Kind, Level, Schema
from facetry.domain.search.filters import EVERYTHING, And, Has
from facetry.domain.search.query import Position, SearchQuery, ValuesFacet
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.search import KEYS, OnTimeout, SearchRequest, read_search
from facetry.domain.search.rules import SearchRules

DEFINITIONS = (AttributeDefinition("note", Kind.TEXT),)
SCOPE = Has(BUILT_IN["active"], ranges=((1, 1),))
RULES = SearchRules(stop_words=("the",))
CONTEXT = SearchContext(
    schema=Schema(DEFINITIONS),
    known=lambda name: name == "attributes.metal",
    rules=RULES,
    language="de",
    currency="EUR",
    default_currency="INR",
    scope=SCOPE,
)
BRAND = BUILT_IN["brand"]
PARLE = Has(BRAND, frozenset({"parle"}))
EMPTY = SearchQuery(
    scope=SCOPE, language="de", currency="EUR", default_currency="INR", rules=RULES, attributes=DEFINITIONS
)


def read(**document):
    return read_search(document, CONTEXT)


def refused(document):
    with pytest.raises(SearchError) as caught:
        read_search(document, CONTEXT)
    return caught.value.pointer, caught.value.message


def test_an_empty_request_asks_for_everything():
    assert read() == SearchRequest(query=EMPTY)


def test_null_is_as_if_it_were_not_there():
    assert read(**dict.fromkeys(KEYS)) == SearchRequest(query=EMPTY)


def test_every_key_is_read():
    request = read(
        q="gold ring",
        filter="brand = Parle",
        facets=["brand"],
        offset=40,
        limit=10,
        matched_products=3,
        group_by=["brand", "metal", "brand"],
        prefix=False,
        typos=False,
        understand=False,
        explain=True,
        highlight=True,
        currency="usd",
        fields=["key", "products"],
        min_revision=7,
        timeout_ms=1500,
        on_timeout="partial",
    )
    query = request.query
    assert (query.text, query.filter, query.facets) == ("gold ring", PARLE, (ValuesFacet("brand", BRAND),))
    assert (query.offset, query.limit, query.matched_products, query.after) == (40, 10, 3, None)
    assert query.group_by == (BRAND, Field("attributes.metal", Level.PRODUCT, Kind.ANY))
    switches = (query.prefix, query.typos, query.understand, query.explain, query.highlight)
    assert switches == (False, False, False, True, True)
    assert (query.currency, query.default_currency, query.language) == ("USD", "INR", "de")
    assert (query.scope, query.rules, query.attributes) == (SCOPE, RULES, DEFINITIONS)
    assert (request.fields, request.min_revision) == (("key", "products"), 7)
    assert (request.timeout_seconds, request.on_timeout) == (1.5, OnTimeout.PARTIAL)


@pytest.mark.parametrize(
    ("filter_", "meaning"),
    [
        ("", EVERYTHING),
        (" \n", EVERYTHING),
        ([], EVERYTHING),
        ({}, EVERYTHING),
        ("brand = Parle", PARLE),
        ({"brand": "Parle"}, PARLE),
        ([{"brand": "Parle"}, {"brand": "parle"}], And((PARLE, PARLE))),
    ],
)
def test_a_filter_is_text_or_json(filter_, meaning):
    assert read(filter=filter_).query.filter == meaning


def test_group_ids_make_groups():
    assert read(group_by="group_id").query.group_by == ()
    assert read(group_by=["group_id", "brand"]).query.group_by == (BUILT_IN["group_id"], BRAND)


def test_a_cursor_goes_on_where_the_page_before_ended():
    position = Position((1.5,), ("G-1",))
    cursor = cursor_of(read(q="ring").query, position, 42)
    request = read(q="ring", after=cursor, limit=5)
    assert (request.query.after, request.min_revision) == (position, 42)
    assert read(q="ring", after=cursor, min_revision=43).min_revision == 43
    assert refused({"q": "rings", "after": cursor})[0] == "/after"
    assert refused({"q": "ring", "after": cursor, "offset": 1}) == ("/after", "cannot stand beside an offset")


@pytest.mark.parametrize(
    ("document", "pointer", "message"),
    [
        ([], "", "must be an object"),
        ("x", "", "must be an object"),
        ({"facet": []}, "/facet", "'facet' is no key here; did you mean facets?"),
        ({"x/y": 1}, "/x~1y", "'x/y' is no key here"),
        ({5: 1}, "/5", "'5' is no key here"),
        ({"q": 5}, "/q", "must be a text"),
        ({"q": "x" * 513}, "/q", "must have at most 512 characters"),
        ({"q": "\ud800"}, "/q", "must be valid Unicode, without lone surrogates"),
        ({"filter": 5}, "/filter", "must be a text, an object or an array"),
        ({"filter": "brand"}, "/filter", ("an operator (= != < <= > >= IN BETWEEN EXISTS) is expected here, "
         "not the end")),
        ({"filter": {"brnd": 1}}, "/filter/brnd", "there is no field 'brnd'; did you mean brand?"),
        ({"offset": -1}, "/offset", "must be an integer from 0 to 1000000000"),
        ({"limit": 1001}, "/limit", "must be an integer from 0 to 1000"),
        ({"limit": 5.0}, "/limit", "must be an integer from 0 to 1000"),
        ({"limit": "5"}, "/limit", "must be an integer from 0 to 1000"),
        ({"limit": True}, "/limit", "must be an integer from 0 to 1000"),
        ({"matched_products": 101}, "/matched_products", "must be an integer from 0 to 100"),
        ({"min_revision": -1}, "/min_revision", "must be an integer from 0 to 9223372036854775807"),
        ({"timeout_ms": 0}, "/timeout_ms", "must be an integer from 1 to 60000"),
        ({"on_timeout": "retry"}, "/on_timeout", "must be error or partial"),
        ({"on_timeout": ["error"]}, "/on_timeout", "must be error or partial"),
        ({"count_level": "hit"}, "/count_level", "must be group or product"),
        ({"typos": 1}, "/typos", "must be true or false"),
        ({"explain": "yes"}, "/explain", "must be true or false"),
        ({"currency": "BTC"}, "/currency", "must be a code of ISO 4217 such as USD"),
        ({"currency": "DOLLARS"}, "/currency", "must have at most 3 characters"),
        ({"fields": 5}, "/fields", "must be an array"),
        ({"fields": ["key", 5]}, "/fields/1", "must be a text"),
        ({"fields": ["x"] * 101}, "/fields", "must have at most 100 entries"),
        ({"group_by": ["brand", "brnd"]}, "/group_by/1", "there is no field 'brnd'; did you mean brand?"),
        ({"group_by": "price"}, "/group_by", "price is no text of products; hits are made by such fields only"),
        ({"group_by": "gemstones.carat"}, "/group_by", ("gemstones.carat is no text of products; hits are made by such "
         "fields only")),
        ({"group_by": ["sku"] * 5}, "/group_by", "must have at most 4 entries"),
        ({"after": 5}, "/after", "must be a text"),
        ({"after": "x"}, "/after", "is no cursor, or not a whole one"),
    ],
)  # fmt: skip
def test_an_error_points_at_the_place(document, pointer, message):
    assert refused(document) == (pointer, message)
