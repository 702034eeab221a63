"""The ordered scales of the trade and the readers of single values: grade, fineness, weight, shape, laboratory.

Each reader takes what one cell of a supplier's list or one field of a form holds and returns the canonical value, or
None where the text is no such value. A letter that means different grades to different suppliers (the P of a list with
Premium) is read as the canonical grade of that letter: who knows the supplier's own scale translates before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from facetry.domain.analysis import fold
from facetry.domain.jewelry.carats import amount
from facetry.domain.jewelry.carats import value as carat_value
from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.tables import canonical, key_of, table

CLARITY = ("I3", "I2", "I1", "SI3", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF", "FL")
COLOR = tuple("ZYXWVUTSRQPONMLKJIHGFED")
GRADE = ("P", "F", "G", "VG", "EX", "I")
SCALES: Mapping[str, tuple[str, ...]] = {
    "gemstones.clarity": CLARITY,
    "gemstones.color": COLOR,
    "gemstones.cut": GRADE,
    "gemstones.polish": GRADE,
    "gemstones.symmetry": GRADE,
}
"""Scales by the field that has them, lowest grade first, so that ``>=`` means "at least as good"."""

_FINEST = 1000
_POOREST = 300
_PERCENT = 100
_HIGHEST_KARAT = 24
_COLOR = re.compile(r"(?:color|colour|farbe)?\s*:?\s*([d-z])\s*(?:color|colour)?")
_FINENESS = re.compile(
    r"(?:(?:au|ag|pt|pd|plat|s|gold|silver|platinum|palladium)[\s.-]*)?(\d{0,4}(?:[.,]\d{1,4})?)\s*-?\s*"
    r"(k|kts?|ct|karats?|carats?|quilates|carati|%|er|/\s?1000|/000|/-)?"
    r"(?:\s*-?\s*(?:solid|white|yellow|rose|pink|red|sterling|fine))?"
    r"(?:\s*-?\s*(?:gold|silver|silber|platinum|platin|palladium|argent|argento|plata|oro|or))?"
)
_KARAT_UNITS = frozenset({"k", "kt", "kts", "ct", "karat", "karats", "carat", "carats", "quilates", "carati"})


def grade(field: str, text: str) -> str | None:
    """Return the grade that a text names on the scale of a field of ``SCALES``; None where it names none."""
    match field:
        case "gemstones.clarity":
            return clarity(text)
        case "gemstones.color":
            return color(text)
        case "gemstones.cut":
            return cut(text)
        case _:
            return finish(text)


def clarity(text: str) -> str | None:
    """Return the clarity grade that a text names: ``VS1`` for ``vs-1``."""
    return _grade("clarity", CLARITY, text)


def color(text: str) -> str | None:
    """Return the color grade that a text names: ``G`` for ``g color``; fancy colors and ranges are none."""
    match = _COLOR.fullmatch(fold(text).strip())
    return match[1].upper() if match else None


def cut(text: str) -> str | None:
    """Return the grade of cut that a text names: ``EX`` for ``Excellent`` and for ``Premium``."""
    return _grade("cut", GRADE, text)


def finish(text: str) -> str | None:
    """Return the grade of polish or symmetry that a text names: ``VG`` for ``v. good``."""
    return _grade("finish", GRADE, text)


def fluorescence(text: str) -> str | None:
    """Return the strength of fluorescence that a text names: ``none`` for ``NIL``."""
    return canonical("grades", "fluorescence").get(key_of(text))


def shape(text: str) -> str | None:
    """Return the shape of a stone that a text names: ``round`` for ``RBC``."""
    return canonical("shapes").get(key_of(text))


def laboratory(text: str) -> str | None:
    """Return the laboratory that a text names: ``GIA`` for ``gia``."""
    return canonical("labs").get(key_of(text))


def carat(text: str) -> Decimal | None:
    """Return the weight in carats that a text names: ``1 1/4 ct``, ``.50``, ``0.5 CTW``.

    Fractions are rounded to hundredths, as weights are traded.
    """
    return carat_value(folded(text).text.strip())


def fineness(text: str) -> int | None:
    """Return the parts per thousand that a text names: karats (``18kt``), stamps (``Pt950``), names (``sterling``)."""
    plain = " ".join(folded(text).text.split())
    named: int | None = table("fineness")["names"].get(plain)
    match = _FINENESS.fullmatch(plain)
    if named is not None or match is None or not any(c.isdigit() for c in match[1]):
        return named
    return _fineness(amount(match[1].replace(",", ".")), match[2] or "")


def karat_fineness(karats: int) -> int | None:
    """Return the parts per thousand of gold of so many karats, None for a number of karats that is not in use."""
    found: int | None = table("fineness")["karats"].get(str(karats))
    return found


def standard_fineness(mark: int) -> int:
    """Return the standard that a mark stands for: 585 for 583, the mark itself for most."""
    standard: int = table("fineness")["same"].get(str(mark), mark)
    return standard


def _fineness(number: Decimal, unit: str) -> int | None:
    if unit in _KARAT_UNITS or (not unit and 1 < number <= _HIGHEST_KARAT):
        return karat_fineness(int(number)) if number == int(number) else None
    # A number between karats and parts per thousand is in percent, said or not.
    if unit == "%" or (not unit and _HIGHEST_KARAT < number < _PERCENT):
        number *= _FINEST // _PERCENT
    elif number < 1:
        number *= _FINEST
    return standard_fineness(int(number)) if _POOREST <= number <= _FINEST else None


def _grade(name: str, scale: tuple[str, ...], text: str) -> str | None:
    found = canonical("grades", name).get(key_of(text))
    return found if found in scale else None
