"""Colors of diamonds: a grade from D to Z, a range of them, or a fancy one (``FIY``, ``Fancy Light Brown``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry import scales
from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.tables import canonical, key_of, table
from facetry.domain.trade_terms.choices import chosen
from facetry.domain.trade_terms.numbers import text

_RANGE = re.compile(r"([d-z])\s*(?:[-/~,]|\bto\b|\s)\s*([d-z])")
_SIGN_BEHIND = re.compile(r"(?<=[d-z])\s*[+-]+$")
_SHADE_BEHIND = re.compile(r"([d-z])(?:\s*,\s*|\s*\(|\s+)(?:very\s+)?(?:faint|light)\b.*")
_LABEL = re.compile(r"^(?:natural|color|colour|treated)\b[\s:]*|[\s:]*\b(?:color|colour|diamond)$")
_WORD = re.compile(r"[a-z]+")
_LONGEST_INTENSITY = 3


class Color(NamedTuple):
    """The color of a diamond: a grade, or a fancy color.

    Attributes:
        grades: The grades of a range, best first; one of them where the color is one grade, none of a fancy color.
        fancy_color: Hue: ``yellow``, ``yellow-green``.
        fancy_intensity: How strong it is: ``fancy vivid``.
        fancy_overtone: What stands before the hue: ``brownish``.
    """

    grades: tuple[str, ...] = ()
    fancy_color: str | None = None
    fancy_intensity: str | None = None
    fancy_overtone: str | None = None

    @property
    def name(self) -> str:
        """Return the poorer grade, or the fancy color in full: ``Fancy Light Pinkish Brown``."""
        if self.grades:
            return self.grades[-1]
        parts = (self.fancy_intensity, self.fancy_overtone, self.fancy_color)
        return " ".join(part for part in parts if part).title()


def color(field: str, raw: object) -> Color:
    """Return the color of a diamond.

    Raises:
        InvalidValueError: It is none.
    """
    found = _color(text(field, raw))
    if found is None:
        raise InvalidValueError(
            field, "must be a color from D to Z such as G or G-H, or a fancy one such as Fancy Yellow"
        )
    return found


def fancy_color(field: str, raw: object) -> str:
    """Return the hue that a column of fancy colors names: ``yellow`` for ``YL``, ``yellow-green``.

    Raises:
        InvalidValueError: It is none.
    """
    written = text(field, raw)
    found = _color(written)
    if found is not None and found.fancy_color and len(written) > 1:
        return found.fancy_color
    return chosen(field, raw, "colors", "hue")


def fancy_intensity(field: str, raw: object) -> str:
    """Return the strength that a column of intensities names: ``fancy vivid`` for ``VIV``.

    Raises:
        InvalidValueError: It is none.
    """
    return chosen(field, raw, "colors", "intensity")


@lru_cache(maxsize=4096)
def _color(written: str) -> Color | None:
    plain = _SIGN_BEHIND.sub("", _LABEL.sub("", " ".join(folded(written).text.split())).strip())
    one = scales.color(plain)
    if one is not None:
        return Color((one,))
    ends = _RANGE.fullmatch(plain)
    if ends is not None:
        return _range(ends[1].upper(), ends[2].upper())
    shaded = _SHADE_BEHIND.fullmatch(plain)
    if shaded is not None:
        return Color((shaded[1].upper(),))
    return _codes().get(key_of(plain)) or _fancy(_WORD.findall(plain))


def _range(one: str, other: str) -> Color:
    low, high = sorted((scales.COLOR.index(one), scales.COLOR.index(other)))
    return Color(tuple(reversed(scales.COLOR[low : high + 1])))


def _fancy(words: list[str]) -> Color | None:
    """Return the fancy color that words name: an intensity, overtones, hues; each may be missing but the last."""
    count, intensity = _intensity(words)
    rest = [word for word in words[count:] if word != "and"]
    overtones = [canonical("colors", "overtone").get(word) for word in rest]
    hues = [
        None if overtone else canonical("colors", "hue").get(word)
        for word, overtone in zip(rest, overtones, strict=True)
    ]
    if not all(hue or overtone for hue, overtone in zip(hues, overtones, strict=True)):
        return None
    main = "-".join(hue for hue in hues if hue)
    # Single letters are hues only in codes and beside an intensity.
    if not main or (intensity is None and len(rest[-1]) < 3):  # noqa: PLR2004 - shorter than any name
        return None
    return Color((), main, intensity, " ".join(overtone for overtone in overtones if overtone) or None)


def _intensity(words: list[str]) -> tuple[int, str | None]:
    """Return how many words at the beginning are an intensity, as many as possible, and which one."""
    for count in range(min(_LONGEST_INTENSITY, len(words)), 0, -1):
        found = canonical("colors", "intensity").get("".join(words[:count]))
        if found is not None:
            return count, found
    return 0, None


@cache
def _codes() -> Mapping[str, Color]:
    """Return fancy colors by their codes: of an intensity and a hue; the longer hue where both could be meant."""
    intensities = table("colors")["intensity"]
    hues = {key_of(spelling): hue for hue, others in table("colors")["hue"].items() for spelling in others}
    found: dict[str, Color] = {}
    for hue_code in sorted(hues, key=len):
        for intensity, spellings in intensities.items():
            for code in spellings:
                if code.isupper() and code.startswith("F"):
                    found[key_of(code) + hue_code] = Color((), hues[hue_code], intensity)
    return found
