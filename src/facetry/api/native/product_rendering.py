"""Products as documents of ``/v2``."""

from __future__ import annotations

from facetry.api.native.fields import Document, effective_price
from facetry.domain.money import price_to_number
from facetry.domain.product import Product
from facetry.domain.trade import ProductType, Trade

PRODUCT_TYPES = {kind.name.lower(): kind for kind in ProductType}
_TYPE_NAMES = {kind: name for name, kind in PRODUCT_TYPES.items()}
_NO_TRADE = Trade()


def product_document(product: Product, currency: str) -> Document:
    """Return a product; what it does not have is left out.

    Args:
        product: The product.
        currency: The tenant's, for one that names none.
    """
    trade = product.trade or _NO_TRADE
    # Without a promotion the regular price stands in its place; shown, it would stay when the regular one changes.
    promotion = None if product.promotion_price == product.regular_price else product.promotion_price
    document: Document = {
        "sku": product.sku,
        "id": product.product_id,
        "group_id": product.group_id,
        "name": product.name,
        "description": product.description,
        "regular_price": _number(product.regular_price),
        "promotion_price": _number(promotion),
        "price": _number(effective_price(product)),
        "currency": product.currency or currency,
        "quantity": product.quantity,
        "in_stock": product.quantity > 0,
        "active": product.active,
        "is_main": product.is_main,
        "brand": product.brand,
        "color": product.color,
        "size": product.size,
        "category": product.category,
        "search_keywords": product.search_keywords,
        "images": product.images,
        "attributes": product.attributes or {},
        "metals": product.metals or (),
        "gemstones": product.gemstones or (),
        "product_type": _TYPE_NAMES[trade.product_type],
        "unrepeatable": trade.unrepeatable,
        "quantity_alert": trade.quantity_alert,
        "auto_refill": trade.auto_refill,
        "location": trade.location,
        "videos": trade.videos,
        "variation": trade.variation,
    }
    return {name: value for name, value in document.items() if value is not None}


def _number(minor: int | None) -> int | float | None:
    return None if minor is None else price_to_number(minor)
