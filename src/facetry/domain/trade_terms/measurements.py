"""Measurements of stones: ``6.50 x 6.45 x 4.01``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from facetry.domain.errors import InvalidValueError
from facetry.domain.trade_terms.numbers import text

_NUMBER = r"(\d{1,3}(?:[.,]\d{1,3})?|[.,]\d{1,3})\s*(?:mm)?"
_PARTING = r"\s*[-x*\u00d7X/\u2013]\s*"
_MEASUREMENTS = re.compile(rf"\(?{_NUMBER}{_PARTING}{_NUMBER}(?:{_PARTING}{_NUMBER})?\)?\.?", re.ASCII | re.IGNORECASE)


class Measurements(NamedTuple):
    """Length, width and height in millimeters; height None where only two are given."""

    length: Decimal
    width: Decimal
    height: Decimal | None = None

    def __str__(self) -> str:
        """Return them as reports write them: ``6.5 x 6.45 x 4.01``."""
        return " x ".join(f"{part:f}" for part in self if part is not None)


def measurements(field: str, raw: object) -> Measurements:
    """Return the two or three measurements of a stone.

    Raises:
        InvalidValueError: There are none, or one of them is 0.
    """
    match = _MEASUREMENTS.fullmatch(text(field, raw))
    if match is None:
        raise InvalidValueError(field, "must be measurements in millimeters such as 6.50 x 6.45 x 4.01")
    length, width, height = (Decimal(part.replace(",", ".")) if part else None for part in match.groups())
    if not length or not width or height == 0:
        raise InvalidValueError(field, "must not be 0")
    return Measurements(length, width, height)
