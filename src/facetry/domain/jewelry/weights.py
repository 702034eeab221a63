"""Weights of stones in queries: ``1ct+``, ``over 1 carat``, ``1-2 ct``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from facetry.domain.jewelry.carats import NUMBER, SEPARATOR, UNIT, amount, shortest
from facetry.domain.jewelry.comparisons import EQUAL, RANGE, Comparison, Wording, comparisons
from facetry.domain.jewelry.findings import Finding
from facetry.domain.jewelry.marks import NEAR, number_term
from facetry.domain.jewelry.spellings import alternatives, squeezed
from facetry.domain.jewelry.tables import table
from facetry.domain.jewelry.vocabulary import terms

FIELD = "gemstones.carat"
_NUMBER = re.compile(NUMBER)
_PLUS = re.compile(r"\s?\+\s?")


def weights(text: str) -> Iterator[Finding]:
    """Yield the conditions on the weight of a stone that a folded query names; a plain weight is none."""
    for found in comparisons(text, _wording()):
        operator = ">=" if "+" in found.values[0] else found.operator
        numbers = [_weight(value) for value in found.values]
        if operator != EQUAL and numbers[0] > 0 and _is_stone(text, found):
            yield from _finding(found, operator, numbers)


def _finding(found: Comparison, operator: str, numbers: list[Decimal]) -> Iterator[Finding]:
    texts = [shortest(number) for number in numbers]
    if operator != RANGE:
        yield Finding(found.start, found.end, f"{FIELD} {operator} {texts[0]}", FIELD)
    elif numbers[0] < numbers[1]:
        yield Finding(found.start, found.end, f"{FIELD} >= {texts[0]} AND {FIELD} <= {texts[1]}", FIELD)


def _weight(value: str) -> Decimal:
    match = _NUMBER.match(value)
    if match:
        return amount(match[0])
    return Decimal(terms()[squeezed(value)].removeprefix("carat "))


def _is_stone(text: str, found: Comparison) -> bool:
    """Return whether it is a stone that weighs so much, not gold that has so many karats."""
    run = _PLUS.sub(" ", found.values[-1])
    if not run[0].isdigit() and run[0] not in ".,":
        return True
    term = number_term("weight", run, text[max(0, found.start - NEAR) : found.start], text[found.end :][:NEAR])
    return term is not None and term.startswith("carat")


@cache
def _wording() -> Wording:
    words = f"{alternatives(word for words in table('carats').values() for word in words)}\\s(?:ct|carats?)"
    value = rf"(?:{NUMBER}{SEPARATOR}{UNIT}|\d{{1,2}}(?:\.\d{{1,2}})?\s?\+\s?{UNIT}|{words})"
    return Wording(value=value, low=rf"{NUMBER}(?:{SEPARATOR}{UNIT})?", high=rf"{NUMBER}{SEPARATOR}{UNIT}")
