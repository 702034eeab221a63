"""A program that uses the clients with every type spelled out; the type checker reads it, tests import it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import assert_type

from facetry.client import AsyncFacetry, BulkSummary, Facetry, Gemstone, LineResult, Order, Product, StoredProduct
from facetry.client.client_api import ClientApi, Reply
from facetry.client.types.change import Changes
from facetry.client.types.page import Page
from facetry.client.types.product import Group, HistoryEntry, StockLevel
from facetry.client.types.search import Found, Hit
from facetry.client.types.setting import Versioned
from facetry.domain.search.rules import SearchRules


def blocking(facetry: Facetry, office: ClientApi) -> None:
    """Use what blocks."""
    product = facetry.products.put(Product(sku="A", name="Ring", regular_price=Decimal(5)), only_new=True)
    assert_type(product, StoredProduct)
    assert_type(product.price, Decimal | None)
    assert_type(facetry.products.patch("A", {"quantity": 3, "brand": None}, if_match=product.etag), StoredProduct)
    assert_type(facetry.products.change_stock("A", -1), StockLevel)
    assert_type(facetry.products.page(limit=5), Page[StoredProduct])
    assert_type(facetry.products.each(group_id="G"), Iterator[StoredProduct])
    assert_type(facetry.products.history("A"), Iterator[HistoryEntry])
    assert_type(facetry.products.bulk([product], progress=lambda so_far: so_far.lines), BulkSummary)
    assert_type(facetry.products.bulk_results([product]), Iterator[LineResult])
    assert_type(facetry.groups.get("G"), Group)
    assert_type(facetry.gemstones.get("D-1"), Gemstone)
    assert_type(facetry.orders.each({"status": "paid"}), Iterator[Order])
    assert_type(facetry.search("ring", facets=["brand"], limit=5), Found)
    assert_type(facetry.hits("ring"), Iterator[Hit])
    assert_type(facetry.settings.search.get(), Versioned[SearchRules])
    assert_type(facetry.changes.follow(5, include=["products"]), Iterator[Changes])
    assert_type(office.call("product_search", {"sku": "A"}), Reply)


async def awaited(facetry: AsyncFacetry) -> None:
    """Use what is awaited."""
    assert_type(await facetry.products.get("A", min_revision=facetry.revision), StoredProduct)
    assert_type(facetry.products.each(), AsyncIterator[StoredProduct])
    assert_type(await facetry.products.bulk([Product(sku="A", name="Ring")]), BulkSummary)
    assert_type(await facetry.orders.get(5), Order)
    assert_type(await facetry.search("ring"), Found)
    assert_type(await facetry.settings.search.get(), Versioned[SearchRules])
    assert_type(facetry.changes.follow(5), AsyncIterator[Changes])


def wrong(facetry: Facetry) -> None:
    """Use what the type checker refuses: each line would be an error without its mark, and each mark without that."""
    facetry.products.get(5)  # type: ignore[arg-type]
    facetry.products.patch("A", {"amount": 3})  # type: ignore[typeddict-unknown-key]
    facetry.products.put({"sku": "A"})  # type: ignore[arg-type]
    facetry.orders.get("five")  # type: ignore[arg-type]
    facetry.search("ring", limitt=5)  # type: ignore[call-arg]
    facetry.changes.follow(5, include=["rings"])  # type: ignore[list-item]
