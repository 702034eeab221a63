"""Kernels of filters: which rows have a value that is wanted, and which lists have a row that is kept.

Rows are asked for by ``picks``, their ordinals in a table, ascending; where all are asked for it may be left empty.
Or by ranges of a table, ascending: range i begins at its row ``firsts[i]``, and its rows stand at
``starts[i]:starts[i + 1]`` of what is asked for.
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

BITS = 64
FEW_WANTED = 4
"""So many values that are wanted are compared with one after another, many rows at once."""
DEAD = 255
"""Stands for a row that fails more than one piece of the conditions, or one that is never left out."""


@kernel
def keep_codes(codes: Ints, firsts: Ints, starts: Ints, wanted: Flags, kept: Flags) -> None:
    """Keep the rows of ranges, see the module, whose code in a dense column is wanted."""
    few = len(wanted) <= BITS
    bits = np.uint64(0)
    if few:
        for code in range(len(wanted)):
            bits |= np.uint64(wanted[code]) << np.uint64(code)
    for i in range(len(firsts)):
        # Over views the compiler sees that nothing overlaps, and handles many rows at once.
        target = kept[starts[i] : starts[i + 1]]
        source = codes[firsts[i] : firsts[i] + len(target)]
        if few:
            for j in range(len(target)):
                target[j] = (bits >> np.uint64(source[j] + 1)) & np.uint64(1)
        else:
            for j in range(len(target)):
                target[j] = wanted[np.uint32(source[j] + 1)]


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
def keep_numbers(numbers: Longs, firsts: Ints, starts: Ints, lows: Longs, highs: Longs, kept: Flags) -> None:
    """Keep the rows of ranges, see the module, whose number is from a low to a high one; the mask is all 0 before."""
    for k in range(len(lows)):
        low = lows[k]
        high = highs[k]
        for i in range(len(firsts)):
            target = kept[starts[i] : starts[i + 1]]
            source = numbers[firsts[i] : firsts[i] + len(target)]
            for j in range(len(target)):
                target[j] |= (low <= source[j]) & (source[j] <= high)


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


@kernel
def fail(mask: Flags, number: int, fails: Flags) -> None:
    """Write down which rows fail one piece of the conditions.

    Args:
        mask: 0 for those that fail it.
        number: Of the piece, from 1 on; ``DEAD`` for one that is never left out.
        fails: One a row: 0, or the number of the only piece that it fails, or ``DEAD``.
    """
    own = np.uint8(number)
    for i in range(len(mask)):
        before = fails[i]
        after = own if (before == 0) | (before == own) else np.uint8(DEAD)
        fails[i] = before if mask[i] else after


@kernel
def fail_codes(codes: Flags, firsts: Ints, starts: Ints, wanted: Flags, number: int, fails: Flags) -> None:
    """Write down which rows of ranges, see the module, fail a piece of the conditions: whose code is not wanted.

    Args:
        codes: One a row of the table, 0 for no value and one more than the code for each other; none is ``DEAD``.
        firsts: See the module.
        starts: See the module.
        wanted: See the module.
        number: See ``fail``.
        fails: See ``fail``.
    """
    own = np.uint8(number)
    dead = np.uint8(DEAD)
    count = 0
    chosen = np.full(FEW_WANTED, dead, np.uint8)
    for code in range(len(wanted)):
        if wanted[code] != 0:
            if count < FEW_WANTED:
                chosen[count] = code
            count += 1
    one, two, three, four = chosen[0], chosen[1], chosen[2], chosen[3]
    for i in range(len(firsts)):
        # Over views the compiler sees that nothing overlaps, and handles many rows at once.
        target = fails[starts[i] : starts[i + 1]]
        source = codes[firsts[i] : firsts[i] + len(target)]
        if count <= FEW_WANTED:
            for j in range(len(target)):
                code, before = source[j], target[j]
                is_wanted = (code == one) | (code == two) | (code == three) | (code == four)
                after = own if (before == 0) | (before == own) else dead
                target[j] = before if is_wanted else after
        else:
            for j in range(len(target)):
                before = target[j]
                after = own if (before == 0) | (before == own) else dead
                target[j] = before if wanted[source[j]] != 0 else after


@kernel
def survivors(fails: Flags, table_starts: Ints, groups: Ints, starts: Ints) -> tuple[Ints, Flags, Ints, Ints]:
    """Return the rows that fail one piece of the conditions at most.

    Args:
        fails: See ``fail``.
        table_starts: Group i has the rows ``table_starts[i]:table_starts[i + 1]`` of the table.
        groups: Which groups are looked at, ascending.
        starts: Where their rows begin in ``fails``, and the end.

    Returns:
        The rows; what they fail; where those of each group begin that has any; the positions of these groups.
    """
    size = 0
    for j in range(len(fails)):
        size += int(fails[j] != DEAD)
    # One more, because what is not kept is written as well: nobody could predict a branch.
    rows = np.empty(size + 1, np.int32)
    own = np.empty(size + 1, np.uint8)
    row_starts = np.empty(len(groups) + 1, np.int32)
    lists = np.empty(len(groups) + 1, np.int32)
    row_starts[0] = 0
    found = 0
    at = np.uint64(0)
    if len(groups) == len(fails):
        # Every group has one row.
        for i in range(len(groups)):
            rows[at] = table_starts[groups[i]]
            own[at] = fails[i]
            lists[at] = i
            at += np.uint64(fails[i] != DEAD)
            row_starts[at] = at
        return rows[:size], own[:size], row_starts[: size + 1], lists[:size]
    for i in range(len(groups)):
        before = at
        shift = table_starts[groups[i]] - starts[i]
        # Positions without a sign, because the compiler would ask of each whether it counts from the end.
        for j in range(np.uint64(starts[i]), np.uint64(starts[i + 1])):
            rows[at] = np.int64(j) + shift
            own[at] = fails[j]
            at += np.uint64(fails[j] != DEAD)
        lists[found] = i
        row_starts[found + 1] = at
        found += int(at > before)
    return rows[:size], own[:size], row_starts[: found + 1], lists[:found]


@kernel
def select(
    rows: Ints, fails: Flags, starts: Ints, lists: Ints, number: int, all_starts: Ints
) -> tuple[Ints, Ints, Ints, bool]:
    """Return of survivors those that fail nothing, or only one piece of the conditions.

    Args:
        rows: See ``survivors``, like all others.
        fails: See ``rows``.
        starts: See ``rows``.
        lists: See ``rows``.
        number: Of the piece that may fail; 0 for none.
        all_starts: Where the rows of each group begin, also those that do not survive, and the end.

    Returns:
        The rows; where those of each group begin that has any; the positions of these groups; whether these are all
        rows of these groups.
    """
    own = np.uint8(number)
    passing = np.empty(len(fails), np.uint8)
    for j in range(len(fails)):
        passing[j] = (fails[j] == 0) | (fails[j] == own)
    size = 0
    for j in range(len(fails)):
        size += int(passing[j])
    # One more, see ``survivors``.
    selected = np.empty(size + 1, np.int32)
    row_starts = np.empty(len(lists) + 1, np.int32)
    own_lists = np.empty(len(lists) + 1, np.int32)
    row_starts[0] = 0
    whole = np.int64(0)
    found = 0
    at = np.uint64(0)
    if len(lists) == len(fails):
        # Every group has one row.
        for i in range(len(lists)):
            selected[at] = rows[i]
            own_lists[at] = lists[i]
            at += np.uint64(passing[i])
            row_starts[at] = at
        for i in range(size):
            whole += all_starts[own_lists[i] + 1] - all_starts[own_lists[i]]
        return selected[:size], row_starts[: size + 1], own_lists[:size], whole == size
    for i in range(len(lists)):
        before = at
        for j in range(np.uint64(starts[i]), np.uint64(starts[i + 1])):
            selected[at] = rows[j]
            at += np.uint64(passing[j])
        own_lists[found] = lists[i]
        row_starts[found + 1] = at
        found += int(at > before)
    for i in range(found):
        whole += all_starts[own_lists[i] + 1] - all_starts[own_lists[i]]
    return selected[:size], row_starts[: found + 1], own_lists[:found], whole == size
