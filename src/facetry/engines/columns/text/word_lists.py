"""Values of a dictionary by the words that begin in them, to be offered to someone who is still typing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from facetry.domain.analysis import words
from facetry.engines.columns.dictionary import ValueDictionary

_NAME = "words"
_BEHIND = "\U0010ffff"
"""Lies behind every word, since it is no letter."""


class WordList:
    """The words of values, sorted, each with the code of its value."""

    def __init__(self, values: Sequence[str]) -> None:
        """Take in values by their codes; of a category only the last crumb counts."""
        self.size = len(values)
        found = sorted((word, code) for code, value in enumerate(values) for word in set(words(_last_crumb(value))))
        self._words = [word for word, _ in found]
        self._codes = [code for _, code in found]

    def beginning(self, typed: Sequence[str]) -> list[int]:
        """Return the codes of the values in which every typed word begins a word, ascending."""
        found = [self._with(word) for word in typed]
        return sorted(found[0].intersection(*found[1:]))

    def _with(self, beginning: str) -> set[int]:
        first = bisect_left(self._words, beginning)
        return set(self._codes[first : bisect_left(self._words, beginning + _BEHIND, first)])


def word_list(dictionary: ValueDictionary) -> WordList:
    """Return the words of a dictionary's values, made anew when there are more values than before."""
    known = dictionary.derived.get(_NAME)
    size = len(dictionary.values_by_code)
    if isinstance(known, WordList) and known.size == size:
        return known
    made = dictionary.derived[_NAME] = WordList(dictionary.values_by_code[:size])
    return made


def _last_crumb(value: str) -> str:
    return value.rpartition(">")[2]
