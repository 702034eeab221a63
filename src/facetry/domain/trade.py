"""What a back office keeps of a product beside what shoppers see."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class ProductType(IntEnum):
    """What kind of goods a product is."""

    JEWELRY = 0
    COMPONENT = 1
    LOOSE = 2
    SET = 3


class Variation(msgspec.Struct, frozen=True):
    """How a product differs from the one that it is a variation of.

    Attributes:
        parent: SKU of that.
        field: In which field: size, color, or an attribute.
        value: Its value there.
    """

    parent: str
    field: str
    value: str


class Trade(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a back office keeps of a product.

    Attributes:
        product_type: What kind of goods.
        unrepeatable: There is only this one: whatever sells it ends its listings.
        quantity_alert: Stock at which somebody wants to know.
        auto_refill: Whether its listings follow its stock by themselves, however it changes: they offer what there
            is, end when that is nothing, and are on offer again with the next pieces.
        location: Where it lies.
        videos: URLs.
        variation: How it differs from its parent; None for one that is no variation.
    """

    product_type: ProductType = ProductType.JEWELRY
    unrepeatable: bool = False
    quantity_alert: int | None = None
    auto_refill: bool = False
    location: str = ""
    videos: tuple[str, ...] = ()
    variation: Variation | None = None
