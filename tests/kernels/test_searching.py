from __future__ import annotations

import random

import numpy as np
import pytest

from facetry.domain import field_ranking
from facetry.domain.field_ranking import group_score, text_weight
from facetry.engines.columns.kernels import searching
from facetry.engines.columns.kernels.searching import (
    KEYWORDS,
    MATCHED,
    POSTINGS,
    choose,
    count_live,
    count_ranges,
    count_shown,
    count_values,
    find_live,
    look_up,
    score,
    sort_heap,
)
from facetry.engines.columns.posting_counts import packed_counts
from facetry.engines.columns.scratch import Scratch
from facetry.engines.columns.segment import MISSING
from facetry.engines.columns.strings import Strings

GROUPS = 5
LIVE = np.array([1, 1, 0, 1, 1], np.uint8)
# Postings of three terms: two of a text field, one keyword.
POSTING_GROUPS = np.array([0, 1, 2, 4, 1, 3, 0, 2], np.int32)
POSTING_COUNTS = packed_counts(np.array([1, 2, 3, 1, 1, 4, 1, 1], np.int32))
LENGTHS = np.array([[3, 5, 9, 4, 0]], np.int32)
NUMBERS = np.array([[50, MISSING, 50, 50, 7]], np.int64)
RANGES = np.array(
    [[0, 0, 4, 1, POSTINGS, 0], [0, 4, 6, 1, POSTINGS, 0], [1, 6, 8, 2, POSTINGS, 0], [2, 0, 5, 1, 0, 50]], np.int64
)
WEIGHTS = np.array([0.3, 0.7, 0.45, 1.0])
FIELDS = np.array([[2, 0], [2, KEYWORDS], [1, KEYWORDS]], np.int64)
AVERAGES = np.array([3.0, 1.0, 1.0])


def run(scratch: Scratch, budget: int, ranges=RANGES, weights=WEIGHTS) -> int:
    """Score with a budget a call and return how many calls it took."""
    scratch.progress[:] = 0
    calls = 1
    while not score(
        POSTING_GROUPS,
        POSTING_COUNTS,
        LENGTHS,
        NUMBERS,
        LIVE,
        ranges,
        weights,
        FIELDS,
        AVERAGES,
        scratch.progress,
        scratch.sums,
        scratch.steps,
        scratch.best,
        scratch.complete,
        scratch.touched,
        scratch.matched,
        budget,
    ):
        calls += 1
    return calls


def test_constants_are_those_of_the_domain():
    assert (searching.K1, searching.B) == (field_ranking.K1, field_ranking.B)


@pytest.mark.parametrize(("budget", "calls"), [(100, 1), (13, 1), (12, 2), (4, 4), (1, 13)])
def test_scores_are_the_best_field_s_however_the_work_is_cut(budget, calls):
    scratch = Scratch(GROUPS)
    assert run(scratch, budget) == calls
    first = text_weight(0.3, 2.0, 5.0, 3.0)
    expected = [1.0, first + text_weight(0.7, 1.0, 5.0, 3.0), 0.0, 1.0 + 0.0, text_weight(0.3, 1.0, 0.0, 3.0)]
    expected[3] = max(1.0, text_weight(0.7, 4.0, 4.0, 3.0))
    assert scratch.best.tolist() == expected
    assert scratch.complete.tolist() == [1, 1, 0, 1, 0]
    matched = scratch.matched[: scratch.progress[MATCHED]].tolist()
    assert sorted(matched) == [0, 1, 3, 4]
    assert not scratch.sums.any()
    assert not scratch.steps.any()


def test_a_lower_score_of_another_field_does_not_count():
    scratch = Scratch(GROUPS)
    run(scratch, 100, RANGES[2:], np.array([5.0, 1.0]))
    assert scratch.best.tolist() == [5.0, 0.0, 0.0, 1.0, 0.0]
    assert scratch.complete.tolist() == [1, 0, 0, 1, 0]


def test_no_ranges_match_nothing():
    scratch = Scratch(GROUPS)
    assert run(scratch, 1, RANGES[:0], WEIGHTS[:0]) == 1
    assert scratch.progress[MATCHED] == 0


def test_keys_are_looked_up():
    vocabulary = Strings.of([b"a", b"b", b"d"])
    keys = Strings.of([b"b", b"c", b"", b"z", b"a"])
    bounds = np.empty((5, 2), np.int64)
    starts = np.array([0, 2, 7, 8])
    assert look_up(vocabulary.blob, vocabulary.starts, starts, keys.blob, keys.starts, bounds) == 7
    assert bounds.tolist() == [[2, 7], [0, 0], [0, 0], [0, 0], [0, 2]]


def test_live_groups_are_found_and_counted():
    ids = Strings.of([b"a", b"b", b"c", b"d", b"e"])
    keys = Strings.of([b"e", b"c", b"bb", b"zz", b"a"])
    found = np.empty(5, np.int64)
    assert find_live(ids.blob, ids.starts, LIVE, keys.blob, keys.starts, found) == 2
    assert found[:2].tolist() == [4, 0]
    assert count_live(POSTING_GROUPS, 0, 4, LIVE) == 3
    assert count_live(POSTING_GROUPS, 2, 3, LIVE) == 0
    counts = np.full(4, 1, np.int32)
    counts[0] |= 1 << 24
    packed = packed_counts(counts)
    assert count_shown(POSTING_GROUPS, packed, 0, 4, 0, LIVE) == 3
    assert count_shown(POSTING_GROUPS, packed, 0, 4, 1 << 24, LIVE) == 2


def test_a_group_counts_once_for_a_value():
    product_starts = np.array([0, 4, 4, 6], np.int32)
    codes = np.array([2, 0, 2, -1, 2, 1], np.int32)
    stamps, counts = np.zeros(3, np.int64), np.zeros(3, np.int64)
    matched = np.array([0, 2, 1], np.int32)
    count_values(matched, 0, 2, product_starts, codes, stamps, 0, counts)
    assert counts.tolist() == [1, 1, 2]
    count_values(matched, 2, 3, product_starts, codes, stamps, 2, counts)
    assert counts.tolist() == [1, 1, 2]
    count_values(matched, 0, 1, product_starts, codes, stamps, 3, counts)
    assert counts.tolist() == [2, 1, 3]


def test_prices_are_counted_by_range_and_currency():
    prices = np.array([0, 9, 10, 10**15, MISSING, 25], np.int64)
    currencies = np.array([-1, 3, 3, 3, -1, 4], np.int32)
    bounds, counts = np.array([0, 10, 20]), np.zeros(3, np.int64)
    matched = np.arange(6, dtype=np.int32)
    count_ranges(matched, 0, 6, prices, currencies, 3, bounds, counts)
    assert counts.tolist() == [2, 1, 1]
    count_ranges(matched, 5, 6, prices, currencies, 4, bounds, counts)
    assert counts.tolist() == [2, 1, 2]


@pytest.mark.parametrize("keep", [0, 1, 2, 7, 60, 100])
@pytest.mark.parametrize("size", [1, 13, 100])
def test_the_best_groups_are_chosen_in_order(keep, size):
    draw = random.Random(keep)
    scratch = Scratch(100)
    ordinals = draw.sample(range(100), 60)
    for ordinal in ordinals:
        scratch.best[ordinal] = draw.choice([0.1, 0.5, 2.0])
        scratch.complete[ordinal] = draw.randint(0, 1)
    entries = [(-group_score(float(scratch.best[o]), complete=bool(scratch.complete[o])), o) for o in ordinals]
    scratch.matched[:60] = ordinals
    scores, groups, held = np.empty(keep), np.empty(keep, np.int32), 0
    for start in range(0, 60, size):
        end = min(start + size, 60)
        held = choose(scratch.matched, start, end, scratch.best, scratch.complete, scores, groups, held)
    sort_heap(scores, groups, held)
    assert [(-s, g) for s, g in zip(scores[:held].tolist(), groups[:held].tolist(), strict=True)] == sorted(entries)[
        :keep
    ]
    assert not scratch.best.any()
    assert not scratch.complete.any()
