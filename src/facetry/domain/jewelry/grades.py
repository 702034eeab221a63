"""Grades of stones in queries: ``VS1 or better``, ``D-F color``, ``excellent cut``, ``GIA certified``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from facetry.domain.jewelry import scales
from facetry.domain.jewelry.comparisons import CHOICE, EQUAL, RANGE, Comparison, Wording, comparisons
from facetry.domain.jewelry.findings import Finding
from facetry.domain.jewelry.folding import WORD
from facetry.domain.jewelry.spellings import alternatives
from facetry.domain.jewelry.tables import table

_SURE = r"(?:vvs-?[12]|vs-?[12]|si-?[123])"
"""Grades that are no words of any language."""
_GRADE = rf"(?:{_SURE}|if|fl|i-?[123]|internally\sflawless|flawless)"
_GROUP = r"(?:vvs|vs|si)"
_CLARITY_LABEL = r"clarity(?:\sgrade)?"
_CLARITY = Wording(
    value=(
        rf"(?:clarity[\s:=]{{1,3}}(?:{_GRADE}|{_GROUP})|(?:{_GRADE}|{_GROUP})(?=\+?[\s-]clarity)"
        rf"|(?:{_GRADE}|{_GROUP})(?=\sor\s(?:better|higher|above)\sclarity)|{_SURE}|vvs|internally\sflawless)"
    ),
    low=rf"(?:{_SURE}|if|fl|i[123]|vvs|vs|si)",
    high=rf"(?:{_SURE}|if|fl|i[123]|vvs|vs|si)",
    label=_CLARITY_LABEL,
    trailer=_CLARITY_LABEL,
    between=r"[-/]|or|&|and",
)
_SURELY = re.compile(rf"{_SURE}|clarity")
_COLOR_LABEL = r"colou?r(?:ed)?(?:\sgrade)?"
_COLOR = Wording(
    value=r"[d-m]", low="[d-z]", high="[d-z]", label=_COLOR_LABEL, trailer=_COLOR_LABEL, between="[-/]|or|&|and"
)
_LABELLED = re.compile(r"colou?r")
_BEFORE_CLARITY = re.compile(rf"[\s/,-]{{1,3}}{_SURE}(?![{WORD}])")
_STONES = re.compile(
    rf"\b(?:diamonds?|carats?|gia|igi|moissanites?|solitaires?|clarity|stones?|{_SURE})\b|\d\s?(?:ct|cts|ctw|cttw)\b"
)
_QUALITY = r"(?:ideal|excellent|premium|very\sgood|good|fair|poor|ex|vg)"
_PLAIN_QUALITIES = frozenset({"good", "fair", "poor", "premium"})
_TRIPLE = re.compile(r"\b(?:(?:triple|3)[\s-]?(?:excellent|ex)|ex([\s/-])ex\1ex)\b")


def grades(text: str) -> Iterator[Finding]:
    """Yield the conditions on grades of a stone that a folded query names."""
    is_about_stones = bool(_STONES.search(text))
    yield from _triples(text)
    yield from _clarities(text, is_about_stones=is_about_stones)
    yield from _colors(text, is_about_stones=is_about_stones)
    for name in ("cut", "polish", "symmetry"):
        yield from _qualities(text, name, is_about_stones=is_about_stones)
    yield from _fluorescences(text)


def _triples(text: str) -> Iterator[Finding]:
    for match in _TRIPLE.finditer(text):
        parts = (f"gemstones.{name} >= EX" for name in ("cut", "polish", "symmetry"))
        yield Finding(match.start(), match.end(), " AND ".join(parts), "gemstones.cut")


def _clarities(text: str, *, is_about_stones: bool) -> Iterator[Finding]:
    for found in comparisons(text, _CLARITY):
        values = [_grades_of(value) for value in found.values]
        run = text[found.start : found.end]
        # "if", "vs" and "i3" are words; beside a grade of clarity they are grades.
        is_sure = len(values) == 1 or _SURELY.search(run) or (is_about_stones and found.operator == RANGE)
        if is_sure and all(values):
            yield _finding("gemstones.clarity", scales.CLARITY, found, values)


def _grades_of(value: str) -> list[str]:
    """Return the grades that a word of clarity stands for, lowest first."""
    plain = re.sub(r"clarity[\s:=]+", "", value).replace("-", "").upper()
    if plain in {"VVS", "VS", "SI"}:
        return [grade for grade in scales.CLARITY if grade[:-1] == plain and grade != "SI3"]
    grade = scales.clarity(plain)
    return [grade] if grade else []


def _colors(text: str, *, is_about_stones: bool) -> Iterator[Finding]:
    # A letter is a color only beside this word or a grade of clarity.
    if not (_LABELLED.search(text) or _SURELY.search(text)):
        return
    for found in comparisons(text, _COLOR):
        run = text[found.start : found.end]
        label = _LABELLED.search(run)
        if label is None:
            is_color = bool(_BEFORE_CLARITY.match(text, found.end))
        elif label.start() == 0 or "i" in found.values:
            is_color = is_about_stones or (label.start() == 0 and found.end == len(text) and "i" not in found.values)
        else:
            is_color = True
        if is_color:
            yield _finding("gemstones.color", scales.COLOR, found, [[value.upper()] for value in found.values])


def _qualities(text: str, name: str, *, is_about_stones: bool) -> Iterator[Finding]:
    if name not in text:
        return
    for found in comparisons(text, _quality_wording(name)):
        plain = _PLAIN_QUALITIES.intersection(found.values) or name != "cut"
        values = [scales.cut(re.sub(rf"{name}(?:\sgrade)?[\s:=]+", "", value)) for value in found.values]
        is_labelled = name in text[found.start : found.end]
        if is_labelled and (is_about_stones or not plain):
            yield _finding(f"gemstones.{name}", scales.GRADE, found, [[value] for value in values if value])


@cache
def _quality_wording(name: str) -> Wording:
    # "princess cut excellent condition": what stands behind a cut is its grade only where that is said.
    label = r"cut(?:\sgrade(?=\s)|(?=\s?[:=]))" if name == "cut" else name
    trailer = rf"{name}(?:\sgrade)?"
    return Wording(value=_QUALITY, low=_QUALITY, high=_QUALITY, label=label, trailer=trailer, between="[-/]|or")


def _finding(field: str, scale: tuple[str, ...], found: Comparison, values: list[list[str]]) -> Finding:
    """Return a comparison as a condition; each value is the run of grades that it stands for."""
    every = sorted({grade for value in values for grade in value}, key=scale.index)
    lowest, highest = every[0], every[-1]
    if found.operator == RANGE and lowest != highest:
        condition = f"{field} >= {lowest} AND {field} <= {highest}"
    elif found.operator in {EQUAL, CHOICE, RANGE}:
        condition = f"{field} = {lowest}" if lowest == highest else f"{field} IN [{', '.join(every)}]"
    else:
        condition = f"{field} {found.operator} {lowest if found.operator in {'<', '>='} else highest}"
    return Finding(found.start, found.end, condition, field)


def _fluorescences(text: str) -> Iterator[Finding]:
    if "fluorescence" not in text:
        return
    for match in _fluorescence().finditer(text):
        strength = match[1] or match[2]
        canonical = "none" if strength in {"no", "without", "zero"} else strength
        spellings = [canonical, *(other.lower() for other in table("grades")["fluorescence"][canonical])]
        quoted = ", ".join(f'"{one}"' if " " in one else one for one in spellings)
        yield Finding(match.start(), match.end(), f"gemstones.fluorescence IN [{quoted}]", "gemstones.fluorescence")


@cache
def _fluorescence() -> re.Pattern[str]:
    strengths = alternatives([*table("grades")["fluorescence"], "no", "without", "zero"])
    named = alternatives(table("grades")["fluorescence"])
    return re.compile(
        rf"(?<![{WORD}])(?:({strengths})\s{{1,2}}fluorescence|fluorescence[\s:=]{{1,3}}({named}))(?![{WORD}])"
    )
