import pytest

from facetry.domain.search.checking import ReadyFilter
from facetry.domain.search.filters import (
    EVERYTHING,
    NO_STONE,
    And,
    AnyProduct,
    AnyStone,
    Candidate,
    Filter,
    Has,
    Not,
    Or,
    is_true,
    with_stones,
)
from facetry.testing.random_catalogs import SCHEMA, RandomCatalog
from facetry.testing.search_samples import group, product

PEARL = Has(SCHEMA.field("gemstones.type"), frozenset({"pearl"}))
CHEAP = Has(SCHEMA.field("price"), ranges=((0, 100),))
SMALL = Has(SCHEMA.field("attributes.width"), ranges=((0, 0),), texts=frozenset({"small"}))
PRICED = Has(SCHEMA.field("price"), exists=True)
STONES = ({"type": "Pearl"}, {"type": "Ruby"})
GROUP = group(
    "g",
    product("one", regular_price=100, gemstones=STONES, attributes={"width": "Small"}),
    product("two", regular_price=200, attributes={"width": ["wide", 0]}),
    product("three", regular_price=50, currency="EUR"),
)


def found(condition: Filter) -> list[tuple[str, str]]:
    candidates = ReadyFilter(condition).passing(GROUP, "USD", "USD")
    return [(candidate.product.sku, str(candidate.stone.get("type", ""))) for candidate in candidates]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (EVERYTHING, [("one", "Pearl"), ("one", "Ruby"), ("two", ""), ("three", "")]),
        (PEARL, [("one", "Pearl")]),
        (Not(PEARL), [("one", "Ruby"), ("two", ""), ("three", "")]),
        (AnyStone(PEARL), [("one", "Pearl"), ("one", "Ruby")]),
        (AnyProduct(And((PEARL, CHEAP))), [("one", "Pearl"), ("one", "Ruby"), ("two", ""), ("three", "")]),
        (AnyProduct(And((PEARL, Not(CHEAP)))), []),
        (And((CHEAP, Or((PEARL, SMALL)))), [("one", "Pearl"), ("one", "Ruby")]),
        (SMALL, [("one", "Pearl"), ("one", "Ruby"), ("two", "")]),
        (PRICED, [("one", "Pearl"), ("one", "Ruby"), ("two", "")]),
        (Or(()), []),
    ],
)
def test_products_and_stones_that_pass(condition, wanted):
    assert found(condition) == wanted


@pytest.mark.parametrize("seed", range(10))
def test_a_ready_filter_answers_as_it_is_defined(seed):
    drawn = RandomCatalog(seed)
    groups = drawn.groups(12)
    for depth in range(40):
        condition = drawn.filter(depth % 4)
        ready = ReadyFilter(condition)
        for one in groups:
            candidates = [
                candidate
                for item in one.products
                for candidate in with_stones(Candidate(one.group_id, one.products, item, NO_STONE, "EUR", "USD"))
            ]
            passing = [candidate for candidate in candidates if is_true(condition, candidate)]
            assert [*ready.passing(one, "EUR", "USD")] == passing
