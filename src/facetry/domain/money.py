"""Prices as integer ten-thousandths of the currency unit.

Ten-thousandths hold every price of the published samples exactly, sums and comparisons are integer
arithmetic, and every price up to ``MAX_PRICE`` survives the way through a float64 of a JSON number.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal

SCALE = 10_000
MAX_PRICE = 10**15
"""Largest price in ten-thousandths: 100 billion units, below 2**53."""
DEFAULT_CURRENCY = "USD"

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)", re.ASCII)
_STEP = Decimal(1).scaleb(-4)


def parse_price(text: str) -> int | None:
    """Return the ten-thousandths that a plain decimal text stands for, or None.

    Accepted are digits with an optional sign and an optional fraction (``5``, ``.5``, ``+5``, ``007.50``);
    more than four decimals are rounded half to even.
    """
    return _to_minor(text) if _DECIMAL.fullmatch(text) else None


def price_from_number(number: float) -> int | None:
    """Return the ten-thousandths of a JSON number, or None where it is not finite."""
    # An integer may be too large for a float, but it is finite.
    return _to_minor(repr(number)) if isinstance(number, int) or math.isfinite(number) else None


def price_to_number(minor: int) -> int | float:
    """Return the JSON number of a price: an integer where it is whole, else the shortest float."""
    whole, rest = divmod(minor, SCALE)
    return minor / SCALE if rest else whole


def price_to_text(minor: int) -> str:
    """Return the shortest decimal text of a price, as ``parse_price`` reads it."""
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    whole, rest = divmod(minor, SCALE)
    return f"{sign}{whole}" + (f".{rest:04d}".rstrip("0") if rest else "")


def _to_minor(text: str) -> int:
    number = Decimal(text)
    # What is far beyond every price need not be exact, and could not be rounded within the decimals' precision.
    if number.adjusted() > len(str(MAX_PRICE)):
        return MAX_PRICE * (10 if number > 0 else -10)
    return int(number.quantize(_STEP, ROUND_HALF_EVEN).scaleb(4))
