from __future__ import annotations

import subprocess
import sys

import numba
import numpy as np
import pytest

from facetry.domain.search.text.documents import HIDDEN
from facetry.engines.columns.kernels.text_meeting import intersect
from facetry.engines.columns.kernels.text_scoring import (
    HAVING,
    IN_NAME,
    NEXT_RANGE,
    SIZE,
    TOUCHED,
    add_bonus,
    add_slot,
    close_slot,
    finish,
    weighted,
)
from facetry.engines.columns.posting_counts import packed_counts
from tests.unit.engines.columns.text.catalogs import changed

FIELDS = 6
WEIGHTS = np.array([3.0, 2.0, 1.0, 1.0, 1.0, 1.0])
NORMS = np.array([0.5, 0.0, 0.5, 0.0, 0.5, 0.75])
AVERAGES = np.full(FIELDS, 4.0)
FACTORS = WEIGHTS[:, None] / (1.0 - NORMS[:, None] + NORMS[:, None] * (np.arange(4.0) / AVERAGES[:, None]))
WEIGHING = (FACTORS, WEIGHTS, NORMS, AVERAGES)
NO_LIST = (np.empty(0, np.int32), np.empty(0), np.empty(0, np.int32))
SIGNATURES = """
from facetry.engines.columns.kernels import text_building as b, text_identifiers as i, text_scoring as s
from facetry.engines.columns.kernels import text_meeting as m
from facetry.engines.columns.kernels import text_suggesting as g, text_words as w
from facetry.engines.columns.warming_text import warm_up_text
warm_up_text()
kernels = {k for o in (b, i, m, s, g, w) for k in vars(o).values() if hasattr(k, "signatures")}
called_by_others_only = {"add_key", "weighted", "may_begin", "fit_at", "decode", "signature", "bits_of", "distance"}
called_by_others_only |= {"first_from", "row_of", "count_at", "is_word", "take_once"}
names = {k.py_func.__name__ for k in kernels if len(k.signatures) != 1}
print(*sorted(names - called_by_others_only))
"""
BRAND = 4
"""Bits of the field behind the name."""


def lengths(*of_names: int) -> np.ndarray:
    found = np.ones((len(of_names), FIELDS), np.uint16)
    found[:, 0] = of_names
    return found


def test_a_key_is_weighed_by_field_and_length_also_by_one_without_a_factor():
    known = lengths(2, 4)
    assert weighted(1, 0, known, *WEIGHING) == 3.0 / (0.5 + 0.5 * 0.5)
    assert weighted(1, 1, known, *WEIGHING) == 3.0
    assert weighted(2 | 3 << BRAND, 1, known, *WEIGHING) == 2 * 3.0 + 3 * 2.0
    assert weighted(1 << 20, 1, known, *WEIGHING) == FACTORS[5, 1]
    assert weighted(HIDDEN | 1, 1, known, *WEIGHING) == 3.0


@pytest.mark.parametrize("budget", [1, 2, 100])
def test_a_slot_adds_up_its_alternatives_in_slices_of_any_size(budget: int):
    groups = np.array([0, 1, 3, 1, 2], np.int32)
    counts = packed_counts(np.array([1, 1 << BRAND, 1, 1, 1 << BRAND], np.int32))
    listed = (np.array([2, 3], np.int32), np.array([8.0, 0.0]), np.array([0, 1], np.int32))
    ranges = np.array([[0, 3, 0], [3, 5, 0], [0, 0, 0], [0, 2, 1]], np.int64)
    qualities, typos = np.array([1.0, 0.5, 1.0, 0.25]), np.array([0, 1, 1, 2], np.int32)
    live = np.array([0, 1, 1, 1], np.uint8)
    frequency, signs, touched = np.zeros(4), np.zeros(4, np.uint8), np.empty(4, np.int32)
    progress = np.zeros(4, np.int64)
    arguments = (groups, counts, *listed, ranges, qualities, typos, live, lengths(4, 4, 4, 4), *WEIGHING)
    calls = 1
    while not add_slot(*arguments, progress, frequency, signs, touched, 0, budget):
        calls += 1
    assert calls == (1 if budget == 100 else 7 // budget + (7 % budget > 0))
    assert progress[[NEXT_RANGE, SIZE, HAVING]].tolist() == [4, 3, 3]
    assert touched[:3].tolist() == [1, 3, 2]
    assert frequency.tolist() == [0.0, 2.0 + 0.5 * 3.0, 0.5 * 2.0 + 0.25 * 8.0, 3.0]
    assert signs.tolist() == [0, TOUCHED | IN_NAME, TOUCHED | 1, TOUCHED | IN_NAME]


def test_what_is_only_in_a_name_that_does_not_count_is_no_match_but_stays_known():
    unweighted = (np.zeros_like(FACTORS), *WEIGHING[1:])
    frequency, signs, touched = np.zeros(2), np.zeros(2, np.uint8), np.empty(2, np.int32)
    progress = np.zeros(4, np.int64)
    groups, counts = np.array([0, 1], np.int32), packed_counts(np.array([1, 1 << BRAND], np.int32))
    ranges = np.array([[0, 2, 0]], np.int64)
    live = np.ones(2, np.uint8)
    one = (np.ones(1), np.zeros(1, np.int32), live, lengths(2, 2))
    assert add_slot(groups, counts, *NO_LIST, ranges, *one, *unweighted, progress, frequency, signs, touched, 0, 9)
    assert progress[[SIZE, HAVING]].tolist() == [1, 0]
    assert signs.tolist() == [TOUCHED | IN_NAME, 0]


@pytest.mark.parametrize(("hidden", "having"), [(0, [2.0, 2.0, 0.0, 4.0]), (HIDDEN, [2.0, 0.0, 0.0, 4.0])])
def test_hidden_postings_are_passed_over_where_that_is_asked(hidden: int, having: list[float]):
    groups = np.array([0, 1], np.int32)
    counts = packed_counts(np.array([1 << BRAND, HIDDEN | 1 << BRAND], np.int32))
    listed = (np.array([3], np.int32), np.array([4.0]), np.array([0], np.int32))
    ranges = np.array([[0, 2, 0], [0, 1, 1]], np.int64)
    one = (np.ones(2), np.zeros(2, np.int32), np.ones(4, np.uint8), lengths(4, 4, 4, 4))
    frequency, signs, touched = np.zeros(4), np.zeros(4, np.uint8), np.empty(4, np.int32)
    progress = np.zeros(4, np.int64)
    assert add_slot(groups, counts, *listed, ranges, *one, *WEIGHING, progress, frequency, signs, touched, hidden, 9)
    assert frequency.tolist() == having


def test_a_slot_is_closed_and_its_arrays_are_cleared():
    touched = np.array([2, 0, 1], np.int32)
    frequency = np.array([1.0, 0.0, 3.0])
    signs = np.array([TOUCHED | 2, TOUCHED | IN_NAME, TOUCHED | IN_NAME], np.uint8)
    scores, found = np.zeros(3), np.empty(3, np.int32)
    matched, typos, in_name, seen = (np.zeros(3, np.uint8) for _ in range(4))
    state = (frequency, signs, scores, matched, typos, in_name, seen, found)
    assert close_slot(touched, 0, 3, 2.0, 1.0, True, *state, 0) == 2
    assert scores.tolist() == [2.0 * (1.0 * 2.0 / 2.0), 0.0, 2.0 * (3.0 * 2.0 / 4.0)]
    assert (matched.tolist(), typos.tolist(), in_name.tolist()) == ([1, 0, 1], [2, 0, 0], [0, 0, 1])
    assert found[:2].tolist() == [2, 0]
    assert not frequency.any()
    assert not signs.any()
    frequency[0], signs[0] = 1.0, TOUCHED | IN_NAME | 1
    assert close_slot(touched, 1, 2, 1.0, 1.0, False, *state, 2) == 2
    assert (matched.tolist(), typos.tolist(), in_name.tolist()) == ([1, 0, 1], [2, 0, 0], [0, 0, 1])
    assert scores[0] == 3.0


def test_a_bonus_counts_for_groups_found_and_in_a_run_only_behind_the_one_before():
    groups = np.array([0, 1, 2, 0, 2], np.int32)
    counts = packed_counts(np.array([1, 1, 1, HIDDEN | 1, 1], np.int32))
    seen, runs, scores = np.array([1, 0, 1], np.uint8), np.zeros(3, np.uint8), np.zeros(3)
    add_bonus(groups, counts, 0, 2, 0, 1.0, 1, False, seen, runs, scores)
    add_bonus(groups, counts, 2, 5, HIDDEN, 0.5, 2, True, seen, runs, scores)
    assert scores.tolist() == [1.0, 0.0, 0.0]
    add_bonus(groups, counts, 2, 5, 0, 0.5, 2, True, seen, runs, scores)
    assert scores.tolist() == [1.5, 0.0, 0.0]
    assert runs.tolist() == [2, 0, 0]


def test_groups_with_all_keys_are_found_with_the_rarest_of_them():
    groups = np.array([1, 4, 9, *range(12), 4, 9], np.int32)
    plain = np.array([1, 1, 2, *[1] * 12, 1, 1 << BRAND], np.int32)
    counts = packed_counts(plain)
    bounds = np.array([[15, 17], [0, 3], [3, 15]], np.int64)
    room = (np.empty(2, np.int32), np.empty(2), np.empty(2, np.int32))
    assert intersect(groups, counts, bounds, lengths(*[4] * 12), *WEIGHING, 0, *room) == 2
    assert [array.tolist() for array in room] == [[4, 9], [3.0, 2.0], [1, 0]]
    assert intersect(groups, counts, np.array([[2, 3], [0, 2]], np.int64), lengths(*[4] * 12), *WEIGHING, 0, *room) == 0
    assert intersect(groups, counts, np.array([[0, 0], [0, 2]], np.int64), lengths(*[4] * 12), *WEIGHING, 0, *room) == 0
    plain[16] |= HIDDEN
    counts = packed_counts(plain)
    assert intersect(groups, counts, bounds, lengths(*[4] * 12), *WEIGHING, HIDDEN, *room) == 1
    assert room[0][0] == 4


def test_groups_are_finished_by_tier_bonus_and_boost():
    scores = np.array([1.0, 3.0, 0.5])
    matched, typos = np.array([2, 1, 0], np.uint8), np.array([0, 40, 0], np.uint8)
    in_name, runs, seen = np.array([2, 1, 0], np.uint8), np.ones(3, np.uint8), np.ones(3, np.uint8)
    state = (scores, matched, typos, in_name, runs, seen)
    final, words = np.empty(2), np.empty(2, np.int32)
    chosen = np.array([0, 1], np.int32)
    finish(chosen, 0, 2, 2, 0.5, np.array([1.0, 0.0, 0.0]), 31, 32.0, *state, final, words)
    assert final.tolist() == [64.0 + 3.0 / 4.0, 32.0 - 31.0 + 3.0 / 4.0]
    assert words.tolist() == [2, 1]
    assert [array.tolist() for array in state] == [
        [0.0, 0.0, 0.5],
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 1],
        [0, 0, 1],
    ]
    finish(np.array([2], np.int32), 0, 1, 0, 9.0, np.empty(0), 31, 32.0, *state, final, words)
    assert (final[0], words[0]) == (0.5 / 1.5, 0)


@pytest.mark.parametrize("seed", range(3))
def test_compiled_or_not_a_text_finds_what_the_definition_finds(seed: int):
    catalog, drawn = changed(seed)
    for _ in range(6):
        catalog.check(drawn.query())


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled here")
def test_every_kernel_is_compiled_once_by_warming_up():
    printed = subprocess.run([sys.executable, "-c", SIGNATURES], capture_output=True, check=True, text=True)
    assert printed.stdout.split() == []
