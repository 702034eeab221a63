"""Prices with or without a currency: ``$1,234.50``, ``1.234,50 EUR``, ``₪ 500``, ``CHF 1'200.-``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from facetry.domain.currencies import CURRENCIES
from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry.tables import table
from facetry.domain.money import DEFAULT_CURRENCY, MAX_PRICE, parse_price
from facetry.domain.trade_terms.numbers import plain_number, text

# A point behind letters ends an abbreviation (``Rs.5``), any other one begins decimals.
_PRICE = re.compile(r"(\D*[^\W\d_]\.|[^\d.,]*)\s*([.,]?\d(?:[\d.,'\u2019_\s]*\d)?)(\D*)")
# What stands behind an amount without decimals, and what says that it is for a carat.
_DASHES = re.compile(r"^\s*[.,]?\s*/?[-\u2013\u2014]+\s*")
_POINT_BEHIND = re.compile(r"^\.(?!\w)")
_PER_CARAT = re.compile(r"\s*(?:/|per|p/)\s*(?:ct|cts|carat)\.?\s*$", re.IGNORECASE)


class Price(NamedTuple):
    """A price in ten-thousandths, and its currency (ISO 4217); None where none is named."""

    minor: int
    currency: str | None = None


def price(field: str, raw: object, default: str = DEFAULT_CURRENCY) -> Price:
    """Return a price from 0.

    Args:
        field: Its name in an error.
        raw: A text or a number.
        default: The currency that is meant where the sign stands for several, as ``$`` does, and this is one of them.

    Raises:
        InvalidValueError: It is no price, negative, above ``MAX_PRICE``, or names an unknown currency.
    """
    written = text(field, raw)
    if written.startswith(("-", "\u2212", "(")):
        raise InvalidValueError(field, "must not be negative")
    amount, signs = _parted(written) or (None, "")
    if amount is None:
        raise InvalidValueError(field, "must be a price such as 1234.50, $1,234.50 or 99 EUR")
    if amount > MAX_PRICE:
        raise InvalidValueError(field, "must be at most 100000000000")
    return Price(amount, _currency(field, signs, default) if signs else None)


@lru_cache(maxsize=1 << 14)
def _parted(written: str) -> tuple[int, str] | None:
    """Return ten-thousandths and what stands beside the amount; None where there is no amount."""
    match = _PRICE.fullmatch(_PER_CARAT.sub("", written))
    if match is None:
        return None
    before, digits, after = match.groups()
    number = plain_number(digits)
    after = _POINT_BEHIND.sub("", _DASHES.sub("", after)).strip()
    minor = None if number is None else parse_price(f"{number:f}")
    before = before.strip().removeprefix("+").strip()
    if minor is None or (before and after):
        return None
    return minor, before or after


def _currency(field: str, signs: str, default: str) -> str:
    if signs in CURRENCIES:
        return signs
    candidates: list[str] = table("currencies").get(" ".join(signs.lower().split()).replace(" $", "$"), [])
    if not candidates:
        code = signs.upper()
        if code in CURRENCIES:
            return code
        raise InvalidValueError(field, f"{signs[:20]!r} is no currency: use a code of ISO 4217 such as EUR")
    return default if default in candidates else candidates[0]
