"""The dictionaries of a tenant: the values of each field of its products, numbered."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from itertools import filterfalse
from typing import cast

import numpy as np
from numpy.typing import NDArray

from facetry.domain.field_result import ValueCount, ValueFacetResult
from facetry.engines.columns.meanings import Meanings
from facetry.engines.columns.table import NO_VALUE

_FEW = 4096
"""A dictionary of so many values is read as quickly as a smaller one."""


class ValueDictionary(dict[str, int]):
    """Code of each value; values are added, never removed, so that every segment can use the same codes.

    Looking up an unknown value adds it; ``get`` does not. One thread at a time adds, whoever
    changes the index sees to that; any thread may read meanwhile.

    Attributes:
        values_by_code: The values.
        meanings: What they mean.
        derived: What others made of the values and keep, by a name of their own.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values_by_code: list[str] = [*values]
        self.meanings = Meanings(self.values_by_code)
        self.derived: dict[str, object] = {}
        super().__init__(zip(self.values_by_code, range(len(self.values_by_code)), strict=True))

    def __missing__(self, value: str | None) -> int:
        if value is None:
            return NO_VALUE
        # The list first: whoever reads the code in another thread finds its value.
        self.values_by_code.append(value)
        code = self[value] = len(self.values_by_code) - 1
        return code

    def codes(self, values: Sequence[str | None]) -> NDArray[np.int32]:
        """Return the code of each value, -1 for None; new values are added."""
        if len(self) <= _FEW and values and values[0] is not None:
            return np.fromiter(map(self.__getitem__, cast("Sequence[str]", values)), np.int32, len(values))
        distinct = dict.fromkeys(values)
        has_gaps = None in distinct
        distinct.pop(None, None)
        known = cast("dict[str, None]", distinct)
        self._add([*filterfalse(self.__contains__, known)])
        if not has_gaps and 2 * len(known) > len(values):
            return np.fromiter(map(self.__getitem__, cast("Sequence[str]", values)), np.int32, len(values))
        # A small dictionary of these values is quicker to read than one of all.
        few: dict[str | None, int] = dict(zip(known, map(self.__getitem__, known), strict=True))
        few[None] = NO_VALUE
        return np.fromiter(map(few.__getitem__, values), np.int32, len(values))

    def _add(self, values: Sequence[str]) -> None:
        """Add values that are not there, in order."""
        first = len(self.values_by_code)
        # The list first, see above.
        self.values_by_code += values
        self.update(zip(values, range(first, first + len(values)), strict=True))

    def leading(self, counts: NDArray[np.int64], size: int) -> ValueFacetResult:
        """Return the ``size`` values with the highest counts (one a code), by count, then by value."""
        codes = np.flatnonzero(counts)
        if 0 < size < len(codes):
            # Only values that are not below the lowest count listed can be listed.
            found = counts[codes]
            codes = codes[found >= np.partition(found, len(found) - size)[len(found) - size]]
        values = self.values_by_code
        pairs = ((-int(counts[code]), values[code]) for code in codes)
        listed = tuple(ValueCount(value, -count) for count, value in heapq.nsmallest(size, pairs))
        return ValueFacetResult(listed, int(counts.sum()) - sum(value.count for value in listed))


class Dictionaries(dict[str, ValueDictionary]):
    """Dictionary of each field by its full name; looking up one that is not there makes an empty one."""

    def __missing__(self, field: str) -> ValueDictionary:
        # Not an assignment: whoever was quicker in another thread may have added values to its own.
        return self.setdefault(field, ValueDictionary())

    def sizes(self) -> Mapping[str, int]:
        """Return how many values each dictionary has, in any thread while others are added."""
        return {field: len(dictionary.values_by_code) for field, dictionary in list(self.items())}
