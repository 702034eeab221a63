"""Grades of one supplier's list: what a single letter means there is seen in the other values of its column."""

from __future__ import annotations

from collections.abc import Iterable

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry import scales
from facetry.domain.jewelry.tables import canonical, key_of
from facetry.domain.trade_terms.grades import grades
from facetry.domain.trade_terms.numbers import text

_SHORTEST_WORD = 4


class SupplierScale:
    """The readings of one column.

    A letter is the grade whose word in the column begins with it. So the P of a list with Premium is not Poor; where
    Premium and Poor both stand there, it is refused. Letters without a word are read as the published scale has them,
    but for a P in a list that goes up to Ideal and knows no Excellent: it may be either.
    """

    def __init__(self, name: str, values: Iterable[str]) -> None:
        """Know all values of a column.

        Args:
            name: ``cut`` or ``finish``.
            values: As they stand in the cells; how often does not matter.
        """
        self._name = name
        keys = {key_of(value) for value in values}
        self._letters = _letters(name, keys)
        known = canonical("grades", name)
        grades_there = {known[key] for key in keys if key in known and len(key) > 1}
        tops = grades_there | {"I"} if "i" in keys else grades_there
        if name == "cut" and "p" not in self._letters and "I" in tops and "EX" not in tops | _excellent(keys):
            self._letters["p"] = frozenset({"EX", "P"})

    def read(self, field: str, raw: object) -> str:
        """Return the grade of a cell.

        Raises:
            InvalidValueError: It is none, or a letter that may be several.
        """
        written = text(field, raw)
        candidates = self._letters.get(key_of(written))
        if candidates is not None and len(candidates) > 1:
            meant = " or ".join(sorted(candidates, key=scales.GRADE.index))
            raise InvalidValueError(field, f"{written!r} may mean {meant} in this list: write the grade in full")
        if candidates:
            return next(iter(candidates))
        found = grades(self._name, written)
        if found is None:
            raise InvalidValueError(
                field, "must be one of Ideal, Excellent, Very Good, Good, Fair, Poor or their letters"
            )
        return min(found, key=scales.GRADE.index)


def _letters(name: str, keys: set[str]) -> dict[str, frozenset[str]]:
    """Return the grades that each letter may stand for, by the words of the column that begin with it."""
    found: dict[str, frozenset[str]] = {}
    for key, grade in canonical("grades", name).items():
        if len(key) >= _SHORTEST_WORD and key in keys:
            found[key[0]] = found.get(key[0], frozenset()) | {grade}
    return found


def _excellent(keys: set[str]) -> set[str]:
    """Return EX where a letter of a column can only be that."""
    return {"EX"} if keys & {"e", "x"} else set()
