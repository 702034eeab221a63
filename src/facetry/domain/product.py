"""The product: what is sold, one SKU."""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Iterable

import msgspec

from facetry.domain.errors import InvalidValueError
from facetry.domain.money import MAX_PRICE
from facetry.domain.trade import Trade

Scalar = str | int | float | bool | None
AttributeValue = Scalar | list[Scalar]
Attributes = dict[str, AttributeValue]
Part = dict[str, Scalar]
"""A metal or gemstone of a product: its properties by name."""

MAX_ID_LENGTH = 50
MAX_QUANTITY = 2**53 - 1
"""The most that every JSON reader keeps exactly."""
MAX_PARTS = 200
"""So many metals, and so many gemstones, a product may have."""
_PLAIN_IDENTIFIER = re.compile(rf"[0-9A-Za-z_-]{{1,{MAX_ID_LENGTH}}}").fullmatch
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


# A tree of plain values is never part of a cycle, so looking through thousands of them for garbage only costs pauses.
class ProductContent(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """What a writer says of a product; identity and bookkeeping are added when it is stored.

    Prices are integer ten-thousandths; ``currency`` None means the tenant's default currency. Only ``sku`` and
    ``name`` are demanded: see ``completed`` for what the rest defaults to. ``metals``, ``gemstones`` and ``trade`` None
    means that the writer does not speak of them: a product that is replaced keeps its own.
    """

    sku: str
    name: str
    group_id: str = ""
    description: str = ""
    regular_price: int | None = None
    promotion_price: int | None = None
    images: tuple[str, ...] = ()
    search_keywords: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    quantity: int = 0
    color: str | None = None
    brand: str | None = None
    size: str | None = None
    active: bool = True
    is_main: bool = False
    currency: str | None = None
    attributes: Attributes | None = None
    metals: tuple[Part, ...] | None = None
    gemstones: tuple[Part, ...] | None = None
    trade: Trade | None = None


class Product(ProductContent, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """A stored product.

    Attributes:
        object_id: 24 hexadecimal digits, given once and kept for the product's life.
        joined: Position in the order in which products joined their groups, unique in the tenant.
        number: The position at which it joined its first group, where that is another one; else 0.
    """

    object_id: str
    joined: int
    number: int = 0

    @property
    def product_id(self) -> int:
        """Return the number that it has for its life, unique in the tenant and never used again."""
        return self.number or self.joined


_encode = msgspec.json.Encoder().encode


def new_object_id() -> str:
    """Return 24 hexadecimal digits: four bytes of time and eight random ones."""
    # It has to be unique, not secret; asking the system for it would let other threads in, twice for each product.
    return f"{int(time.time()):08x}{random.getrandbits(64):016x}"


def completed(content: ProductContent, *, is_storable: bool = False) -> ProductContent:
    """Return the content with its defaults: the SKU as group id, the regular price as promotion price.

    Args:
        content: What a writer said.
        is_storable: Whether it was decoded from JSON, which holds nothing that cannot be stored.

    Raises:
        InvalidValueError: Where the content breaks a rule of the domain.
    """
    check_identifier("sku", content.sku)
    group_id = content.group_id or content.sku
    if group_id != content.sku:
        check_identifier("groupID", group_id)
    if not content.name:
        raise InvalidValueError("name", "must not be empty")
    if content.quantity < 0:
        raise InvalidValueError("quantity", "must not be negative")
    for field, price in (("regularPrice", content.regular_price), ("promotionPrice", content.promotion_price)):
        if price is not None and not 0 < price <= MAX_PRICE:
            raise InvalidValueError(field, "must be greater than 0 and at most 100000000000")
    if not is_storable:
        _check_storable(content)
    promotion = content.regular_price if content.promotion_price is None else content.promotion_price
    if group_id == content.group_id and promotion == content.promotion_price:
        return content
    return msgspec.structs.replace(content, group_id=group_id, promotion_price=promotion)


def stored(content: ProductContent, object_id: str, joined: int, product_id: int = 0) -> Product:
    """Return the stored product made of what a writer said and the store's bookkeeping; id 0 means a new one."""
    # Made for each product of a bulk: to name the fields takes two thirds of what it takes to go through them.
    return Product(
        sku=content.sku,
        name=content.name,
        group_id=content.group_id,
        description=content.description,
        regular_price=content.regular_price,
        promotion_price=content.promotion_price,
        images=content.images,
        search_keywords=content.search_keywords,
        category=content.category,
        quantity=content.quantity,
        color=content.color,
        brand=content.brand,
        size=content.size,
        active=content.active,
        is_main=content.is_main,
        currency=content.currency,
        attributes=content.attributes,
        metals=content.metals,
        gemstones=content.gemstones,
        trade=content.trade,
        object_id=object_id,
        joined=joined,
        number=0 if product_id == joined else product_id,
    )


def check_identifier(field: str, text: str) -> None:
    """Check a SKU or group id.

    Raises:
        InvalidValueError: Where it is empty, too long, has a control character or a lone surrogate, a blank
            at an end, or is a dot segment of a path.
    """
    problem = identifier_problem(text)
    if problem:
        raise InvalidValueError(field, problem)


def _check_storable(content: ProductContent) -> None:
    """Check what no store and no answer could hold: lone surrogates in texts, attributes that are no JSON numbers."""
    try:
        encoded = _encode(content)
    except UnicodeEncodeError as error:
        raise InvalidValueError("product", "must hold valid Unicode only") from error
    parts = (("metals", content.metals or ()), ("gemstones", content.gemstones or ()))
    for field, found in parts:
        if len(found) > MAX_PARTS:
            raise InvalidValueError(field, f"must be at most {MAX_PARTS}")
    # What is not finite is written as null, so only where there is one need anybody look.
    if b"null" not in encoded:
        return
    for field, found in parts:
        _check_finite(field, (value for part in found for value in part.values()))
    for value in (content.attributes or {}).values():
        _check_finite("attributes", value if isinstance(value, list) else [value])


def _check_finite(field: str, values: Iterable[Scalar]) -> None:
    if not all(math.isfinite(value) for value in values if isinstance(value, float)):
        raise InvalidValueError(field, "must hold finite numbers only")


def identifier_problem(text: str) -> str | None:
    """Return what makes a text unfit as SKU or group id, or None where it is fit."""
    # Nearly all are of plain letters and digits, and each product has two of them.
    return None if _PLAIN_IDENTIFIER(text) else _unusual_problem(text)


def _unusual_problem(text: str) -> str | None:
    if not 1 <= len(text) <= MAX_ID_LENGTH:
        return f"must have 1 to {MAX_ID_LENGTH} characters"
    if _CONTROL.search(text):
        return "must not contain control characters"
    if _SURROGATE.search(text):
        return "must be valid Unicode, without lone surrogates"
    if text != text.strip():
        return "must not begin or end with a blank"
    if text in {".", ".."}:
        return "must not be a dot segment"
    return None
