"""Kernels that look for groups that have several things, without looking at those that have only one of them.

Arrays are those of ``kernels.text_scoring``; the postings of each range here are ascending.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel
from facetry.engines.columns.kernels.filtering import first_from
from facetry.engines.columns.kernels.posting_counts import PostingCounts, count_at
from facetry.engines.columns.kernels.text_scoring import COUNT, FIRST, IN_NAME, LAST, LISTED, TOUCHED, weighted

Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Shorts = NDArray[np.uint16]
Floats = NDArray[np.float64]

COUNTS = 0xFFFFFF
"""Bits of the counts of all fields."""


@kernel
def mark_having(
    posting_groups: Ints,
    posting_counts: PostingCounts,
    listed_groups: Ints,
    listed_frequencies: Floats,
    ranges: Longs,
    live: Flags,
    hidden: int,
    marks: Flags,
) -> int:
    """Mark the live groups that have a slot, where all fields weigh something, and return how many there are.

    Args:
        ranges: See ``add_slot``.
        hidden: A bit of counts; postings that have it are passed over.
        marks: (G) all zero.
    """
    count = 0
    for r in range(len(ranges)):
        is_listed = ranges[r, LISTED] != 0
        for i in range(ranges[r, FIRST], ranges[r, LAST]):
            group = np.uint64(listed_groups[i] if is_listed else posting_groups[i])
            if is_listed:
                has = listed_frequencies[i] > 0.0
            else:
                counts = count_at(posting_counts, i)
                has = (counts & COUNTS != 0) & (counts & hidden == 0)
            new = np.uint8(has) & live[group] & ~marks[group]
            marks[group] |= new
            count += int(new)
    return count


@kernel
def keep_having(
    posting_groups: Ints,
    posting_counts: PostingCounts,
    listed_groups: Ints,
    listed_frequencies: Floats,
    ranges: Longs,
    hidden: int,
    wanted: Ints,
) -> int:
    """Keep, at the beginning of ``wanted`` (ascending), the groups that have a slot; return how many there are.

    Args:
        ranges: See ``add_slot``.
        hidden: A bit of counts; postings that have it are passed over.
    """
    kept = np.zeros(len(wanted), np.uint8)
    for r in range(len(ranges)):
        is_listed = ranges[r, LISTED] != 0
        groups = listed_groups if is_listed else posting_groups
        groups = groups[: ranges[r, LAST]]
        at = ranges[r, FIRST]
        for w in range(len(wanted)):
            if kept[w] != 0:
                continue
            at = first_from(groups, at, wanted[w])
            if at >= len(groups):
                break
            if groups[at] != wanted[w]:
                continue
            if is_listed:
                kept[w] = listed_frequencies[at] > 0.0
            else:
                counts = count_at(posting_counts, at)
                kept[w] = (counts & COUNTS != 0) & (counts & hidden == 0)
    size = 0
    for w in range(len(wanted)):
        wanted[size] = wanted[w]
        size += int(kept[w])
    return size


@kernel
def add_slot_of(
    wanted: Ints,
    posting_groups: Ints,
    posting_counts: PostingCounts,
    listed_groups: Ints,
    listed_frequencies: Floats,
    listed_in_name: Ints,
    ranges: Longs,
    qualities: Floats,
    typos: Ints,
    lengths: Shorts,
    factors: Floats,
    weights: Floats,
    norms: Floats,
    averages: Floats,
    frequency: Floats,
    signs: Flags,
    touched: Ints,
    hidden: int,
) -> int:
    """Add up the frequency of a slot over its alternatives as ``add_slot`` does, of some live groups only.

    Args:
        wanted: These groups, ascending.

    Returns:
        How many are touched.
    """
    count = 0
    for r in range(len(ranges)):
        is_listed = ranges[r, LISTED] != 0
        groups = listed_groups if is_listed else posting_groups
        groups = groups[: ranges[r, LAST]]
        at = ranges[r, FIRST]
        for w in range(len(wanted)):
            at = first_from(groups, at, wanted[w])
            if at >= len(groups):
                break
            if groups[at] != wanted[w]:
                continue
            group = np.uint64(wanted[w])
            counts = int(listed_in_name[at]) if is_listed else count_at(posting_counts, at)
            if counts & hidden != 0:
                continue
            if is_listed:
                often = listed_frequencies[at]
            else:
                often = weighted(counts, group, lengths, factors, weights, norms, averages)
            signed = signs[group]
            if signed & TOUCHED == 0:
                touched[count] = wanted[w]
                count += 1
                signed |= np.uint8(TOUCHED)
            if often > 0.0:
                if frequency[group] == 0.0:
                    signed |= np.uint8(typos[r])
                frequency[group] += qualities[r] * often
            if counts & COUNT != 0:
                signed |= np.uint8(IN_NAME)
            signs[group] = signed
    return count


@kernel
def intersect(
    posting_groups: Ints,
    posting_counts: PostingCounts,
    bounds: Longs,
    lengths: Shorts,
    factors: Floats,
    weights: Floats,
    norms: Floats,
    averages: Floats,
    hidden: int,
    groups: Ints,
    frequencies: Floats,
    in_name: Ints,
) -> int:
    """Write the groups that have all of some keys, ascending, how often, and 1 where the name has all of them.

    Args:
        bounds: (keys x 2) first and last + 1 posting of each key.
        hidden: A bit of counts; groups with a posting that has it are passed over.
        groups: Room for as many as the shortest list of postings has; likewise ``frequencies`` and ``in_name``.

    Returns:
        How many there are.
    """
    keys = len(bounds)
    at = bounds[:, 0].copy()
    size = 0
    while at[0] < bounds[0, 1]:
        group = posting_groups[at[0]]
        k = 1
        while k < keys:
            # A key that stands far behind is caught up with in growing steps.
            step = 1
            while at[k] + step < bounds[k, 1] and posting_groups[at[k] + step] <= group:
                at[k] += step
                step *= 2
            while at[k] < bounds[k, 1] and posting_groups[at[k]] < group:
                at[k] += 1
            if at[k] == bounds[k, 1]:
                return size
            if posting_groups[at[k]] != group:
                break
            k += 1
        if k == keys:
            total = 0.0
            common = np.int32(1)
            hides = 0
            for j in range(keys):
                packed = count_at(posting_counts, at[j])
                hides |= packed & hidden
                often = weighted(packed, int(group), lengths, factors, weights, norms, averages)
                total = often if j == 0 else min(total, often)
                if packed & COUNT == 0:
                    common = np.int32(0)
            if hides == 0:
                groups[size] = group
                frequencies[size] = total
                in_name[size] = common
                size += 1
        at[0] += 1
    return size
