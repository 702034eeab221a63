"""Prices in queries: ``under $500``, ``between 100 and 200 euro``, ``$1k+``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from facetry.domain.jewelry.carats import shortest
from facetry.domain.jewelry.comparisons import EQUAL, RANGE, Comparison, Wording, comparisons
from facetry.domain.jewelry.findings import Finding
from facetry.domain.jewelry.spellings import alternatives
from facetry.domain.jewelry.tables import table

_NUMBER = r"(?:\d{1,3}(?:[.,']\d{3}){1,3}(?:[.,]\d{1,2})?|\d{1,8}(?:[.,]\d{1,2})?)(?![\d'])(?![.,]\d)"
_BARE = r"(?:\d{1,3},\d{3}|\d{3,7})(?=\s*$)"
"""A number without a currency is a price only at the end of a query, and behind "under"."""
_THOUSANDS = re.compile(r"[.,'](?=\d{3}(?:\D|$))")
_DIGITS = re.compile(r"\d[\d.,']*")
_LABEL = r"(?:priced?|prices|costs?|costing)(?:\srange)?"


def prices(text: str) -> Iterator[Finding]:
    """Yield the conditions on the price that a folded query names."""
    for found in comparisons(text, _wording()):
        currencies = [currency for value in found.values for currency in _currency(value)]
        if found.operator != EQUAL and (currencies or (found.operator == "<")):
            numbers = [_amount(value) for value in found.values]
            is_size = text.endswith("size ", 0, found.start)
            if not is_size and (numbers[0] < numbers[-1] or found.operator != RANGE):
                yield Finding(found.start, found.end, _condition(found, numbers), "price", tuple(currencies))


def _condition(found: Comparison, numbers: list[Decimal]) -> str:
    texts = [shortest(number) for number in numbers]
    if found.operator == RANGE:
        return f"price >= {texts[0]} AND price <= {texts[1]}"
    return f"price {found.operator} {texts[0]}"


def _amount(value: str) -> Decimal:
    match = _DIGITS.search(value)
    number = _THOUSANDS.sub("", match[0].rstrip(".,'")) if match else "0"
    is_thousands = value[match.end() :].startswith("k") if match else False
    return Decimal(number.replace(",", ".")) * (1000 if is_thousands else 1)


def _currency(value: str) -> tuple[str, ...]:
    words = _DIGITS.sub(" ", value).replace("/-", " ").split()
    return tuple(currency for word in words for currency in table("currencies").get(word, ()))


@cache
def _wording() -> Wording:
    words = alternatives(table("currencies"))
    money = rf"(?:{words}\s?{_NUMBER}k?(?:/-)?|{_NUMBER}k?\s?{words})"
    either = rf"(?:{money}|{_NUMBER})"
    return Wording(value=f"(?:{money}|{_BARE})", low=either, high=either, label=_LABEL)
