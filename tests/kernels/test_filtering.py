from __future__ import annotations

import random

import numpy as np
import pytest

from facetry.engines.columns.kernels.filtering import (
    cut,
    first_from,
    keep_any,
    keep_codes,
    keep_members,
    keep_numbers,
    keep_sparse,
)

MISSING = -(2**63)
EVERY_ROW = np.empty(0, np.int32)


def ints(*numbers: int):
    return np.array(numbers, np.int32)


def test_rows_with_a_wanted_code_are_kept():
    codes, wanted = ints(2, -1, 0, 1), np.array([0, 1, 0, 1], np.uint8)
    kept = np.zeros(4, np.uint8)
    keep_codes(codes, EVERY_ROW, wanted, kept)
    assert kept.tolist() == [1, 0, 1, 0]
    some = np.zeros(2, np.uint8)
    keep_codes(codes, ints(0, 3), wanted, some)
    assert some.tolist() == [1, 0]


@pytest.mark.parametrize("seed", range(10))
def test_rows_of_sparse_columns_are_kept(seed):
    draw = random.Random(seed)
    size = draw.choice((5, 40, 200))
    pairs = sorted((draw.randrange(size), draw.randrange(3)) for _ in range(draw.randrange(size)))
    rows, codes = ints(*(row for row, _ in pairs)), ints(*(code for _, code in pairs))
    wanted = np.array([0, 1, 0, 1], np.uint8)
    good = {row for row, code in pairs if code != 1}
    kept = np.zeros(size, np.uint8)
    keep_sparse(rows, codes, EVERY_ROW, wanted, kept)
    assert kept.tolist() == [int(row in good) for row in range(size)]
    picks = sorted(draw.sample(range(size), draw.randrange(1, size)))
    some = np.zeros(len(picks), np.uint8)
    keep_sparse(rows, codes, ints(*picks), wanted, some)
    assert some.tolist() == [int(row in good) for row in picks]


@pytest.mark.parametrize("start", [0, 3, 9])
@pytest.mark.parametrize("row", [0, 4, 5, 18, 19, 99])
def test_the_first_row_is_found_from_anywhere(start, row):
    rows = ints(*range(0, 20, 2))
    expected = max(start, int(np.searchsorted(rows, row)))
    assert first_from(rows, start, row) == (expected if rows[start] < row else start)


def test_numbers_in_ranges_are_kept():
    numbers = np.array([5, MISSING, 9, 20], np.int64)
    firsts, lasts = np.array([0, 20]), np.array([5, 30])
    kept = np.zeros(4, np.uint8)
    keep_numbers(numbers, EVERY_ROW, MISSING, firsts, lasts, kept)
    assert kept.tolist() == [1, 0, 0, 1]
    some = np.zeros(2, np.uint8)
    keep_numbers(numbers, ints(1, 3), MISSING, np.array([MISSING]), np.array([2**63 - 1]), some)
    assert some.tolist() == [0, 1]


def test_lists_and_members_are_kept_together():
    starts = ints(0, 2, 2, 5)
    lists = np.zeros(3, np.uint8)
    keep_any(np.array([0, 0, 0, 1, 0], np.uint8), starts, lists)
    assert lists.tolist() == [0, 0, 1]
    members = np.zeros(5, np.uint8)
    keep_members(lists, starts, members)
    assert members.tolist() == [0, 0, 1, 1, 1]


def test_rows_are_cut_into_lists():
    rows, starts = ints(1, 4, 5), ints(0, 2, 4, 4, 6)
    row_starts, lists = ints(*[9] * 5), ints(*[9] * 4)
    assert cut(rows, starts, row_starts, lists) == 2
    assert (row_starts[:3].tolist(), lists[:2].tolist()) == ([0, 1, 3], [0, 3])
    assert cut(ints(), ints(0), ints(9), ints()) == 0
