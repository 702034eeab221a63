from __future__ import annotations

import random

import numpy as np
import pytest

from facetry.engines.columns.kernels.ordering import compare, first_not_below, merge_runs, pick, sort_strings
from facetry.engines.columns.strings import Strings

ODD = [b"", b"\0", b"\0\0", b"a", b"a\0", b"aa", b"ab", b"b", b"\x7f", b"\x80", b"\xff", b"\xff\xff", "é".encode()]
NO_SCORES = np.empty(0, np.float64)


def unpacked(blob, starts):
    strings = Strings(blob, starts)
    return [strings[i] for i in range(len(strings))]


@pytest.mark.parametrize("left", ODD)
def test_strings_compare_like_bytes(left):
    for right in ODD:
        pair = Strings.of([left, right])
        sign = compare(pair.blob, 0, len(left), pair.blob, len(left), len(left) + len(right))
        assert (sign > 0) - (sign < 0) == (left > right) - (left < right)


def test_the_first_string_not_below_a_key_is_found():
    strings = sorted({*ODD, *(b"%d" % n for n in range(0, 100, 3))})
    listed = Strings.of(strings)
    for key in [*ODD, *(b"%d" % n for n in range(100))]:
        one = Strings.of([key])
        expected = sum(string < key for string in strings)
        assert first_not_below(listed.blob, listed.starts, one.blob, 0, len(key)) == expected
    nothing = Strings.of([])
    assert first_not_below(nothing.blob, nothing.starts, listed.blob, 0, 1) == 0


def test_picked_strings_come_in_the_order_asked_for():
    listed = Strings.of(ODD)
    picks = [3, 3, 0, 12, 7]
    assert unpacked(*pick(listed.blob, listed.starts, np.array(picks))) == [ODD[i] for i in picks]
    assert unpacked(*pick(listed.blob, listed.starts, np.array([], np.int64))) == []


@pytest.mark.parametrize("sizes", [[], [0], [5], [3, 4], [0, 2, 0], [1, 1, 1, 1, 1], [9, 0, 4, 30, 2, 2, 17], [1] * 33])
def test_runs_merge_into_one_order(sizes):
    draw = random.Random(str(sizes))
    runs = [sorted(draw.choice(ODD) + b"%d" % draw.randint(0, 3) for _ in range(size)) for size in sizes]
    strings = [string for run in runs for string in run]
    listed = Strings.of(strings)
    bounds = np.cumsum([0, *sizes])
    order = merge_runs(NO_SCORES, listed.blob, listed.starts, bounds).tolist()
    assert order == sorted(range(len(strings)), key=lambda i: strings[i])


@pytest.mark.parametrize("sizes", [[4], [3, 4], [5, 0, 9, 1, 20]])
def test_scores_come_before_strings(sizes):
    draw = random.Random(str(sizes))
    runs = [sorted((-draw.choice([0.5, 0.25, 1.5]), draw.choice(ODD)) for _ in range(size)) for size in sizes]
    entries = [entry for run in runs for entry in run]
    listed = Strings.of([string for _, string in entries])
    scores = np.array([-negative for negative, _ in entries])
    order = merge_runs(scores, listed.blob, listed.starts, np.cumsum([0, *sizes])).tolist()
    assert order == sorted(range(len(entries)), key=lambda i: entries[i])


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100])
def test_strings_are_sorted_like_bytes(count):
    dice = random.Random(count)
    listed = [dice.choice(["same head ", "same heads", "é", ""]) + "ab\0"[: dice.randrange(4)] for _ in range(count)]
    strings = Strings.of([text.encode() for text in listed])
    expected = sorted(range(count), key=lambda place: listed[place].encode())
    assert sort_strings(strings.blob, strings.starts).tolist() == expected


@pytest.mark.parametrize("strings", [ODD, ODD[::-1]])
def test_a_zero_byte_is_not_the_end_of_a_string(strings):
    order = sort_strings(Strings.of(strings).blob, Strings.of(strings).starts)
    assert [strings[place] for place in order] == sorted(ODD)
