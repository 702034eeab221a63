from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from facetry.engines.columns.kernels.addresses import address_of, address_of_bytes
from facetry.engines.columns.kernels.collecting import BITS
from facetry.engines.columns.kernels.counting import choose_values, count_numbers, count_tasks, lowest_and_highest

MISSING = -(2**63)
EVERY_ROW = np.empty(0, np.int32)


def ints(*numbers: int):
    return np.array(numbers, np.int32)


def longs(*numbers: int):
    return np.array(numbers, np.int64)


def test_the_values_of_two_fields_are_counted_at_once():
    # Two fields of 3 and 2 values; lists of rows 0-1, 2, 3-5 of the first, single rows 5, 1, 0 of the second.
    first, second = ints(0, 0, 2, -1, 1, 1), ints(1, -1, 0, 0, 0, 1)
    starts, rows = ints(0, 2, 3, 6), ints(5, 1, 0)
    size = len(first)
    tasks = [
        (address_of(first), size, address_of(EVERY_ROW), 0, address_of(starts), 0, 2, 0, 0, 4, 0),
        (address_of(second), size, address_of(rows), 3, address_of(starts), 0, 3, 1, 4, 3, 0),
        (address_of(first), size, address_of(EVERY_ROW), 0, address_of(starts), 2, 3, 0, 0, 4, 0),
    ]
    counts, others, stamps = np.zeros(7, np.int64), np.zeros(7, np.int64), np.zeros(7, np.int32)
    assert count_tasks(np.array(tasks, np.int64), stamps, 0, counts, others) == 3
    assert (counts + others).tolist() == [1, 1, 1, 1, 1, 0, 2]


@pytest.mark.parametrize("values", [2, 40, BITS - 1, BITS])
@pytest.mark.parametrize("is_everything", [False, True])
def test_codes_of_one_byte_count_as_all_others(values, *, is_everything):
    draw = random.Random(values)
    codes = ints(*(draw.randrange(-1, values) for _ in range(80)))
    small = (codes + 1).astype(np.uint8)
    rows = EVERY_ROW if is_everything else ints(*sorted(draw.sample(range(80), 60)))
    starts = ints(0, 1, 1, 4, 30, len(rows) or 80)
    counted = []
    for own in (0, address_of_bytes(small)):
        task = (address_of(codes), 80, address_of(rows), len(rows), address_of(starts), 0, 5, 0, 0, values + 1, own)
        counts, others, stamps = (np.zeros(values + 1, kind) for kind in (np.int64, np.int64, np.int32))
        count_tasks(np.array([task], np.int64), stamps, 0, counts, others)
        counted.append(counts.tolist())
    expected: Counter[int] = Counter()
    for start, end in pairwise(starts.tolist()):
        expected.update({int(codes[row if is_everything else rows[row]]) for row in range(start, end)})
    assert [counts[1:] for counts in counted] == [[expected[code] for code in range(values)]] * 2


@pytest.mark.parametrize("by_count", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_the_first_values_of_fields_are_those_of_a_sort(seed, by_count):
    draw = random.Random(seed)
    sizes, mosts = [0, 1, 9, 30], [3, 0, 4, 30]
    counts = longs(*(draw.choice((0, 0, 1, 2, 7)) for _ in range(sum(sizes) + len(sizes))))
    places = [ints(*draw.sample(range(size), size)) for size in sizes]
    begins = [1 + i + sum(sizes[:i]) for i in range(len(sizes))]
    shown = [sum(mosts[:i]) for i in range(len(mosts))]
    columns = zip(begins, sizes, mosts, [by_count] * 4, map(address_of, places), shown, strict=True)
    codes, found = np.full(sum(mosts), -1, np.int32), np.full(sum(mosts), -1, np.int64)
    told = np.empty((4, 3), np.int64)
    choose_values(np.array([*columns], np.int64), counts, codes, found, told)
    for i, size in enumerate(sizes):
        own = counts[begins[i] : begins[i] + size].tolist()
        present = [code for code in range(size) if own[code]]
        order = sorted(present, key=lambda code: (-own[code] * by_count, places[i][code]))[: mosts[i]]
        chosen = slice(shown[i], shown[i] + len(order))
        assert told[i].tolist() == [len(order), sum(own) - sum(own[code] for code in order), len(present)]
        assert (codes[chosen].tolist(), found[chosen].tolist()) == (order, [own[code] for code in order])
        assert codes[chosen.stop : shown[i] + mosts[i]].tolist() == [-1] * (mosts[i] - len(order))


def test_lowest_and_highest_leave_out_what_is_missing():
    found = np.empty(2, np.int64)
    assert lowest_and_highest(longs(5, MISSING, -3, 9, MISSING), MISSING, found)
    assert found.tolist() == [-3, 9]
    assert not lowest_and_highest(longs(MISSING, MISSING), MISSING, found)
    assert not lowest_and_highest(longs(), MISSING, found)


@pytest.mark.parametrize("ranges", [2, 40])
def test_lists_count_once_for_each_range_that_they_have_a_number_in(ranges):
    draw = random.Random(ranges)
    numbers = longs(*(draw.choice((MISSING, draw.randrange(-5, 10 * ranges))) for _ in range(200)))
    starts = ints(0, *sorted(draw.sample(range(1, 200), 30)), 200)
    firsts, lasts = longs(*(10 * k for k in range(ranges))), longs(*(10 * k + 6 for k in range(ranges)))
    counts = np.zeros(ranges + 1, np.int64)
    for span in ((0, 11), (11, 31)):
        count_numbers(numbers, starts, span, MISSING, firsts, lasts, counts)
    expected: Counter[int] = Counter()
    for i in range(31):
        own = numbers[starts[i] : starts[i + 1]].tolist()
        expected.update({number // 10 for number in own if number >= 0 and number % 10 <= 6})
    assert counts[1:].tolist() == [expected[k] for k in range(ranges)]
