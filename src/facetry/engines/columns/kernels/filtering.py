"""Kernels of filters: which rows have a value that is wanted, and which lists have a row that is kept.

Rows are asked for by ``picks``, their ordinals in a table, ascending; where all are asked for it may be left empty.
Masks are uint8, 0 or 1, one a row that is asked for. A ``wanted`` table has one entry a code after a first one for no
value.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def keep_codes(codes: Ints, picks: Ints, wanted: Flags, kept: Flags) -> None:
    """Keep the rows of a dense column whose code is wanted."""
    if len(picks) == 0:
        for i in range(len(kept)):
            kept[i] = wanted[codes[i] + 1]
    else:
        for i in range(len(kept)):
            kept[i] = wanted[codes[picks[i]] + 1]


@kernel
def first_from(rows: Ints, start: int, row: int) -> int:
    """Return the first position from ``start`` on whose entry is not below ``row``; near ones are found quickly."""
    step = 1
    low = start
    while low + step < len(rows) and rows[low + step] < row:
        low += step
        step *= 2
    high = min(low + step, len(rows))
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def keep_sparse(rows: Ints, codes: Ints, picks: Ints, wanted: Flags, kept: Flags) -> None:
    """Keep the rows of a sparse column one of whose codes is wanted; the mask is all 0 before."""
    if len(picks) == 0:
        for j in range(len(rows)):
            kept[rows[j]] |= wanted[codes[j] + 1]
        return
    j = 0
    i = 0
    while i < len(picks) and j < len(rows):
        if rows[j] < picks[i]:
            j = first_from(rows, j, picks[i])
        elif rows[j] > picks[i]:
            i = first_from(picks, i, rows[j])
        else:
            kept[i] |= wanted[codes[j] + 1]
            j += 1


@kernel
def keep_numbers(numbers: Longs, picks: Ints, missing: int, firsts: Longs, lasts: Longs, kept: Flags) -> None:
    """Keep the rows whose number is not missing and lies in a range, ends included."""
    for i in range(len(kept)):
        number = numbers[i] if len(picks) == 0 else numbers[picks[i]]
        found = False
        for j in range(len(firsts)):
            found |= (firsts[j] <= number) & (number <= lasts[j])
        kept[i] = found & (number != missing)


@kernel
def keep_any(mask: Flags, starts: Ints, kept: Flags) -> None:
    """Keep the lists any of whose rows is kept; list i has the rows ``starts[i]:starts[i + 1]`` of the mask."""
    for i in range(len(kept)):
        found = np.uint8(0)
        for j in range(starts[i], starts[i + 1]):
            found |= mask[j]
        kept[i] = found


@kernel
def keep_members(mask: Flags, starts: Ints, kept: Flags) -> None:
    """Keep all rows of the lists that are kept."""
    for i in range(len(mask)):
        for j in range(starts[i], starts[i + 1]):
            kept[j] = mask[i]


@kernel
def cut(rows: Ints, starts: Ints, row_starts: Ints, lists: Ints) -> int:
    """Cut rows into the lists that they belong to.

    Args:
        rows: Positions, ascending.
        starts: Where the positions of each list begin.
        row_starts: Gets where the rows of each list begin that has any; as long as ``starts``.
        lists: Gets the lists that have any; as long as there are lists.

    Returns:
        How many lists.
    """
    found = 0
    at = 0
    row_starts[0] = 0
    for i in range(len(starts) - 1):
        before = at
        while at < len(rows) and rows[at] < starts[i + 1]:
            at += 1
        # Written in any case and kept where there is something, because nobody could predict a branch.
        lists[found] = i
        row_starts[found + 1] = at
        found += at > before
    return found
