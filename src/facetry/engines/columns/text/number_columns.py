"""Columns of numbers, any number of them a row, and all columns of a row put side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from facetry.engines.columns.segment import Ints, Longs

Column = tuple[Ints, Longs]
"""The numbers of all rows, one row after another, and how many each row has."""


def numbers_of(listed: Sequence[Sequence[str]], numbering: Mapping[str, int]) -> Column:
    """Return the column of the texts of rows."""
    return numbers_in(chain.from_iterable(listed), [*map(len, listed)], numbering)


def numbers_in(texts: Iterable[str], counts: Sequence[int], numbering: Mapping[str, int]) -> Column:
    """Return the column of texts, row after row, of which each row has so many."""
    sizes = np.array(counts, np.int64)
    return np.fromiter(map(numbering.__getitem__, texts), np.int32, int(sizes.sum())), sizes


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
        if len(own):
            _put(own, sizes, firsts[:, place], numbers)
    return numbers, ends


def scattered(columns: Sequence[tuple[Sequence[int], Column]], rows: int) -> Column:
    """Return one column of several, each with the rows that it is of, ascending; a row is in one of them at most."""
    if len(columns) == 1 and len(columns[0][0]) == rows:
        return columns[0][1]
    counts = np.zeros(rows, np.int64)
    for places, (_, sizes) in columns:
        counts[places] = sizes
    firsts = counts.cumsum() - counts
    numbers = np.empty(int(counts.sum()), np.int32)
    for places, (own, sizes) in columns:
        _put(own, sizes, firsts[places], numbers)
    return numbers, counts


def _put(own: Ints, sizes: Longs, firsts: Longs, numbers: Ints) -> None:
    """Write the numbers of rows to where those of each row begin."""
    shifts = firsts - (sizes.cumsum() - sizes)
    numbers[np.repeat(shifts, sizes) + np.arange(len(own))] = own
