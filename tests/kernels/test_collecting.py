from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from facetry.engines.columns.kernels.choosing import cutoff, first_of_lists
from facetry.engines.columns.kernels.collecting import (
    BITS,
    FEW_RANGES,
    bin_numbers,
    count_dense,
    count_rows,
    distinct_codes,
    gather_codes,
    gather_numbers,
    lowest_or_highest,
    members_of,
    ranges_of,
    spread_sparse,
    translate,
)

MISSING = -(2**63)
EVERY_ROW = np.empty(0, np.int32)


def ints(*numbers: int):
    return np.array(numbers, np.int32)


@pytest.mark.parametrize("values", [3, BITS - 1, BITS + 20])
@pytest.mark.parametrize("seed", range(6))
def test_a_list_counts_once_for_a_value(seed, values):
    draw = random.Random(seed)
    size = 300
    codes = ints(*(draw.randrange(-1, values) for _ in range(size)))
    for rows in (EVERY_ROW, ints(*sorted(draw.sample(range(size), 200)))):
        count = len(rows) or size
        starts = ints(0, *sorted(draw.sample(range(1, count), 40)), count)
        counts, stamps = np.zeros(values + 1, np.int64), np.zeros(values + 1, np.int32)
        count_dense(codes, rows, starts, 0, 10, stamps, 0, counts)
        count_dense(codes, rows, starts, 10, len(starts) - 1, stamps, 10, counts)
        picked = codes[rows] if len(rows) else codes
        lists = [set(picked[starts[i] : starts[i + 1]].tolist()) for i in range(len(starts) - 1)]
        expected = Counter(code for one in lists for code in one)
        assert counts.tolist() == [expected[code] for code in range(-1, values)]


@pytest.mark.parametrize("seed", range(6))
def test_values_of_sparse_columns_are_spread_and_made_distinct(seed):
    draw = random.Random(seed)
    size = 60
    pairs = sorted((draw.randrange(size), draw.randrange(3)) for _ in range(draw.randrange(90)))
    rows, codes = ints(*(row for row, _ in pairs)), ints(*(code for _, code in pairs))
    for picks in (EVERY_ROW, ints(*sorted(draw.sample(range(size), 25)))):
        everything = picks.tolist() or [*range(size)]
        starts = ints(0, *sorted(draw.sample(range(1, len(everything)), 8)), len(everything))
        listed, listed_starts = np.empty(len(codes), np.int32), np.empty(len(starts), np.int32)
        count = spread_sparse(rows, codes, picks, starts, listed, listed_starts)
        lists = [everything[starts[i] : starts[i + 1]] for i in range(len(starts) - 1)]
        expected = [[code for row, code in pairs if row in one] for one in lists]
        assert count == sum(map(len, expected))
        assert [listed[listed_starts[i] : listed_starts[i + 1]].tolist() for i in range(len(lists))] == expected
        distinct, distinct_starts = np.empty(count, np.int32), np.empty(len(starts), np.int32)
        few = distinct_codes(listed[:count], listed_starts, np.zeros(3, np.int32), distinct, distinct_starts)
        found = [distinct[distinct_starts[i] : distinct_starts[i + 1]].tolist() for i in range(len(lists))]
        assert found == [[*dict.fromkeys(one)] for one in expected]
        assert few == sum(map(len, found))


def test_no_value_is_not_among_the_distinct():
    distinct, starts = np.empty(3, np.int32), np.empty(2, np.int32)
    assert distinct_codes(ints(-1, 0, -1), ints(0, 3), np.zeros(1, np.int32), distinct, starts) == 1
    assert (distinct[:1].tolist(), starts.tolist()) == ([0], [0, 1])


def test_codes_are_gathered_and_translated():
    gathered = np.empty(2, np.int32)
    gather_codes(ints(5, 6, 7), ints(2, 0), gathered)
    assert gathered.tolist() == [7, 5]
    translated = np.empty(3, np.int64)
    translate(ints(-1, 1, 0), np.array([MISSING, 10, 11]), translated)
    assert translated.tolist() == [MISSING, 11, 10]


@pytest.mark.parametrize("count", [0, 1, FEW_RANGES, FEW_RANGES + 9])
def test_numbers_fall_into_ranges(count):
    firsts, lasts = np.arange(count) * 10, np.arange(count) * 10 + 5
    numbers = np.array([MISSING, -1, 0, 5, 6, 10, count * 10 - 5, count * 10, 10**9])
    bins = np.empty(len(numbers), np.int32)
    bin_numbers(numbers, MISSING, firsts, lasts, bins)
    expected = [next((i for i in range(count) if firsts[i] <= n <= lasts[i]), -1) for n in numbers.tolist()]
    assert bins.tolist() == expected


def test_lowest_and_highest_of_each_list():
    numbers, starts = np.array([3, MISSING, 1, MISSING, 7]), ints(0, 3, 4, 5, 5)
    found = np.empty(4, np.int64)
    lowest_or_highest(numbers, starts, MISSING, False, found)
    assert found.tolist() == [1, MISSING, 7, MISSING]
    lowest_or_highest(numbers, starts, MISSING, True, found)
    assert found.tolist() == [3, MISSING, 7, MISSING]


@pytest.mark.parametrize("seed", range(10))
def test_the_cutoff_is_the_nth_lowest(seed):
    draw = random.Random(seed)
    keys = np.array([draw.randrange(40) for _ in range(draw.randrange(1, 80))], np.int64)
    for count in {1, len(keys), draw.randrange(1, len(keys) + 1)}:
        assert cutoff(keys, count) == sorted(keys.tolist())[count - 1]


@pytest.mark.parametrize("seed", range(10))
def test_the_first_of_lists_are_those_of_a_stable_sort(seed):
    draw = random.Random(seed)
    sizes = [draw.choice((0, 1, 3, 12)) for _ in range(6)]
    starts = np.cumsum([0, *sizes]).astype(np.int32)
    first, second = (np.array([draw.randrange(4) for _ in range(sum(sizes))], np.int64) for _ in range(2))
    for most in (0, 1, 5, 12):
        found = np.empty((6, most), np.int32)
        first_of_lists(first, second, starts, found)
        for i, rows in enumerate(found.tolist()):
            own = range(starts[i], starts[i + 1])
            expected = sorted(own, key=lambda row: (first[row], second[row]))[:most]
            assert rows == expected + [-1] * (most - len(expected))


@pytest.mark.parametrize(("first", "last"), [(0, 7), (1, 7), (3, 4), (2, 2)])
def test_every_row_counts_for_its_value(first, last):
    codes = ints(2, -1, 0, 2, 1, 1, 2)
    for rows in (EVERY_ROW, ints(6, 0, 1, 3, 3, 4, 2)):
        counts, others = np.zeros(4, np.int64), np.zeros(4, np.int64)
        count_rows(codes, rows, first, last, counts, others)
        expected = Counter((codes[rows] if len(rows) else codes)[first:last].tolist())
        assert (counts + others).tolist() == [expected[code] for code in range(-1, 3)]


def test_members_of_lists_stand_one_behind_the_other():
    starts = ints(0, 2, 2, 5)
    listed, rows = members_of(starts, ints(2, 1, 0, 2))
    assert (listed.tolist(), rows.tolist()) == ([0, 3, 3, 5, 8], [2, 3, 4, 0, 1, 2, 3, 4])
    listed, rows = members_of(starts, ints(0, 1, 2))
    assert (listed.tolist(), rows.tolist()) == ([0, 2, 2, 5], [0, 1, 2, 3, 4])
    listed, rows = members_of(ints(0, 1, 2, 3, 4), ints(0, 1, 3))
    assert (listed.tolist(), rows.tolist()) == ([0, 1, 2, 3], [0, 1, 3])
    listed, rows = members_of(starts, ints())
    assert (listed.tolist(), rows.tolist()) == ([0], [])


def test_numbers_of_rows_are_gathered():
    gathered = np.empty(3, np.int64)
    gather_numbers(np.array([5, MISSING, 7], np.int64), ints(2, 0, 1), gathered)
    assert gathered.tolist() == [7, 5, MISSING]


def test_lists_one_behind_the_other_are_one_range():
    def found(*lists: int):
        return [array.tolist() for array in ranges_of(ints(0, 2, 2, 5, 6), ints(*lists))]

    assert found(0, 1, 3) == [[0, 2, 2, 3], [0, 5], [0, 2, 3]]
    assert found(0, 2, 3) == [[0, 2, 5, 6], [0], [0, 6]]
    assert found(1) == [[0, 0], [2], [0, 0]]
    assert found() == [[0], [], [0]]
