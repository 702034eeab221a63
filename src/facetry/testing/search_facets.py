"""What any search index must count, and how it must page."""

from __future__ import annotations

from facetry.domain.field_query import RangeFacet, ValueFacet
from facetry.domain.field_result import ValueFacetResult
from facetry.domain.money import SCALE
from facetry.ports.search_index import SearchIndex
from facetry.testing.search_samples import BOUNDS, FACETS, find, found, group, hold, product, ranges, single, values


class FacetsConformance:
    """How groups are counted by value and by range."""

    async def test_a_group_counts_once_for_a_value(self, index: SearchIndex) -> None:
        await hold(
            index,
            group("1", *(product(f"1-{n}", color="red", size=str(n)) for n in range(3))),
            group("2", product("2-1", color="red"), product("2-2", color="blue", brand="Acme"), product("2-3")),
            single("3", name="other", color="red"),
        )
        result = await find(index, "item", facets=FACETS)
        assert result.total == 2
        assert values(result, "colors") == ({"red": 2, "blue": 1}, 0)
        assert values(result, "sizes") == ({"0": 1, "1": 1, "2": 1}, 0)
        assert values(result, "brands") == ({"Acme": 1}, 0)

    async def test_the_leading_values_are_listed_and_the_others_summed(self, index: SearchIndex) -> None:
        counts = {"é": 2, "Z": 2, "a": 2, "top": 4, "z": 1, "A": 1, "\U0001f48d": 2}
        groups = [single(f"{color} {n}", color=color) for color, count in counts.items() for n in range(count)]
        await hold(index, *groups)
        facets = tuple(ValueFacet(str(size), "color", size) for size in (0, 1, 3, 5, 7, 99))
        result = await find(index, "item", facets=facets, limit=0)
        assert list(values(result, "3")[0].items()) == [("top", 4), ("Z", 2), ("a", 2)]
        assert values(result, "3")[1] == 6
        assert list(values(result, "99")[0]) == ["top", "Z", "a", "é", "\U0001f48d", "A", "z"]
        assert [values(result, str(size))[1] for size in (0, 1, 5, 7)] == [14, 10, 2, 0]
        assert values(result, "0")[0] == {}

    async def test_values_are_whole_and_keep_their_case(self, index: SearchIndex) -> None:
        await hold(index, single("1", brand="Löwe & Söhne"), single("2", brand="LÖWE & söhne"), single("3", brand=""))
        result = await find(index, "item", facets=FACETS)
        assert values(result, "brands") == ({"": 1, "LÖWE & söhne": 1, "Löwe & Söhne": 1}, 0)

    async def test_prices_are_counted_by_range(self, index: SearchIndex) -> None:
        prices = [1, 50 * SCALE - 1, 50 * SCALE, 100 * SCALE, 10**15]
        await hold(index, *(single(str(n), regular_price=price) for n, price in enumerate(prices)), single("none"))
        result = await find(index, "item", facets=FACETS)
        assert ranges(result, "prices") == (2, 1, 2)
        above = RangeFacet("above", "regular_price_max", (100 * SCALE,), "USD")
        none = RangeFacet("none", "regular_price_max", (), "USD")
        result = await find(index, "item", facets=(above, none))
        assert (ranges(result, "above"), ranges(result, "none")) == ((2,), ())

    async def test_only_prices_in_the_currency_are_counted(self, index: SearchIndex) -> None:
        await hold(
            index,
            single("1", regular_price=SCALE, currency="USD"),
            single("2", regular_price=SCALE, currency="EUR"),
            single("3", regular_price=SCALE),
        )
        euro = RangeFacet("euro", "regular_price_min", BOUNDS, "EUR")
        yen = RangeFacet("yen", "regular_price_min", BOUNDS, "JPY")
        result = await find(index, "item", facets=(*FACETS, euro, yen))
        assert [ranges(result, name)[0] for name in ("prices", "euro", "yen")] == [2, 2, 1]

    async def test_a_facet_of_an_unknown_field_counts_nothing(self, index: SearchIndex) -> None:
        await hold(index, single("1", regular_price=SCALE))
        facets = (ValueFacet("a", "nonsense"), RangeFacet("b", "nonsense", BOUNDS, "USD"))
        result = await find(index, "item", facets=facets)
        assert result.facets["a"] == ValueFacetResult((), 0)
        assert ranges(result, "b") == (0, 0, 0)

    async def test_facets_of_no_hits_are_empty(self, index: SearchIndex) -> None:
        for _ in range(2):
            result = await find(index, "nothing", facets=FACETS)
            assert values(result, "colors") == ({}, 0)
            assert ranges(result, "prices") == (0, 0, 0)
            await hold(index, single("1", color="red"))


class PagesConformance:
    """How hits are cut into pages."""

    async def test_pages_join_to_the_whole_result(self, index: SearchIndex) -> None:
        for start in range(0, 90, 30):
            await hold(index, *(single(f"{n:02}", name="ring " * (n % 4 + 1)) for n in range(start, start + 30)))
        await hold(index, gone=["07", "31", "89"])
        whole = await found(index, "ring", limit=1000)
        assert len(whole) == len(set(whole)) == 87
        for size in (1, 7, 30, 87):
            parts = [await found(index, "ring", offset=offset, limit=size) for offset in range(0, 90, size)]
            assert [group_id for part in parts for group_id in part] == whole

    async def test_a_page_behind_the_last_is_empty(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring"))
        first = await find(index, "ring")
        for offset, limit in ((1, 10), (10**9, 10), (0, 0)):
            result = await find(index, "ring", offset=offset, limit=limit)
            assert (result.total, result.max_score, result.hits) == (1, first.max_score, ())

    async def test_ten_hits_are_a_page(self, index: SearchIndex) -> None:
        await hold(index, *(single(f"{n:02}") for n in range(12)))
        assert await found(index, "item") == [f"{n:02}" for n in range(10)]
