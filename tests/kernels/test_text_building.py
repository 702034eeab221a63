from __future__ import annotations

import numpy as np

from facetry.engines.columns.kernels.text_building import place_postings


def test_postings_are_put_in_the_order_of_terms_then_of_groups():
    # Terms 0 to 2 stand in the vocabulary at 2, 0 and 1; the third group has none.
    terms, counts = np.array([0, 1, 1, 2, 0], np.int32), np.array([5, 6, 7, 8, 9], np.int32)
    starts = np.zeros(4, np.int64)
    groups, placed = np.empty(5, np.int32), np.empty(5, np.int32)
    sizes, ranks = np.array([2, 2, 0, 1], np.int32), np.array([2, 0, 1], np.int32)
    place_postings(terms, counts, sizes, ranks, starts, groups, placed)
    assert starts.tolist() == [0, 2, 3, 5]
    assert groups.tolist() == [0, 1, 1, 0, 3]
    assert placed.tolist() == [6, 7, 8, 5, 9]
