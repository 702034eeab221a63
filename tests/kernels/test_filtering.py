from __future__ import annotations

import random

import numpy as np
import pytest

from facetry.engines.columns.kernels.filtering import (
    BITS,
    DEAD,
    cut,
    fail,
    fail_codes,
    first_from,
    keep_any,
    keep_codes,
    keep_members,
    keep_numbers,
    keep_sparse,
    select,
    survivors,
)

MISSING = -(2**63)
EVERY_ROW = np.empty(0, np.int32)


def ints(*numbers: int):
    return np.array(numbers, np.int32)


def flags(*numbers: int):
    return np.array(numbers, np.uint8)


@pytest.mark.parametrize("values", [3, BITS - 1, BITS])
def test_rows_with_a_wanted_code_are_kept(values):
    # With one for no value these are as many as the bits of a word, and one more.
    codes, wanted = ints(2, -1, 0, 1, values - 1), np.zeros(values + 1, np.uint8)
    wanted[[1, 3, values]] = 1
    kept = np.zeros(5, np.uint8)
    keep_codes(codes, ints(0), ints(0, 5), wanted, kept)
    assert kept.tolist() == [1, 0, 1, 0, 1]
    some = np.zeros(3, np.uint8)
    keep_codes(codes, ints(0, 3), ints(0, 1, 3), wanted, some)
    assert some.tolist() == [1, 0, 1]


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
    lows, highs = np.array([0, 20]), np.array([5, 30])
    kept = np.zeros(4, np.uint8)
    keep_numbers(numbers, ints(0), ints(0, 4), lows, highs, kept)
    assert kept.tolist() == [1, 0, 0, 1]
    some = np.zeros(2, np.uint8)
    keep_numbers(numbers, ints(1, 3), ints(0, 1, 2), np.array([MISSING + 1]), np.array([2**63 - 1]), some)
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


def test_what_a_row_fails_is_written_down_while_it_is_one_piece_only():
    fails = flags(0, 0, 2, 2, 3, DEAD)
    fail(flags(1, 0, 1, 0, 0, 0), 2, fails)
    assert fails.tolist() == [0, 2, 2, 2, DEAD, DEAD]
    fail(flags(0, 0, 1, 1, 1, 1), DEAD, fails)
    assert fails.tolist() == [DEAD, DEAD, 2, 2, DEAD, DEAD]


@pytest.mark.parametrize("wanted", [(), (0,), (3,), (0, 2, 5), (1, 2, 3, 4), (0, 1, 2, 4, 5), range(6)])
def test_rows_whose_code_is_not_wanted_fail(wanted):
    # Rows 1 to 4 and 6 of a table with codes 0 to 5, 0 for none.
    codes, table = flags(0, 5, 1, 0, 2, 3, 4), flags(*(int(code in wanted) for code in range(6)))
    before, rows = [0, 2, 1, DEAD, 0], (1, 2, 3, 4, 6)
    for number in (2, DEAD):
        fails, expected = flags(*before), flags(*before)
        fail_codes(codes, ints(1, 6), ints(0, 4, 5), table, number, fails)
        fail(flags(*(table[codes[row]] for row in rows)), number, expected)
        assert fails.tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("is_single", [False, True])
def test_rows_that_fail_nothing_else_are_selected(seed, *, is_single):
    draw = random.Random(seed)
    sizes = [1 if is_single else draw.randrange(1, 5) for _ in range(12)]
    table_starts = np.cumsum([0, *sizes]).astype(np.int32)
    groups = sorted(draw.sample(range(12), draw.randint(0, 12)))
    starts = np.cumsum([0, *(sizes[group] for group in groups)]).astype(np.int32)
    fails = flags(*(draw.choice((0, 1, 2, DEAD)) for _ in range(starts[-1])))
    for number in (0, 1, 2):
        good = iter([failed in (0, number) for failed in fails.tolist()])
        lists = [[row for row in range(table_starts[group], table_starts[group + 1]) if next(good)] for group in groups]
        survived = survivors(fails, table_starts, ints(*groups), starts)
        rows, row_starts, kept, is_whole = select(*survived, number, starts)
        assert rows.tolist() == [row for one in lists for row in one]
        assert kept.tolist() == [i for i, one in enumerate(lists) if one]
        assert is_whole == all(len(one) in (0, sizes[group]) for group, one in zip(groups, lists, strict=True))
        assert [rows[row_starts[i] : row_starts[i + 1]].tolist() for i in range(len(kept))] == [o for o in lists if o]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("is_single", [False, True])
def test_rows_that_fail_one_piece_at_most_survive(seed, *, is_single):
    draw = random.Random(seed)
    sizes = [1 if is_single else draw.randrange(1, 4) for _ in range(10)]
    table_starts = np.cumsum([0, *sizes]).astype(np.int32)
    groups = sorted(draw.sample(range(10), draw.randint(0, 10)))
    starts = np.cumsum([0, *(sizes[group] for group in groups)]).astype(np.int32)
    fails = flags(*(draw.choice((0, 1, 2, DEAD, DEAD)) for _ in range(starts[-1])))
    rows, own, row_starts, lists = survivors(fails, table_starts, ints(*groups), starts)
    members = [row for group in groups for row in range(table_starts[group], table_starts[group + 1])]
    expected = [(row, failed) for row, failed in zip(members, fails.tolist(), strict=True) if failed != DEAD]
    assert [*zip(rows.tolist(), own.tolist(), strict=True)] == expected
    alive = [i for i in range(len(groups)) if (fails[starts[i] : starts[i + 1]] != DEAD).any()]
    assert lists.tolist() == alive
    counts = [int((fails[starts[i] : starts[i + 1]] != DEAD).sum()) for i in alive]
    assert np.diff(row_starts).tolist() == counts
