"""What documents of products ask for."""

from __future__ import annotations

import pytest
from msgspec import UNSET

from facetry.api.native.product_body import product_body
from facetry.api.native.product_reading import ProductReader
from facetry.domain.as_read import AsRead
from facetry.domain.catalog import PatchProduct, PutProduct
from facetry.domain.errors import InvalidValueError
from facetry.domain.patching import ProductKey, ProductPatch, TradePatch
from facetry.domain.product import ProductContent
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade import ProductType, Trade

READER = ProductReader(TenantSettings(attributes=(AttributeDefinition("gemstones.lot", Kind.KEYWORD),)))
KEY = ProductKey(sku="R1")


def put(sku="R1", /, **document):
    return READER.put(product_body({"name": "Ring", **document}), sku)


def patch(**document):
    return READER.patch(product_body(document), KEY)


def test_a_document_names_its_product_where_nothing_else_does():
    assert put("", sku="R2") == PutProduct(ProductContent(sku="R2", name="Ring"), as_read=AsRead(currency="USD"))
    for document, sku, message in (
        ({}, "", "must not be left out"),
        ({"sku": ""}, "", "must not be left out"),
        ({"sku": "R2"}, "R1", "is another one"),
    ):
        with pytest.raises(InvalidValueError, match=message) as caught:
            put(sku, **document)
        assert caught.value.field == "sku"


def test_what_is_derived_stands_beside_the_content():
    assert put(id=7, price=12.5, in_stock=True).as_read == AsRead(currency="USD", id=7, price=125_000, in_stock=True)
    assert put(id=None, price=None, in_stock=None).as_read == AsRead(currency="USD")
    with pytest.raises(InvalidValueError) as caught:
        put(price=-1)
    assert caught.value.field == "price"


@pytest.mark.parametrize("minor", [1, 9_999, 10_000, 123_456, 10**15 - 1, 10**15, 70_368_744_177_663])
def test_prices_are_exact_to_four_decimals(minor):
    number = minor / 10_000
    assert put(regular_price=number).content.regular_price == minor
    if minor % 10_000 == 0:
        assert put(regular_price=minor // 10_000).content.regular_price == minor


@pytest.mark.parametrize("number", [1.00001, 0.00001, 1e-300, 10**11 + 1, -1, 0, 10**400, 0.1 + 0.2])
def test_other_prices_are_refused(number):
    with pytest.raises(InvalidValueError) as caught:
        put(promotion_price=number)
    assert caught.value.field == "promotion_price"


def test_properties_that_the_tenant_has_given_a_type_may_be_written():
    assert put(gemstones=[{"code": "D", "lot": "7"}]).content.gemstones == ({"code": "D", "lot": "7"},)
    with pytest.raises(InvalidValueError, match="is no field here; did you mean lot"):
        put(gemstones=[{"code": "D", "lots": "7"}])


def test_only_stones_that_are_written_are_looked_for():
    assert put(gemstones=[{"code": "D"}]).mounts
    assert not put(gemstones=[]).mounts
    assert not patch(quantity=1).mounts
    assert patch(gemstones=[{"code": "D"}]).mounts


def test_the_back_office_has_its_own_part():
    assert put(product_type="set", quantity_alert=2).content.trade == Trade(
        product_type=ProductType.SET, quantity_alert=2
    )
    assert put().content.trade is None
    assert patch(product_type=None, location="safe").patch.trade_changes == TradePatch(
        product_type=ProductType.JEWELRY, location="safe"
    )


def test_a_patch_says_only_what_it_speaks_of():
    assert patch() == PatchProduct(KEY, ProductPatch(), as_read=AsRead(currency="USD"))
    assert patch(name="N", attributes={"a": None}).patch == ProductPatch(name="N", attributes={"a": None})
    assert patch(attributes=None).patch == ProductPatch(attributes={}, replaces_attributes=True)
    assert patch(brand=None, category=None).patch == ProductPatch(brand=None, category=())
    assert patch(sku="R1").patch.name is UNSET
    for document in ({"name": None}, {"sku": "R2"}):
        with pytest.raises(InvalidValueError) as caught:
            patch(**document)
        assert caught.value.field in document
