"""Which values of a dictionary have a key of a text, kept for dictionaries with few values."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.text.fitting import fitting_keys
from facetry.engines.columns.dictionary import ValueDictionary

Bits = NDArray[np.uint64]
FEW = 512
"""Dictionaries with more values are not looked through: a page shows few of these."""


class ValueKeys:
    """The codes of a dictionary's values by the keys of these, in one language; any thread may use it."""

    def __init__(self, field: str, language: str, texts: list[str]) -> None:
        """Begin with no values of a field, of those in ``texts``, to which others are added meanwhile."""
        self._field = field
        self._language = language
        self._texts = texts
        self._size = 0
        self._lock = threading.Lock()
        self._codes: dict[str, list[int]] = {}

    @classmethod
    def of(cls, field: str, language: str, dictionary: ValueDictionary) -> ValueKeys:
        """Return those of a dictionary."""
        name = f"keys {language}"
        known = dictionary.derived.get(name)
        if not isinstance(known, ValueKeys):
            known = dictionary.derived[name] = cls(field, language, dictionary.values_by_code)
        return known

    def bits(self, wanted: Mapping[str, int]) -> Bits | None:
        """Return bits by code: all those of the wanted keys that a value has, None where no value has any.

        Behind those of all values stand none, for a code that is -1.
        """
        self._learn()
        found = [(codes, bit) for key, bit in wanted.items() if (codes := self._codes.get(key))]
        if not found:
            return None
        # Whoever learns new values meanwhile adds to these lists, so they are read before the values are counted.
        pairs = [([*codes], bit) for codes, bit in found]
        table = np.zeros(len(self._texts) + 1, np.uint64)
        for codes, bit in pairs:
            table[codes] |= np.uint64(bit)
        return table

    def _learn(self) -> None:
        """Add the values that are new."""
        if self._size == len(self._texts):
            return
        with self._lock:
            for code in range(self._size, len(self._texts)):
                for key in fitting_keys(self._field, self._texts[code], self._language):
                    self._codes.setdefault(key, []).append(code)
                self._size = code + 1
