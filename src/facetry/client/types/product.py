"""Products: as they are written, as they are read, and what is told of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

import msgspec

from facetry.domain.product import AttributeValue, Part
from facetry.domain.trade import Variation


class Product(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product as it is written; what is left out has no value, or the one shown.

    Attributes:
        group_id: The SKU where nothing is said.
        promotion_price: What it costs, where that is not the regular price.
        currency: ISO 4217; the tenant's where nothing is said.
        metals: As the trade writes them: ``{"name": "gold", "purity": "14k"}``.
        gemstones: Likewise; one with a ``code`` is the gemstone of that code.
        product_type: jewelry, component, loose or set.
        variation: In which field it differs from which other product.
    """

    sku: str
    name: str
    group_id: str = ""
    description: str = ""
    regular_price: Decimal | None = None
    promotion_price: Decimal | None = None
    currency: str = ""
    quantity: int = 0
    active: bool = True
    is_main: bool = False
    brand: str | None = None
    color: str | None = None
    size: str | None = None
    category: tuple[str, ...] = ()
    search_keywords: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    attributes: dict[str, AttributeValue] = {}
    metals: tuple[Part, ...] = ()
    gemstones: tuple[Part, ...] = ()
    product_type: str = "jewelry"
    unrepeatable: bool = False
    quantity_alert: int | None = None
    auto_refill: bool = False
    location: str = ""
    videos: tuple[str, ...] = ()
    variation: Variation | None = None


class StoredProduct(Product, frozen=True, kw_only=True, omit_defaults=True):
    """A product as it is read; it may be written back, and what only reading knows is left out then.

    Attributes:
        id: Its number, for its life.
        price: The promotion price, else the regular one.
        etag: For ``if_match``; empty where it came in a list.
    """

    id: int = 0
    price: Decimal | None = None
    in_stock: bool = False
    etag: str = ""


class ProductChanges(TypedDict, total=False):
    """What a patch changes of a product; None empties a field. Attributes are merged by name, lists are replaced."""

    name: str
    group_id: str | None
    description: str | None
    regular_price: Decimal | float | None
    promotion_price: Decimal | float | None
    currency: str | None
    quantity: int | None
    active: bool | None
    is_main: bool | None
    brand: str | None
    color: str | None
    size: str | None
    category: list[str] | None
    search_keywords: list[str] | None
    images: list[str] | None
    attributes: dict[str, AttributeValue] | None
    metals: list[Part] | None
    gemstones: list[Part] | None
    product_type: str | None
    unrepeatable: bool | None
    quantity_alert: int | None
    auto_refill: bool | None
    location: str | None
    videos: list[str] | None
    variation: dict[str, str] | None


class StockLevel(msgspec.Struct, frozen=True):
    """What is in stock of a product or gemstone after a change."""

    quantity: int
    id: int = 0
    sku: str = ""
    code: str = ""


class FieldChange(msgspec.Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """A field that changed, by its JSON pointer, empty for the whole; None where it had, or has, no value."""

    pointer: str
    before: Any = None
    after: Any = None


class HistoryEntry(msgspec.Struct, frozen=True):
    """A change of a product: who changed what, when and why.

    Attributes:
        by: The key or user.
    """

    id: int
    revision: int
    time: datetime
    by: str = ""
    action: str = ""
    reason: str = ""
    changes: tuple[FieldChange, ...] = ()


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A product group, which is derived from its products.

    Attributes:
        products: SKUs of its products.
    """

    group_id: str
    main_sku: str = ""
    name: str = ""
    description: str = ""
    brands: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    search_keywords: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    regular_price_min: Decimal | None = None
    regular_price_max: Decimal | None = None
    currency: str = ""
    active: bool = True
    product_count: int = 0
    products: tuple[str, ...] = ()


class DeletedGroup(msgspec.Struct, frozen=True):
    """The SKUs of the products that went with a group."""

    skus: tuple[str, ...]


def written(product: Product) -> Product:
    """Return of a product what may be written."""
    if isinstance(product, StoredProduct):
        # What is derived would be checked by the server, and refused where a price has just been changed.
        return msgspec.structs.replace(product, id=0, price=None, in_stock=False, etag="")
    return product
