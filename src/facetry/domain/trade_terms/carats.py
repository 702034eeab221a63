"""Weights of stones: ``1/2 ct``, ``.50``, ``0.5 CTW``, ``50 pts``."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry import scales
from facetry.domain.jewelry.carats import SEPARATOR, UNIT
from facetry.domain.jewelry.folding import folded
from facetry.domain.trade_terms.numbers import text

_STEP = Decimal("0.0001")
_HEAVIEST = 10_000
_POINTS = re.compile(r"(\d{1,5}(?:\.\d{1,2})?)[\s-]*(?:points?|pts?|pointers?)\.?")
# What is finer, or heavier, than the weights that shoppers type.
_LONG = re.compile(rf"(\d{{0,4}}[.,]\d{{4,20}}|\d{{4}}(?:\.\d{{1,3}})?)(?:{SEPARATOR}{UNIT})?\.?")
_GRAMS = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s?(?:g|gr|gm|grams?)\.?")
_CARATS_IN_A_GRAM = 5


def carat(field: str, raw: object) -> float:
    """Return a weight in carats, with four decimals at most; fractions are rounded to hundredths, as they are traded.

    A hundred points and a fifth of a gram are a carat.

    Raises:
        InvalidValueError: It is none, 0, or 10,000 and more.
    """
    weight = _carat(text(field, raw))
    if weight is None or not 0 < weight < _HEAVIEST:
        raise InvalidValueError(field, "must be a weight in carats such as 0.5, 1/2 ct or 50 pts")
    return float(weight)


@lru_cache(maxsize=1 << 14)
def _carat(written: str) -> Decimal | None:
    plain = " ".join(folded(written).text.split())
    points, grams, long = _POINTS.fullmatch(plain), _GRAMS.fullmatch(plain), _LONG.fullmatch(plain)
    if points is not None:
        found: Decimal | None = Decimal(points[1]) / 100
    elif grams is not None:
        found = Decimal(grams[1]) * _CARATS_IN_A_GRAM
    elif long is not None:
        found = Decimal(long[1].replace(",", "."))
    else:
        found = scales.carat(plain)
    return None if found is None else found.quantize(_STEP, ROUND_HALF_UP)
