"""What a product may be, and what is completed."""

from __future__ import annotations

import gc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.errors import InvalidValueError
from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.money import MAX_PRICE
from facetry.domain.product import (
    Attributes,
    Product,
    ProductContent,
    check_identifier,
    completed,
    identifier_problem,
    new_object_id,
    stored,
)
from facetry.domain.search.result import SearchHit

RING = ProductContent(sku="R1", name="Ring", group_id="G", regular_price=2, promotion_price=1)


@pytest.mark.parametrize(
    "text", ["a", "x" * 50, "💍" * 50, "a b", "a/", "%2F", "...", ".a", "constructor", "__proto__", "\u200d", "é", "-"]
)
def test_any_text_identifies(text):
    assert identifier_problem(text) is None
    check_identifier("sku", text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "must have 1 to 50 characters"),
        ("x" * 51, "must have 1 to 50 characters"),
        ("a\x00b", "must not contain control characters"),
        ("a\nb", "must not contain control characters"),
        ("\x7f", "must not contain control characters"),
        ("a\x85", "must not contain control characters"),
        ("\ud800", "must be valid Unicode, without lone surrogates"),
        (" a", "must not begin or end with a blank"),
        ("a\u2003", "must not begin or end with a blank"),
        (".", "must not be a dot segment"),
        ("..", "must not be a dot segment"),
    ],
)
def test_some_texts_do_not(text, problem):
    with pytest.raises(InvalidValueError) as caught:
        check_identifier("groupID", text)
    assert (caught.value.field, caught.value.message) == ("groupID", problem)


def test_what_is_complete_stays_as_it_is():
    assert completed(RING) is RING


def test_defaults_are_completed():
    bare = completed(ProductContent(sku="R1", name="Ring", regular_price=7))
    assert (bare.group_id, bare.promotion_price) == ("R1", 7)
    priceless = completed(ProductContent(sku="R1", name="Ring"))
    assert (priceless.regular_price, priceless.promotion_price) == (None, None)


def test_the_most_that_is_allowed_is_allowed():
    most = msgspec.structs.replace(RING, regular_price=MAX_PRICE, promotion_price=MAX_PRICE, quantity=10**18)
    assert completed(most) is most


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"sku": ""}, "sku", "must have 1 to 50 characters"),
        ({"group_id": "."}, "groupID", "must not be a dot segment"),
        ({"name": ""}, "name", "must not be empty"),
        ({"quantity": -1}, "quantity", "must not be negative"),
        ({"regular_price": 0}, "regularPrice", "must be greater than 0 and at most 100000000000"),
        ({"promotion_price": MAX_PRICE + 1}, "promotionPrice", "must be greater than 0 and at most 100000000000"),
        ({"description": "a\udfff"}, "product", "must hold valid Unicode only"),
        ({"images": ("\ud800",)}, "product", "must hold valid Unicode only"),
        ({"attributes": {"\ud800": 1}}, "product", "must hold valid Unicode only"),
        ({"attributes": {"a": float("inf")}}, "attributes", "must hold finite numbers only"),
        ({"attributes": {"a": ["x", float("nan")]}}, "attributes", "must hold finite numbers only"),
    ],
)
def test_what_breaks_a_rule_is_refused(change, field, message):
    with pytest.raises(InvalidValueError) as caught:
        completed(msgspec.structs.replace(RING, **change))
    assert (caught.value.field, caught.value.message) == (field, message)


@given(st.text())
def test_a_fit_identifier_can_be_stored_and_sent(text):
    if identifier_problem(text) is None:
        assert 1 <= len(text.encode()) <= 200
        assert text == text.strip()


def test_object_ids_are_24_digits_and_differ():
    ids = {new_object_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(bytes.fromhex(object_id)) for object_id in ids} == {12}


def test_a_stored_product_says_what_was_sent():
    product = stored(RING, "0" * 24, 7)
    assert (product.object_id, product.joined) == ("0" * 24, 7)
    assert {name: getattr(product, name) for name in RING.__struct_fields__} == msgspec.structs.asdict(RING)


def test_a_stored_product_has_every_field_of_its_content():
    names = ProductContent.__struct_fields__
    product = stored(ProductContent(**{name: name.upper() for name in names}), "0" * 24, 7, 3)
    assert {name: getattr(product, name) for name in names} == {name: name.upper() for name in names}
    assert (product.joined, product.number, product.product_id) == (7, 3, 3)


def test_what_was_decoded_from_json_is_not_looked_through_again():
    content = ProductContent(sku="R1", name="\ud800", group_id="G")
    assert completed(content, is_storable=True) is content
    with pytest.raises(InvalidValueError):
        completed(content)


def test_products_groups_and_hits_cost_collections_of_garbage_nothing():
    attributes: Attributes = {"style": "halo", "stones": ["ruby", "opal"]}
    product = Product(sku="A", name="Ring", attributes=attributes, object_id="1", joined=1)
    group = derive_group(GroupIdentity("A", "1", 1), [product])
    hit = SearchHit(
        key=("A",),
        group=group,
        score=0.0,
        matched_words=0,
        matched=(product,),
        matched_count=1,
        cheapest=product,
        position=(),
    )
    assert [gc.is_tracked(one) for one in (product, group, hit, attributes)] == [False, False, False, True]
