"""Kernels of a search over one segment: score, count, choose.

Each takes a range to work on, so that a caller can cut the work into slices. Arrays of a segment of G groups:

- postings: for each term the ordinals of its groups, ascending (int32), and how often it stands in each (int32);
- lengths (int32, text fields x G), numbers (int64, number fields x G), live (uint8, G: 1 for a live group).

Scratch arrays (G long) are all zero between searches: ``sums`` and ``steps`` gather the score of one field, ``best``
and ``complete`` keep the best field; ``touched`` lists the groups of the field, ``matched`` those of the search.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel
from facetry.engines.columns.kernels.ordering import compare, first_not_below
from facetry.engines.columns.kernels.posting_counts import PostingCounts, count_at

Bytes = NDArray[np.uint8]
Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

K1 = 1.2
B = 0.75
POSTINGS = -1
KEYWORDS = -1

FIELD, START, END, STEP, SOURCE, VALUE = range(6)
"""Columns of a plan's ranges: position of the field; first and last + 1 posting or ordinal; how far a match brings
the field to completeness; POSTINGS or the row of ``numbers`` to compare; with what."""
NEED, LENGTHS = range(2)
"""Columns of a plan's fields: steps to completeness; row of ``lengths`` or KEYWORDS."""
NEXT_RANGE, NEXT_POSITION, TOUCHED, MATCHED = range(4)
"""Entries of a scoring's progress."""


@kernel
def look_up(
    vocabulary: Bytes,
    vocabulary_starts: Longs,
    posting_starts: Longs,
    keys: Bytes,
    key_starts: Longs,
    bounds: Longs,
) -> int:
    """Write first and last + 1 posting of each key into ``bounds`` (keys x 2), and return how many there are in all."""
    total = 0
    for k in range(len(key_starts) - 1):
        term = first_not_below(vocabulary, vocabulary_starts, keys, key_starts[k], key_starts[k + 1])
        bounds[k, 0] = 0
        bounds[k, 1] = 0
        if term < len(vocabulary_starts) - 1:
            start, end = vocabulary_starts[term], vocabulary_starts[term + 1]
            if compare(vocabulary, start, end, keys, key_starts[k], key_starts[k + 1]) == 0:
                bounds[k, 0] = posting_starts[term]
                bounds[k, 1] = posting_starts[term + 1]
                total += posting_starts[term + 1] - posting_starts[term]
    return total


@kernel
def find_live(ids: Bytes, id_starts: Longs, live: Flags, keys: Bytes, key_starts: Longs, found: Longs) -> int:
    """Write the ordinals of live groups with these ids into ``found``, and return how many there are."""
    count = 0
    for k in range(len(key_starts) - 1):
        group = first_not_below(ids, id_starts, keys, key_starts[k], key_starts[k + 1])
        if group < len(live) and live[group] != 0:
            end = id_starts[group + 1]
            if compare(ids, id_starts[group], end, keys, key_starts[k], key_starts[k + 1]) == 0:
                found[count] = group
                count += 1
    return count


@kernel
def count_live(posting_groups: Ints, start: int, end: int, live: Flags) -> int:
    """Return how many postings of a range are of live groups."""
    count = 0
    for i in range(start, end):
        if live[posting_groups[i]] != 0:
            count += 1
    return count


@kernel
def count_shown(
    posting_groups: Ints, posting_counts: PostingCounts, start: int, end: int, hidden: int, live: Flags
) -> int:
    """Return how many postings of a range are of live groups and have no bit of ``hidden`` in their counts."""
    count = 0
    for i in range(start, end):
        if count_at(posting_counts, i) & hidden == 0 and live[posting_groups[i]] != 0:
            count += 1
    return count


@kernel
def fold_field(
    need: int,
    progress: Longs,
    sums: Floats,
    steps: Ints,
    best: Floats,
    complete: Flags,
    touched: Ints,
    matched: Ints,
) -> None:
    """Move the scores of one field into those of the groups, and clear the field's scratch arrays."""
    for i in range(progress[TOUCHED]):
        group = touched[i]
        if best[group] == 0.0:
            matched[progress[MATCHED]] = group
            progress[MATCHED] += 1
        best[group] = max(best[group], sums[group])
        if steps[group] >= need:
            complete[group] = 1
        sums[group] = 0.0
        steps[group] = 0
    progress[TOUCHED] = 0


@kernel
def score(
    posting_groups: Ints,
    posting_counts: PostingCounts,
    lengths: Ints,
    numbers: Longs,
    live: Flags,
    ranges: Longs,
    weights: Floats,
    fields: Longs,
    averages: Floats,
    progress: Longs,
    sums: Floats,
    steps: Ints,
    best: Floats,
    complete: Flags,
    touched: Ints,
    matched: Ints,
    budget: int,
) -> bool:
    """Score groups by a plan, going on where ``progress`` stands; see ``domain.field_ranking`` for the formula.

    Args:
        ranges: (int64, R x 6) what to look at, those of one field together, in the order in which weights are added.
        weights: (R) idf of each range; the weight itself where ``numbers`` are compared.
        fields: (int64, F x 2) the fields of the plan.
        averages: (F) average lengths.
        progress: (int64, 4) zeros to begin with; ``progress[MATCHED]`` groups are in ``matched`` at the end.
        budget: How many postings and groups to look at in this call.

    Returns:
        Whether the plan is done.
    """
    left = budget
    r = progress[NEXT_RANGE]
    while r < len(ranges):
        field = ranges[r, FIELD]
        start = ranges[r, START] + progress[NEXT_POSITION]
        end = min(ranges[r, END], start + left)
        weight = weights[r]
        step = np.int32(ranges[r, STEP])
        source = ranges[r, SOURCE]
        row = fields[field, LENGTHS]
        count = progress[TOUCHED]
        for i in range(start, end):
            if source == POSTINGS:
                group = np.int64(posting_groups[i])
                if live[group] == 0:
                    continue
                add = weight
                if row != KEYWORDS:
                    frequency = np.float64(count_at(posting_counts, i))
                    length = np.float64(lengths[row, group])
                    norm = K1 * (1.0 - B + B * (length / averages[field]))
                    add = weight * (frequency * (K1 + 1.0)) / (frequency + norm)
            else:
                group = np.int64(i)
                if numbers[source, group] != ranges[r, VALUE] or live[group] == 0:
                    continue
                add = weight
            if sums[group] == 0.0:
                touched[count] = group
                count += 1
            sums[group] += add
            steps[group] += step
        progress[TOUCHED] = count
        left -= max(end - start, 0)
        if end < ranges[r, END]:
            progress[NEXT_POSITION] = end - ranges[r, START]
            progress[NEXT_RANGE] = r
            return False
        progress[NEXT_POSITION] = 0
        r += 1
        if r == len(ranges) or ranges[r, FIELD] != field:
            fold_field(fields[field, NEED], progress, sums, steps, best, complete, touched, matched)
        progress[NEXT_RANGE] = r
    return True


@kernel
def count_values(
    matched: Ints,
    start: int,
    end: int,
    product_starts: Ints,
    codes: Ints,
    stamps: Longs,
    stamp: int,
    counts: Longs,
) -> None:
    """Count each distinct value of the products of matched groups once a group.

    Args:
        matched: Ordinals of groups; ``start`` to ``end`` are counted.
        product_starts: (G + 1) the products of group g are ``product_starts[g]:product_starts[g + 1]``.
        codes: One a product, negative where it has no value.
        stamps: One a value; which group had it last.
        stamp: The highest number that earlier calls used; this one uses those up to ``stamp + end - start``.
        counts: One a value; added to.
    """
    for i in range(start, end):
        group = matched[i]
        stamp += 1
        for j in range(product_starts[group], product_starts[group + 1]):
            code = codes[j]
            if code >= 0 and stamps[code] != stamp:
                stamps[code] = stamp
                counts[code] += 1


@kernel
def count_ranges(
    matched: Ints,
    start: int,
    end: int,
    prices: Longs,
    currencies: Ints,
    currency: int,
    bounds: Longs,
    counts: Longs,
) -> None:
    """Count matched groups by the range that their price lies in.

    Args:
        prices: (G) a missing one lies below every bound.
        currencies: (G) code of each group's currency, -1 for the tenant's default.
        currency: Code of the currency that is counted beside the default.
        bounds: Ascending; range b is ``bounds[b]`` to below ``bounds[b + 1]``, the last is open.
        counts: One a bound; added to.
    """
    for i in range(start, end):
        group = matched[i]
        if currencies[group] != -1 and currencies[group] != currency:
            continue
        b = len(bounds) - 1
        while b >= 0 and prices[group] < bounds[b]:
            b -= 1
        if b >= 0:
            counts[b] += 1


@kernel
def sift_down(scores: Floats, groups: Ints, position: int, size: int) -> None:
    """Restore the order of a heap whose root is the worst entry: lowest score, then highest ordinal."""
    while True:
        worst = position
        for child in (2 * position + 1, 2 * position + 2):
            if child < size and (
                scores[child] < scores[worst] or (scores[child] == scores[worst] and groups[child] > groups[worst])
            ):
                worst = child
        if worst == position:
            return
        scores[position], scores[worst] = scores[worst], scores[position]
        groups[position], groups[worst] = groups[worst], groups[position]
        position = worst


@kernel
def choose(
    matched: Ints,
    start: int,
    end: int,
    best: Floats,
    complete: Flags,
    heap_scores: Floats,
    heap_groups: Ints,
    size: int,
) -> int:
    """Keep the best of the matched groups in a heap, and clear their scratch arrays.

    Args:
        heap_scores: As long as the number of groups to keep, ``size`` of them filled; likewise ``heap_groups``.

    Returns:
        The new size of the heap.
    """
    room = len(heap_scores)
    for i in range(start, end):
        group = matched[i]
        result = best[group] / (1.0 + best[group])
        if complete[group] != 0:
            result = 1.0 + result
        best[group] = 0.0
        complete[group] = 0
        if size < room:
            position = size
            size += 1
            while position > 0:
                parent = (position - 1) // 2
                if heap_scores[parent] < result or (heap_scores[parent] == result and heap_groups[parent] > group):
                    break
                heap_scores[position] = heap_scores[parent]
                heap_groups[position] = heap_groups[parent]
                position = parent
            heap_scores[position] = result
            heap_groups[position] = group
        elif room > 0 and (result > heap_scores[0] or (result == heap_scores[0] and group < heap_groups[0])):
            heap_scores[0] = result
            heap_groups[0] = group
            sift_down(heap_scores, heap_groups, 0, size)
    return size


@kernel
def sort_heap(scores: Floats, groups: Ints, size: int) -> None:
    """Turn a heap of ``choose`` into a list, best first."""
    for last in range(size - 1, 0, -1):
        scores[0], scores[last] = scores[last], scores[0]
        groups[0], groups[last] = groups[last], groups[0]
        sift_down(scores, groups, 0, last)
