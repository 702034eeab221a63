"""Comparisons in a query: a value with "under" before it or "or better" behind it, a range, a choice of two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from facetry.domain.jewelry.folding import WORD
from facetry.domain.jewelry.spellings import alternatives
from facetry.domain.jewelry.tables import table

EQUAL, RANGE, CHOICE = "=", "..", "in"
_CHOOSING = frozenset({"or", "and", "&"})
NEVER = "(?!)"
"""A pattern that nothing matches."""


class Comparison(msgspec.Struct, frozen=True):
    """A comparison found in a folded query.

    Attributes:
        start: Where it begins.
        end: Where it has ended.
        operator: One of the filter language; or ``..`` for all from the first value to the second, ``in`` for both.
        values: One or two values as written.
    """

    start: int
    end: int
    operator: str
    values: tuple[str, ...]


class Wording(msgspec.Struct, frozen=True):
    """How a kind of value is written, as patterns without groups.

    Attributes:
        value: A value that stands alone.
        low: The first value of two, which may leave to the second what both share.
        high: The second one.
        label: A word that may go before all of it.
        trailer: A word that may go behind the value, or behind all of it.
        between: What parts two values that stand side by side.
    """

    value: str
    low: str
    high: str
    label: str = NEVER
    trailer: str = NEVER
    between: str = "-"


def comparisons(text: str, wording: Wording) -> Iterator[Comparison]:
    """Yield what is compared in a folded text, from left to right."""
    for match in _pattern(wording).finditer(text):
        opened, opened_to, low, parting, high, before, value, after = match.groups()
        start, end = match.span()
        if opened is not None:
            yield Comparison(start, end, RANGE, (opened, opened_to))
        elif low is not None:
            yield Comparison(start, end, CHOICE if parting in _CHOOSING else RANGE, (low, high))
        else:
            yield Comparison(start, end, _operator(before, after), (value,))


def _operator(before: str | None, after: str | None) -> str:
    if before is not None:
        return _operators("before")[" ".join(before.split())]
    return EQUAL if after is None else _operators("after")[" ".join(after.split())]


@cache
def _operators(place: str) -> dict[str, str]:
    return {word: operator for operator, found in table("comparisons")[place].items() for word in found}


@cache
def _pattern(wording: Wording) -> re.Pattern[str]:
    words = table("comparisons")["range"]
    opening, joining, always = (alternatives(words[name]) for name in ("opening", "joining", "always"))
    before, after = (alternatives(_operators(place)) for place in ("before", "after"))
    end = f"(?![{WORD}])"
    low, high = wording.low, wording.high
    trailer = rf"(?:[\s-]{{1,3}}{wording.trailer}{end})?"
    return re.compile(
        rf"(?<![{WORD}.'\u2019-])(?<![0-9][,/])(?:{wording.label}[\s:=]{{1,3}})?(?:"
        rf"{opening}\s{{1,3}}({low})(?:\s{{1,3}}{joining}\s{{1,3}}|\s{{0,2}}-\s{{0,2}})({high}){end}"
        rf"|({low})(?:\s{{1,3}}{always}\s{{1,3}}|\s{{0,2}}({wording.between})\s{{0,2}})({high}){end}"
        rf"|(?:({before})\s{{0,3}})?({wording.value}){end}{trailer}(?:\s{{0,3}}({after})(?![{WORD}+]))?"
        rf"){trailer}",
        re.ASCII,
    )
