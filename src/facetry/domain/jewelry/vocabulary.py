"""The vocabulary of the trade: every spelling with its canonical term, and one pattern of all of them."""

from __future__ import annotations

import re
from functools import cache

from facetry.domain.jewelry.carats import NUMBER, SEPARATOR, UNIT
from facetry.domain.jewelry.folding import WORD
from facetry.domain.jewelry.marks import COAT, KARATS
from facetry.domain.jewelry.spellings import GAP, squeezed, tree_pattern
from facetry.domain.jewelry.tables import table

_NOT_ENGLISH = "".join(
    rf"(?<!{word} or rose)" for word in ("gold", "silver", "white", "yellow", "pink", "blue", "red", "green")
)
_FRENCH_GOES_ON = r"(?=\s*(?:$|[\d,.]|(?:et|avec|pour|serti|diamant|femme|homme|plaque|sur)\b))"
_CONDITIONS = {"golds": rf"(?!{GAP}{COAT})", "or_rose": _NOT_ENGLISH + _FRENCH_GOES_ON}
_PLURALS = frozenset({"stones", "pieces"})
_SECTIONS = ("or_rose", "golds", "coats", "stones", "cuts", "pieces")
_WEIGHT_UNITS = ("ct", "carat", "carats", "ctw", "ct tw", "carat tw")
# What these numbers with a "k" count are pixels, meters and ohms.
_NOT_KARATS = (
    r"(?!\s(?:magic|tv|uhd|hdr|hd|ultra|video|videos|camera|monitor|projector|resolution|miles?|run|race|steps|mah|ohms?"
    r"|resistors?|btu|rpm|lumens|views|words|followers)\b)"
)


@cache
def terms() -> dict[str, str]:
    """Return the canonical term of every spelling, by the spelling without gaps."""
    return {squeezed(spelling): term for spelling, (term, _) in spellings().items()}


@cache
def pattern() -> re.Pattern[str]:
    """Return the pattern of all runs that may be of the trade, each in the group of its kind.

    ``term`` is a spelling of ``terms``; ``karat``, ``weight``, ``stamp`` and ``mark`` are what ``marks`` reads;
    ``canonical`` is a term that is a word and a number. A run is preceded by one character that is no part of a word.
    """
    tree = tree_pattern({spelling: condition for spelling, (_, condition) in spellings().items()})
    end = f"(?![{WORD}])"
    number = r"(?<![0-9][.,/'])(?<![$€£₹])"
    return re.compile(
        rf"[^{WORD}](?:(?P<term>{tree})"
        rf"|(?=[\d.,]){number}(?:"
        rf"(?P<karat>{KARATS}[\s-]?k(?:ts?|arats?|t\.)?{end}{_NOT_KARATS})"
        rf"|(?P<weight>{NUMBER}{SEPARATOR}{UNIT}{end})"
        rf"|(?P<mark>\d{{3}}(?:er|/1000|/000|/-)?{end}(?![.,]\d)))"
        rf"|(?P<stamp>(?:au|pt|pd|plat|hallmark(?:ed)?|fineness)[\s:.-]{{0,2}}\d{{3}}{end})"
        rf"|(?P<canonical>plating\s\d{{3}}{end}"
        rf"|carats?(?:\s(?:total\s)?weight)?[\s:]{{1,2}}(?:\d{{0,2}}\.\d{{1,2}}|\d{{1,2}}(?=\s*$)){end}))",
        re.ASCII,
    )


def spellings() -> dict[str, tuple[str, str]]:
    """Return the canonical term of every spelling, and the pattern of what must follow it."""
    found = {spelling: (term, "") for spelling, term in _weights().items()}
    for section in _SECTIONS:
        condition = _CONDITIONS.get(section, "")
        for canonical, others in table("terms")[section].items():
            found |= dict.fromkeys(_written(section, canonical, others), (canonical, condition))
    return found


def _written(section: str, canonical: str, others: list[str]) -> list[str]:
    spellings = [canonical, *others]
    if section in _PLURALS:
        spellings += [f"{spelling}s" for spelling in spellings if not spelling.endswith("s")]
    return spellings


def _weights() -> dict[str, str]:
    return {
        f"{words} {unit}": f"carat {int(hundredths) / 100:g}"
        for hundredths, numbers in table("carats").items()
        for words in numbers
        for unit in _WEIGHT_UNITS
    }
