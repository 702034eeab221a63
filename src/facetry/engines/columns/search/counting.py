"""Counting values: of how many lists found each value of each of some fields is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.addresses import address_of, address_of_bytes
from facetry.engines.columns.kernels.counting import count_tasks
from facetry.engines.columns.search.codes import Codes
from facetry.engines.columns.search.deadline import Deadline

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_CODE_BITS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many lists have each value of each field.

    Attributes:
        together: The counts of all fields, see ``kernels.counting``.
        starts: Where those of each field begin, after one for no value, and the end.
    """

    together: Longs
    starts: Sequence[int]

    def of(self, field: int) -> Longs:
        """Return how many lists have each code of one field."""
        return self.together[self.starts[field] : self.starts[field + 1] - 1]


def count_codes(found: Sequence[Sequence[Codes]], sizes: Sequence[int], deadline: Deadline) -> Counts:
    """Return how many lists have each code of each field; where lists have units, how many units.

    Args:
        found: The codes of each field, in several pieces.
        sizes: Below which all codes of each field are.
        deadline: How long to go on.
    """
    starts = [*accumulate((size + 1 for size in sizes), initial=1)]
    counting, leaving_out = (_Counting(starts[-1] - 1, deadline) for _ in range(2))
    for pieces, start, size in zip(found, starts, sizes, strict=False):
        for codes in pieces:
            if codes.units is None:
                (counting if codes.all_counts is None else leaving_out).add(codes, start - 1, size + 1)
    counts = Counts(counting.result() - leaving_out.result(), starts)
    for field, pieces in enumerate(found):
        for codes in pieces:
            if codes.all_counts is not None:
                counts.of(field)[: len(codes.all_counts)] += codes.all_counts
        pairs = [_pairs(codes, codes.units) for codes in pieces if codes.units is not None]
        if pairs:
            deadline.check()
            distinct = np.unique(np.concatenate(pairs))
            own = counts.of(field)
            own += np.bincount(distinct & (2**_CODE_BITS - 1), minlength=len(own))
    return counts


class _Counting:
    """Counts as many rows in one call of a kernel as make a slice of the deadline."""

    def __init__(self, size: int, deadline: Deadline) -> None:
        """Count into so many counts, all zero."""
        self._deadline = deadline
        self._counts = np.zeros(size, np.int64)
        self._others = np.zeros(size, np.int64)
        self._stamps = np.zeros(size, np.int32)
        self._stamp = 0
        self._rows = 0
        self._tasks: list[tuple[int, ...]] = []
        self._addresses: dict[int, int] = {}

    def add(self, codes: Codes, begin: int, size: int) -> None:
        """Count codes, which the caller keeps until the end, in the ``size`` counts from ``begin`` on."""
        rows, starts = codes.rows, codes.starts
        address = self._address
        small = 0 if codes.small is None else address_of_bytes(codes.small)
        places = address(codes.codes), len(codes.codes), address(rows), len(rows), address(starts)
        for first, last in self._slices(codes):
            count = last - first if codes.is_distinct else int(starts[last] - starts[first])
            if self._rows + count > self._deadline.slice_rows:
                self._flush()
            self._rows += count
            self._tasks.append((*places, first, last, codes.is_distinct, begin, size, small))

    def result(self) -> Longs:
        """Return the counts of all that was added."""
        self._flush()
        self._counts += self._others
        return self._counts

    def _address(self, array: Ints) -> int:
        """Return where an array begins; fields share most, and all are kept until the end."""
        found = self._addresses.get(id(array))
        if found is None:
            found = self._addresses[id(array)] = address_of(array)
        return found

    def _slices(self, codes: Codes) -> Sequence[tuple[int, int]]:
        """Return first and last + 1 of the rows, or of the lists, that are counted at once."""
        count = int(codes.starts[-1])
        if codes.is_distinct:
            # Every row counts, whatever list it is in.
            most = self._deadline.slice_rows
            return [(first, min(first + most, count)) for first in range(0, count, most)]
        return self._deadline.bounds(codes.starts)

    def _flush(self) -> None:
        if self._tasks:
            self._deadline.check()
            tasks = np.array(self._tasks, np.int64)
            self._stamp = count_tasks(tasks, self._stamps, self._stamp, self._counts, self._others)
            self._tasks.clear()
            self._rows = 0


def _pairs(codes: Codes, units: Ints) -> Longs:
    """Return unit and code of each value."""
    together = codes.together()
    owners = np.repeat(units.astype(np.int64), np.diff(codes.starts))
    has_value = together >= 0
    return (owners[has_value] << _CODE_BITS) | together[has_value]
