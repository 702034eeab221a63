"""Numbers of facets in their field's own unit, and groups kept as they were answered."""

from __future__ import annotations

import msgspec
import pytest

from facetry.api.native.fields import USUAL_PRODUCT, WHOLE, Shape, UsualProduct
from facetry.api.native.kept_products import KeptProducts
from facetry.api.native.rendering import GroupDocuments, View, ends, shown
from facetry.api.native.searching import Searching
from facetry.application.relay import ChangeRelay
from facetry.application.secrets import Vault
from facetry.application.tenants import NewTenant, Tenants
from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.product import Product
from facetry.domain.search.fields import BUILT_IN, Field, Kind, Level
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.spans import FIRST, LAST
from facetry.domain.search.values import date_key, decimal_key, float_key
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from tests.unit.http.stage import SetClock


def field(kind, *scale):
    return Field("attributes.it", Level.PRODUCT, kind, scale)


SCALE = field(Kind.SCALE, "low", "mid", "high")


@pytest.mark.parametrize(
    ("of", "key", "value"),
    [
        (BUILT_IN["price"], 122_500, 12.25),
        (BUILT_IN["price"], 120_000, 12),
        (BUILT_IN["quantity"], 7, 7),
        (BUILT_IN["in_stock"], 1, True),
        (BUILT_IN["active"], 0, False),
        (SCALE, 2, "high"),
        (SCALE, 3, None),
        (SCALE, -1, None),
        (field(Kind.DECIMAL), decimal_key("0.1"), 0.1),
        (field(Kind.DECIMAL), decimal_key("-3"), -3),
        (field(Kind.ANY), decimal_key("1e300"), 1e300),
        (field(Kind.DECIMAL), float_key(1.7976931348623157e308) + 1, None),
        (field(Kind.DATE), date_key("2024-05-31"), "2024-05-31"),
        (field(Kind.DATE), date_key("2024-05-31T10:00+02:00"), "2024-05-31T08:00:00Z"),
        (field(Kind.DATE), date_key("1969-12-31T23:59:59.5"), "1969-12-31T23:59:59.500000Z"),
        (field(Kind.DATE), LAST, None),
    ],
)
def test_a_number_is_shown_in_its_fields_unit(of, key, value):
    assert shown(of, key) == value
    assert type(shown(of, key)) is type(value)


@pytest.mark.parametrize(
    ("of", "first", "last", "found"),
    [
        (BUILT_IN["price"], 0, 4_999_999, {"from": 0, "to": 500}),
        (BUILT_IN["price"], FIRST, 4_999_999, {"to": 500}),
        (BUILT_IN["price"], 5_000_000, LAST, {"from": 500}),
        (field(Kind.DECIMAL), decimal_key("0.5"), decimal_key("1") - 1, {"from": 0.5, "to": 1}),
        (field(Kind.DECIMAL), decimal_key("-1"), decimal_key("0") - 1, {"from": -1, "to": 0}),
        (field(Kind.DATE), date_key("2024-01-01"), LAST, {"from": "2024-01-01"}),
        (SCALE, 1, 1, {"value": "mid"}),
        (SCALE, 0, 1, {"from": "low", "to": "high"}),
        (SCALE, 1, 2, {"from": "mid"}),
        (BUILT_IN["in_stock"], 0, 0, {"value": False}),
    ],
)  # fmt: skip
def test_ends_of_a_range(of, first, last, found):
    assert ends(of, first, last) == found


def group(number, revision=1):
    products = [
        Product(sku=f"S{number}", name="Ring", group_id=f"G{number}", object_id="0" * 24, joined=1),
        Product(sku=f"T{number}", name="Ring", group_id=f"G{number}", active=False, object_id="0" * 24, joined=2),
    ]
    return derive_group(GroupIdentity(f"G{number}", f"{number:024x}", revision), products)


def test_a_group_is_kept_as_it_was_answered_to_whom():
    kept = GroupDocuments("t", KeptProducts())
    whole, seen = View(SearchQuery(), WHOLE, kept), View(SearchQuery(), WHOLE, kept, sees_inactive=False)
    trimmed = View(SearchQuery(), Shape(group=("name",)), kept)
    assert shown_as(kept.document(group(1), whole))["product_count"] == 2
    assert kept.document(group(1), whole) is kept.document(group(1), whole)
    assert shown_as(kept.document(group(1), seen))["product_count"] == 1
    assert kept.document(group(1), trimmed) == msgspec.Raw(b'{"name":"Ring"}')
    euros = View(SearchQuery(default_currency="EUR"), WHOLE, kept)
    assert shown_as(kept.document(group(1), euros))["currency"] == "EUR"
    assert kept.document(group(1, revision=2), whole) is not kept.document(group(1), whole)
    assert len(kept) == 5


def test_those_answered_last_are_kept():
    kept = GroupDocuments("t", KeptProducts(), limit=2)
    view = View(SearchQuery(), WHOLE, kept)
    first = kept.document(group(1), view)
    kept.document(group(2), view)
    assert kept.document(group(1), view) is first
    kept.document(group(3), view)
    assert len(kept) == 2
    assert kept.document(group(1), view) is first


def shown_as(document):
    return msgspec.json.decode(document)


@pytest.mark.anyio
async def test_groups_of_those_tenants_that_searched_last_are_kept():
    handler = Searching(None, ChangeRelay(MemoryCatalogStore(), None), max_tenants=2)
    first = handler._groups_of("a")
    handler._groups_of("b")
    assert handler._groups_of("a") is first
    handler._groups_of("c")
    assert list(handler._groups) == ["a", "c"]


@pytest.mark.anyio
async def test_a_tenant_that_is_gone_leaves_nothing_of_what_it_was_answered():
    store = MemoryCatalogStore()
    relay = ChangeRelay(store, None)
    handler = Searching(None, relay)
    tenants = Tenants(store, Vault(bytes(32)), SetClock())
    for tenant in ("gone", "stays"):
        await tenants.create(NewTenant(name="Shop", id=tenant))
        await relay.settle(tenant)
        groups = handler._groups_of(tenant)
        ring = Product(sku="S", name="Ring", group_id="G", object_id="0" * 24, joined=1)
        groups.products.document(tenant, ring, WHOLE, "USD")
    await tenants.delete("gone")
    await relay.settle("gone")
    assert list(handler._groups) == ["stays"]
    assert len(handler._products) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"regular_price": 120_000, "promotion_price": 99_900, "images": ("a",), "category": ("A>B",), "quantity": 2},
        {"regular_price": 120_000, "attributes": {}, "metals": (), "gemstones": ({"carat": 1.5},), "currency": "EUR"},
        {"promotion_price": 5, "brand": "B", "color": "", "size": "6", "active": False, "is_main": True},
    ],
)
def test_what_is_usual_of_a_product_is_that_of_the_table(fields):
    product = Product(sku="S", name="Ring", group_id="G", object_id="0" * 24, joined=1, **fields)
    named = Shape(product=(*USUAL_PRODUCT,))
    assert named.product is not USUAL_PRODUCT
    usual = msgspec.json.encode(WHOLE.product_document(product, "USD"))
    assert usual == msgspec.json.encode(named.product_document(product, "USD"))
    assert UsualProduct.__struct_fields__ == USUAL_PRODUCT
