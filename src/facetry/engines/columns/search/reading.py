"""The values of rows found: codes of dictionaries, and numbers to sort by and to put into ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.fields import Field, Level
from facetry.domain.search.filters import NUMBER_FIELDS
from facetry.engines.columns.kernels.collecting import (
    gather_numbers,
    spread_sparse,
    translate,
)
from facetry.engines.columns.search.candidates import EVERY_ROW, Rows
from facetry.engines.columns.search.codes import Codes
from facetry.engines.columns.search.columns import Money, number_column, small_codes, value_column
from facetry.engines.columns.search.found import Listed
from facetry.engines.columns.search.group_codes import GroupCodes
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.table import ValueColumn

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Numbers of rows found, MISSING for none, in lists like ``Codes``."""

    numbers: Longs
    starts: Ints
    units: Ints | None = None


def codes_of(listed: Listed, field: Field, *, is_counted: bool = False) -> Codes | None:
    """Return the codes that rows have in a field with texts; None where no row of the segment has any.

    A code may stand in a list once only, however many of its rows have it.

    Args:
        listed: The rows.
        field: With texts.
        is_counted: Whether all that matters is how many lists have each code; then these may be the codes of those
            that are left out, which are fewer.
    """
    column = value_column(listed.segment, field)
    if column is None or not listed.rows.size:
        return None
    if listed.groups is not None and field.level is Level.PRODUCT:
        known = listed.segment.cached(("distinct", field.name), lambda: _group_codes(listed.segment, column))
        if listed.is_whole or known.is_shared:
            return known.counted(listed) if is_counted else known.listed(listed)
    if column.rows is None:
        is_single = len(listed.lists) == listed.rows.size
        rows, small = listed.rows, small_codes(listed.segment, field)
        return Codes(column.codes, rows.picks, rows.starts, listed.units, is_single, is_single, small=small)
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


def _group_codes(segment: Segment, column: ValueColumn) -> GroupCodes:
    starts = segment.product_starts
    if column.rows is None and len(segment) == segment.products.size:
        # A group is its only product.
        return GroupCodes(column.codes, starts, is_shared=True, is_single=True)
    if column.rows is None:
        return GroupCodes.of(column.codes, starts, starts)
    spread = _spread(column, Listed(segment, Rows(segment.products.size, EVERY_ROW, starts), _NO_LISTS))
    return GroupCodes.of(spread.codes, spread.starts, starts)


_NO_LISTS: Ints = np.empty(0, np.int32)


def _spread(column: ValueColumn, listed: Listed) -> Codes:
    assert column.rows is not None  # noqa: S101 - only sparse columns are spread
    rows = listed.rows
    codes, starts = np.empty(len(column.rows), np.int32), np.empty(len(rows.starts), np.int32)
    count = spread_sparse(column.rows, column.codes, rows.picks, rows.starts, codes, starts)
    return Codes(codes[:count], EVERY_ROW, starts, listed.units)
