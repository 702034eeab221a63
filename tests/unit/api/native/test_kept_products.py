"""Products kept as they were answered."""

from __future__ import annotations

import msgspec

from facetry.api.native.fields import WHOLE, Shape
from facetry.api.native.kept_products import KeptProducts
from facetry.domain.product import Product


def product(number, **fields):
    return Product(sku=f"S{number}", name="Ring", group_id="G", object_id="0" * 24, joined=number, **fields)


def test_a_product_is_encoded_once():
    kept, ring = KeptProducts(), product(1, regular_price=120_000)
    first = kept.document("t", ring, WHOLE, "USD")
    assert bytes(first) == msgspec.json.encode(WHOLE.product_document(ring, "USD"))
    assert kept.document("t", ring, WHOLE, "USD") is first
    assert len(kept) == 1


def test_an_equal_product_is_another_one():
    kept = KeptProducts()
    first, second = product(1), product(1)
    assert kept.document("t", first, WHOLE, "USD") == kept.document("t", second, WHOLE, "USD")
    assert len(kept) == 2


def test_another_currency_takes_the_place_of_the_one_before():
    ring = product(1)
    kept = KeptProducts(limit=len(msgspec.json.encode(WHOLE.product_document(ring, "USD"))))
    for currency in ("USD", "EUR", "USD"):
        assert msgspec.json.decode(kept.document("t", ring, WHOLE, currency))["currency"] == currency
        assert len(kept) == 1


def test_fields_that_are_named_are_not_kept():
    kept = KeptProducts()
    assert kept.document("t", product(1), Shape(product=("sku",)), "USD") == {"sku": "S1"}
    assert len(kept) == 0


def test_a_tenant_that_is_forgotten_leaves_its_room_to_others():
    rings = [product(number) for number in range(3)]
    kept = KeptProducts(limit=2 * len(msgspec.json.encode(WHOLE.product_document(rings[0], "USD"))))
    kept.document("gone", rings[0], WHOLE, "USD")
    first = kept.document("t", rings[1], WHOLE, "USD")
    for _ in range(2):
        kept.forget("gone")
        assert len(kept) == 1
    kept.document("t", rings[2], WHOLE, "USD")
    assert kept.document("t", rings[1], WHOLE, "USD") is first
    assert len(kept) == 2


def test_those_answered_last_have_the_room():
    rings = [product(number) for number in range(3)]
    kept = KeptProducts(limit=2 * len(msgspec.json.encode(WHOLE.product_document(rings[0], "USD"))))
    first = kept.document("t", rings[0], WHOLE, "USD")
    second = kept.document("t", rings[1], WHOLE, "USD")
    assert kept.document("t", rings[0], WHOLE, "USD") is first
    kept.document("t", rings[2], WHOLE, "USD")
    assert len(kept) == 2
    assert kept.document("t", rings[0], WHOLE, "USD") is first
    assert kept.document("t", rings[1], WHOLE, "USD") is not second
