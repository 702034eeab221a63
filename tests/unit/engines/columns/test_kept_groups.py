from __future__ import annotations

from facetry.engines.columns.kept_groups import BIG_GROUP, KeptGroups, is_big_group
from facetry.testing.search_samples import product


def some(count: int, group_id: str = "g"):
    return [product(f"{group_id}{n}", group_id=group_id, joined=n) for n in range(count)]


def test_a_group_is_known_by_its_first_or_its_last_product():
    kept = KeptGroups[str]()
    products = some(5)
    assert kept.before(products) is None
    kept.keep(products, "made")
    made = (tuple(products), "made")
    assert kept.before(products[1:]) == made
    assert kept.before(products[:-1]) == made
    products[0] = products[-1] = product("else")
    assert kept.before(made[0]) == made
    assert kept.before(products) is None
    products = list(made[0])
    assert kept.before(products[1:-1]) is None
    assert kept.before(some(5)) is None


def test_a_group_takes_the_place_of_itself():
    kept = KeptGroups[str](limit=12)
    first, other = tuple(some(5)), tuple(some(5, "h"))
    kept.keep(other, "other")
    kept.keep(first, "old")
    changed = (*first, *some(1))
    kept.keep(changed, "new", kept.before(first)[0])
    assert kept.before(first) == (changed, "new")
    assert kept.before(other) == (other, "other")


def test_the_groups_made_last_are_kept():
    kept = KeptGroups[int](limit=12)
    groups = [some(5, f"g{n}") for n in range(3)]
    for number, products in enumerate(groups):
        kept.keep(products, number)
    assert [kept.before(products) is not None for products in groups] == [False, True, True]
    huge = some(13)
    kept.keep(huge, 9)
    assert kept.before(huge) is None
    assert kept.before(groups[2]) is None


def test_many_products_of_one_group_are_a_big_group():
    assert is_big_group(some(BIG_GROUP))
    assert not is_big_group(some(BIG_GROUP - 1))
    assert not is_big_group([*some(BIG_GROUP), *some(1, "h")])
