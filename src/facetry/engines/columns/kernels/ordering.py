"""Kernels over lists of byte strings: comparing, looking up, picking, merging in order.

A list of n byte strings is a blob (uint8) and starts (int64, n + 1): string i is ``blob[starts[i]:starts[i + 1]]``.
Bytes of UTF-8 order like code points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Bytes = NDArray[np.uint8]
Starts = NDArray[np.int64]
Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
_HEAD = 8
"""So many bytes make a number of 64 bits."""


@kernel
def compare(a: Bytes, a_start: int, a_end: int, b: Bytes, b_start: int, b_end: int) -> int:
    """Return a negative, zero or positive number as string a stands before, with or after string b."""
    length = min(a_end - a_start, b_end - b_start)
    for i in range(length):
        x = np.int64(a[a_start + i])
        y = np.int64(b[b_start + i])
        if x != y:
            return int(x - y)
    return (a_end - a_start) - (b_end - b_start)


@kernel
def first_not_below(blob: Bytes, starts: Starts, key: Bytes, key_start: int, key_end: int) -> int:
    """Return the position of the first string of a sorted list that is not below the key."""
    low = 0
    high = len(starts) - 1
    while low < high:
        middle = (low + high) // 2
        if compare(blob, starts[middle], starts[middle + 1], key, key_start, key_end) < 0:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def pick(blob: Bytes, starts: Starts, picks: Longs) -> tuple[Bytes, Starts]:
    """Return the picked strings of a list as a list of their own, in the order of ``picks``."""
    picked_starts = np.empty(len(picks) + 1, np.int64)
    picked_starts[0] = 0
    for i in range(len(picks)):
        picked_starts[i + 1] = picked_starts[i] + starts[picks[i] + 1] - starts[picks[i]]
    picked = np.empty(picked_starts[len(picks)], np.uint8)
    for i in range(len(picks)):
        source = blob[starts[picks[i]] : starts[picks[i] + 1]]
        target = picked[picked_starts[i] : picked_starts[i + 1]]
        # Over views the compiler sees plain copies of memory.
        for j in range(len(source)):
            target[j] = source[j]
    return picked, picked_starts


@kernel
def is_before(scores: Floats, blob: Bytes, starts: Starts, i: int, j: int) -> bool:
    """Return whether entry i comes before entry j: by score descending, where scores are given, then by string."""
    if len(scores) > 0 and scores[i] != scores[j]:
        return bool(scores[i] > scores[j])
    return compare(blob, starts[i], starts[i + 1], blob, starts[j], starts[j + 1]) < 0


@kernel
def merge_runs(scores: Floats, blob: Bytes, starts: Starts, bounds: Longs) -> Longs:
    """Return the order of entries that consist of sorted runs.

    Args:
        scores: One an entry, or empty where only strings order.
        blob: The strings of all entries, with ``starts``.
        starts: See the module.
        bounds: Where runs begin, and the number of entries: run r is ``bounds[r]:bounds[r + 1]``.

    Returns:
        Positions of the entries in order; equal ones in the order of their runs.
    """
    n = bounds[len(bounds) - 1]
    order = np.arange(n)
    spare = np.empty(n, np.int64)
    runs = bounds.copy()
    count = len(runs) - 1
    while count > 1:
        merged = 0
        for r in range(0, count, 2):
            left = runs[r]
            middle = runs[min(r + 1, count)]
            end = runs[min(r + 2, count)]
            right = middle
            for target in range(runs[r], end):
                if left < middle and (right >= end or not is_before(scores, blob, starts, order[right], order[left])):
                    spare[target] = order[left]
                    left += 1
                else:
                    spare[target] = order[right]
                    right += 1
            runs[merged] = runs[r]
            merged += 1
        runs[merged] = n
        count = merged
        order, spare = spare, order
    return order


@kernel
def sort_strings(blob: Bytes, starts: Starts) -> Longs:
    """Return the positions of strings in order; equal ones as they stand."""
    n = len(starts) - 1
    heads = np.zeros(n, np.uint64)
    for i in range(n):
        for j in range(_HEAD):
            heads[i] <<= np.uint64(8)
            if starts[i] + j < starts[i + 1]:
                heads[i] |= np.uint64(blob[starts[i] + j])
    order = np.arange(n)
    spare = np.empty(n, np.int64)
    width = 1
    while width < n:
        for first in range(0, n, 2 * width):
            left, middle, end = first, min(first + width, n), min(first + 2 * width, n)
            right = middle
            for target in range(first, end):
                if left < middle and (right >= end or not is_below(heads, blob, starts, order[right], order[left])):
                    spare[target] = order[left]
                    left += 1
                else:
                    spare[target] = order[right]
                    right += 1
        order, spare = spare, order
        width *= 2
    return order


@kernel
def is_below(heads: NDArray[np.uint64], blob: Bytes, starts: Starts, i: int, j: int) -> bool:
    """Return whether string i stands before string j, which most often their first bytes say."""
    if heads[i] != heads[j]:
        return bool(heads[i] < heads[j])
    return compare(blob, starts[i], starts[i + 1], blob, starts[j], starts[j + 1]) < 0
