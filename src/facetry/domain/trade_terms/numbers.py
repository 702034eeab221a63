"""Numbers, counts and truths as forms and lists write them: ``1,234.50``, ``1.234,50``, ``"7"``, ``yes``."""

from __future__ import annotations

import re
from decimal import Decimal

from facetry.domain.errors import InvalidValueError

LONGEST_TEXT = 200
"""In characters: no single value of the trade is longer."""
MOST = 2**53 - 1
"""The largest count that every JSON reader keeps exactly."""
_PLAIN_DIGITS = 15
"""Every number with so many is at most ``MOST``."""
_LONGEST_NUMBER = 40
_FLAGS = {"true": True, "1": True, "yes": True, "y": True, "on": True}
_FLAGS |= {"false": False, "0": False, "no": False, "n": False, "off": False}
_BLANK = " \u00a0\u2009\u202f"
_PLAIN = re.compile(r"\d+|\d*\.\d+|\d+\.", re.ASCII)
# Groups of three with a point before the decimals, the same with a comma there, groups of points alone, and the
# groups of two that India writes before the last three.
_ENGLISH = re.compile(rf"[1-9]\d{{0,2}}([,'\u2019_{_BLANK}])\d{{3}}(?:\1\d{{3}})*(?:\.\d*)?", re.ASCII)
_CONTINENTAL = re.compile(rf"[1-9]\d{{0,2}}([.'\u2019{_BLANK}])\d{{3}}(?:\1\d{{3}})*,\d*", re.ASCII)
_POINTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}", re.ASCII)
_INDIAN = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d*)?", re.ASCII)
_COMMA = re.compile(r"\d*,\d+", re.ASCII)
_GROUPING = re.compile(rf"[,'\u2019_{_BLANK}]")
_GROUPING_BEFORE_COMMA = re.compile(rf"[.'\u2019{_BLANK}]")


def text(field: str, raw: object) -> str:
    """Return a text without blanks at its ends; a number is the text it is written as.

    Raises:
        InvalidValueError: It is neither, empty, or longer than ``LONGEST_TEXT``.
    """
    if isinstance(raw, str):
        found = raw.strip()
    elif isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise InvalidValueError(field, "must be text")
    else:
        found = _written(field, raw)
    if not found:
        raise InvalidValueError(field, "must not be empty")
    if len(found) > LONGEST_TEXT:
        raise InvalidValueError(field, f"must have at most {LONGEST_TEXT} characters")
    return found


def decimal(field: str, raw: object) -> Decimal:
    """Return a finite number.

    Thousands may be grouped as in English, on the continent or in India. One comma before three digits groups
    (``1,234``), one point never does (``1.234``).

    Raises:
        InvalidValueError: It is none.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise InvalidValueError(field, "must be a number")
    sign, plain = _signed(text(field, raw))
    number = plain_number(plain)
    if number is None:
        raise InvalidValueError(field, "must be a number")
    return -number if sign else number


def whole(field: str, raw: object) -> int:
    """Return a whole number from 0.

    Raises:
        InvalidValueError: It is none, negative, or more than ``MOST``.
    """
    # Most are written plainly, and each sale and each product has one.
    if type(raw) is int and 0 <= raw <= MOST:
        return raw
    if isinstance(raw, str) and len(raw) <= _PLAIN_DIGITS and raw.isascii() and raw.isdigit():
        return int(raw)
    number = decimal(field, raw)
    if number != number.to_integral_value():
        raise InvalidValueError(field, "must be a whole number")
    if not 0 <= number <= MOST:
        raise InvalidValueError(field, f"must be from 0 to {MOST}")
    return int(number)


def truth(field: str, raw: object) -> bool:
    """Return a truth: true, false, yes, no, 1, 0, in any case, as text or not.

    Raises:
        InvalidValueError: It is none of them.
    """
    found = raw if isinstance(raw, bool) else None
    if found is None and isinstance(raw, str | int | float):
        found = _FLAGS.get(str(raw).strip().lower())
    if found is None:
        raise InvalidValueError(field, "must be true or false")
    return found


def plain_number(written: str) -> Decimal | None:
    """Return the number that digits with their separators stand for, None for any other text."""
    if len(written) > _LONGEST_NUMBER:
        return None
    if _PLAIN.fullmatch(written):
        return Decimal(written)
    if _ENGLISH.fullmatch(written) or _INDIAN.fullmatch(written):
        return Decimal(_GROUPING.sub("", written))
    if _POINTS.fullmatch(written):
        return Decimal(written.replace(".", ""))
    if _CONTINENTAL.fullmatch(written):
        return Decimal(_GROUPING_BEFORE_COMMA.sub("", written).replace(",", "."))
    return Decimal(written.replace(",", ".")) if _COMMA.fullmatch(written) else None


def _signed(written: str) -> tuple[bool, str]:
    """Return whether a minus stands before a number, and the number without its sign."""
    is_negative = written.startswith(("-", "\u2212"))
    return is_negative, written[1:].lstrip() if is_negative or written.startswith("+") else written


def _written(field: str, number: float | Decimal) -> str:
    exact = Decimal(str(number)) if isinstance(number, float) else Decimal(number)
    if not exact.is_finite() or abs(exact.adjusted()) > _LONGEST_NUMBER:
        raise InvalidValueError(field, "must be a number")
    return f"{exact:f}"
