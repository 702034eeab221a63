"""Groups and products as documents that every engine takes."""

from __future__ import annotations

from dataclasses import dataclass

from bench.shapes.question import RangeCounts
from bench.shapes.shape import Shape
from facetry.domain.group import ProductGroup
from facetry.domain.money import SCALE
from facetry.domain.product import Product

TEXTS = {"name": 3.0, "brand_text": 2.0, "keywords": 2.0, "category": 1.0, "description": 0.5}
"""Searched fields and what a word in each is worth."""
Value = str | int | float | None


@dataclass(frozen=True)
class Fields:
    """The product fields that are filtered and counted: those of texts and those of numbers."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]


def fields(shape: Shape) -> Fields:
    """Return the fields of a shape: its questions ask about what it counts and nothing else."""
    numbers = tuple(facet.field for facet in shape.facets if isinstance(facet, RangeCounts))
    return Fields(tuple(facet.field for facet in shape.facets if facet.field not in numbers), numbers)


def is_flat(shape: Shape) -> bool:
    """Return whether every group has one product."""
    return shape.size.groups == shape.size.products


def texts(group: ProductGroup) -> dict[str, str]:
    """Return what is searched of a group."""
    return {
        "name": group.name,
        "brand_text": " ".join(group.brands),
        "keywords": " , ".join(group.search_keywords),
        "category": " , ".join(group.category),
        "description": group.description,
    }


def facts(product: Product) -> dict[str, Value]:
    """Return what is shown, filtered and counted of a product."""
    attributes: dict[str, Value] = dict(product.attributes or {})  # type: ignore[arg-type]
    price = product.promotion_price if product.promotion_price is not None else product.regular_price
    return {
        **attributes,
        "sku": product.sku,
        "price": (price or 0) / SCALE,
        "regular_price": (product.regular_price or 0) / SCALE,
        "quantity": product.quantity,
        "color": product.color,
        "size": product.size,
        "brand": product.brand,
    }
