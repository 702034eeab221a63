"""The values of rows found: codes of dictionaries, and numbers to sort by and to put into ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.fields import Field, Level
from facetry.domain.search.filters import NUMBER_FIELDS
from facetry.engines.columns.kernels.collecting import (
    distinct_codes,
    gather_codes,
    gather_numbers,
    members_of,
    spread_sparse,
    translate,
)
from facetry.engines.columns.search.candidates import EVERY_ROW, Rows
from facetry.engines.columns.search.columns import Money, number_column, value_column
from facetry.engines.columns.search.found import Listed
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.table import ValueColumn

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Values of rows found, in the lists of what is counted together; see ``kernels.collecting``.

    Attributes:
        codes: Codes, or bins; -1 for no value.
        rows: Which of them; empty for all.
        starts: Where those of each list begin.
        units: See ``Listed``.
        is_single: Whether every list is one row at most.
        is_distinct: Whether no code stands twice in a list.
    """

    codes: Ints
    rows: Ints
    starts: Ints
    units: Ints | None = None
    is_single: bool = False
    is_distinct: bool = False

    def together(self) -> Ints:
        """Return one after another what ``starts`` speaks of."""
        if not len(self.rows):
            return self.codes
        gathered = np.empty(len(self.rows), np.int32)
        gather_codes(self.codes, self.rows, gathered)
        return gathered


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Numbers of rows found, MISSING for none, in lists like ``Codes``."""

    numbers: Longs
    starts: Ints
    units: Ints | None = None


def codes_of(listed: Listed, field: Field) -> Codes | None:
    """Return the codes that rows have in a field with texts; None where no row of the segment has any.

    A code may stand in a list once only, however many of its rows have it.
    """
    column = value_column(listed.segment, field)
    if column is None or not listed.rows.size:
        return None
    if listed.groups is not None and field.level is Level.PRODUCT:
        known = listed.segment.cached(("distinct", field.name), lambda: _distinct(listed.segment, column))
        if listed.is_whole or known.is_shared:
            return _codes_of_groups(listed.segment, known, listed.groups)
    if column.rows is None:
        is_single = len(listed.lists) == listed.rows.size
        return Codes(column.codes, listed.rows.picks, listed.rows.starts, listed.units, is_single, is_single)
    return _spread(column, listed)


def numbers_of(listed: Listed, field: Field, money: Money) -> Numbers:
    """Return the numbers that products have in a built-in field of numbers."""
    numbers = number_column(listed.segment, field, money)
    rows = listed.rows
    if not rows.is_everything:
        everything, numbers = numbers, np.empty(rows.size, np.int64)
        gather_numbers(everything, rows.picks, numbers)
    return Numbers(numbers, rows.starts, listed.units)


def translated(codes: Codes, table: Longs) -> Numbers:
    """Return what a table with one entry a code, after a first one for none, has for the values."""
    together = codes.together()
    numbers = np.empty(len(together), np.int64)
    translate(together, table, numbers)
    return Numbers(numbers, codes.starts, codes.units)


def is_number_field(field: Field) -> bool:
    """Return whether a field is of numbers without texts."""
    return field.name in NUMBER_FIELDS


@dataclass(frozen=True, slots=True, eq=False)
class _Distinct:
    """The distinct codes of every group of a segment.

    Attributes:
        starts: Where those of each group begin.
        is_shared: Whether every product has all that its group has.
        is_single: Whether every group has one at most.
    """

    codes: Ints
    starts: Ints
    is_shared: bool
    is_single: bool


def _codes_of_groups(segment: Segment, known: _Distinct, groups: Ints) -> Codes | None:
    """Return the distinct codes of whole groups, which are kept, because most products share those of their group."""
    if len(groups) == len(segment):
        return Codes(known.codes, EVERY_ROW, known.starts, None, known.is_single, is_distinct=True)
    if known.is_single and len(known.codes) == len(segment):
        singly = np.arange(len(groups) + 1, dtype=np.int32)
        return Codes(known.codes, groups, singly, None, is_single=True, is_distinct=True)
    starts, rows = members_of(known.starts, groups)
    return Codes(known.codes, rows, starts, None, known.is_single, is_distinct=True) if len(rows) else None


def _distinct(segment: Segment, column: ValueColumn) -> _Distinct:
    if column.rows is None and len(segment) == segment.products.size:
        # A group is its only product.
        return _Distinct(column.codes, segment.product_starts, is_shared=True, is_single=True)
    rows = Rows(segment.products.size, EVERY_ROW, segment.product_starts)
    everything = Codes(column.codes, EVERY_ROW, segment.product_starts)
    listed = everything if column.rows is None else _spread(column, Listed(segment, rows, _NO_LISTS))
    codes, starts = np.empty(len(listed.codes), np.int32), np.empty(len(listed.starts), np.int32)
    stamps = np.zeros(int(listed.codes.max(initial=0)) + 1, np.int32)
    count = distinct_codes(listed.codes, listed.starts, stamps, codes, starts)
    sizes = np.diff(starts).astype(np.int64)
    shared = int((sizes * np.diff(segment.product_starts)).sum())
    # A product has each of its values once, and none that its group has not.
    is_shared = shared == int(np.count_nonzero(listed.codes >= 0))
    return _Distinct(codes[:count].copy(), starts, is_shared, is_single=bool((sizes <= 1).all()))


_NO_LISTS: Ints = np.empty(0, np.int32)


def _spread(column: ValueColumn, listed: Listed) -> Codes:
    assert column.rows is not None  # noqa: S101 - only sparse columns are spread
    rows = listed.rows
    codes, starts = np.empty(len(column.rows), np.int32), np.empty(len(rows.starts), np.int32)
    count = spread_sparse(column.rows, column.codes, rows.picks, rows.starts, codes, starts)
    return Codes(codes[:count], EVERY_ROW, starts, listed.units)
