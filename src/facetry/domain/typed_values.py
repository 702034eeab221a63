"""Prices and counts of products as people type them into one field."""

from __future__ import annotations

from facetry.domain.errors import InvalidValueError
from facetry.domain.money import MAX_PRICE, SCALE
from facetry.domain.trade_terms import numbers
from facetry.domain.trade_terms.prices import price


def typed_price(field: str, text: str, currency: str) -> int | None:
    """Return a price in ten-thousandths; None for a blank text.

    Args:
        field: Its name in an error.
        text: As it was typed: ``1290``, ``1,290.50``, ``1.290,50``, ``€ 1290``.
        currency: That of the product; a price may name it, but no other one.

    Raises:
        InvalidValueError: It is none, nothing or less, too high, has more than 4 decimals, or is in another currency.
    """
    if not text.strip():
        return None
    read = price(field, text, currency)
    if not 0 < read.minor <= MAX_PRICE:
        raise InvalidValueError(field, f"must be greater than 0 and at most {MAX_PRICE // SCALE}")
    if read.currency not in {None, currency}:
        raise InvalidValueError(field, f"must be in {currency}")
    if not _is_exact(field, text, read.minor):
        raise InvalidValueError(field, "must have at most 4 decimals")
    return read.minor


def typed_count(field: str, text: str) -> int | None:
    """Return a number of pieces; None for a blank text.

    Raises:
        InvalidValueError: It is no whole number from 0 on, or too high.
    """
    return numbers.whole(field, text) if text.strip() else None


def _is_exact(field: str, text: str, minor: int) -> bool:
    """Return whether a price is what was typed, not rounded."""
    digits = "".join(mark for mark in text if mark.isdigit() or mark in ".,'\u2019_ \u00a0\u2009\u202f").strip()
    try:
        return numbers.decimal(field, digits.rstrip(".,")) * SCALE == minor
    except InvalidValueError:
        # Beside its currency it has marks that are no part of the number.
        return True
