"""What follows from the products of a group: prices, stock, numbers of products."""

from __future__ import annotations

from dataclasses import dataclass

from facetry.dashboard.product_views.cells import Cells, stock_kind
from facetry.domain.group import ProductGroup


@dataclass(frozen=True)
class GroupFacts:
    """What is derived of a group, as it is shown.

    Attributes:
        price: The range of prices; empty for none.
        offer: The range of prices with promotions, where that is another one; else empty.
        stock: Pieces of all products.
        sold_out: How many products have none.
        low: How many more have come down to where somebody wants to know.
        products: How many there are.
        active: How many of them are active.
    """

    price: str
    offer: str
    stock: int
    sold_out: int
    low: int
    products: int
    active: int


def group_facts(group: ProductGroup, cells: Cells) -> GroupFacts:
    """Return what follows from the products of a group."""
    regular = _range(group, cells, group.regular_price_min, group.regular_price_max)
    promotion = _range(group, cells, group.promotion_price_min, group.promotion_price_max)
    kinds = [stock_kind(product) for product in group.products]
    return GroupFacts(
        price=regular,
        offer=promotion if promotion != regular else "",
        stock=sum(product.quantity for product in group.products),
        sold_out=kinds.count("danger"),
        low=kinds.count("warning"),
        products=len(group.products),
        active=sum(product.active for product in group.products),
    )


def _range(group: ProductGroup, cells: Cells, lowest: int | None, highest: int | None) -> str:
    first, last = cells.price(lowest, group.currency), cells.price(highest, group.currency)
    return first if first == last else f"{first} \u2013 {last}"
