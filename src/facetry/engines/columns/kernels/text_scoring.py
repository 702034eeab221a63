"""Kernels that score the groups of one part by a reading; ``domain.search.ranking`` defines the order of operations.

Arrays of a part of G groups:

- postings: ordinals of groups (int32), and their counts by field, see ``GroupText``;
- lengths (uint16, G x fields), live (uint8, G: 1 for a live group);
- weights, norms and averages (float64, fields) as in ``FieldWeights``, and factors (float64, fields x lengths): what
  one occurrence counts in a field of each of the first lengths.

Scratch arrays (G long) are all zero between readings. Of the slot at hand: ``frequency`` (float64) and ``signs``
(uint8: the typos of the first alternative that added, IN_NAME and TOUCHED), with ``touched`` (int32), the groups with
a sign. Of all slots: ``scores`` (float64), ``matched``, ``typos``, ``in_name`` and ``runs`` (uint8), and ``seen``
(uint8: 1 for a group in ``found``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel
from facetry.engines.columns.kernels.posting_counts import PostingCounts, count_at

Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Shorts = NDArray[np.uint16]
Floats = NDArray[np.float64]

FIELD_BITS = 4
COUNT = 15
"""Bits of one field's count."""
TYPOS, TOUCHED, IN_NAME = 63, 64, 128
"""Bits of ``signs``: how many typos; whether the group is in ``touched``; whether its name has the slot."""
NEXT_RANGE, NEXT_POSITION, SIZE, HAVING = range(4)
"""Entries of a slot's progress: where it stands, how many groups are touched, and how many of them have the slot."""
FIRST, LAST, LISTED = range(3)
"""Columns of ranges: first and last + 1 posting, or entry of the list; whether it is of the list."""


@kernel
def weighted(
    counts: int,
    group: int | np.uint64,
    lengths: Shorts,
    factors: Floats,
    weights: Floats,
    norms: Floats,
    averages: Floats,
) -> float:
    """Return how often a group has a key, weighted; see ``ranking.key_frequency``."""
    total = 0.0
    field = 0
    # Above the counts of six fields stands whether the key is hidden.
    counts &= 0xFFFFFF
    # Many words stand in the last field only, the description.
    if counts & 0xFFFF == 0:
        counts >>= 16
        field = 4
    while counts != 0:
        count = counts & COUNT
        if count != 0:
            length = np.int64(lengths[group, field])
            if length < factors.shape[1]:
                total += np.float64(count) * factors[field, length]
            else:
                norm = norms[field]
                relative = np.float64(length) / averages[field]
                total += np.float64(count) * (weights[field] / (1.0 - norm + norm * relative))
        counts >>= FIELD_BITS
        field += 1
    return total


@kernel
def add_slot(
    posting_groups: Ints,
    posting_counts: PostingCounts,
    listed_groups: Ints,
    listed_frequencies: Floats,
    listed_in_name: Ints,
    ranges: Longs,
    qualities: Floats,
    typos: Ints,
    live: Flags,
    lengths: Shorts,
    factors: Floats,
    weights: Floats,
    norms: Floats,
    averages: Floats,
    progress: Longs,
    frequency: Floats,
    signs: Flags,
    touched: Ints,
    hidden: int,
    budget: int,
) -> bool:
    """Add up the frequency of a slot over its alternatives, going on where ``progress`` stands.

    Args:
        listed_groups: Groups, those of one alternative together, that postings alone do not tell, with
            ``listed_frequencies``, how often they have it, and ``listed_in_name``, 1 where it is in the name.
        ranges: (int64, R x 3) what to look at, in the order of the alternatives.
        qualities: (R) of the alternative; likewise ``typos``.
        progress: (int64, 4) zeros to begin with.
        hidden: A bit of counts; postings that have it are passed over.
        budget: How many postings to look at in this call.

    Returns:
        Whether all is done.
    """
    left = budget
    count = progress[SIZE]
    having = progress[HAVING]
    r = progress[NEXT_RANGE]
    while r < len(ranges):
        start = ranges[r, FIRST] + progress[NEXT_POSITION]
        end = min(ranges[r, LAST], start + left)
        quality = qualities[r]
        sign = np.uint8(typos[r])
        is_listed = ranges[r, LISTED] != 0
        at = start
        if count == 0 and not is_listed:
            # Nobody has touched anything as yet, and the postings of one key are ascending: nothing to look up.
            before = -1
            while at < end and posting_groups[at] > before:
                before = posting_groups[at]
                group = np.uint64(before)
                counts = count_at(posting_counts, at)
                at += 1
                if live[group] == 0 or counts & hidden != 0:
                    continue
                added = quality * weighted(counts, group, lengths, factors, weights, norms, averages)
                signed = np.uint8(TOUCHED)
                if added > 0.0:
                    having += 1
                    signed |= sign
                if counts & COUNT != 0:
                    signed |= np.uint8(IN_NAME)
                elif added == 0.0:
                    continue
                frequency[group] = added
                signs[group] = signed
                touched[count] = before
                count += 1
        for i in range(at, end):
            # An index without a sign need not be looked at whether it counts from the end.
            group = np.uint64(listed_groups[i] if is_listed else posting_groups[i])
            if live[group] == 0:
                continue
            counts = int(listed_in_name[i]) if is_listed else count_at(posting_counts, i)
            if counts & hidden != 0:
                continue
            if is_listed:
                added = quality * listed_frequencies[i]
            else:
                added = quality * weighted(counts, group, lengths, factors, weights, norms, averages)
            is_in_name = counts & COUNT != 0
            if added == 0.0 and not is_in_name:
                continue
            signed = signs[group]
            if signed & TOUCHED == 0:
                touched[count] = group
                count += 1
                signed |= np.uint8(TOUCHED)
            if added > 0.0:
                if frequency[group] == 0.0:
                    having += 1
                    signed |= sign
                frequency[group] += added
            if is_in_name:
                signed |= np.uint8(IN_NAME)
            signs[group] = signed
        left -= max(end - start, 0)
        if end < ranges[r, LAST]:
            progress[NEXT_POSITION] = end - ranges[r, FIRST]
            break
        progress[NEXT_POSITION] = 0
        r += 1
    progress[NEXT_RANGE] = r
    progress[SIZE] = count
    progress[HAVING] = having
    return bool(r == len(ranges))


@kernel
def close_slot(
    touched: Ints,
    first: int,
    last: int,
    idf: float,
    k1: float,
    is_required: bool,
    frequency: Floats,
    signs: Flags,
    scores: Floats,
    matched: Flags,
    typos: Flags,
    in_name: Flags,
    seen: Flags,
    found: Ints,
    size: int,
) -> int:
    """Add the scores of a slot to those of ``touched[first:last]``, and clear the slot's scratch arrays.

    Args:
        idf: That of the slot, weighted.
        is_required: Whether the slot counts among the words of the query.
        found: All groups that have any slot, ``size`` as yet.

    Returns:
        The new size of ``found``.
    """
    for i in range(first, last):
        group = np.uint64(touched[i])
        often = frequency[group]
        signed = signs[group]
        frequency[group] = 0.0
        signs[group] = 0
        if often == 0.0:
            continue
        scores[group] += idf * (often * (k1 + 1.0) / (often + k1))
        if is_required:
            matched[group] += np.uint8(1)
            typos[group] += np.uint8(signed & TYPOS)
            in_name[group] += np.uint8(signed >> 7)
        if seen[group] == 0:
            seen[group] = 1
            found[size] = touched[i]
            size += 1
    return size


@kernel
def add_bonus(
    posting_groups: Ints,
    posting_counts: PostingCounts,
    first: int,
    last: int,
    hidden: int,
    added: float,
    number: int,
    needs_previous: bool,
    seen: Flags,
    runs: Flags,
    scores: Floats,
) -> None:
    """Add a bonus to the scores of the groups found that have its key.

    Args:
        posting_groups: The groups of the key are those in ``first:last``; ``posting_counts`` likewise.
        hidden: A bit of counts; postings that have it are passed over.
        added: What it adds.
        number: Position of the bonus among all, from 1.
        needs_previous: Whether it counts only where the bonus before did.
        runs: Number of the last bonus that counted for each group.
    """
    for i in range(first, last):
        group = posting_groups[i]
        if seen[group] == 0 or (needs_previous and runs[group] != number - 1):
            continue
        if count_at(posting_counts, i) & hidden == 0:
            scores[group] += added
            runs[group] = number


@kernel
def finish(
    groups: Ints,
    first: int,
    last: int,
    required: int,
    name_bonus: float,
    boosts: Floats,
    most_typos: int,
    word_tier: float,
    scores: Floats,
    matched: Flags,
    typos: Flags,
    in_name: Flags,
    runs: Flags,
    seen: Flags,
    found_scores: Floats,
    found_matched: Ints,
) -> None:
    """Write the final scores and matched words of ``groups[first:last]``, and clear their scratch arrays.

    Args:
        required: How many slots are required.
        name_bonus: What is added where the name has all of them, at least one.
        boosts: (G) what boosts add to each group, or empty without any.
    """
    for i in range(first, last):
        group = np.uint64(groups[i])
        score = scores[group]
        if required > 0 and in_name[group] == required:
            score += name_bonus
        if len(boosts) > 0:
            score = score * (1.0 + boosts[group])
        words = int(matched[group])
        tier = words * word_tier - min(int(typos[group]), most_typos)
        found_scores[i] = tier + score / (1.0 + score)
        found_matched[i] = words
        scores[group] = 0.0
        matched[group] = 0
        typos[group] = 0
        in_name[group] = 0
        runs[group] = 0
        seen[group] = 0
