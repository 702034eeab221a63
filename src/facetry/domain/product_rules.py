"""Rules of single values of products that the store itself does not demand, and every writer checks alike."""

from __future__ import annotations

from facetry.domain.currencies import CURRENCIES
from facetry.domain.errors import InvalidValueError
from facetry.domain.product import MAX_QUANTITY


def check_count(field: str, count: int) -> int:
    """Return a number of pieces.

    Raises:
        InvalidValueError: There cannot be so many.
    """
    if not 0 <= count <= MAX_QUANTITY:
        raise InvalidValueError(field, f"must be 0 to {MAX_QUANTITY}")
    return count


def check_currency(field: str, currency: str) -> str:
    """Return a currency.

    Raises:
        InvalidValueError: There is none of this code.
    """
    if currency not in CURRENCIES:
        raise InvalidValueError(field, "must be a code of ISO 4217, in capital letters")
    return currency
