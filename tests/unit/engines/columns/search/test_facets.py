from __future__ import annotations

import msgspec
import pytest

from facetry.domain.search.evaluation import evaluate
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import EVERYTHING, AnyStone, Filter, Has, Not
from facetry.domain.search.matching import Attempt, TextMatch
from facetry.domain.search.query import (
    CountLevel,
    HistogramFacet,
    Position,
    RangesFacet,
    SearchQuery,
    SortByField,
    ValueOrder,
    ValuesFacet,
)
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.run import SearchRun
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.testing.search_samples import group, product, single

SCHEMA = Schema()
COLOR, PRICE, CARAT, SIZE = map(SCHEMA.field, ("color", "price", "gemstones.carat", "size"))
MANY = [
    *(single(f"g{n:04}", color=f"Color {n % 1500}", regular_price=1 + n % 30, size=str(n % 7)) for n in range(1600)),
    group("pair", product("p1", color="Color 1", size="1"), product("p2", color="Color 1", size="2")),
]
FACETS = (
    ValuesFacet("by count", COLOR),
    ValuesFacet("by value", COLOR, 5, ValueOrder.VALUE),
    ValuesFacet("none", COLOR, 0),
    ValuesFacet("searched", COLOR, 3, search="149"),
    ValuesFacet("prices", PRICE, 3, level=CountLevel.PRODUCT),
    ValuesFacet("stones", CARAT),
    RangesFacet("ranges", SIZE, tuple((low, low + 2**52) for low in (0, 2**62, 2**62 + 2**51, -5, 2**62))),
    RangesFacet("price ranges", PRICE, tuple((n, n) for n in range(20)), own_filter=True),
    HistogramFacet("carats", CARAT),
)


class Nothing:
    """Explains nothing."""

    def fit(self, _attempt, _product):
        return 0


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    dictionaries = Dictionaries()
    return Snapshot(1, "en", (Part.whole(build_segment(MANY, "en", dictionaries, 0)),), dictionaries)


def expected(query: SearchQuery):
    return evaluate(
        query, 1, MANY, [Attempt(words=0, matches={g.group_id: TextMatch(0.0, 0) for g in MANY})], Nothing()
    )


@pytest.mark.parametrize(
    "condition",
    [
        EVERYTHING,
        Has(PRICE, ranges=((3, 9),)),
        Has(CARAT, exists=True),
        Not(Has(CARAT, exists=True)),
        Not(AnyStone(Has(CARAT, exists=True))),
    ],
    ids=str,
)
@pytest.mark.parametrize("slice_rows", [100, 1 << 20])
def test_facets_of_many_values_without_any_gemstones(snapshot, condition: Filter, slice_rows):
    query = SearchQuery(filter=condition, facets=FACETS, limit=2)
    wanted = expected(query)
    answer = SearchRun(query, snapshot, deadline=Deadline(slice_rows=slice_rows)).answer()
    for name, facet in wanted.facets.items():
        assert (name, answer.facets[name]) == (name, facet)
    assert (answer.total, answer.total_products, answer.hits) == (wanted.total, wanted.total_products, wanted.hits)


def test_pages_of_thousands_of_hits(snapshot):
    sort = (SortByField(SIZE, descending=True), SortByField(COLOR))
    for offset in (0, 1590, 1601):
        query = SearchQuery(sort=sort, offset=offset, limit=1000)
        assert SearchRun(query, snapshot).answer().hits == expected(query).hits


def test_a_page_behind_a_value_of_a_field_that_nothing_has(snapshot):
    query = SearchQuery(sort=(SortByField(SCHEMA.field("unheard of")),), after=Position(("x",), ("g0003",)), limit=3)
    assert SearchRun(query, snapshot).answer().hits == expected(query).hits
    query = msgspec.structs.replace(query, after=Position((None,), ("g0003",)))
    assert [hit.key for hit in SearchRun(query, snapshot).answer().hits] == [("g0004",), ("g0005",), ("g0006",)]
