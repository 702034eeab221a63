"""Metals: their fineness (``18kt``, ``Pt950``), name and color (``14KW``, ``White Gold``)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry import scales
from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.spellings import alternatives, squeezed
from facetry.domain.jewelry.tables import canonical, key_of, table
from facetry.domain.jewelry.vocabulary import terms
from facetry.domain.trade_terms.choices import chosen
from facetry.domain.trade_terms.numbers import text

_MARK = re.compile(
    r"(?<![\d.,])(?:\d{1,2}[\s-]?(?:kt?|karats?|ct|carats?)\b|(?:au|ag|pt|pd|plat|s)?[\s.-]?\d{3}(?:/1000|/000|er)?)"
)
_GOLD_BY_COLOR = re.compile(r"(.+)\s(gold)")
_SMALLEST_STAMP = re.compile(r"(au|ag|pt|pd|plat|s)[\s.-]?\d{3}")
_STAMPED = {"au": "gold", "ag": "silver", "s": "silver", "pt": "platinum", "plat": "platinum", "pd": "palladium"}
_KARAT = re.compile(r"\d{1,2}[\s-]?(?:k|ct|carat)")
_FINENESS_OF = {"sterling silver": 925, "fine silver": 999}


class Metal(NamedTuple):
    """What a text says of a metal; None where it says nothing.

    Attributes:
        name: gold, silver, platinum...; ``gold plated`` and its like are names of their own.
        color: Of gold: white, yellow, rose...
        fineness: In parts per thousand.
    """

    name: str | None = None
    color: str | None = None
    fineness: int | None = None


def fineness(field: str, raw: object) -> int:
    """Return parts per thousand: karats (``18kt``), stamps (``Pt950``), parts (``0.750``), names (``sterling``).

    Raises:
        InvalidValueError: It is no fineness in use.
    """
    written = text(field, raw)
    found = scales.fineness(written)
    if found is None:
        found = metal(written).fineness
    if found is None:
        raise InvalidValueError(field, "must be a fineness such as 750, 18K or Pt950")
    return found


def color(field: str, raw: object) -> str:
    """Return the color of a metal: ``white`` for ``W``, ``Weiss`` and ``White Gold``.

    Raises:
        InvalidValueError: It is none.
    """
    return metal(text(field, raw)).color or chosen(field, raw, "metals", "colors")


@lru_cache(maxsize=4096)
def metal(written: str) -> Metal:
    """Return what a text says of a metal: ``18K White Gold`` is gold, white, 750; of any other text nothing."""
    plain = " ".join(folded(written).text.split())
    code = _code().fullmatch(plain)
    if code is not None:
        return Metal("gold", table("metals")["codes"][code[2].upper()], scales.karat_fineness(int(code[1])))
    mark = _MARK.search(plain)
    parts = scales.fineness(mark[0].strip()) if mark else None
    rest = " ".join((plain[: mark.start()] + " " + plain[mark.end() :]).split()) if mark and parts else plain
    name, color_ = _named(plain if rest != plain and _is_phrase(plain) else rest.strip(" ,/()-"))
    if name is None and mark is not None and parts is not None:
        name = _name_of(mark[0].strip())
    return Metal(name, color_, parts or scales.fineness(rest) or _FINENESS_OF.get(terms().get(squeezed(rest), "")))


@cache
def _code() -> re.Pattern[str]:
    codes = alternatives(code.lower() for code in table("metals")["codes"])
    return re.compile(rf"(\d{{1,2}})\s?k(?:t|arats?)?[\s.-]*({codes})")


def _is_phrase(plain: str) -> bool:
    return squeezed(plain) in terms()


def _named(plain: str) -> tuple[str | None, str | None]:
    """Return name and color of a metal without its fineness."""
    term = terms().get(squeezed(plain), plain)
    if term in table("terms")["coats"]:
        return term, None
    gold = _GOLD_BY_COLOR.fullmatch(term)
    if gold is not None:
        return gold[2], canonical("metals", "colors").get(key_of(gold[1]))
    if term in _FINENESS_OF:
        return "silver", None
    name = canonical("metals", "metals").get(key_of(term))
    if name is not None:
        return name, None
    first, _, last = term.partition(" ")
    name = canonical("metals", "metals").get(key_of(last))
    return (name, canonical("metals", "colors").get(key_of(first))) if name else (None, None)


def _name_of(mark: str) -> str | None:
    """Return the metal that a mark is of by itself: karats are gold's."""
    stamp = _SMALLEST_STAMP.match(mark)
    if stamp is not None:
        return _STAMPED[stamp[1]]
    return "gold" if _KARAT.match(mark) else None
