"""Kernels that count what is offered to someone who is still typing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel
from facetry.engines.columns.kernels.posting_counts import PostingCounts, count_at

Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def mark(posting_groups: Ints, posting_counts: PostingCounts, first: int, last: int, hidden: int, marks: Flags) -> None:
    """Mark the groups of a range of postings, but of those that have a bit of ``hidden`` in their counts."""
    for i in range(first, last):
        if count_at(posting_counts, i) & hidden == 0:
            marks[posting_groups[i]] = 1


@kernel
def count_marked(
    posting_starts: Longs,
    posting_groups: Ints,
    posting_counts: PostingCounts,
    first: int,
    last: int,
    hidden: int,
    marks: Flags,
    counts: Longs,
) -> None:
    """Write how many marked groups each of the terms ``first:last`` has, but for postings with a bit of ``hidden``."""
    for term in range(first, last):
        count = 0
        for i in range(posting_starts[term], posting_starts[term + 1]):
            if count_at(posting_counts, i) & hidden == 0:
                count += marks[posting_groups[i]]
        counts[term - first] = count


@kernel
def distinct_values(
    product_starts: Ints, rows: Ints, codes: Ints, stamps: Ints, groups: Ints, group_codes: Ints
) -> int:
    """Write down each distinct value of each group once, and return how many there are.

    Args:
        product_starts: Where the products of each group begin, and the end.
        rows: The product of each value, ascending.
        codes: The values.
        stamps: One a code, -1 each.
        groups: Gets the groups, ascending, as long as ``rows``; likewise ``group_codes`` their values.
    """
    group = 0
    count = 0
    for i in range(len(rows)):
        while rows[i] >= product_starts[group + 1]:
            group += 1
        if stamps[codes[i]] != group:
            stamps[codes[i]] = group
            groups[count] = group
            group_codes[count] = codes[i]
            count += 1
    return count
