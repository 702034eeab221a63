"""Products and groups as the APIs render them, for the dashboard beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from facetry.api.catalog import rendering as catalog
from facetry.api.client.product_rendering import RENDERERS, product_record
from facetry.api.native.groups import group_document
from facetry.api.native.product_rendering import product_document
from facetry.dashboard.api_documents import ApiDocument, ApiDocuments
from facetry.domain.group import ProductGroup
from facetry.domain.product import Product


def api_documents() -> ApiDocuments:
    """Return what tells how the APIs answer: each by its own rendering, so that none can differ."""
    return ApiDocuments(_of_product, _of_group)


def _of_product(product: Product, currency: str) -> Sequence[ApiDocument]:
    path = quote(product.sku, safe="")
    return (
        ApiDocument("Catalog API", f"GET /catalog/v1/products/{path}", catalog.product_document(product)),
        ApiDocument("/v2", f"GET /v2/products/{path}", product_document(product, currency)),
        _found({"sku": product.sku}, [product], currency),
    )


def _of_group(group: ProductGroup, currency: str) -> Sequence[ApiDocument]:
    path = quote(group.group_id, safe="")
    products = sorted(group.products, key=lambda product: product.product_id)
    return (
        ApiDocument("Catalog API", f"GET /catalog/v1/productgroups/{path}", catalog.group_document(group)),
        ApiDocument("/v2", f"GET /v2/groups/{path}", group_document(group, currency)),
        _found({"model": group.group_id}, products, currency),
    )


def _found(data: Mapping[str, str], products: Sequence[Product], currency: str) -> ApiDocument:
    asked = {**data, "fields": ",".join(RENDERERS)}
    request = f"action=product_search&data={msgspec.json.encode(asked).decode()}"
    return ApiDocument("Client API", request, [product_record(product, currency) for product in products])
