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

    def __init__(self, values: Sequence[str], first: int) -> None:
        """Take in values by their codes, beginning with the first of them; of a category only the last crumb counts."""
        self.first = first
        self.size = len(values)
        coded = enumerate(values, first)
        found = sorted((word, code) for code, value in coded for word in set(words(_last_crumb(value))))
        self._words = [word for word, _ in found]
        self._codes = [code for _, code in found]

    def beginning(self, typed: Sequence[str]) -> list[int]:
        """Return the codes of the values in which every typed word begins a word, ascending."""
        found = [self._with(word) for word in typed]
        return sorted(found[0].intersection(*found[1:]))

    def _with(self, beginning: str) -> set[int]:
        first = bisect_left(self._words, beginning)
        return set(self._codes[first : bisect_left(self._words, beginning + _BEHIND, first)])


def values_beginning(dictionary: ValueDictionary, typed: Sequence[str]) -> list[int]:
    """Return the codes of the values of a dictionary in which every typed word begins a word, ascending."""
    return [code for words_of in _word_lists(dictionary) for code in words_of.beginning(typed)]


def _word_lists(dictionary: ValueDictionary) -> Sequence[WordList]:
    """Return the words of a dictionary's values: several lists, one behind the other.

    Values that were added since the last time are a new list, which swallows those before it that are not much longer.
    """
    known = dictionary.derived.get(_NAME)
    lists: list[WordList] = list(known) if isinstance(known, tuple) else []
    first, size = sum(one.size for one in lists), len(dictionary.values_by_code)
    if first < size:
        while lists and lists[-1].size <= 2 * (size - first):
            first = lists.pop().first
        lists.append(WordList(dictionary.values_by_code[first:size], first))
        dictionary.derived[_NAME] = tuple(lists)
    return lists


def _last_crumb(value: str) -> str:
    return value.rpartition(">")[2]
