"""Plain values of orders, clients and listings, each with the limits that it has on every surface."""

from __future__ import annotations

from collections.abc import Callable

from facetry.domain.currencies import CURRENCIES
from facetry.domain.errors import InvalidValueError
from facetry.domain.storable import is_unicode
from facetry.domain.trade_terms import numbers
from facetry.domain.trade_terms.plain import is_empty
from facetry.domain.trade_terms.prices import price

MAX_TEXT = 10_000
"""Longest text of a field, in characters."""
MAX_ENTRIES = 1_000
"""Most texts in a list of them."""
_COUNTRY_LENGTH = 2


def text(path: str, raw: object) -> str:
    """Return a text without blanks at its ends; a number is the text that it is written as."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise InvalidValueError(path, "must be text")
    found = str(raw).strip()
    if len(found) > MAX_TEXT:
        raise InvalidValueError(path, f"must have at most {MAX_TEXT} characters")
    if not is_unicode(found):
        raise InvalidValueError(path, "must hold valid Unicode only")
    return found


def texts(path: str, raw: object) -> tuple[str, ...]:
    """Return a list of texts; one text is parted at its commas."""
    entries = raw if isinstance(raw, list) else text(path, raw).split(",")
    if len(entries) > MAX_ENTRIES:
        raise InvalidValueError(path, f"must be at most {MAX_ENTRIES}")
    return tuple(text(path, entry) for entry in entries if not is_empty(entry))


def percent(path: str, raw: object) -> float:
    """Return a percentage from 0 to 100."""
    found = numbers.decimal(path, raw)
    if not 0 <= found <= 100:  # noqa: PLR2004 - that is what percent means
        raise InvalidValueError(path, "must be from 0 to 100")
    return float(found)


def count(path: str, raw: object) -> int:
    """Return a whole number from 1."""
    found = numbers.whole(path, raw)
    if found < 1:
        raise InvalidValueError(path, "must be at least 1")
    return found


def currency(path: str, raw: object) -> str:
    """Return an ISO 4217 code in capitals."""
    found = text(path, raw).upper()
    if found not in CURRENCIES:
        raise InvalidValueError(path, "must be an ISO 4217 currency code such as USD")
    return found


def country(path: str, raw: object) -> str:
    """Return an ISO 3166 code of two letters in capitals."""
    found = text(path, raw).upper()
    if len(found) != _COUNTRY_LENGTH or not (found.isascii() and found.isalpha()):
        raise InvalidValueError(path, "must be an ISO 3166 code of two letters such as GB")
    return found


def money_in(own: str, whose: str) -> Callable[[str, object], int]:
    """Return the reader of a price in one currency, which may stand beside it (``$1,234.50`` where that is USD).

    Args:
        own: The currency.
        whose: What has no other, for the message where another is named.
    """

    def read(path: str, raw: object) -> int:
        found = price(path, raw, own)
        if found.currency not in {None, own}:
            raise InvalidValueError(path, f"is in {found.currency}, but prices of {whose} are in {own}")
        return found.minor

    return read


def choice(*names: str) -> Callable[[str, object], str]:
    """Return the reader of one of some words."""

    def read(path: str, raw: object) -> str:
        found = text(path, raw).lower()
        if found not in names:
            raise InvalidValueError(path, f"must be {' or '.join(names)}")
        return found

    return read
