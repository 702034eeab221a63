"""Tables: what many rows (products, gemstones) hold, one column a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Numbers = NDArray[np.int64] | NDArray[np.uint8]
NO_VALUE = -1
"""The code of a row without a value."""


@dataclass(frozen=True, slots=True, eq=False)
class ValueColumn:
    """The values of one field as codes of the tenant's dictionary of that field, in one of two forms.

    Attributes:
        codes: Dense: one a row, ``NO_VALUE`` where it has none. Sparse: one a value.
        rows: Sparse: the row of each value, ascending. None for a dense column.
    """

    codes: Ints
    rows: Ints | None = None

    @classmethod
    def of(cls, rows: Ints, codes: Ints, size: int) -> ValueColumn:
        """Return the smaller form of values with their rows (ascending) in a table of ``size`` rows."""
        if 2 * len(rows) < size or (len(rows) > 1 and bool((rows[1:] == rows[:-1]).any())):
            return cls(codes, rows)
        return cls(_scattered(rows, codes, size))

    def pairs(self) -> tuple[Ints, Ints]:
        """Return rows and codes of all values."""
        if self.rows is not None:
            return self.rows, self.codes
        rows = np.flatnonzero(self.codes != NO_VALUE).astype(np.int32)
        return rows, self.codes[rows]

    def dense(self, size: int) -> Ints:
        """Return one code a row, of rows that have one value at most."""
        return self.codes if self.rows is None else _scattered(self.rows, self.codes, size)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows with the columns that any of them has a value in.

    Attributes:
        size: Number of rows.
        numbers: Numbers by field, one a row; MISSING where it is not given.
        columns: Values by the full name of the field; a field that no row has is not there.
    """

    size: int
    numbers: Mapping[str, Numbers]
    columns: Mapping[str, ValueColumn]


def merge_tables(tables: Sequence[Table], origins: Longs) -> Table:
    """Return one table of several, whose numbers have the same names.

    Args:
        tables: What is put together.
        origins: For each row of the result its position in the tables put one after another.
    """
    numbers = {name: np.concatenate([table.numbers[name] for table in tables])[origins] for name in tables[0].numbers}
    names = dict.fromkeys(name for table in tables for name in table.columns)
    targets = np.full(sum(table.size for table in tables), -1, np.int32)
    targets[origins] = np.arange(len(origins), dtype=np.int32)
    columns = {name: _merged_column(tables, name, origins, targets) for name in names}
    return Table(len(origins), numbers, {name: column for name, column in columns.items() if len(column.codes)})


def _merged_column(tables: Sequence[Table], name: str, origins: Longs, targets: Ints) -> ValueColumn:
    columns = [table.columns.get(name) for table in tables]
    if all(column and column.rows is None for column in columns):
        codes = np.concatenate([column.codes for column in columns if column])[origins]
        # Those that had a value may be gone.
        if 2 * np.count_nonzero(codes != NO_VALUE) >= len(codes):
            return ValueColumn(codes)
    rows, codes = _stacked(tables, columns)
    moved = targets[rows]
    kept = moved >= 0
    moved, codes = moved[kept], codes[kept]
    order = np.argsort(moved, kind="stable")
    return ValueColumn.of(moved[order], codes[order], len(origins))


def _stacked(tables: Sequence[Table], columns: Sequence[ValueColumn | None]) -> tuple[Ints, Ints]:
    """Return rows, as positions in all tables, and codes of several columns."""
    rows: list[Ints] = []
    codes: list[Ints] = []
    start = 0
    for table, column in zip(tables, columns, strict=True):
        if column:
            own_rows, own_codes = column.pairs()
            rows.append(own_rows + np.int32(start))
            codes.append(own_codes)
        start += table.size
    return np.concatenate(rows), np.concatenate(codes)


def _scattered(rows: Ints, codes: Ints, size: int) -> Ints:
    dense = np.full(size, NO_VALUE, np.int32)
    dense[rows] = codes
    return dense
