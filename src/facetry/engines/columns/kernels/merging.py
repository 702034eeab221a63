"""Kernels that make one segment of several; see the other kernels for the forms of lists and postings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel
from facetry.engines.columns.kernels.ordering import compare
from facetry.engines.columns.kernels.posting_counts import PostingCounts, count_at

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def number_distinct(blob: Bytes, starts: Longs, order: Longs) -> Longs:
    """Return for each string its position among the distinct ones; ``order`` sorts the strings."""
    numbers = np.empty(len(order), np.int64)
    number = -1
    for i in range(len(order)):
        this = order[i]
        last = order[i - 1]
        if i == 0 or compare(blob, starts[last], starts[last + 1], blob, starts[this], starts[this + 1]) != 0:
            number += 1
        numbers[this] = number
    return numbers


@kernel
def place(blob: Bytes, starts: Longs, targets: Longs, placed_starts: Longs, placed: Bytes) -> None:
    """Copy each string to the place of its target in another list; a negative target leaves it out."""
    for i in range(len(targets)):
        if targets[i] >= 0:
            source = blob[starts[i] : starts[i + 1]]
            target = placed[placed_starts[targets[i]] : placed_starts[targets[i] + 1]]
            # Over views the compiler sees plain copies of memory.
            for j in range(len(source)):
                target[j] = source[j]


@kernel
def spread(starts: Ints, picks: Longs) -> tuple[Ints, Longs]:
    """Return the members of picked lists.

    Args:
        starts: (n + 1) list i has the members ``starts[i]:starts[i + 1]``.
        picks: Which lists, in which order.

    Returns:
        Starts of the picked lists, and the positions of their members.
    """
    picked_starts = np.empty(len(picks) + 1, np.int32)
    picked_starts[0] = 0
    for i in range(len(picks)):
        picked_starts[i + 1] = picked_starts[i] + starts[picks[i] + 1] - starts[picks[i]]
    members = np.empty(picked_starts[len(picks)], np.int64)
    for i in range(len(picks)):
        shift = np.int64(starts[picks[i]]) - np.int64(picked_starts[i])
        for j in range(picked_starts[i], picked_starts[i + 1]):
            members[j] = j + shift
    return picked_starts, members


@kernel
def count_postings(posting_starts: Longs, posting_groups: Ints, targets: Longs, terms: Longs, counts: Longs) -> None:
    """Add to ``counts`` how many postings each term keeps.

    Args:
        targets: New ordinal of each group, negative where it is left out.
        terms: New number of each term.
    """
    for t in range(len(posting_starts) - 1):
        for i in range(posting_starts[t], posting_starts[t + 1]):
            if targets[posting_groups[i]] >= 0:
                counts[terms[t]] += 1


@kernel
def merge_postings(
    posting_starts: Longs,
    posting_groups: Ints,
    posting_counts: PostingCounts,
    targets: Longs,
    terms: Longs,
    ends: Longs,
    merged_starts: Longs,
    merged_groups: Ints,
    merged_counts: Ints,
    room: Ints,
) -> None:
    """Merge the postings of one segment into those of others, ascending by new ordinal.

    Args:
        targets: New ordinal of each group, ascending, negative where it is left out.
        terms: New number of each term, negative where no posting of it is kept.
        ends: Where the postings of each new term end as yet; moved on.
        merged_starts: Where the postings of each new term begin.
        merged_groups: The merged postings, with ``merged_counts``.
        room: Scratch as long as the longest list of postings, twice.
    """
    for t in range(len(posting_starts) - 1):
        term = terms[t]
        if term < 0:
            continue
        kept = 0
        half = len(room) // 2
        for i in range(posting_starts[t], posting_starts[t + 1]):
            if targets[posting_groups[i]] >= 0:
                room[kept] = targets[posting_groups[i]]
                room[half + kept] = count_at(posting_counts, i)
                kept += 1
        # From the back, so that what is there moves at most once and needs no copy.
        there = ends[term] - 1
        ends[term] += kept
        target = ends[term] - 1
        here = kept - 1
        while here >= 0:
            if there >= merged_starts[term] and merged_groups[there] > room[here]:
                merged_groups[target] = merged_groups[there]
                merged_counts[target] = merged_counts[there]
                there -= 1
            else:
                merged_groups[target] = room[here]
                merged_counts[target] = room[half + here]
                here -= 1
            target -= 1
