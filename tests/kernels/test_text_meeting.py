from __future__ import annotations

import random

import numpy as np
import pytest

from facetry.domain.search.text.documents import HIDDEN
from facetry.engines.columns.kernels.text_meeting import add_slot_of, keep_having, mark_having
from facetry.engines.columns.kernels.text_scoring import HAVING, SIZE, add_slot
from facetry.engines.columns.posting_counts import packed_counts

GROUPS, FIELDS = 40, 6
WEIGHTS, NORMS, AVERAGES = np.full(FIELDS, 2.0), np.full(FIELDS, 0.5), np.full(FIELDS, 4.0)
FACTORS = WEIGHTS[:, None] / (1.0 - NORMS[:, None] + NORMS[:, None] * (np.arange(3.0) / AVERAGES[:, None]))
WEIGHING = (FACTORS, WEIGHTS, NORMS, AVERAGES)


@pytest.mark.parametrize("hidden", [0, HIDDEN])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_looked_for_by_itself_is_what_all_postings_tell(seed: int, hidden: int):
    draw = random.Random(seed)
    keys = [sorted(draw.sample(range(GROUPS), draw.randrange(GROUPS))) for _ in range(3)]
    groups = np.array([group for key in keys for group in key], np.int32)
    drawn = [draw.choice((0, 1, 1 << 20, 2 | HIDDEN, 1 << 4)) for _ in groups]
    counts = packed_counts(np.array(drawn, np.int32))
    listed = sorted(draw.sample(range(GROUPS), 5))
    lists = (np.array(listed, np.int32), np.array([1.0, 0.0, 2.0, 3.0, 0.5]), np.array([0, 1, 1, 0, 0], np.int32))
    bounds = [0, *np.cumsum([len(key) for key in keys]).tolist()]
    ranges = np.array([*([bounds[k], bounds[k + 1], 0] for k in range(3)), [0, 5, 1]], np.int64)
    qualities, typos = np.array([1.0, 0.75, 0.5, 0.25]), np.array([0, 1, 2, 3], np.int32)
    live = np.array([draw.random() < 0.8 for _ in range(GROUPS)], np.uint8)
    lengths = np.array([[draw.randrange(1, 9) for _ in range(FIELDS)] for _ in range(GROUPS)], np.uint16)

    def scratch():
        return np.zeros(GROUPS), np.zeros(GROUPS, np.uint8), np.empty(GROUPS, np.int32)

    progress = np.zeros(4, np.int64)
    frequency, signs, touched = scratch()
    slot = (ranges, qualities, typos)
    texts = (lengths, *WEIGHING)
    assert add_slot(groups, counts, *lists, *slot, live, *texts, progress, frequency, signs, touched, hidden, 999)
    having = np.flatnonzero(frequency)

    marks = np.zeros(GROUPS, np.uint8)
    assert mark_having(groups, counts, *lists[:2], ranges, live, hidden, marks) == progress[HAVING] == len(having)
    assert np.flatnonzero(marks).tolist() == having.tolist()

    wanted = np.flatnonzero(live).astype(np.int32)
    kept = keep_having(groups, counts, *lists[:2], ranges, hidden, wanted)
    assert wanted[:kept].tolist() == having.tolist()

    some = having[::2].astype(np.int32)
    own_frequency, own_signs, own_touched = scratch()
    count = add_slot_of(some, groups, counts, *lists, *slot, *texts, own_frequency, own_signs, own_touched, hidden)
    assert sorted(own_touched[:count].tolist()) == some.tolist()
    assert own_frequency[some].tolist() == frequency[some].tolist()
    assert own_signs[some].tolist() == signs[some].tolist()
    others = np.setdiff1d(np.arange(GROUPS), some)
    assert not own_frequency[others].any()
    assert not own_signs[others].any()
    assert progress[SIZE] >= len(having)
