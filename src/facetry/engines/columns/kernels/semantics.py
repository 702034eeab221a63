"""Kernels of closeness in meaning; ``domain.search.text.semantics`` defines what they compute.

A segment's meanings are ``numbers`` (groups x dimensions, int8) and ``squares`` (groups, int32), the sums of their
squares.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel
from facetry.engines.columns.kernels.posting_counts import PostingCounts, count_at

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Shorts = NDArray[np.int16]
Numbers = NDArray[np.int8]

FIELD_BITS = 4
FIELD_MASK = 15


@kernel
def find_terms(
    posting_starts: Longs, posting_counts: PostingCounts, first: int, last: int, fields: int, found: Ints
) -> int:
    """Write which of the terms ``first:last`` stand in any of the first ``fields`` fields, and return how many do."""
    mask = (1 << FIELD_BITS * fields) - 1
    count = 0
    for term in range(first, last):
        for posting in range(posting_starts[term], posting_starts[term + 1]):
            if count_at(posting_counts, posting) & mask:
                found[count] = term
                count += 1
                break
    return count


@kernel
def add_vectors(
    posting_groups: Ints,
    posting_counts: PostingCounts,
    nexts: Longs,
    ends: Longs,
    vectors: Shorts,
    fields: int,
    first_group: int,
    sums: Longs,
) -> None:
    """Add the vectors of words to the groups that have them, each as often as the first ``fields`` fields do.

    Args:
        posting_groups: See ``Segment``; likewise ``posting_counts``.
        nexts: The first posting of each word that is of no group before ``first_group``; moved behind those added.
        ends: Last + 1 posting of each word.
        vectors: Of the words (words x dimensions).
        fields: How many.
        first_group: The group of the first of ``sums``, which has a row for each group from it on.
        sums: What is added to (groups x dimensions).
    """
    last_group = first_group + len(sums)
    for word in range(len(nexts)):
        posting = nexts[word]
        while posting < ends[word] and posting_groups[posting] < last_group:
            packed = count_at(posting_counts, posting)
            times = np.int64(0)
            for field in range(fields):
                times += packed >> FIELD_BITS * field & FIELD_MASK
            if times:
                group = posting_groups[posting] - first_group
                for i in range(sums.shape[1]):
                    sums[group, i] += times * vectors[word, i]
            posting += 1
        nexts[word] = posting


@kernel
def scale_down(sums: Longs, full_scale: int, first_group: int, numbers: Numbers, squares: Ints) -> None:
    """Write the meanings of groups from ``first_group`` on, whose vectors add up to ``sums``."""
    for row in range(len(sums)):
        largest = 0
        for i in range(sums.shape[1]):
            largest = max(largest, abs(sums[row, i]))
        square = 0
        for i in range(sums.shape[1]):
            number = 0
            if largest:
                number = (2 * full_scale * sums[row, i] + largest) // (2 * largest)
            numbers[first_group + row, i] = number
            square += number * number
        squares[first_group + row] = square


@kernel
def raise_scores(
    ordinals: Ints, scores: Floats, numbers: Numbers, squares: Ints, query: Ints, query_square: int, weight: float
) -> None:
    """Raise the final scores of groups by how close they are to a query's meaning; each stays in its tier."""
    for k in range(len(ordinals)):
        group = ordinals[k]
        product = 0
        for i in range(len(query)):
            product += numbers[group, i] * query[i]
        if product > 0:
            gain = weight * (product / math.sqrt(float(np.int64(squares[group]) * query_square)))
            tier = math.floor(scores[k])
            squashed = scores[k] - tier
            scores[k] = tier + squashed * (1.0 + gain) / (1.0 + squashed * gain)
