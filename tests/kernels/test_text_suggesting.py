from __future__ import annotations

import numpy as np

from facetry.domain.search.text.documents import HIDDEN
from facetry.engines.columns.kernels.text_suggesting import count_marked, distinct_values, mark
from facetry.engines.columns.posting_counts import packed_counts

STARTS = np.array([0, 2, 2, 5], np.int64)
GROUPS = np.array([0, 2, 0, 1, 2], np.int32)


COUNTS = packed_counts(np.array([1, 1, 1, 1, HIDDEN | 1], np.int32))


def test_groups_of_postings_are_marked_and_counted_by_term():
    marks = np.zeros(3, np.uint8)
    mark(GROUPS, COUNTS, 3, 5, HIDDEN, marks)
    assert marks.tolist() == [0, 1, 0]
    mark(GROUPS, COUNTS, 3, 5, 0, marks)
    assert marks.tolist() == [0, 1, 1]
    counts = np.empty(3, np.int64)
    count_marked(STARTS, GROUPS, COUNTS, 0, 3, 0, marks, counts)
    assert counts.tolist() == [1, 0, 2]
    last = np.empty(1, np.int64)
    count_marked(STARTS, GROUPS, COUNTS, 2, 3, 0, marks, last)
    assert last.tolist() == [2]
    count_marked(STARTS, GROUPS, COUNTS, 2, 3, HIDDEN, marks, last)
    assert last.tolist() == [1]


def test_each_value_of_a_group_is_written_down_once():
    product_starts = np.array([0, 2, 3, 5], np.int32)
    rows, codes = np.array([0, 0, 1, 3, 4, 4], np.int32), np.array([2, 0, 2, 2, 1, 2], np.int32)
    groups, values = np.empty(6, np.int32), np.empty(6, np.int32)
    stamps = np.full(3, -1, np.int32)
    assert distinct_values(product_starts, rows, codes, stamps, groups, values) == 4
    assert list(zip(groups[:4].tolist(), values[:4].tolist(), strict=True)) == [(0, 2), (0, 0), (2, 2), (2, 1)]
