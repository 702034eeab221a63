"""Kernels over the counts of postings, which are few distinct numbers and so take a byte each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

RARE = 255
"""Code of the counts that are not among the common ones."""


class PostingCounts(NamedTuple):
    """The counts of M postings.

    Attributes:
        codes: (M) of each posting its count's place among the common ones, or RARE.
        common: (256) counts by code.
        rare_places: Which postings have a rare count, ascending.
        rare_counts: The counts of these.
    """

    codes: Bytes
    common: Ints
    rare_places: Longs
    rare_counts: Ints


@kernel
def count_at(counts: PostingCounts, posting: int) -> int:
    """Return the count of a posting."""
    code = counts.codes[posting]
    if code != RARE:
        return int(counts.common[code])
    first, last = 0, len(counts.rare_places)
    while first < last:
        middle = (first + last) // 2
        if counts.rare_places[middle] < posting:
            first = middle + 1
        else:
            last = middle
    return int(counts.rare_counts[first])


@kernel
def encode_counts(counts: Ints, common: Ints, codes: Bytes, rare_places: Longs, rare_counts: Ints) -> int:
    """Write the code of each count, and those that are rare as far as there is room.

    Args:
        counts: What is encoded.
        common: The common counts, ascending, each by its code; fewer than RARE + 1.
        codes: As many as counts.
        rare_places: See ``PostingCounts``; likewise ``rare_counts``.

    Returns:
        How many are rare.
    """
    rare = 0
    before = np.int32(0)
    code = -1
    for i in range(len(counts)):
        count = counts[i]
        # Postings of one word mostly have the count of those before them.
        if code < 0 or count != before:
            before = count
            first, last = 0, len(common)
            while first < last:
                middle = (first + last) // 2
                if common[middle] < count:
                    first = middle + 1
                else:
                    last = middle
            code = first if first < len(common) and common[first] == count else RARE
        codes[i] = code
        if code == RARE:
            if rare < len(rare_places):
                rare_places[rare] = i
                rare_counts[rare] = count
            rare += 1
    return rare
