"""Changing a product where only some of it is spoken of."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.breadcrumbs import collection_of, type_of
from facetry.domain.patching import ArrayAction, ProductKey, ProductPatch, TradePatch, patched, said
from facetry.domain.product import Product, ProductContent
from facetry.domain.trade import ProductType, Trade

APPEND, UPDATE, REMOVE, REPLACE = ArrayAction.APPEND, ArrayAction.UPDATE, ArrayAction.REMOVE, ArrayAction.REPLACE
RING = Product(
    sku="R1",
    name="Ring",
    group_id="G",
    description="D",
    regular_price=100,
    promotion_price=80,
    images=("a", "b"),
    search_keywords=("k",),
    category=("Wedding", "Rings"),
    quantity=3,
    color="gold",
    brand="B",
    size="7",
    attributes={"a": 1, "b": "x"},
    metals=({"name": "gold", "purity": 750}, {"name": "silver"}),
    gemstones=({"code": "x", "carat": 0.5}, {"code": "y"}),
    trade=Trade(location="safe"),
    object_id="0" * 24,
    joined=1,
)


def after(product=RING, /, **fields):
    return patched(product, ProductPatch(**fields))


def content_of(product, **fields):
    names = ProductContent.__struct_fields__
    return ProductContent(**{name: getattr(product, name) for name in names} | fields)


def test_an_empty_patch_changes_nothing():
    assert after() == content_of(RING)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("name", "New"), ("group_id", "H"), ("description", ""), ("promotion_price", None), ("quantity", 0)),
        *(("search_keywords", ()), ("category", ("A", "B", "C")), ("color", None), ("brand", ""), ("size", "8")),
        *(("active", False), ("is_main", True), ("currency", "EUR"), ("trade", Trade()), ("images", ("z",))),
    ],
)
def test_what_is_given_overwrites(field, value):
    assert after(**{field: value}) == content_of(RING, **{field: value})


def test_a_promotion_price_that_was_only_a_default_follows_the_regular_one():
    assert after(regular_price=200) == content_of(RING, regular_price=200)
    plain = content_of(RING, promotion_price=100)
    product = Product(**{name: getattr(plain, name) for name in plain.__struct_fields__}, object_id="0" * 24, joined=1)
    assert after(product, regular_price=200) == content_of(RING, regular_price=200, promotion_price=None)
    assert after(product, regular_price=200, promotion_price=90).promotion_price == 90


@pytest.mark.parametrize(
    ("before", "fields", "category"),
    [
        (("A>B",), {"type": "T"}, ("A>T",)),
        (("A > B", "X>Y"), {"type": "T"}, ("A>T", "X>Y")),
        (("B",), {"type": "T"}, ("T",)),
        ((), {"type": "T"}, ("T",)),
        (("A>B",), {"collection": "C"}, ("C>B",)),
        (("B", "X"), {"collection": "C"}, ("C>B", "X")),
        ((), {"collection": "C"}, ("C>other",)),
        (("A>M>B",), {"collection": "C"}, ("C>M>B",)),
        (("A>B", "X>Y"), {"collection": ""}, ("B", "X>Y")),
        (("B",), {"collection": ""}, ("B",)),
        ((), {"collection": ""}, ()),
        (("A>B",), {"collection": "C", "type": "T"}, ("C>T",)),
        ((), {"collection": "C", "type": "T"}, ("C>T",)),
        (("A",), {"category": ("X>Y", "Z"), "type": "T"}, ("X>T", "Z")),
    ],
)
def test_type_and_collection_are_ends_of_the_category(before, fields, category):
    product = Product(sku="R", name="n", category=before, object_id="0" * 24, joined=1)
    assert after(product, **fields).category == category


def test_what_is_said_of_the_back_office_s_part_is_replaced_in_it():
    changes = TradePatch(product_type=ProductType.LOOSE, quantity_alert=2, videos=("v",))
    expected = Trade(location="safe", product_type=ProductType.LOOSE, quantity_alert=2, videos=("v",))
    assert after(trade_changes=changes).trade == expected
    assert after(trade_changes=TradePatch(location="")).trade == Trade()
    assert after(trade=Trade(unrepeatable=True), trade_changes=TradePatch(auto_refill=True)).trade == Trade(
        unrepeatable=True, auto_refill=True
    )
    bare = Product(sku="R", name="n", object_id="0" * 24, joined=1)
    assert after(bare, trade_changes=TradePatch(unrepeatable=True)).trade == Trade(unrepeatable=True)


def test_attributes_are_merged_or_replaced():
    assert after(attributes={"b": None, "c": [1]}).attributes == {"a": 1, "c": [1]}
    assert after(attributes={"c": 2}, replaces_attributes=True).attributes == {"c": 2}
    assert after(attributes={"a": None, "b": None}).attributes is None
    assert after(attributes={}, replaces_attributes=True).attributes is None
    bare = Product(sku="R", name="n", object_id="0" * 24, joined=1)
    assert after(bare, attributes={"c": 2}).attributes == {"c": 2}


X, Y, Z = {"code": "x", "color": "D"}, {"code": "y", "carat": 1}, {"code": "z"}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (None, (X, Z)),
        (REPLACE, (X, Z)),
        (APPEND, ({"code": "x", "carat": 0.5}, {"code": "y"}, X, Z)),
        (UPDATE, ({"code": "x", "carat": 0.5, "color": "D"}, {"code": "y"}, Z)),
        (REMOVE, ({"code": "y"},)),
    ],
)
def test_lists_of_parts_change_as_told(action, expected):
    actions = {"gemstones": action} if action else {"metals": APPEND}
    assert after(gemstones=(X, Z), actions=actions).gemstones == expected


def test_metals_are_known_by_name_and_images_by_themselves():
    metals = after(metals=({"name": "gold", "color": "white"},), actions={"metals": UPDATE}).metals
    assert metals == ({"name": "gold", "purity": 750, "color": "white"}, {"name": "silver"})
    assert after(images=("b", "c"), actions={"images": UPDATE}).images == ("a", "b", "c")
    assert after(images=("b", "c"), actions={"images": REMOVE}).images == ("a",)
    assert after(images=(), actions={"images": REMOVE}).images == ("a", "b")


def test_parts_that_are_not_there_yet_are_added():
    bare = Product(sku="R", name="n", object_id="0" * 24, joined=1)
    for action in (APPEND, UPDATE, REPLACE):
        assert after(bare, gemstones=(Y,), actions={"gemstones": action}).gemstones == (Y,)
    assert after(bare, gemstones=(Y,), actions={"gemstones": REMOVE}).gemstones == ()


def test_what_a_patch_says_itself_is_what_it_gives():
    patch = ProductPatch(
        name="n", attributes={"a": 1}, gemstones=(X,), images=("a",), type="T", actions={"images": REMOVE}
    )
    assert said(patch) == ProductContent(sku="", name="n", attributes={"a": 1}, gemstones=(X,))
    assert said(ProductPatch()) == ProductContent(sku="", name="")


def test_a_key_is_told_as_it_was_given():
    assert [str(ProductKey(7, "R1")), str(ProductKey(sku="R1")), str(ProductKey())] == ["7", "R1", ""]


def test_an_entry_that_is_new_has_nothing_of_what_is_taken_away_from_it():
    given = ({"code": "z", "carat": None, "cut": "EX"},)
    assert after(gemstones=given, actions={"gemstones": UPDATE}).gemstones == (
        *RING.gemstones,
        {"code": "z", "cut": "EX"},
    )


def test_an_entry_that_is_given_twice_is_one_with_all_that_is_said_of_it():
    given = (
        {"code": "x", "carat": 0.7},
        {"code": "z", "cut": "EX"},
        {"code": "x", "cut": "G"},
        {"code": "z", "cut": "F"},
    )
    assert after(gemstones=given, actions={"gemstones": UPDATE}).gemstones == (
        {"code": "x", "carat": 0.7, "cut": "G"},
        {"code": "y"},
        {"code": "z", "cut": "F"},
    )


@pytest.mark.parametrize("category", [(), ("A > B", "C"), ("Rings",)])
def test_type_and_collection_as_they_are_leave_the_category_as_it_is_written(category):
    product = msgspec.structs.replace(RING, category=category)
    assert after(product, type=type_of(category), collection=collection_of(category)).category == category
