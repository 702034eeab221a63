"""What a number of the trade means, seen with its neighbours: karats of gold, weights of stones, stamped finenesses."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from facetry.domain.jewelry.carats import NUMBER, SEPARATOR, amount, rounded, shortest
from facetry.domain.jewelry.scales import karat_fineness, standard_fineness
from facetry.domain.jewelry.spellings import GAP
from facetry.domain.jewelry.tables import table

KARATS = r"(?:8|9|1[02458]|2[0-4])"
COAT = (
    r"(?:(?:plat(?:ed?|ing)|fill(?:ed)?|vermeil|tone?d?|overlay|dipped|electroplated|clad|bonded|g[pf]|gep|hge)\b"
    r"|over\s(?:s[ti]|925|br|cop|resin))"
)
"""What follows a metal that is only a coat; no groups."""
_COLORS = r"(?:white|yellow|rose|pink|red|green|weiss|gelb|rot|two[\s-]tone)"
_KINDS = r"(?:wedding|engagement|eternity|signet|plain|mens|ladies|hoop|stud|charm|curb|rope|figaro|belcher)"
_HEAVIEST_IN_CT = 15
"""Whole numbers before "ct" count the pieces of a pack where they are higher, as stones are hardly ever."""
_HEAVIEST = 100
_BRITISH_KARATS = frozenset({9, 18, 22, 24})
_GOLD_KARATS = frozenset({18, 22, 24})
"""Carats that gold has, and hardly any stone."""
_STERLING = 925
NEAR = 32
"""How many characters before and behind a number are looked at."""

_PARTS = re.compile(rf"({NUMBER}){SEPARATOR}(.*)")
_COAT_AFTER = re.compile(rf"{GAP}(?:{_COLORS}{GAP})?(?:gold{GAP})?{COAT}")
_COAT_BEFORE = re.compile(r"\bplat(?:ed|ing)\s(?:(?:in|with|of)\s)?$")
_GOLD_AFTER = re.compile(
    rf"{GAP}(?:(?:solid|pure|fine|real)\s)?(?:{_COLORS}{GAP})?(?:gold|oro\b|or\s(?:blanc|jaune|rose|gris|rouge))"
)
_GOLD_BEFORE = re.compile(r"(?:gold|\boro(?: \w{4,8})?|(?<!\d )\bor(?: (?:blanc|jaune|rose|gris|rouge))?)[\s(-]{1,2}$")
_METAL_BEFORE = re.compile(
    r"(?:\b|(?<=\d)(?=k))([a-z]{0,6}gold|oro|(?<!\d )or|or (?:blanc|jaune|rose)|kt?|silver|silber|argent"
    r"|argento|plata|platinum|platin|platine|platino|palladium|hallmark|hallmarked)[\s(:,/-]{1,3}$"
)
_METAL_AFTER = re.compile(
    rf"{GAP}(?:(?:solid|fine|{_COLORS}){GAP})?"
    r"(gold|silver|silber|platinum|platin|palladium|hallmark|hallmarked|fineness|au|ag|pt|pd)\b"
)
_METALS = {
    **dict.fromkeys(("au", "k", "kt", "or", "oro"), "gold"),
    **dict.fromkeys(("ag", "argent", "argento", "plata", "silber"), "silver"),
    **dict.fromkeys(("pt", "platin", "platine", "platino"), "platinum"),
    "pd": "palladium",
}
_ANY_METAL = frozenset({"hallmark", "hallmarked", "fineness"})


@lru_cache(maxsize=1 << 14)
def number_term(kind: str, run: str, before: str, after: str) -> str | None:
    """Return the term of a run with a number in it, None where its neighbours speak against it.

    Args:
        kind: The group of ``vocabulary.pattern`` that the run was found by.
        run: The run, folded.
        before: ``NEAR`` characters before it, folded.
        after: ``NEAR`` characters behind it.
    """
    match kind:
        case "karat":
            return _gold(_leading_number(run), before, after)
        case "weight":
            return _weight_term(run, before, after)
        case "mark":
            return _mark_term(run, before, after)
        case "stamp":
            return _stamp_term(int(run[-3:]))
        case _:
            return _canonical_term(run)


def has_meanings(kind: str, run: str) -> bool:
    """Return whether neighbours decide what a run means; else ``number_term`` is the same beside any."""
    if kind == "weight":
        return _weight(run)[0] > 0
    return kind in {"karat", "mark"}


@cache
def _all_marks() -> frozenset[int]:
    return frozenset(mark for marks in table("fineness")["marks"].values() for mark in marks)


@cache
def _noun_after() -> re.Pattern[str]:
    return re.compile(rf"\s(?:{_KINDS}\s)?(?:{'|'.join(table('terms')['nouns']['words'])})\b")


def _leading_number(run: str) -> int:
    return int(re.split(r"\D", run, maxsplit=1)[0])


def _gold(karats: int, before: str, after: str) -> str:
    is_coat = _COAT_AFTER.match(after) or _COAT_BEFORE.search(before)
    return f"{'plating' if is_coat else 'fineness'} {karat_fineness(karats)}"


def _weight_term(run: str, before: str, after: str) -> str | None:
    karats, weight = _weight(run)
    if karats and _is_gold(karats, run, before, after):
        return _gold(karats, before, after)
    return weight


def _is_gold(karats: int, run: str, before: str, after: str) -> bool:
    if _GOLD_AFTER.match(after) or _GOLD_BEFORE.search(before):
        return True
    if "ct" in run:
        return karats in _BRITISH_KARATS and bool(_noun_after().match(after))
    return karats in _GOLD_KARATS


# The same weights come again and again in stones.
@lru_cache(maxsize=4096)
def _weight(run: str) -> tuple[int, str | None]:
    """Return the karats that a number with a unit may also mean, else 0, and the term of the weight, if it is one."""
    number, unit = _PARTS.fullmatch(run).groups()  # type: ignore[union-attr]
    weight = amount(number) / (100 if unit.startswith("pointer") else 1)
    is_whole = weight == int(weight)
    unit = unit.rstrip("s.")
    karats = int(weight) if is_whole and unit in {"ct", "carat", "karat", "quilate", "carati"} else 0
    highest = _HEAVIEST_IN_CT if is_whole and unit == "ct" else _HEAVIEST
    term = f"carat {shortest(rounded(weight))}" if rounded(weight) > 0 and weight <= highest else None
    return (karats if karat_fineness(karats) else 0), term


def _mark_term(run: str, before: str, after: str) -> str | None:
    """Return the term of a bare mark such as 585, if it stands beside a metal that has it or is written as parts."""
    mark = int(run[:3])
    if mark not in _all_marks():
        return None
    found = [match[1] for match in (_METAL_BEFORE.search(before), _METAL_AFTER.match(after)) if match]
    if not ("/" in run or any(_has(name, mark) for name in found)):
        return "sterling silver" if mark == _STERLING and _noun_after().match(after) else None
    return _stamp_term(mark)


def _has(name: str, mark: int) -> bool:
    if name in _ANY_METAL:
        return True
    first = name.partition(" ")[0]
    metal = "gold" if first.endswith("gold") else _METALS.get(first, first)
    return mark in table("fineness")["marks"][metal]


def _stamp_term(mark: int) -> str | None:
    if mark == _STERLING:
        return "sterling silver"
    return f"fineness {standard_fineness(mark)}" if mark in _all_marks() else None


def _canonical_term(run: str) -> str | None:
    word, _, number = run.partition(" ")
    if word == "plating":
        return f"plating {standard_fineness(int(number))}"
    weight = rounded(amount(re.split(r"[\s:]", run)[-1]))
    return f"carat {shortest(weight)}" if 0 < weight <= _HEAVIEST else None
