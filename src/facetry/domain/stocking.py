"""Changing stock by a difference: what comes in, breaks or is counted."""

from __future__ import annotations

import msgspec

from facetry.domain.errors import InsufficientStockError, InvalidValueError, RecordNotFoundError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord, Recorded, put_record, record_of
from facetry.domain.listing_rules import refill
from facetry.domain.patching import ProductKey
from facetry.domain.product import MAX_QUANTITY, Product
from facetry.domain.record import RecordKind, code_problem
from facetry.domain.records import RecordKey
from facetry.domain.selling import check_key, product_of
from facetry.domain.storable import is_unicode
from facetry.domain.view import CatalogView


class ChangeStock(msgspec.Struct, frozen=True, tag="change_stock"):
    """Add pieces to the stock of a product or gemstone, or take some away.

    Attributes:
        key: Which product, or which gemstone.
        change: How many pieces more; fewer where it is negative.
        reason: Why, for the history.
    """

    key: ProductKey | RecordKey
    change: int
    reason: str = ""


def check_stock_change(write: ChangeStock) -> None:
    """Check what can be told of a change of stock without looking at the catalog.

    Raises:
        ProductNotFoundError, RecordNotFoundError: Nothing can have its key.
        InvalidValueError: It changes nothing or more than there can be, or its reason cannot be kept.
    """
    if isinstance(write.key, ProductKey):
        check_key(write.key)
    elif not is_unicode(write.key.code):
        raise RecordNotFoundError(RecordKind.GEMSTONE.value, write.key.code)
    if not 0 < abs(write.change) <= MAX_QUANTITY:
        raise InvalidValueError("change", f"must be -{MAX_QUANTITY} to {MAX_QUANTITY}, and not 0")
    problem = code_problem(write.reason)
    if problem:
        raise InvalidValueError("reason", problem)


def change_product_stock(view: CatalogView, key: ProductKey, change: int) -> Product:
    """Change the stock of a product; its listings follow where they are refilled.

    Raises:
        ProductNotFoundError: There is none.
        InsufficientStockError: There are fewer pieces than are taken.
        InvalidValueError: There would be more than can be.
    """
    old = product_of(view, key)
    new = msgspec.structs.replace(old, quantity=changed_quantity(old.sku, old.quantity, change))
    view.save(new)
    refill(view, new, new.quantity)
    return new


def change_gemstone_stock(view: CatalogView, key: RecordKey, change: int) -> Recorded:
    """Change the stock of a gemstone.

    Raises:
        RecordNotFoundError: There is none.
        InsufficientStockError: There are fewer pieces than are taken.
        InvalidValueError: There would be more than can be.
    """
    old = record_of(view, RecordKind.GEMSTONE, key)
    assert isinstance(old, Gemstone)  # noqa: S101 - narrows the union for the type checker
    return put_record(
        view, PutRecord(msgspec.structs.replace(old, quantity=changed_quantity(old.code, old.quantity, change)))
    )


def changed_quantity(name: str, quantity: int, change: int) -> int:
    """Return how many pieces there are after a change.

    Args:
        name: Of the thing, for the error.
        quantity: How many there were.
        change: How many more; fewer where it is negative.

    Raises:
        InsufficientStockError: There are fewer pieces than are taken.
        InvalidValueError: There would be more than can be.
    """
    left = quantity + change
    if left < 0:
        raise InsufficientStockError(name, -change, quantity)
    if left > MAX_QUANTITY:
        raise InvalidValueError("change", f"makes more than {MAX_QUANTITY} pieces")
    return left
