"""Products as the lines of a file to import."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bench.shapes.shape import Shape
from facetry.domain.money import SCALE
from facetry.domain.product import Product

_encode = msgspec.json.Encoder().encode


def lines(shape: Shape) -> Iterator[bytes]:
    """Yield every product of a shape as a line of JSON, without the line's end."""
    return (line(product) for group in shape.groups() for product in group.products)


def line(product: Product) -> bytes:
    """Return a product as the Catalog API names its fields; metals and gemstones only where it has some."""
    parts = {"metals": product.metals, "gemstones": product.gemstones}
    return _encode(
        {
            "sku": product.sku,
            "groupID": product.group_id,
            "isMain": product.is_main,
            "name": product.name,
            "description": product.description,
            "images": product.images,
            "searchKeywords": product.search_keywords,
            "category": product.category,
            "brand": product.brand,
            "color": product.color,
            "size": product.size,
            "regularPrice": _units(product.regular_price),
            "promotionPrice": _units(product.promotion_price),
            "quantity": product.quantity,
            "active": product.active,
            "attributes": product.attributes,
            **{name: value for name, value in parts.items() if value is not None},
        }
    )


def _units(price: int | None) -> float | None:
    return None if price is None else price / SCALE
