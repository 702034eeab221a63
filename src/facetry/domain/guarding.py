"""Writes that only take effect while a thing is as their writer has read it."""

from __future__ import annotations

import hashlib

import msgspec

from facetry.domain.errors import (
    ChangedMeanwhileError,
    InvalidValueError,
    ProductNotFoundError,
    RecordNotFoundError,
)
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.storable import is_unicode
from facetry.domain.view import CatalogView

TAG_BYTES = 8


class Condition(msgspec.Struct, frozen=True):
    """What must be so of a product, or of a record, for a write to take effect.

    Attributes:
        key: Which product or record.
        kind: The kind of record; None for a product.
        tags: One of them must be the thing's tag; where there are none, it only has to be there.
        exists: Whether it must be there; else it must not.
        currency: In which the tenant must price what names none; empty for any.
    """

    key: ProductKey | RecordKey
    kind: RecordKind | None = None
    tags: tuple[str, ...] = ()
    exists: bool = True
    currency: str = ""


def tag_of(thing: Product | Record) -> str:
    """Return the tag of a thing: 16 hexadecimal digits, the same as long as nothing of it changes."""
    return hashlib.blake2b(msgspec.json.encode(thing), digest_size=TAG_BYTES).hexdigest()


def check_condition(condition: Condition) -> None:
    """Check what can be told of a condition without looking at the catalog.

    Raises:
        ProductNotFoundError, RecordNotFoundError: Nothing can have its key.
    """
    if not is_unicode(_name(condition.key)):
        raise _missing(condition)


def demand(view: CatalogView, condition: Condition) -> None:
    """Check a condition.

    Raises:
        ChangedMeanwhileError: The thing is another one than expected, or there although it should not be.
        ProductNotFoundError, RecordNotFoundError: It is not there.
        InvalidValueError: The tenant prices in another currency by now.
    """
    if condition.currency not in {"", view.currency}:
        raise InvalidValueError("currency", f"the currency was {condition.currency}, and is {view.currency} now")
    thing = _thing(view, condition)
    if thing is None and condition.exists:
        raise _missing(condition)
    if thing is None:
        return
    tag = tag_of(thing)
    if not condition.exists or (condition.tags and tag not in condition.tags):
        raise ChangedMeanwhileError(tag)


def _thing(view: CatalogView, condition: Condition) -> Product | Record | None:
    key = condition.key
    if condition.kind is not None:
        return view.record(condition.kind, RecordKey(key.id, _name(key)))
    return view.product_by_id(key.id) if key.id else view.product(_name(key))


def _missing(condition: Condition) -> ProductNotFoundError | RecordNotFoundError:
    if condition.kind is None:
        return ProductNotFoundError(_name(condition.key), condition.key.id)
    return RecordNotFoundError(condition.kind.value, str(condition.key))


def _name(key: ProductKey | RecordKey) -> str:
    return key.sku if isinstance(key, ProductKey) else key.code
