"""Counting values: of how many lists found each value is one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.collecting import count_dense, count_rows
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.reading import Codes

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_CODE_BITS = 32


def count_codes(parts: Iterable[Codes], size: int, deadline: Deadline) -> Longs:
    """Return how many lists have each code below ``size``; where they have units, how many units."""
    counts = np.zeros(size + 1, np.int64)
    stamps = np.zeros(size + 1, np.int32)
    others: Longs | None = None
    stamp = 0
    pairs: list[Longs] = []
    for codes in parts:
        if codes.units is not None:
            pairs.append(_pairs(codes, codes.units))
            continue
        if codes.is_distinct:
            # Every row counts, whatever list it is in.
            others = np.zeros(size + 1, np.int64) if others is None else others
            for some in deadline.slices(int(codes.starts[-1])):
                count_rows(codes.codes, codes.rows, some.start, some.stop, counts, others)
            continue
        for first, last in deadline.lists(codes.starts):
            count_dense(codes.codes, codes.rows, codes.starts, first, last, stamps, stamp, counts)
            stamp += last - first
    if pairs:
        deadline.check()
        distinct = np.unique(np.concatenate(pairs))
        counts[1:] += np.bincount(distinct & (2**_CODE_BITS - 1), minlength=size)
    return counts[1:] if others is None else counts[1:] + others[1:]


def _pairs(codes: Codes, units: Ints) -> Longs:
    """Return unit and code of each value."""
    together = codes.together()
    owners = np.repeat(units.astype(np.int64), np.diff(codes.starts))
    has_value = together >= 0
    return (owners[has_value] << _CODE_BITS) | together[has_value]
