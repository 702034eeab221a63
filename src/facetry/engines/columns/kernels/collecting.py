"""Kernels that gather and count the values of what a search found.

What is found are lists (groups, or products) of rows (products, or gemstones): list i has the rows
``rows[starts[i]:starts[i + 1]]``, ordinals in a table, ascending; where these are all rows of the table, ``rows`` may
be empty.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel
from facetry.engines.columns.kernels.filtering import first_from

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

BITS = 64
FEW_RANGES = 16
BLOCK = 1024
"""So many numbers are looked at together, so that they stay near the processor."""
WORTH = 4
"""Values are looked at by bits where there are at most so many times as many as rows in a list."""


@kernel
def count_dense(
    codes: Ints, rows: Ints, starts: Ints, first: int, last: int, stamps: Ints, stamp: int, counts: Longs
) -> None:
    """Count each distinct value of a dense column once a list.

    Args:
        codes: One a row of the table, -1 for no value.
        rows: See the module.
        starts: See the module.
        first: Which list to begin with.
        last: Which list to end before.
        stamps: One a value after a first one for none; which list had it last.
        stamp: The highest number used before; this call uses those up to ``stamp + last - first``.
        counts: As long; added to.
    """
    everything = len(rows) == 0
    size = len(counts)
    one = np.uint64(1)
    for i in range(first, last):
        # Positions without a sign, because the compiler would ask of each whether it counts from the end.
        start = np.uint64(starts[i])
        end = np.uint64(starts[i + 1])
        stamp += 1
        if end - start == 1:
            counts[codes[np.uint32(start) if everything else np.uint32(rows[start])] + 1] += 1
        elif size <= BITS and size <= WORTH * np.int64(end - start):
            # Few values: which of them are there fits into one register.
            present = np.uint64(0)
            for j in range(start, end):
                present |= one << np.uint64(codes[np.uint32(j) if everything else np.uint32(rows[j])] + 1)
            for value in range(size):
                counts[value] += np.int64((present >> np.uint64(value)) & one)
        else:
            for j in range(start, end):
                slot = np.uint32(codes[np.uint32(j) if everything else np.uint32(rows[j])] + 1)
                # Without a branch, because nobody could predict it.
                counts[slot] += stamps[slot] != stamp
                stamps[slot] = stamp


@kernel
def count_rows(codes: Ints, rows: Ints, first: int, last: int, counts: Longs, others: Longs) -> None:
    """Count the values of a dense column where every list is one row.

    Args:
        codes: See ``count_dense``.
        rows: See the module.
        first: Which row to begin with.
        last: Which row to end before.
        counts: See ``count_dense``.
        others: As long; every second row is added here, so that equal neighbours need not wait for each other.
    """
    middle = first + (last - first) // 2 * 2
    # Positions without a sign, because the compiler would ask of each whether it counts from the end.
    if len(rows) == 0:
        for i in range(np.uint64(first), np.uint64(middle), np.uint64(2)):
            counts[np.uint32(codes[i] + 1)] += 1
            others[np.uint32(codes[i + np.uint64(1)] + 1)] += 1
    else:
        for i in range(np.uint64(first), np.uint64(middle), np.uint64(2)):
            counts[np.uint32(codes[np.uint32(rows[i])] + 1)] += 1
            others[np.uint32(codes[np.uint32(rows[i + np.uint64(1)])] + 1)] += 1
    if middle < last:
        counts[codes[middle if len(rows) == 0 else rows[middle]] + 1] += 1


@kernel
def spread_sparse(rows: Ints, codes: Ints, picks: Ints, starts: Ints, listed: Ints, listed_starts: Ints) -> int:
    """Write down the values that picked rows have in a sparse column.

    Args:
        rows: Row of each value, ascending.
        codes: Code of each value.
        picks: The rows of all lists; see the module.
        starts: See the module.
        listed: Gets the codes; as long as the column.
        listed_starts: Gets where those of each list begin; as long as ``starts``.

    Returns:
        How many values there are.
    """
    count = 0
    at = 0
    everything = len(picks) == 0
    for i in range(len(starts) - 1):
        listed_starts[i] = count
        if everything:
            if at < len(rows) and rows[at] < starts[i]:
                at = first_from(rows, at, starts[i])
            while at < len(rows) and rows[at] < starts[i + 1]:
                listed[count] = codes[at]
                count += 1
                at += 1
        else:
            for j in range(starts[i], starts[i + 1]):
                if at < len(rows) and rows[at] < picks[j]:
                    at = first_from(rows, at, picks[j])
                while at < len(rows) and rows[at] == picks[j]:
                    listed[count] = codes[at]
                    count += 1
                    at += 1
    listed_starts[len(starts) - 1] = count
    return count


@kernel
def distinct_codes(codes: Ints, starts: Ints, stamps: Ints, distinct: Ints, distinct_starts: Ints) -> int:
    """Write down the distinct codes of each list, without those for no value.

    Args:
        codes: Those of list i are ``codes[starts[i]:starts[i + 1]]``.
        starts: See ``codes``.
        stamps: Zeros, one a code.
        distinct: Gets the codes; as long as ``codes``.
        distinct_starts: Gets where those of each list begin; as long as ``starts``.

    Returns:
        How many there are.
    """
    count = 0
    for i in range(len(starts) - 1):
        distinct_starts[i] = count
        for j in range(starts[i], starts[i + 1]):
            code = codes[j]
            if code >= 0 and stamps[code] != i + 1:
                stamps[code] = i + 1
                distinct[count] = code
                count += 1
    distinct_starts[len(starts) - 1] = count
    return count


@kernel
def members_of(starts: Ints, lists: Ints) -> tuple[Ints, Ints]:
    """Return where the rows of each of some lists begin, one behind the other, and these rows.

    Args:
        starts: List i has the rows ``starts[i]:starts[i + 1]``.
        lists: Which lists, in which order.
    """
    listed_starts = np.empty(len(lists) + 1, np.int32)
    listed_starts[0] = 0
    is_single = True
    for i in range(len(lists)):
        count = starts[lists[i] + 1] - starts[lists[i]]
        listed_starts[i + 1] = listed_starts[i] + count
        is_single &= count == 1
    rows = np.empty(listed_starts[len(lists)], np.int32)
    if is_single:
        for i in range(len(lists)):
            rows[i] = starts[lists[i]]
        return listed_starts, rows
    i = 0
    while i < len(lists):
        after = i + 1
        # Lists one behind the other are one range, and a long one is written many rows at once.
        while after < len(lists) and lists[after] == lists[after - 1] + 1:
            after += 1
        shift = starts[lists[i]] - listed_starts[i]
        for j in range(np.uint64(listed_starts[i]), np.uint64(listed_starts[after])):
            rows[j] = np.int64(j) + shift
        i = after
    return listed_starts, rows


@kernel
def ranges_of(starts: Ints, lists: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the rows of some lists, ascending, as ranges as long as may be.

    Args:
        starts: List i has the rows ``starts[i]:starts[i + 1]``.
        lists: Which lists.

    Returns:
        Where the rows of each of the lists begin, one behind the other, and the end; the first row of each range; where
        the rows of each range begin, and the end.
    """
    listed_starts = np.empty(len(lists) + 1, np.int32)
    firsts = np.empty(len(lists), np.int32)
    range_starts = np.empty(len(lists) + 1, np.int32)
    count = 0
    size = 0
    end = -1
    for i in range(len(lists)):
        first = starts[lists[i]]
        listed_starts[i] = size
        if first != end:
            firsts[count] = first
            range_starts[count] = size
            count += 1
        end = starts[lists[i] + 1]
        size += end - first
    listed_starts[len(lists)] = size
    range_starts[count] = size
    return listed_starts, firsts[:count], range_starts[: count + 1]


@kernel
def gather_codes(codes: Ints, rows: Ints, gathered: Ints) -> None:
    """Write down the codes of rows."""
    for i in range(len(gathered)):
        gathered[i] = codes[rows[i]]


@kernel
def gather_numbers(numbers: Longs, rows: Ints, gathered: Longs) -> None:
    """Write down the numbers of rows."""
    for i in range(len(gathered)):
        gathered[i] = numbers[np.uint32(rows[i])]


@kernel
def translate(codes: Ints, table: Longs, translated: Longs) -> None:
    """Write down what a table with one entry a code, after a first one for no value, has for each code."""
    for i in range(len(codes)):
        translated[i] = table[codes[i] + 1]


@kernel
def bin_numbers(numbers: Longs, missing: int, firsts: Longs, lasts: Longs, bins: Ints) -> None:
    """Write down in which of some ranges, ascending and apart, each number lies; -1 for none."""
    if len(firsts) <= FEW_RANGES:
        for start in range(0, len(numbers), BLOCK):
            # Range by range over few numbers: without branches, and many numbers at once.
            some = numbers[start : start + BLOCK]
            own = bins[start : start + BLOCK]
            own[:] = -1
            for k in range(len(firsts)):
                first = max(firsts[k], np.int64(missing + 1))
                last = lasts[k]
                for i in range(len(some)):
                    own[i] = k if (first <= some[i]) & (some[i] <= last) else own[i]
        return
    for i in range(len(numbers)):
        number = numbers[i]
        low = 0
        high = len(firsts)
        while low < high:
            middle = (low + high) // 2
            if firsts[middle] <= number:
                low = middle + 1
            else:
                high = middle
        inside = low > 0 and number != missing and number <= lasts[low - 1]
        bins[i] = low - 1 if inside else -1


@kernel
def lowest_or_highest(numbers: Longs, starts: Ints, missing: int, highest: bool, found: Longs) -> None:
    """Write down the lowest number of each list, or the highest, missing ones left out."""
    for i in range(len(found)):
        best = np.int64(missing)
        for j in range(starts[i], starts[i + 1]):
            number = numbers[j]
            if number != missing and (best == missing or (number > best if highest else number < best)):
                best = number
        found[i] = best
