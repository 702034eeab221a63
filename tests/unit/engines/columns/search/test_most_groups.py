from __future__ import annotations

import pytest

from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import AnyProduct, Has, Not
from facetry.domain.search.query import HistogramFacet, RangesFacet, SearchQuery, SortByField, ValuesFacet
from facetry.domain.search.result import RangeCount, RangesResult, ValueCount, ValuesResult
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.search.run import SearchRun
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.testing.search_samples import group, product

SCHEMA = Schema()
COLOR, SIZE, PRICE, METAL = map(SCHEMA.field, ("color", "size", "price", "attributes.metal"))
GROUPS = [
    group(
        f"g{n}",
        product(f"{n}a", color=f"C{n % 3}", regular_price=n or None, attributes={"metal": ["gold", "silver"][: n % 3]}),
        product(f"{n}b", color="Red", size="L" if n == 8 else None, regular_price=n + 20),
    )
    for n in range(10)
]
FACETS = (
    ValuesFacet("color", COLOR),
    ValuesFacet("size", SIZE),
    ValuesFacet("metal", METAL),
    RangesFacet("price", PRICE, ((0, 4), (5, 9), (20, 23))),
)


def snapshot(*gone: str) -> Snapshot:
    dictionaries = Dictionaries()
    whole = Snapshot(1, "en", (Part.whole(build_segment(GROUPS, "en", dictionaries, 0)),), dictionaries)
    return whole.with_changes(2, (), gone)


def values(*pairs: tuple[str, int]) -> ValuesResult:
    return ValuesResult(tuple(ValueCount(*pair) for pair in pairs), 0, len(pairs))


def ranges(lowest: int | None, highest: int | None, *counts: int) -> RangesResult:
    bounds = ((0, 4), (5, 9), (20, 23))
    return RangesResult(
        tuple(RangeCount(*both, count) for both, count in zip(bounds, counts, strict=True)), lowest, highest
    )


@pytest.mark.parametrize(
    ("gone", "color", "size", "metal", "price"),
    [
        (
            (),
            [("Red", 10), ("C0", 4), ("C1", 3), ("C2", 3)],
            [("L", 1)],
            [("gold", 6), ("silver", 3)],
            ranges(1, 29, 4, 5, 4),
        ),
        (
            ("g0", "g4", "g8"),
            [("Red", 7), ("C0", 3), ("C1", 2), ("C2", 2)],
            [],
            [("gold", 4), ("silver", 2)],
            ranges(1, 29, 3, 4, 3),
        ),
        # Half of them are counted themselves.
        (
            ("g5", "g6", "g7", "g8", "g9"),
            [("Red", 5), ("C0", 2), ("C1", 2), ("C2", 1)],
            [],
            [("gold", 3), ("silver", 1)],
            ranges(1, 24, 4, 0, 4),
        ),
    ],
)
def test_of_most_groups_those_are_counted_that_are_left_out(gone, color, size, metal, price):
    answer = SearchRun(SearchQuery(facets=FACETS), snapshot(*gone)).answer()
    assert answer.facets == {
        "color": values(*color),
        "size": values(*size),
        "metal": values(*metal),
        "price": price,
    }


def test_groups_that_no_condition_leaves_whole_are_counted_themselves():
    condition = Not(AnyProduct(Has(SIZE, exists=True)))
    answer = SearchRun(SearchQuery(filter=condition, facets=FACETS), snapshot()).answer()
    assert answer.facets["color"] == values(("Red", 9), ("C0", 4), ("C1", 3), ("C2", 2))
    assert answer.facets["size"] == values(("L", 1))
    assert answer.facets["price"] == ranges(1, 29, 4, 4, 4)


def test_more_ranges_than_are_kept_and_ranges_one_over_the_other():
    asked = snapshot("g0")
    for _ in range(2):
        for last in range(1, 8):
            facet = RangesFacet("price", PRICE, ((1, last), (last, 30)))
            found = SearchRun(SearchQuery(facets=(facet,)), asked).answer().facets["price"]
            assert [one.count for one in found.ranges] == [last, 9]


def test_ranges_of_groups_without_a_price():
    dictionaries = Dictionaries()
    groups = [group(f"g{n}", product(f"{n}", color="Red"), product(f"{n}b")) for n in range(3)]
    bare = Snapshot(1, "en", (Part.whole(build_segment(groups, "en", dictionaries, 0)),), dictionaries)
    facets = (RangesFacet("price", PRICE, ((0, 4), (5, 9), (20, 23))), HistogramFacet("histogram", PRICE))
    answer = SearchRun(SearchQuery(facets=facets), bare).answer()
    assert answer.facets == {"price": ranges(None, None, 0, 0, 0), "histogram": RangesResult((), None, None)}


def test_hits_in_the_order_of_a_field_among_most_groups():
    query = SearchQuery(sort=(SortByField(PRICE, descending=True),), limit=3, matched_products=1)
    hits = SearchRun(query, snapshot("g9")).answer().hits
    assert [(hit.key, [one.sku for one in hit.matched]) for hit in hits] == [
        (("g8",), ["8b"]),
        (("g7",), ["7b"]),
        (("g6",), ["6b"]),
    ]
