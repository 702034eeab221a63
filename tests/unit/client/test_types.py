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
from facetry.api.native.openapi import openapi_document
from facetry.api.native.product_body import ProductBody
from facetry.client.types import change, import_job, journal, product, record, search, setting
from facetry.domain.feed import PARTS as FED
from facetry.domain.search.requests.search import KEYS

DERIVED = {"id", "price", "in_stock"}


def fields(kind):
    return set(kind.__struct_fields__) - {"etag"}


SHOWN = {
    "Attribute": setting.Attribute,
    "AttributeDefinition": setting.AttributeDefinition,
    "CatalogSettings": setting.CatalogSettings,
    "Category": search.Category,
    "Changes": change.Changes,
    "DryRun": setting.Preview,
    "FoundSeveral": search.FoundSeveral,
    "Import": import_job.ImportJob,
    "LoggedSearch": journal.SearchLine,
    "Product": product.StoredProduct,
    "Quotas": setting.QuotaOverview,
    "QueryCounts": journal.QueryCounts,
    "Request": journal.RequestLine,
    "RequestCounts": journal.CallCounts,
    "Stock": product.StockLevel,
    "Suggestions": search.Suggestions,
}
"""Types of answers, by the names that the reference has for them."""


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


@pytest.mark.parametrize("name", SHOWN)
def test_answers(name):
    kind, shown = SHOWN[name], openapi_document("0")["components"]["schemas"][name]["properties"]
    # One type tells of the stock of products and of gemstones.
    more = {"code"} if name == "Stock" else set()
    assert {*kind.__struct_encode_fields__} - {"etag"} == {*shown} | more


def test_what_is_found():
    shown = openapi_document("0")["components"]["schemas"]["Found"]["properties"]
    assert fields(search.Found) == {*shown, "error"}


def test_changes_and_imports():
    assert fields(change.Changes) == {"since", "revision", "more", "gone_products", "gone_groups", "gone", *FED}
    assert {*import_job.ImportWish.__annotations__} == {*imports.WISHES, "dry_run"}
