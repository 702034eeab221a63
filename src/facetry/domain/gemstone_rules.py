"""What follows from a change of a gemstone: its prices agree, and the products that it is set in say the same of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

import msgspec

from facetry.domain.errors import InvalidValueError, RecordInUseError
from facetry.domain.gemstone import Gemstone
from facetry.domain.money import MAX_PRICE, SCALE
from facetry.domain.product import Part, Product, Scalar

if TYPE_CHECKING:
    from facetry.domain.records import Record
    from facetry.domain.view import CatalogView

SHARED = (
    *("code", "name", "type", "shape", "color", "clarity", "cut", "carat", "certificate_number", "certificate_lab"),
)
"""What a gemstone and a part of a product always say alike, once the gemstone has changed."""
_SHARED_IF_SAID = ("creation", "polish", "symmetry", "fluorescence", "treatment")
"""What a part follows only where it says it."""
HEAVIEST = 10_000
"""No stone has so many carats."""
_CENT = SCALE // 100


def keep_gemstone(view: CatalogView, old: Record | None, new: Record) -> Record:
    """Return what is stored of a gemstone, and bring the parts of products that have its code in line with it.

    A part is a copy, made when the stone was set: what it says otherwise stands until the gemstone itself changes.
    Then the part gets the new values of what has changed, and a new code; how many there are of it in the product, and
    how they are set, is the product's own.

    Raises:
        InvalidValueError: Weight or a price is none.
    """
    assert isinstance(new, Gemstone)  # noqa: S101 - narrows the union for the type checker
    _check(new)
    if not isinstance(old, Gemstone):
        return new
    changes = {name: getattr(new, name) for name in (*SHARED, *_SHARED_IF_SAID) if _differs(name, old, new)}
    if changes:
        for product in view.products_with(old.code):
            view.save(_followed(product, old.code, changes))
    return new


def keep_used_gemstone(view: CatalogView, record: Record) -> None:
    """Refuse to remove a gemstone that a product has.

    Raises:
        RecordInUseError: One does.
    """
    if view.uses_gemstone(record.unique):
        raise RecordInUseError(record.kind.value, record.unique, "a product")


def _check(gemstone: Gemstone) -> None:
    if gemstone.carat is not None and not 0 <= gemstone.carat < HEAVIEST:
        raise InvalidValueError("carat", f"must be less than {HEAVIEST}")
    for name in ("cost", "price", "price_per_carat"):
        price = getattr(gemstone, name)
        if price is not None and not 0 <= price <= MAX_PRICE:
            raise InvalidValueError(name, "must be from 0 to 100000000000")


def _differs(name: str, old: Gemstone, new: Gemstone) -> bool:
    return bool(getattr(old, name) != getattr(new, name))


def _followed(product: Product, code: str, changes: Mapping[str, Scalar]) -> Product:
    parts = tuple(_part(part, changes) if part.get("code") == code else part for part in product.gemstones or ())
    return msgspec.structs.replace(product, gemstones=parts)


def _part(part: Part, changes: Mapping[str, Scalar]) -> Part:
    told = {name: value for name, value in changes.items() if name in SHARED or name in part}
    return {name: value for name, value in (part | told).items() if value is not None or name not in told}


def priced(new: Gemstone) -> Gemstone:
    """Return a gemstone that is told as a whole with the price that its price for a carat makes, where it has none.

    Raises:
        InvalidValueError: Weight or a price is none.
    """
    _check(new)
    if new.price is None and new.price_per_carat is not None and new.carat:
        return msgspec.structs.replace(new, price=_times(new.price_per_carat, new.carat))
    return new


def repriced(old: Gemstone, new: Gemstone, said: Collection[str]) -> Gemstone:
    """Return a changed gemstone whose prices still agree; what was said stands, both prices where both were.

    Args:
        old: What was there.
        new: What is to be there.
        said: Names of the fields that were spoken of.

    Raises:
        InvalidValueError: Weight or a price is none.
    """
    _check(new)
    if not new.carat or new.price_per_carat is None or {"price", "price_per_carat"} <= {*said}:
        return new
    if "price" in said:
        if new.price is None or not (_differs("price", old, new) or _differs("carat", old, new)):
            return new
        return msgspec.structs.replace(new, price_per_carat=_times(new.price, 1 / Decimal(str(new.carat))))
    if _differs("price_per_carat", old, new) or _differs("carat", old, new):
        return msgspec.structs.replace(new, price=_times(new.price_per_carat, new.carat))
    return new


def _times(minor: int, factor: float | Decimal) -> int:
    """Return a price times a factor, in whole cents."""
    exact = Decimal(minor) * (factor if isinstance(factor, Decimal) else Decimal(str(factor)))
    return int((exact / _CENT).quantize(Decimal(1), ROUND_HALF_EVEN)) * _CENT
