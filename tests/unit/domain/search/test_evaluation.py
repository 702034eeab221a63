from __future__ import annotations

from typing import Any

import msgspec
import pytest

from facetry.domain.group import ProductGroup
from facetry.domain.money import SCALE
from facetry.domain.product import Product
from facetry.domain.search.evaluation import evaluate
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import And, AnyProduct, AnyStone, Filter, Has, Not, Or
from facetry.domain.search.matching import Attempt, TextMatch
from facetry.domain.search.query import (
    CountLevel,
    RangesFacet,
    SearchQuery,
    SortAtRandom,
    SortByField,
    TreeFacet,
    ValueOrder,
    ValuesFacet,
)
from facetry.domain.search.result import SearchResult, TreeNode, TreeResult, ValuesResult, WordScore
from facetry.domain.search.rules import SearchRules
from facetry.domain.search.values import HIGHEST, float_key, number_of
from facetry.testing.search_samples import group, product

SCHEMA = Schema()
RED, BLUE = "Red", "Blue"


class Silent:
    """Tells nothing of hits."""

    def fit(self, attempt: Attempt, product: Product) -> int:
        return 0

    def explanation(self, attempt: Attempt, group_id: str) -> tuple[WordScore, ...]:
        return ()

    def highlights(self, attempt: Attempt, group_id: str) -> dict[str, str]:
        return {}


def everything(*groups: ProductGroup) -> Attempt:
    return Attempt(words=0, matches={one.group_id: TextMatch(0.0, 0) for one in groups})


def answer(*groups: ProductGroup, attempts: tuple[Attempt, ...] = (), **asked: Any) -> SearchResult:
    return evaluate(SearchQuery(**asked), 7, groups, attempts or (everything(*groups),), Silent())


def found(result: SearchResult) -> list[str]:
    return ["+".join(hit.key) for hit in result.hits]


def has(name: str, *texts: str) -> Has:
    return Has(SCHEMA.field(name), frozenset(text.lower() for text in texts))


def at_least(name: str, number: int) -> Has:
    return Has(SCHEMA.field(name), ranges=((number, HIGHEST),))


def counts(result: SearchResult, name: str) -> dict[str, int]:
    facet = result.facets[name]
    assert isinstance(facet, ValuesResult)
    return {value.value: value.count for value in facet.values}


MIXED = group("mixed", product("m1", color=RED, size="5"), product("m2", color=BLUE, size="6"))
RIGHT = group("right", product("r1", color=RED, size="6"), product("r2", color=BLUE, size="5"))
BIG_POOR = {"clarity": "SI2", "carat": 2.0}
SMALL_FINE = {"clarity": "VS1", "carat": 0.3}
BIG_FINE = {"clarity": "VS1", "carat": 1.5}
TWO_STONES = group("two", product("t", gemstones=(BIG_POOR, SMALL_FINE)))
ONE_STONE = group("one", product("o", gemstones=(BIG_FINE,)))
BARE = group("bare", product("b"))


def test_all_conditions_hold_on_one_product():
    red_six = And((has("color", RED), has("size", "6")))
    assert found(answer(MIXED, RIGHT, filter=red_six)) == ["right"]
    opted_out = And((AnyProduct(has("color", RED)), AnyProduct(has("size", "6"))))
    assert found(answer(MIXED, RIGHT, filter=opted_out)) == ["mixed", "right"]
    assert found(answer(MIXED, RIGHT, filter=And((has("color", RED), Not(has("size", "6")))))) == ["mixed"]


def test_all_conditions_on_gemstones_hold_on_one_stone():
    fine_and_big = And((has("gemstones.clarity", "VS1"), at_least("gemstones.carat", float_key(1.0) or 0)))
    assert found(answer(TWO_STONES, ONE_STONE, BARE, filter=fine_and_big)) == ["one"]
    apart = And(tuple(AnyStone(part) for part in fine_and_big.parts))
    assert found(answer(TWO_STONES, ONE_STONE, BARE, filter=apart)) == ["one", "two"]


def test_a_negation_asks_for_a_stone_that_is_not_so_and_a_bare_product_has_an_empty_one():
    groups = (TWO_STONES, ONE_STONE, BARE)
    assert found(answer(*groups, filter=Not(has("gemstones.clarity", "VS1")))) == ["bare", "two"]
    assert found(answer(*groups, filter=Not(AnyStone(has("gemstones.clarity", "VS1"))))) == ["bare"]


def test_a_clarity_at_least_as_good_is_higher_on_its_scale():
    rank = SCHEMA.field("gemstones.clarity").scale.index("SI1")
    assert found(answer(TWO_STONES, filter=at_least("gemstones.clarity", rank))) == ["two"]
    assert found(answer(TWO_STONES, filter=at_least("gemstones.clarity", rank + 5))) == []


@pytest.mark.parametrize(
    ("condition", "ids"),
    [(And(()), ["mixed", "right"]), (Or(()), []), (Or((has("size", "7"), has("sku", "m1"))), ["mixed"])],
)
def test_empty_and_mixed_trees(condition: Filter, ids: list[str]):
    assert found(answer(MIXED, RIGHT, filter=condition)) == ids


def test_facets_leave_out_their_own_condition_only():
    facets = tuple(ValuesFacet(name, SCHEMA.field(name)) for name in ("color", "size"))
    own = ValuesFacet("own", SCHEMA.field("color"), own_filter=True)
    result = answer(MIXED, RIGHT, filter=And((has("color", RED), has("size", "6"))), facets=(*facets, own))
    assert counts(result, "color") == {"Blue": 1, "Red": 1}
    assert counts(result, "size") == {"5": 1, "6": 1}
    assert counts(result, "own") == {"Red": 1}


def test_what_the_caller_may_see_binds_facets_too():
    facet = ValuesFacet("color", SCHEMA.field("color"))
    result = answer(MIXED, RIGHT, scope=has("color", RED), facets=(facet,))
    assert counts(result, "color") == {"Red": 2}


def test_facets_count_hits_or_products_and_say_what_is_left_out():
    many = group("many", *(product(f"p{n}", color=color) for n, color in enumerate(("a", "a", "b", "c"))))
    color = SCHEMA.field("color")
    facets = (
        ValuesFacet("groups", color, size=1),
        ValuesFacet("products", color, size=1, level=CountLevel.PRODUCT),
        ValuesFacet("by value", color, order=ValueOrder.VALUE, search="B"),
    )
    result = answer(many, facets=facets)
    assert (counts(result, "groups"), counts(result, "products")) == ({"a": 1}, {"a": 2})
    assert [(f.other, f.distinct) for f in (result.facets["groups"], result.facets["products"])] == [(2, 3), (2, 3)]  # type: ignore[union-attr]
    assert counts(result, "by value") == {"b": 1}


def test_ranges_and_trees():
    one = group("one", product("a", regular_price=5, category=("Jewelry>Rings",)), product("b", regular_price=50))
    two = group("two", product("c", regular_price=60, category=("Jewelry > Rings > Gold", "Watches")))
    ranges = RangesFacet("prices", SCHEMA.field("price"), ((0, 9), (10, 99), (0, 99)))
    result = answer(one, two, facets=(ranges, TreeFacet("tree", depth=2)))
    prices = result.facets["prices"]
    assert [r.count for r in prices.ranges] == [1, 2, 2]  # type: ignore[union-attr]
    assert (prices.lowest, prices.highest) == (5, 60)  # type: ignore[union-attr]
    rings = TreeNode("Jewelry > Rings", 2)
    assert result.facets["tree"] == TreeResult((TreeNode("Jewelry", 2, (rings,)), TreeNode("Watches", 1)))


PRICED = (
    group("a", product("a1", regular_price=10 * SCALE, color=RED), product("a2", regular_price=1 * SCALE)),
    group("b", product("b1", regular_price=5 * SCALE, color=RED), product("b2", regular_price=99 * SCALE)),
    group("c", product("c1", color=RED)),
)
PRICE = SCHEMA.field("price")


def test_a_sort_by_price_is_of_matching_products():
    cheap = answer(*PRICED, sort=(SortByField(PRICE),))
    assert found(cheap) == ["a", "b", "c"]
    assert [hit.cheapest and hit.cheapest.sku for hit in cheap.hits] == ["a2", "b1", None]
    red = answer(*PRICED, sort=(SortByField(PRICE),), filter=has("color", RED))
    assert found(red) == ["b", "a", "c"]
    assert [hit.cheapest and hit.cheapest.sku for hit in red.hits] == ["b1", "a1", None]
    dear = answer(*PRICED, sort=(SortByField(PRICE, descending=True),))
    assert found(dear) == ["b", "a", "c"]
    assert [[p.sku for p in hit.matched] for hit in dear.hits] == [["b2", "b1"], ["a1", "a2"], ["c1"]]


def test_prices_in_another_currency_do_not_count():
    euros = group("e", product("e1", regular_price=1, currency="EUR"))
    assert found(answer(euros, filter=Has(PRICE, exists=True))) == []
    assert found(answer(euros, filter=Has(PRICE, exists=True), currency="EUR")) == ["e"]


def test_pages_by_cursor_meet_every_hit_once():
    sort = (SortByField(PRICE, descending=True), SortAtRandom(3))
    whole = answer(*PRICED, MIXED, RIGHT, sort=sort)
    seen: list[str] = []
    after = None
    while (page := answer(*PRICED, MIXED, RIGHT, sort=sort, limit=2, after=after)).hits:
        assert page.total == 5
        seen += found(page)
        after = page.hits[-1].position
    assert seen == found(whole)
    assert found(answer(*PRICED, MIXED, RIGHT, sort=sort, offset=3)) == found(whole)[3:]


def test_hits_of_another_field():
    one = group("1", product("1a", color=RED, regular_price=5), product("1b", color=BLUE, regular_price=7))
    two = group("2", product("2a", color=RED, regular_price=3), product("2b"))
    matches = {"1": TextMatch(33.2, 1), "2": TextMatch(33.5, 1)}
    result = answer(one, two, attempts=(Attempt(words=1, matches=matches),), group_by=(SCHEMA.field("color"),))
    assert (result.total, result.total_products) == (2, 3)
    assert found(result) == ["Red", "Blue"]
    assert [(hit.group.group_id, [p.sku for p in hit.matched]) for hit in result.hits] == [
        ("2", ["2a", "1a"]),
        ("1", ["1b"]),
    ]


def test_the_first_reading_with_a_full_match_is_answered():
    first = Attempt(words=2, matches={"mixed": TextMatch(40.0, 1)})
    second = Attempt(words=1, matches={"right": TextMatch(33.0, 1), "mixed": TextMatch(32.0, 1)}, typos=True)
    result = answer(MIXED, RIGHT, attempts=(first, second))
    assert (found(result), result.words, result.required_words, result.typos) == (["right", "mixed"], 1, 1, True)


def test_without_a_full_match_the_first_reading_is_relaxed():
    first = Attempt(words=3, matches={"mixed": TextMatch(40.0, 1), "right": TextMatch(70.0, 2)})
    second = Attempt(words=2, matches={"mixed": TextMatch(40.0, 1)})
    result = answer(MIXED, RIGHT, attempts=(first, second))
    assert (found(result), result.words, result.required_words) == (["right"], 3, 2)


def test_a_long_query_is_relaxed_until_enough_is_found():
    full = Attempt(words=4, matches={"mixed": TextMatch(40.0, 3), "right": TextMatch(130.0, 4)})
    assert found(answer(MIXED, RIGHT, attempts=(full,), rules=SearchRules(relax_below=2))) == ["right", "mixed"]
    assert found(answer(MIXED, RIGHT, attempts=(full,), rules=SearchRules(relax_below=1))) == ["right"]


def test_pinned_groups_come_whatever_they_have_but_must_pass_the_filter():
    matches = {"mixed": TextMatch(2.0**20, 0, is_pinned=True), "right": TextMatch(33.0, 1)}
    attempt = Attempt(words=1, matches=matches)
    assert found(answer(MIXED, RIGHT, attempts=(attempt,))) == ["mixed", "right"]
    assert found(answer(MIXED, RIGHT, attempts=(attempt,), filter=And((has("color", RED), has("size", "6"))))) == [
        "right"
    ]


def test_what_was_understood_binds_hits_and_facets():
    facet = ValuesFacet("size", SCHEMA.field("size"))
    attempt = Attempt(words=0, matches=everything(MIXED, RIGHT).matches, condition=has("size", "6"))
    result = answer(MIXED, RIGHT, attempts=(attempt,), facets=(facet,))
    assert (found(result), counts(result, "size")) == (["mixed", "right"], {"6": 2})
    assert [hit.matched_count for hit in result.hits] == [1, 1]


def test_grades_are_read_in_any_spelling():
    clarity = SCHEMA.field("gemstones.clarity")
    assert number_of(clarity, "vs-1") == number_of(clarity, "VS1") == clarity.scale.index("VS1")
    assert number_of(SCHEMA.field("gemstones.cut"), "Excellent") == number_of(SCHEMA.field("gemstones.cut"), "EX")
    assert number_of(clarity, "fine") is None


def test_only_active_only_come_with_products_and_only_where_asked_for():
    mixed = group("A", product("a1", active=False), product("a2"))
    plain = group("B", product("b1"))
    shells = [msgspec.structs.replace(one, products=()) for one in (mixed, plain)]
    assert [hit.group for hit in answer(mixed, plain).hits] == shells
    assert [hit.group for hit in answer(mixed, plain, active_only=True).hits] == [mixed, shells[1]]
