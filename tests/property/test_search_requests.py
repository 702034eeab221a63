"""Random requests, cursors and histograms: everything is read or refused at a place, every value is in one bucket."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from facetry.domain.errors import SearchError
from facetry.domain.search.cursor import cursor_of, position_of
from facetry.domain.search.fields import BUILT_IN, Field, Kind, Level, Schema
from facetry.domain.search.histogram import MAX_BUCKETS, buckets
from facetry.domain.search.query import HistogramFacet, Position, SearchQuery
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.parameters import read_parameters
from facetry.domain.search.requests.search import KEYS, read_search
from facetry.domain.search.values import date_key, float_key
from tests.support import data_path

CONTEXT = SearchContext(schema=Schema(), known=lambda name: name.startswith("attributes.m"))
INNER = [
    "field",
    "name",
    "type",
    "size",
    "ranges",
    "from",
    "to",
    "interval",
    "buckets",
    "root",
    "order",
    "random",
    "lt",
]
WORDS = [
    "brand",
    "price",
    "metal",
    "category",
    "values",
    "tree",
    "month",
    "desc",
    "price:desc",
    "random:1",
    "relevance",
]
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(WORDS)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(INNER), inner, max_size=3)
        | st.dictionaries(st.text(max_size=2), inner, max_size=1)
    ),
    max_leaves=8,
)
documents = st.dictionaries(st.sampled_from(sorted(KEYS)) | st.text(max_size=2), anything, max_size=3)
QUERY = SearchQuery()


def refusal(document):
    try:
        read_search(document, CONTEXT)
    except SearchError as error:
        return error
    return None


@settings(max_examples=500)
@given(documents | anything)
def test_any_request_is_read_or_refused_at_a_place(document):
    error = refusal(document)
    if error is not None:
        assert error.pointer == "" or error.pointer.startswith("/")
        # Whatever was wrong, the answer can be sent.
        msgspec.json.encode([error.pointer, error.message])


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(sorted(KEYS)) | st.text(max_size=3), st.text(max_size=5)), max_size=4))
@example([("facets", "[]"), ("facets", "5"), ("sort", "{}")])
@example([("filter", "[1e400]")])
@example([("filter", "[" + "9" * 400 + "]")])
def test_any_parameters_are_read_or_refused_at_a_place(pairs):
    try:
        error = refusal(read_parameters(pairs))
    except SearchError as caught:
        error = caught
    if error is not None:
        msgspec.json.encode([error.pointer, error.message])


def test_naughty_strings_are_asked_for_and_refused_elsewhere():
    for text in json.loads(data_path("naughty-strings", "blns.json").read_text("utf-8")):
        if len(text) <= 512:
            assert read_search({"q": text, "filter": {"brand": text}}, CONTEXT).query.text == text
        for key in sorted(KEYS - {"q", "filter", "fields"}):
            error = refusal({key: text})
            assert error is None or error.pointer.startswith(f"/{key}")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
positions = st.builds(
    Position,
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | texts, max_size=3).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
)


@given(positions, st.integers(0, 2**63 - 1))
def test_a_cursor_holds_any_position(position, revision):
    assert position_of(cursor_of(QUERY, position, revision), QUERY) == (position, revision)


@given(st.text() | st.text("abcXYZ019-_", max_size=60) | st.binary(max_size=30).map(lambda data: data.hex()))
def test_any_text_is_refused_as_a_cursor(text):
    try:
        position_of(text, QUERY)
    except SearchError as error:
        assert error.pointer == "/after"  # noqa: PT017 - pytest.raises fails where Hypothesis found the only cursor
    else:
        raise AssertionError(text)


def is_partition(spans, lowest, highest):
    """Return whether spans follow each other without gaps, from one with the lowest key to one with the highest."""
    follow = all(one[1] + 1 == other[0] for one, other in pairwise(spans))
    filled = all(first <= last for first, last in spans)
    return follow and filled and spans[0][0] <= lowest <= spans[0][1] and spans[-1][0] <= highest <= spans[-1][1]


floats = (
    st.floats(allow_nan=False, allow_infinity=False) | st.floats(-100, 100) | st.floats(0, 1).map(lambda x: round(x, 2))
)


@settings(max_examples=300)
@given(floats, floats, st.integers(1, 60))
def test_every_decimal_is_in_one_bucket(one, other, most):
    lowest, highest = sorted((float_key(one), float_key(other)))
    spans = buckets(HistogramFacet("f", Field("f", Level.PRODUCT, Kind.DECIMAL), "", most), lowest, highest)
    assert is_partition(spans, lowest, highest)
    assert len(spans) <= (max(most, 2) if lowest < 0 <= highest else most)


@given(
    st.integers(-(10**15), 10**15), st.integers(0, 10**15), st.integers(1, 60), st.sampled_from(["price", "quantity"])
)
def test_every_price_and_integer_is_in_one_bucket(lowest, spread, most, name):
    spans = buckets(HistogramFacet("f", BUILT_IN[name], "", most), lowest, lowest + spread)
    assert is_partition(spans, lowest, lowest + spread)
    assert len(spans) <= (max(most, 2) if lowest < 0 <= lowest + spread else most)


@given(st.integers(0, 10**9), st.integers(0, 10**7), st.decimals("0.0001", "10000", places=4))
def test_buckets_begin_at_multiples_of_the_interval(lowest, spread, interval):
    facet = HistogramFacet("f", BUILT_IN["price"], str(interval))
    try:
        spans = buckets(facet, lowest, lowest + spread)
    except SearchError:
        assert spread // int(interval * 10_000) >= MAX_BUCKETS - 1
    else:
        assert is_partition(spans, lowest, lowest + spread)
        assert {first % int(interval * 10_000) for first, _ in spans} == {0}


@given(
    st.datetimes(), st.datetimes(), st.sampled_from(["", "day", "week", "month", "quarter", "year"]), st.integers(1, 30)
)
def test_every_moment_is_in_one_bucket(one, other, interval, most):
    keys = [date_key(moment.replace(tzinfo=UTC).isoformat()) for moment in (one, other)]
    facet = HistogramFacet("f", Field("f", Level.PRODUCT, Kind.DATE), interval, most)
    try:
        spans = buckets(facet, min(keys), max(keys))
    except SearchError:
        assert interval
        return
    assert is_partition(spans, min(keys), max(keys))
    starts = [datetime(1970, 1, 1, tzinfo=UTC).timestamp() + first / 1_000_000 for first, _ in spans]
    assert all(start % 86_400 == 0 for start in starts)
    assert interval or len(spans) <= most
