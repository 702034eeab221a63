from __future__ import annotations

import numpy as np

from facetry.engines.columns.kernels.text_building import count_keys, place_postings


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


def test_keys_are_counted_by_field_and_stems_by_all_bits():
    # Two fields of two bits each; the stems of the second count for themselves, as the keys 4 and 5.
    # Word 0 stands for the keys 0 and 1, word 1 for key 1; both have stem 1.
    words = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1], np.int32)
    others = np.array([2, 3, 3], np.int32)
    ends = np.array([[[4, 1], [5, 3]], [[5, 3], [9, 3]]], np.int64)
    terms, counts, sizes = np.empty(20, np.int32), np.empty(20, np.int32), np.empty(2, np.int32)
    total = count_keys(
        words,
        others,
        ends,
        np.array([0, 2, 3], np.int32),
        np.array([0, 1, 1], np.int32),
        np.array([1, 1], np.int32),
        np.array([-1, 4], np.int64),
        2,
        np.full(6, -1, np.int64),
        terms,
        counts,
        sizes,
    )
    assert total == 7
    assert sizes.tolist() == [5, 2]
    pairs = zip(terms[:total].tolist(), counts[:total].tolist(), strict=True)
    assert list(pairs) == [(0, 3), (1, 3 + 4), (2, 1), (5, 1), (3, 8), (1, 12), (5, 4)]
