"""Groups are a function of their products."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.group import GroupIdentity, derive_group, main_product
from facetry.domain.product import Product, ProductContent, completed, stored
from tests.unit.domain.strategies import contents

IDENTITY = GroupIdentity("G", "f" * 24, 9)


def member(sku, joined, **fields):
    content = ProductContent(sku=sku, name=f"Ring {sku}", group_id="G", **fields)
    return stored(completed(content), f"{joined:024x}", joined)


def members(drawn, flagged=None):
    """Return products of one group, in the order of the list, with the flag on one of them."""
    unique = {content.sku: content for content in drawn}
    return [
        stored(msgspec.structs.replace(content, group_id="G", is_main=n == flagged), f"{n:024x}", n)
        for n, content in enumerate(unique.values())
    ]


@given(contents())
def test_one_product_is_told_as_several_like_it_are(content):
    one = msgspec.structs.replace(content, group_id="G", is_main=True)
    first, second = stored(one, "0" * 24, 1), stored(msgspec.structs.replace(one, is_main=False), "1" * 24, 2)
    alone, both = derive_group(IDENTITY, [first]), derive_group(IDENTITY, [first, second])
    assert alone == msgspec.structs.replace(both, product_skus=(first.sku,), products=(first,))
    assert (alone.product_skus, alone.products) == ((first.sku,), (first,))


groups = st.lists(contents(), min_size=1, max_size=7)


def test_a_group_says_what_its_products_say():
    group = derive_group(
        IDENTITY,
        [
            member(
                "R2",
                2,
                color="gold",
                brand="B",
                size="7",
                search_keywords=("b", "a"),
                regular_price=5,
                is_main=True,
                images=("2.jpg", "2.jpg"),
                category=("A", "B"),
                description="second",
            ),
            member("R1", 1, color="silver", brand="B", search_keywords=("a", "c"), regular_price=9, promotion_price=3),
            member("R3", 3, color="gold", size="", active=False),
        ],
    )
    assert (group.group_id, group.object_id, group.revision) == ("G", "f" * 24, 9)
    assert (group.product_skus, group.main_sku) == (("R1", "R2", "R3"), "R2")
    assert (group.colors, group.brands, group.sizes) == (("silver", "gold"), ("B",), ("7", ""))
    assert group.search_keywords == ("a", "c", "b")
    assert (group.images, group.category) == (("2.jpg", "2.jpg"), ("A", "B"))
    assert (group.name, group.description) == ("Ring R2", "second")
    assert (group.regular_price_min, group.regular_price_max) == (5, 9)
    assert (group.promotion_price_min, group.promotion_price_max) == (3, 5)
    assert group.active
    assert [product.sku for product in group.products] == ["R1", "R2", "R3"]


def test_a_group_is_active_if_any_product_is():
    inactive = [member("R1", 1, active=False), member("R2", 2, active=False)]
    assert not derive_group(IDENTITY, inactive).active
    assert derive_group(IDENTITY, [*inactive, member("R3", 3)]).active


@pytest.mark.parametrize(("default", "expected"), [("USD", (5, 7)), ("EUR", (7, 7)), ("GBP", (7, 7))])
def test_prices_are_those_in_the_main_products_currency(default, expected):
    products = [
        member("R1", 1, regular_price=5, currency="USD"),
        member("R2", 2, regular_price=7, is_main=True),
        member("R3", 3, regular_price=9, currency="CHF"),
    ]
    group = derive_group(IDENTITY, products, default)
    assert (group.currency, (group.regular_price_min, group.regular_price_max)) == (None, expected)
    assert (group.promotion_price_min, group.promotion_price_max) == expected


def test_without_prices_there_are_none():
    group = derive_group(IDENTITY, [member("R1", 1), member("R2", 2, regular_price=1, currency="EUR")])
    prices = (group.regular_price_min, group.regular_price_max, group.promotion_price_min, group.promotion_price_max)
    assert prices == (None, None, None, None)


def test_the_flagged_product_is_main_else_the_first():
    first, second = member("R1", 1), member("R2", 2, is_main=True)
    assert main_product([first, second]) is second
    assert main_product([first]) is first


@given(groups, st.randoms())
def test_the_order_of_reading_does_not_matter(drawn, random):
    products = members(drawn, 0)
    shuffled = random.sample(products, len(products))
    assert derive_group(IDENTITY, shuffled) == derive_group(IDENTITY, products)


@given(groups, st.data())
def test_the_order_of_joining_matters_for_the_order_of_lists_only(drawn, data):
    products = members(drawn, data.draw(st.integers(0, len({content.sku for content in drawn}) - 1)))
    positions = data.draw(st.permutations(range(len(products))))
    moved = [msgspec.structs.replace(p, joined=at) for p, at in zip(products, positions, strict=True)]
    assert unordered(derive_group(IDENTITY, moved)) == unordered(derive_group(IDENTITY, products))


@given(groups)
def test_nothing_is_lost_and_nothing_made_up(drawn):
    products = members(drawn)
    group = derive_group(IDENTITY, products)
    for values, field in ((group.colors, "color"), (group.brands, "brand"), (group.sizes, "size")):
        assert len(values) == len(set(values))
        assert set(values) == {getattr(product, field) for product in products} - {None}
    assert set(group.search_keywords) == {word for product in products for word in product.search_keywords}
    assert group.products == tuple(products)
    for low, high in (
        (group.regular_price_min, group.regular_price_max),
        (group.promotion_price_min, group.promotion_price_max),
    ):
        assert (low is None) == (high is None)
        assert low is None or low <= high


def unordered(group):
    """Return a group's content without the order in which its products joined."""
    fields = msgspec.structs.asdict(group)
    for name in ("product_skus", "colors", "brands", "sizes", "search_keywords"):
        fields[name] = sorted(fields[name])
    fields["products"] = {product.sku: without_place(product) for product in group.products}
    return fields


def without_place(product: Product) -> Product:
    return msgspec.structs.replace(product, joined=0)
