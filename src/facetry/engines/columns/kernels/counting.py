"""Kernels that count the values of many fields at once, and choose those that facets show.

The counts of all fields stand in one array, one behind the other, each field's behind one for rows without a value.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.addresses import bytes_at, ints_at
from facetry.engines.columns.kernels.collecting import BITS, WORTH, bin_numbers, count_dense, count_rows
from facetry.engines.columns.kernels.compiler import kernel, short_kernel

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

CODES, CODES_SIZE, ROWS, ROWS_SIZE, STARTS, FIRST, LAST, IS_DISTINCT, COUNTS, COUNTS_SIZE, SMALL = range(11)
"""Columns of a task: addresses and sizes of codes and rows, and the address of starts, see ``kernels.collecting``;
first and last + 1 list, or row where every row counts, whatever list it is in; where the counts are, and how many; the
address of the same codes as ``count_small`` takes them, 0 for none."""
FIELD, VALUES, MOST, BY_COUNT, PLACES, SHOWN = range(6)
"""Columns of a choice: where the counts of values begin, and how many; how many to choose; 1 for the highest counts
first, 0 for the order of values alone; address of the places of values in this; where to write down what is chosen."""
CHOSEN, OTHER, DISTINCT = range(3)
"""Columns of what is told of a choice: how many were chosen; the sum of all other counts; how many values have any."""


@kernel
def count_small(codes: Bytes, rows: Ints, starts: Ints, first: int, last: int, counts: Longs) -> None:
    """Count each distinct value of a dense column of few values once a list.

    Args:
        codes: One a row of the table, 0 for no value, all of them below the number of counts.
        rows: See ``count_dense``, like all others.
        starts: See ``rows``.
        first: See ``rows``.
        last: See ``rows``.
        counts: At most ``BITS``.
    """
    everything = len(rows) == 0
    size = len(counts)
    one = np.uint64(1)
    for i in range(first, last):
        # Positions without a sign, because the compiler would ask of each whether it counts from the end.
        start = np.uint64(starts[i])
        end = np.uint64(starts[i + 1])
        present = np.uint64(0)
        for j in range(start, end):
            present |= one << np.uint64(codes[np.uint32(j) if everything else np.uint32(rows[j])])
        if size <= WORTH * np.int64(end - start):
            for value in range(size):
                counts[value] += np.int64((present >> np.uint64(value)) & one)
        else:
            value = 0
            while present:
                counts[value] += np.int64(present & one)
                present >>= one
                value += 1


@kernel
def count_tasks(tasks: Longs, stamps: Ints, stamp: int, counts: Longs, others: Longs) -> int:
    """Count the values of rows, task by task.

    Args:
        tasks: (tasks x 11) what to count.
        stamps: As long as ``counts``, see ``count_dense``.
        stamp: The highest number used before.
        counts: Added to.
        others: As long; to be added to ``counts`` at the end, see ``count_rows``.

    Returns:
        The highest number used.
    """
    for t in range(len(tasks)):
        codes = ints_at(tasks[t, CODES], tasks[t, CODES_SIZE])
        rows = ints_at(tasks[t, ROWS], tasks[t, ROWS_SIZE])
        first = tasks[t, FIRST]
        last = tasks[t, LAST]
        begin = tasks[t, COUNTS]
        end = begin + tasks[t, COUNTS_SIZE]
        if tasks[t, IS_DISTINCT] != 0:
            count_rows(codes, rows, first, last, counts[begin:end], others[begin:end])
        elif tasks[t, SMALL] != 0 and end - begin <= BITS:
            starts = ints_at(tasks[t, STARTS], last + 1)
            count_small(bytes_at(tasks[t, SMALL], tasks[t, CODES_SIZE]), rows, starts, first, last, counts[begin:end])
        else:
            starts = ints_at(tasks[t, STARTS], last + 1)
            count_dense(codes, rows, starts, first, last, stamps[begin:end], stamp, counts[begin:end])
            stamp += last - first
    return stamp


@short_kernel
def choose_values(choices: Longs, counts: Longs, codes: Ints, found: Longs, told: Longs) -> None:
    """Choose the first values of fields, in order.

    Args:
        choices: (choices x 6) what to choose.
        counts: See the module.
        codes: Gets the codes of what is chosen.
        found: As long; gets their counts.
        told: (choices x 3) gets what is told of each choice.
    """
    for c in range(len(choices)):
        begin = choices[c, FIELD]
        values = choices[c, VALUES]
        most = choices[c, MOST]
        by_count = choices[c, BY_COUNT] != 0
        shown = choices[c, SHOWN]
        places = ints_at(choices[c, PLACES], values)
        chosen = 0
        total = 0
        distinct = 0
        for code in range(values):
            count = counts[begin + code]
            if count == 0:
                continue
            total += count
            distinct += 1
            # It moves up from the end as long as it comes before what stands there.
            at = shown + chosen
            while at > shown:
                before = found[at - 1]
                is_behind = places[codes[at - 1]] < places[code]
                if (by_count and before > count) or ((not by_count or before == count) and is_behind):
                    break
                if at < shown + most:
                    codes[at] = codes[at - 1]
                    found[at] = before
                at -= 1
            if at < shown + most:
                codes[at] = code
                found[at] = count
                chosen = min(chosen + 1, most)
        for at in range(shown, shown + chosen):
            total -= found[at]
        told[c, CHOSEN] = chosen
        told[c, OTHER] = total
        told[c, DISTINCT] = distinct


@kernel
def lowest_and_highest(numbers: Longs, missing: int, found: Longs) -> bool:
    """Write down the lowest and the highest number, missing ones (the lowest of all) left out; say whether any is."""
    lowest = np.int64(2**63 - 1)
    highest = np.int64(missing)
    for i in range(len(numbers)):
        number = numbers[i]
        highest = max(highest, number)
        lowest = min(lowest, lowest if number == missing else number)
    found[0] = lowest
    found[1] = highest
    return bool(highest != missing)


@kernel
def count_numbers(
    numbers: Longs, starts: Ints, span: tuple[int, int], missing: int, firsts: Longs, lasts: Longs, counts: Longs
) -> None:
    """Count in how many lists any number lies in each of some ranges.

    Args:
        numbers: Those of list i are ``numbers[starts[i]:starts[i + 1]]``.
        starts: See ``numbers``.
        span: First and last + 1 list.
        missing: Stands for no number.
        firsts: The first number of each range; they are ascending and apart.
        lasts: The last number of each.
        counts: One a range after a first one for none; added to.
    """
    first, last = span
    begin = starts[first]
    bins = np.empty(starts[last] - begin, np.int32)
    bin_numbers(numbers[begin : starts[last]], missing, firsts, lasts, bins)
    stamps = np.zeros(len(counts), np.int32)
    count_dense(bins, bins[:0], starts[first : last + 1] - begin, 0, last - first, stamps, 0, counts)
