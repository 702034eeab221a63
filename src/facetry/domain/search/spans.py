"""Which number keys a literal stands for, so that every comparison is one of integers and exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from facetry.domain.money import SCALE
from facetry.domain.search.fields import Field, Kind
from facetry.domain.search.values import HIGHEST, LOWEST, date_key, decimal_key, number_of

Span = tuple[int, int]
"""First and last number key, both included; first above last where no value can be there."""

FIRST, LAST = LOWEST + 1, HIGHEST
"""Lowest and highest number key; the one below means that there is no value."""
DAY = 86_400_000_000
"""Microseconds of a day."""

_NAMES = {
    Kind.INTEGER: "an integer of 64 bits",
    Kind.BOOLEAN: "true or false",
    Kind.DATE: "an ISO 8601 date or time such as 2024-05-31",
    Kind.PRICE: "a price such as 499.99",
    Kind.TEXT: "a text",
}


def span(field: Field, text: str) -> Span | None:
    """Return the number keys that are equal to a literal of a field, None where it has none.

    A plain date is the whole day in UTC. A price between two ten-thousandths lies between the keys: the span is empty
    then, its first key is the one above and its last key the one below.
    """
    if field.kind is Kind.PRICE:
        return _price(text)
    if field.kind is Kind.DATE:
        return _date(text)
    number = number_of(field, text)
    return None if number is None else (number, number)


def range_span(field: Field, low: str | None, high: str | None) -> Span | None:
    """Return the number keys from one literal to below another, None where one of them does not fit the field.

    Args:
        field: Not of texts only.
        low: None for no lower end.
        high: None for no upper end.
    """
    lower = (FIRST, FIRST) if low is None else span(field, low)
    upper = (LAST + 1, LAST) if high is None else span(field, high)
    return None if lower is None or upper is None else (lower[0], upper[0] - 1)


def kind_name(field: Field) -> str:
    """Return what a value of a field is, with its article, to say in a message."""
    if field.kind is Kind.SCALE:
        return f"one of {', '.join(field.scale)}"
    return _NAMES.get(field.kind, "a number" if field.kind is not Kind.DECIMAL else "a decimal number")


def _price(text: str) -> Span | None:
    if decimal_key(text) is None:
        return None
    numerator, denominator = Decimal(text).as_integer_ratio()
    below, rest = divmod(numerator * SCALE, denominator)
    return _limited(below + bool(rest)), _limited(below)


def _limited(key: int) -> int:
    # Room for the keys beside it, and far beyond every price.
    return max(FIRST + 1, min(key, LAST - 1))


def _date(text: str) -> Span | None:
    key = date_key(text)
    if key is None:
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return key, key
    return key, key + DAY - 1
