"""Products as the records of answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from facetry.domain.breadcrumbs import collection_of, type_of
from facetry.domain.money import price_to_number
from facetry.domain.product import Product
from facetry.domain.trade import Trade
from facetry.domain.variations import variation_of

Record = dict[str, object]
Renderer = Callable[[Product, str], object]
"""Gets a product and the tenant's currency."""

IDENTITY = ("product_id", "sku")
"""What every record has."""


def _price(minor: int | None) -> int | float | None:
    return None if minor is None else price_to_number(minor)


def _promotion(product: Product, _: str) -> object:
    """Return the promotion price where it is one: without any it is kept as the regular one."""
    same = product.promotion_price == product.regular_price
    return None if same else _price(product.promotion_price)


def _trade(product: Product) -> Trade:
    return product.trade or _NO_TRADE


def _variation(product: Product, _: str) -> object:
    its = variation_of(product)
    return None if its is None else {"field": its.field, "value": its.value}


def _parent(product: Product, _: str) -> object:
    its = variation_of(product)
    return None if its is None else its.parent


RENDERERS: dict[str, Renderer] = {
    "id": lambda product, _: product.product_id,
    "product_id": lambda product, _: product.product_id,
    "sku": lambda product, _: product.sku,
    "catalog_code": lambda product, _: product.sku,
    "title": lambda product, _: product.name,
    "description": lambda product, _: product.description,
    "price": lambda product, _: _price(product.regular_price),
    "promotion_price": _promotion,
    "currency": lambda product, currency: product.currency or currency,
    "quantity": lambda product, _: product.quantity,
    "quantity_alert": lambda product, _: _trade(product).quantity_alert,
    "unrepeatable": lambda product, _: _trade(product).unrepeatable,
    "auto_refill": lambda product, _: _trade(product).auto_refill,
    "location": lambda product, _: _trade(product).location,
    "product_type": lambda product, _: int(_trade(product).product_type),
    "type": lambda product, _: type_of(product.category),
    "model": lambda product, _: product.group_id,
    "collection": lambda product, _: collection_of(product.category),
    "category": lambda product, _: product.category,
    "tags": lambda product, _: product.search_keywords,
    "not_for_sale": lambda product, _: not product.active,
    "is_main": lambda product, _: product.is_main,
    "brand": lambda product, _: product.brand,
    "color": lambda product, _: product.color,
    "size": lambda product, _: product.size,
    "images": lambda product, _: product.images,
    "videos": lambda product, _: _trade(product).videos,
    "metals": lambda product, _: product.metals or (),
    "gemstones": lambda product, _: product.gemstones or (),
    "additional": lambda product, _: product.attributes or {},
    "parent_sku": _parent,
    "variation": _variation,
}
"""What each field of a record is, in the order of answers; ``variations`` stands behind them where it is wanted."""
_ALL = tuple(RENDERERS.items())
_NO_TRADE = Trade()


def product_record(product: Product, currency: str, fields: Collection[str] | None = None) -> Record:
    """Return a product as a record of some fields.

    Args:
        product: The product.
        currency: The tenant's, of a product that names none.
        fields: Names out of ``RENDERERS``, all of them where none are given; others are passed over.
    """
    if fields is None:
        return {name: render(product, currency) for name, render in _ALL}
    return {name: RENDERERS[name](product, currency) for name in fields if name in RENDERERS}


def variation_records(variations: Sequence[Product]) -> list[Record]:
    """Return the variations of a product as its record has them."""
    found: list[Record] = []
    for product in variations:
        its = variation_of(product)
        own = {"field": its.field, "value": its.value} if its is not None else {}
        price = _price(product.regular_price)
        found.append(
            {"product_id": product.product_id, "sku": product.sku, **own, "price": price, "quantity": product.quantity}
        )
    return found
