"""The document of a product, as a PUT and a PATCH send it."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from facetry.api.native.documents import check_names, converted
from facetry.domain.product import AttributeValue

Text = str | UnsetType | None
Number = int | float | UnsetType | None
Texts = tuple[str, ...] | UnsetType | None
Flag = bool | UnsetType | None
Objects = tuple[dict[str, Any], ...] | UnsetType | None


class VariationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In which field a product differs from which other one."""

    parent: str
    field: str
    value: str


class ProductBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a product; UNSET where nothing is, None for what is to have no value."""

    sku: Text = UNSET
    id: int | UnsetType | None = UNSET
    group_id: Text = UNSET
    name: Text = UNSET
    description: Text = UNSET
    regular_price: Number = UNSET
    promotion_price: Number = UNSET
    price: Number = UNSET
    currency: Text = UNSET
    quantity: int | UnsetType | None = UNSET
    in_stock: Flag = UNSET
    active: Flag = UNSET
    is_main: Flag = UNSET
    brand: Text = UNSET
    color: Text = UNSET
    size: Text = UNSET
    category: Texts = UNSET
    search_keywords: Texts = UNSET
    images: Texts = UNSET
    attributes: dict[str, AttributeValue] | UnsetType | None = UNSET
    metals: Objects = UNSET
    gemstones: Objects = UNSET
    product_type: Text = UNSET
    unrepeatable: Flag = UNSET
    quantity_alert: int | UnsetType | None = UNSET
    auto_refill: Flag = UNSET
    location: Text = UNSET
    videos: Texts = UNSET
    variation: VariationBody | UnsetType | None = UNSET


FIELDS = ProductBody.__struct_fields__


def product_body(document: dict[str, object]) -> ProductBody:
    """Return what a decoded document says of a product.

    Raises:
        BadDocumentError: A name is unknown, or a value of another type.
    """
    check_names(document, FIELDS)
    return converted(document, ProductBody, VariationBody.__struct_fields__)
