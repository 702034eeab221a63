"""How drawn values become products and groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.product import Attributes, Part, Product

REVISION = 1


@dataclass(frozen=True)
class Design:
    """What all products of a group share.

    Attributes:
        number: Which group of the catalog it is, from 0.
        first: How many products stand before its first.
    """

    number: int
    first: int
    group_id: str
    name: str
    description: str
    category: tuple[str, ...]
    keywords: tuple[str, ...]
    brand: str
    picture: str


@dataclass(frozen=True)
class Variant:
    """What tells a product from the others of its group; prices are ten-thousandths."""

    regular_price: int
    promotion_price: int
    quantity: int
    color: str | None
    size: str | None
    attributes: Attributes
    metals: tuple[Part, ...] | None = None
    gemstones: tuple[Part, ...] | None = None


def group(design: Design, variants: Sequence[Variant]) -> ProductGroup:
    """Return the group of a design."""
    products = [_product(design, number, variant) for number, variant in enumerate(variants)]
    return derive_group(GroupIdentity(design.group_id, f"{design.number:024x}", REVISION), products)


def _product(design: Design, number: int, variant: Variant) -> Product:
    joined = design.first + number
    return Product(
        sku=f"{design.group_id}-{number + 1}",
        name=design.name,
        group_id=design.group_id,
        description=design.description,
        regular_price=variant.regular_price,
        promotion_price=variant.promotion_price,
        images=(design.picture,),
        search_keywords=design.keywords,
        category=design.category,
        quantity=variant.quantity,
        color=variant.color,
        brand=design.brand,
        size=variant.size,
        is_main=number == 0,
        attributes=variant.attributes,
        metals=variant.metals,
        gemstones=variant.gemstones,
        object_id=f"{joined:024x}",
        joined=joined,
    )
