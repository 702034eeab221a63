"""Grades of stones: clarity, cut, polish and symmetry, fluorescence, culet and girdle.

Where a supplier gives a range (``VS1-VS2``) the poorer end of it is read, so that "at least" never promises too much.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from facetry.domain.jewelry import scales
from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.tables import canonical, key_of, table
from facetry.domain.trade_terms.choices import unknown
from facetry.domain.trade_terms.numbers import text

_RANGE = re.compile(r"\s*(?:[-/~]|\bto\b)\s*")
_SIGN_BEHIND = re.compile(r"(?<=[a-z0-9])\s*[+-]+$")
_WHOLE_CLARITIES = {"vvs": ("VVS2", "VVS1"), "vs": ("VS2", "VS1"), "si": ("SI2", "SI1")}
_FLUORESCENCE = re.compile(r"\bfluorescen(?:ce|t)\b|\bfluor?\b")
_PERCENT = re.compile(r"\(?\s*\d+(?:[.,]\d+)?\s*%\s*\)?")
_WORD = re.compile(r"[a-z]+")
_LONGEST_PHRASE = 3


class Fluorescence(NamedTuple):
    """How a stone shines under ultraviolet light: strength, and in which color, where that is said."""

    strength: str
    color: str | None = None


class Girdle(NamedTuple):
    """The girdle of a stone: from its thinnest to its thickest part, and how it is finished, where that is said."""

    thinnest: str
    thickest: str
    finish: str | None = None

    def __str__(self) -> str:
        """Return it as a report says it: ``thin to medium``."""
        return self.thinnest if self.thinnest == self.thickest else f"{self.thinnest} to {self.thickest}"


def clarity(field: str, raw: object) -> str:
    """Return the clarity grade that a text names; ``VS`` alone and ranges are their poorer end.

    Raises:
        InvalidValueError: It is none.
    """
    return _poorer(field, raw, "clarity", scales.CLARITY)


def cut(field: str, raw: object) -> str:
    """Return the grade of cut that a text names: ``EX`` for ``Excellent`` and for ``Premium``.

    Raises:
        InvalidValueError: It is none.
    """
    return _poorer(field, raw, "cut", scales.GRADE)


def finish(field: str, raw: object) -> str:
    """Return the grade of polish or symmetry that a text names.

    Raises:
        InvalidValueError: It is none.
    """
    return _poorer(field, raw, "finish", scales.GRADE)


def fluorescence(field: str, raw: object) -> Fluorescence:
    """Return strength and color: ``Medium Blue``, ``STG BL``, ``None``; a color alone is faint.

    Raises:
        InvalidValueError: It is none.
    """
    written = text(field, raw)
    found = _fluorescence(written)
    if found is None:
        raise unknown(field, written, canonical("grades", "fluorescence"))
    return found


def culet(field: str, raw: object) -> str:
    """Return the size of the culet: ``none``, ``very small``...

    Raises:
        InvalidValueError: It is none.
    """
    written = text(field, raw)
    found = canonical("grades", "culet").get(key_of(written))
    if found is None:
        raise unknown(field, written, canonical("grades", "culet"))
    return found


def girdle(field: str, raw: object) -> Girdle:
    """Return the girdle: ``Medium to Slightly Thick (Faceted)``, ``THN-STK``, ``M``.

    Raises:
        InvalidValueError: It is none.
    """
    written = text(field, raw)
    found = _girdle(written)
    if found is None:
        raise unknown(field, written, canonical("grades", "girdle"))
    return found


def grades(name: str, written: str) -> tuple[str, ...] | None:
    """Return the one or two grades on the scale of ``clarity``, ``cut`` or ``finish`` that a text names, else None."""
    spellings = canonical("grades", name)
    plain = _SIGN_BEHIND.sub("", folded(written).text.strip())
    found = spellings.get(key_of(plain))
    if found is not None:
        return (found,)
    if name == "clarity" and plain in _WHOLE_CLARITIES:
        return _WHOLE_CLARITIES[plain]
    ends = [spellings.get(key_of(end)) for end in _RANGE.split(plain)]
    if len(ends) != 2:  # noqa: PLR2004 - a range has two ends
        return None
    # "SI1-2" leaves to the second what both share.
    low, high = ends
    if low and not high and name == "clarity":
        high = spellings.get(key_of(re.sub(r"\d", "", low) + _RANGE.split(plain)[1]))
    return (low, high) if low and high else None


def _poorer(field: str, raw: object, name: str, scale: tuple[str, ...]) -> str:
    written = text(field, raw)
    found = grades(name, written)
    if found is None:
        raise unknown(field, written, canonical("grades", name))
    return min(found, key=scale.index)


@lru_cache(maxsize=4096)
def _fluorescence(written: str) -> Fluorescence | None:
    strengths, colors = canonical("grades", "fluorescence"), canonical("grades", "fluorescence_color")
    words = [word for word in _WORD.findall(_FLUORESCENCE.sub(" ", folded(written).text)) if word != "to"]
    whole = strengths.get("".join(words))
    if whole is not None:
        return Fluorescence(whole)
    # The color stands behind the strength, so letters that could be either are read by their place.
    for at in range(len(words) - 1, -1, -1):
        strength, color = strengths.get("".join(words[:at])), colors.get("".join(words[at:]))
        if color and (strength or not at):
            return Fluorescence(strength or "faint", color) if at or len(words[0]) > 1 else None
    return None


@lru_cache(maxsize=4096)
def _girdle(written: str) -> Girdle | None:
    plain = _PERCENT.sub(" ", folded(written).text)
    words = [word for word in _WORD.findall(plain) if word not in {"to", "and", "girdle"}]
    finish_ = canonical("grades", "girdle_finish").get(words[-1]) if len(words) > 1 else None
    sizes = _sizes(words[:-1] if finish_ else words)
    if not sizes:
        return None
    order = list(table("grades")["girdle"])
    return Girdle(min(sizes, key=order.index), max(sizes, key=order.index), finish_)


def _sizes(words: list[str]) -> list[str]:
    """Return the sizes that words name from left to right, each by as many of them as it takes; else nothing."""
    spellings = canonical("grades", "girdle")
    found: list[str] = []
    at = 0
    while at < len(words):
        for count in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            size = spellings.get("".join(words[at : at + count]))
            if size:
                found.append(size)
                at += count
                break
        else:
            return []
    return found
