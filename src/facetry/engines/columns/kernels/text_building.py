"""Kernels that put the postings of a new segment into the order of its vocabulary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def place_postings(
    terms: Ints, counts: Ints, sizes: Ints, ranks: Ints, starts: Longs, posting_groups: Ints, posting_counts: Ints
) -> None:
    """Write postings by term, those of a term by group.

    Args:
        terms: The number of each posting's term; those of a group together, in the order of groups.
        counts: One a posting.
        sizes: How many postings each group has.
        ranks: The position of each term in the vocabulary.
        starts: (terms + 1) zeros; gets where the postings of each position begin.
        posting_groups: Gets the group of each posting; likewise ``posting_counts``.
    """
    for i in range(len(terms)):
        starts[ranks[terms[i]] + 1] += 1
    for t in range(len(ranks)):
        starts[t + 1] += starts[t]
    ends = starts[:-1].copy()
    i = 0
    for group in range(len(sizes)):
        for _ in range(sizes[group]):
            rank = ranks[terms[i]]
            posting_groups[ends[rank]] = group
            posting_counts[ends[rank]] = counts[i]
            ends[rank] += 1
            i += 1
