"""The dictionaries of a tenant: the values of each product field, numbered."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from facetry.domain.field_result import ValueCount, ValueFacetResult


class ValueDictionary(dict[str, int]):
    """Code of each value; values are added, never removed, so that every segment can use the same codes.

    Looking up an unknown value adds it; ``get`` does not.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        super().__init__()
        self.values_by_code: list[str] = []
        for value in values:
            self[value]

    def __missing__(self, value: str) -> int:
        # The list first: whoever reads the code in another thread finds its value.
        self.values_by_code.append(value)
        code = self[value] = len(self.values_by_code) - 1
        return code

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
