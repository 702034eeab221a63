"""Columns of numbers, any number of them a row, and all columns of a row put side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from facetry.engines.columns.segment import Ints, Longs

Column = tuple[Ints, Longs]
"""The numbers of all rows, one row after another, and how many each row has."""


def numbers_of(listed: Sequence[Sequence[str]], numbering: Mapping[str, int]) -> Column:
    """Return the column of the texts of rows."""
    counts = np.fromiter(map(len, listed), np.int64, len(listed))
    numbers = map(numbering.__getitem__, chain.from_iterable(listed))
    return np.fromiter(numbers, np.int32, int(counts.sum())), counts


def interleaved(columns: Sequence[Column]) -> Column:
    """Return the numbers of columns row by row, in a row column by column.

    Returns:
        The numbers, and (rows x columns) where those of each row and column end.
    """
    counts = np.stack([counts for _, counts in columns], axis=1)
    ends = counts.cumsum().reshape(counts.shape)
    firsts = ends - counts
    numbers = np.empty(int(counts.sum()), np.int32)
    for place, (own, sizes) in enumerate(columns):
        shifts = firsts[:, place] - (sizes.cumsum() - sizes)
        numbers[np.repeat(shifts, sizes) + np.arange(len(own))] = own
    return numbers, ends
