"""Where products and groups stand in the dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from facetry.domain.search.values import PATH_SEPARATOR

PRODUCTS = "/dashboard/products"
GROUPS = "/dashboard/groups"
CATALOG = "/dashboard/catalog"
NEW = "new"
"""Where new products are made; the details of a product with this SKU stand one step deeper."""


def product_url(sku: str, part: str = "") -> str:
    """Return the path of a product's page, or of a part of it: ``history``, ``fields/price``."""
    part = part or ("details" if sku == NEW else "")
    return f"{PRODUCTS}/{quote(sku, safe='')}{part and f'/{part}'}"


def group_url(group_id: str, part: str = "") -> str:
    """Return the path of a group's page, or of a part of it."""
    return f"{GROUPS}/{quote(group_id, safe='')}{part and f'/{part}'}"


def category_url(crumbs: Sequence[str]) -> str:
    """Return the path of the catalog's page with what is in a category, given from the outermost crumb on."""
    return f"{CATALOG}?{urlencode({'f.category': PATH_SEPARATOR.join(crumbs)})}"
