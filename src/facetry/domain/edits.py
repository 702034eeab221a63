"""What can be edited of many products at once."""

from __future__ import annotations

from enum import Enum

import msgspec

from facetry.domain.errors import InvalidValueError
from facetry.domain.money import MAX_PRICE, SCALE
from facetry.domain.product import MAX_QUANTITY
from facetry.domain.storable import is_unicode

MAX_PERCENT = 1000 * SCALE
"""Prices can be raised by this many ten-thousandths of a percent at most."""
HUNDRED_PERCENT = 100 * SCALE
MAX_CATEGORY_LENGTH = 500
CRUMB = ">"


class PriceField(Enum):
    """Which prices of a product an edit changes."""

    BOTH = "both"
    REGULAR = "regular"
    PROMOTION = "promotion"


class Rounding(Enum):
    """To what a calculated price is rounded: the nearest of these, the higher one of two."""

    EXACT = "exact"
    CENT = "0.01"
    TENTH = "0.1"
    WHOLE = "1"
    FIVE = "5"
    TEN = "10"
    ENDING_99 = ".99"
    ENDING_95 = ".95"


class SetPrice(msgspec.Struct, frozen=True, tag="set_price"):
    """Give products a price, in ten-thousandths of a currency."""

    price: int
    currency: str
    field: PriceField = PriceField.BOTH


class AddToPrice(msgspec.Struct, frozen=True, tag="add_to_price"):
    """Raise prices by an amount, in ten-thousandths of a currency; lower them where it is negative."""

    amount: int
    currency: str
    field: PriceField = PriceField.BOTH
    rounding: Rounding = Rounding.EXACT


class ScalePrice(msgspec.Struct, frozen=True, tag="scale_price"):
    """Raise prices by ten-thousandths of a percent; lower them where they are negative."""

    percent: int
    field: PriceField = PriceField.BOTH
    rounding: Rounding = Rounding.CENT


class SetStock(msgspec.Struct, frozen=True, tag="set_stock"):
    """Give products a stock, in pieces."""

    quantity: int


class AddStock(msgspec.Struct, frozen=True, tag="add_stock"):
    """Add pieces to the stock of products; take some away where it is negative."""

    change: int


class SetActive(msgspec.Struct, frozen=True, tag="set_active"):
    """Have products seen by shoppers, or not."""

    active: bool


class AddCategory(msgspec.Struct, frozen=True, tag="add_category"):
    """Put products into a category beside those that they are in."""

    path: str


class RemoveCategory(msgspec.Struct, frozen=True, tag="remove_category"):
    """Take products out of a category and all below it."""

    path: str


class ReplaceCategory(msgspec.Struct, frozen=True, tag="replace_category"):
    """Move products from a category to another one, with what lies below it; from all they are in where it is empty."""

    old: str
    new: str


Edit = (
    SetPrice
    | AddToPrice
    | ScalePrice
    | SetStock
    | AddStock
    | SetActive
    | AddCategory
    | RemoveCategory
    | ReplaceCategory
)


def check_edit(edit: Edit) -> None:
    """Check what can be told of an edit without looking at a product.

    Raises:
        InvalidValueError: It has a value that no product could take, or changes nothing.
    """
    match edit:
        case SetPrice():
            _check(0 < edit.price <= MAX_PRICE, "amount", "must be greater than 0 and at most 100000000000")
        case AddToPrice():
            _check(0 < abs(edit.amount) <= MAX_PRICE, "amount", "must not be 0, and at most 100000000000")
        case ScalePrice():
            in_range = -HUNDRED_PERCENT < edit.percent <= MAX_PERCENT and edit.percent != 0
            _check(in_range, "amount", "must be more than -100 and at most 1000 percent, and not 0")
        case SetStock():
            _check(0 <= edit.quantity <= MAX_QUANTITY, "amount", f"must be 0 to {MAX_QUANTITY}")
        case AddStock():
            _check(0 < abs(edit.change) <= MAX_QUANTITY, "amount", f"must be at most {MAX_QUANTITY}, and not 0")
        case AddCategory() | RemoveCategory():
            _check_path("category", edit.path)
        case ReplaceCategory():
            _check_path("category", edit.new)
            if edit.old:
                _check_path("old_category", edit.old)


def category_crumbs(path: str) -> tuple[str, ...]:
    """Return the names of a category's levels, outermost first, without blanks around them."""
    return tuple(crumb for part in path.split(CRUMB) if (crumb := part.strip()))


def _check_path(field: str, path: str) -> None:
    _check(bool(category_crumbs(path)), field, "must name a category, such as Jewelry > Rings")
    _check(len(path) <= MAX_CATEGORY_LENGTH, field, f"must have at most {MAX_CATEGORY_LENGTH} characters")
    _check(is_unicode(path), field, "must hold valid Unicode only")


def _check(is_right: bool, field: str, message: str) -> None:  # noqa: FBT001 - read beside what it is about
    if not is_right:
        raise InvalidValueError(field, message)
