from __future__ import annotations

import random

import numpy as np
import pytest

from facetry.engines.columns.kernels.merging import count_postings, merge_postings, number_distinct, place, spread
from facetry.engines.columns.posting_counts import packed_counts
from facetry.engines.columns.strings import Strings


def test_equal_strings_get_one_number():
    listed = Strings.of([b"b", b"a", b"b", b"c", b"a", b""])
    order = np.array([5, 1, 4, 0, 2, 3])
    assert number_distinct(listed.blob, listed.starts, order).tolist() == [2, 1, 2, 3, 1, 0]
    assert number_distinct(listed.blob, listed.starts, np.array([], np.int64)).tolist() == []


def test_strings_are_placed_at_their_targets():
    listed = Strings.of([b"one", b"", b"three", b"four"])
    placed = Strings.of([b"_" * 4, b"_" * 3, b""])
    place(listed.blob, listed.starts, np.array([1, 2, -1, 0]), placed.starts, placed.blob)
    assert [placed[i] for i in range(3)] == [b"four", b"one", b""]


def test_members_of_picked_lists_are_spread():
    starts = np.array([0, 2, 2, 5], np.int32)
    picked, members = spread(starts, np.array([2, 1, 0, 2]))
    assert picked.tolist() == [0, 3, 3, 5, 8]
    assert members.tolist() == [2, 3, 4, 0, 1, 2, 3, 4]
    picked, members = spread(starts, np.array([], np.int64))
    assert (picked.tolist(), members.tolist()) == ([0], [])


@pytest.mark.parametrize("seed", range(8))
def test_postings_of_several_segments_merge_by_new_ordinal(seed):
    draw = random.Random(seed)
    terms, groups = 6, 30
    owners = [draw.randrange(3) for _ in range(groups)]
    living = [draw.random() < 0.8 for _ in range(groups)]
    counts = {(t, g): draw.randint(1, 9) for t in range(terms) for g in range(groups) if draw.random() < 0.4}
    new = {g: position for position, g in enumerate(g for g in range(groups) if living[g])}
    sources = []
    for owner in range(3):
        own = [g for g in range(groups) if owners[g] == owner]
        targets = np.array([new.get(g, -1) for g in own], np.int64)
        lists = [[(own.index(g), counts[t, g]) for g in own if (t, g) in counts] for t in range(terms)]
        starts = np.cumsum([0, *map(len, lists)])
        flat = [posting for posted in lists for posting in posted]
        posted = np.array([g for g, _ in flat], np.int32), packed_counts(np.array([c for _, c in flat], np.int32))
        sources.append((starts, *posted, targets))
    totals = np.zeros(terms, np.int64)
    for starts, posted, _, targets in sources:
        count_postings(starts, posted, targets, np.arange(terms), totals)
    expected = [[(new[g], counts[t, g]) for g in new if (t, g) in counts] for t in range(terms)]
    assert totals.tolist() == [len(posted) for posted in expected]
    merged_starts = np.cumsum([0, *totals])
    ends = merged_starts[:-1].copy()
    merged = np.zeros(merged_starts[-1], np.int32), np.zeros(merged_starts[-1], np.int32)
    room = np.empty(2 * groups, np.int32)
    numbers = np.where(totals > 0, np.arange(terms), -1)
    for starts, posted, posted_counts, targets in sources:
        merge_postings(starts, posted, posted_counts, targets, numbers, ends, merged_starts, *merged, room)
    assert ends.tolist() == merged_starts[1:].tolist()
    found = list(zip(merged[0].tolist(), merged[1].tolist(), strict=True))
    assert [found[merged_starts[t] : merged_starts[t + 1]] for t in range(terms)] == expected


def test_a_term_that_nothing_has_any_more_is_left_out():
    starts, groups, counts = np.array([0, 1, 2]), np.array([0, 1], np.int32), packed_counts(np.array([4, 5], np.int32))
    merged = np.zeros(1, np.int32), np.zeros(1, np.int32)
    ends, room = np.array([0]), np.empty(4, np.int32)
    merge_postings(starts, groups, counts, np.array([-1, 0]), np.array([-1, 0]), ends, np.array([0, 1]), *merged, room)
    assert (merged[0].tolist(), merged[1].tolist(), ends.tolist()) == ([0], [5], [1])
