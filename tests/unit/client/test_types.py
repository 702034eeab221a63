"""The types of the clients have the fields that the server takes and shows, and no others."""

from __future__ import annotations

import pytest

from facetry.api.native import (
    client_reading,
    gemstone_reading,
    imports,
    listing_reading,
    order_reading,
    record_bodies,
)
from facetry.api.native.fields import GROUP_FIELDS, PARTS, PRODUCT_FIELDS
from facetry.api.native.product_body import ProductBody
from facetry.client.types import import_job, product, record, search
from facetry.client.types.change import Changes
from facetry.domain.feed import PARTS as FED
from facetry.domain.search.requests.search import KEYS

DERIVED = {"id", "price", "in_stock"}


def fields(kind):
    return set(kind.__struct_fields__) - {"etag"}


def test_products():
    assert fields(product.StoredProduct) == fields(ProductBody)
    assert fields(product.Product) == fields(ProductBody) - DERIVED
    assert {*product.ProductChanges.__annotations__} == fields(ProductBody) - DERIVED - {"sku"}


def test_groups_and_hits():
    assert fields(product.Group) == {*GROUP_FIELDS, "products"} - {"image"}
    assert fields(search.HitGroup) == {*GROUP_FIELDS}
    assert fields(search.HitProduct) == {*PRODUCT_FIELDS}
    assert fields(search.Hit) == {*PARTS}
    assert {*search.SearchDocument.__annotations__} == KEYS


@pytest.mark.parametrize("name", ["Address", "Certificate", "Client", "Gemstone", "Listing", "Order", "OrderLine"])
def test_records(name):
    assert fields(getattr(record, name)) == fields(getattr(record_bodies, name))


@pytest.mark.parametrize(
    ("narrowed", "taken"),
    [
        (record.GemstoneFilter, gemstone_reading),
        (record.ListingFilter, listing_reading),
        (record.OrderFilter, order_reading),
        (record.ClientFilter, client_reading),
    ],
)
def test_filters(narrowed, taken):
    assert {*narrowed.__annotations__} == {*taken.FILTERS}


def test_changes_and_imports():
    assert fields(Changes) == {"since", "revision", "more", "gone_products", "gone_groups", "gone", *FED}
    assert {*import_job.ImportWish.__annotations__} == {*imports.WISHES, "dry_run"}
