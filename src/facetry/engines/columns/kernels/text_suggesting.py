"""Kernels that count what is offered to someone who is still typing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def mark(posting_groups: Ints, first: int, last: int, marks: Flags) -> None:
    """Mark the groups of a range of postings."""
    for i in range(first, last):
        marks[posting_groups[i]] = 1


@kernel
def count_marked(
    posting_starts: Longs, posting_groups: Ints, first: int, last: int, marks: Flags, counts: Longs
) -> None:
    """Write how many marked groups each of the terms ``first:last`` has."""
    for term in range(first, last):
        count = 0
        for i in range(posting_starts[term], posting_starts[term + 1]):
            count += marks[posting_groups[i]]
        counts[term - first] = count
