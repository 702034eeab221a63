from __future__ import annotations

import numpy as np

from facetry.engines.columns.text.number_columns import interleaved, numbers_of


def test_columns_are_put_side_by_side_row_by_row():
    first = numbers_of([["a"], [], ["b", "a"]], {"a": 1, "b": 2})
    second = numbers_of([("c", "c"), ("d",), ()], {"c": 3, "d": 4})
    assert [some.tolist() for some in second] == [[3, 3, 4], [2, 1, 0]]
    numbers, ends = interleaved([first, second])
    assert numbers.dtype == np.int32
    assert numbers.tolist() == [1, 3, 3, 4, 2, 1]
    assert ends.tolist() == [[1, 3], [3, 4], [6, 6]]


def test_no_rows_have_no_numbers():
    numbers, ends = interleaved([numbers_of([], {}), numbers_of([], {})])
    assert numbers.tolist() == []
    assert ends.shape == (0, 2)
