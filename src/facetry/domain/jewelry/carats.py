"""Weights in carats as people write them: ``.5``, ``1/2``, ``1 1/4``, ``0,50``."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

NUMBER = (
    r"(?:\d{1,3}(?:\s?-\s?|\s(?:and\s|&\s)?)\d{1,2}/\d{1,2}|\d{1,2}/\d{1,2}|\d{0,3}\.\d{1,4}"
    r"|(?:0?,\d{1,3}|\d{1,3},\d{1,2})(?!\d)|\d{1,3})"
)
"""Pattern of a number in a folded text; no groups."""
UNIT = (
    r"(?:carats?|karats?|quilates?|carati|pointers?|cts?|ctt?w|tcw|c\.t\.w)"
    r"(?:\.?\s?(?:t\.?\s?w\.?|t\.?c\.?w\.?|total(?:\s(?:gem\s|diamond\s)?weight)?|weight|wt))?"
)
"""Pattern of what is written after a weight; no groups."""
SEPARATOR = r"[\s-]{0,2}"
_HUNDREDTH = Decimal("0.01")
_HEAVIEST = 10_000
_PARTS = re.compile(r"(?:(\d+)[\s&-]+(?:and\s+)?)?(\d+)/(\d+)")
_WEIGHT = re.compile(rf"({NUMBER}|\d{{4}}){SEPARATOR}(?:(?!pointer){UNIT})?\.?")


def amount(number: str) -> Decimal:
    """Return the number that a text of digits with a point, a comma or a fraction stands for.

    Fractions are rounded to hundredths. A fraction of zero parts is zero.
    """
    parts = _PARTS.fullmatch(number)
    if parts is None:
        return Decimal(number.replace(",", ".") or 0)
    if not int(parts[3]):
        return Decimal(0)
    exact = Decimal(int(parts[1] or 0)) + Decimal(int(parts[2])) / int(parts[3])
    return rounded(exact)


def rounded(number: Decimal) -> Decimal:
    """Return a weight in hundredths, as weights are traded; halves go up."""
    return number.quantize(_HUNDREDTH, ROUND_HALF_UP)


def value(text: str) -> Decimal | None:
    """Return the weight that a folded text is, with or without its unit; None for any other text."""
    match = _WEIGHT.fullmatch(text)
    if match is None:
        return None
    weight = amount(match[1])
    return weight if 0 < weight < _HEAVIEST else None


def shortest(number: Decimal) -> str:
    """Return a number without zeros that say nothing: ``0.5`` for ``0.50``."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
