"""Our own CSV: a column for each field name of the Catalog API, and ``attributes.NAME`` for single attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from facetry.application.interchange.formulas import as_meant
from facetry.application.interchange.record import OTHER_ENCODING, Problem, Record
from facetry.application.interchange.table import Table
from facetry.application.interchange.values import FIELD_NAMES, JSON_FIELDS, LIST_FIELDS

LIST_SEPARATOR = "|"
ATTRIBUTE_PREFIX = "attributes."
UNREADABLE_ROW = Problem("", None, "a cell is too long: is the quote that opens it ever closed?")

_ReadCell = Callable[[str], object]


class SheetReader:
    """Products from rows; an empty cell is a value left out."""

    def __init__(self, table: Table) -> None:
        """Find the fields in a table's header."""
        self._table = table
        self._width = len(table.header)
        self._fields: dict[str, tuple[int, _ReadCell]] = {}
        self._attributes: list[tuple[int, str]] = []
        ignored = []
        for index, name in enumerate(table.header):
            if name in FIELD_NAMES and name not in self._fields:
                self._fields[name] = (index, _cell_reader(name))
            elif name.startswith(ATTRIBUTE_PREFIX) and name != ATTRIBUTE_PREFIX:
                self._attributes.append((index, name.removeprefix(ATTRIBUTE_PREFIX)))
            elif name:
                ignored.append(name)
        self.ignored_columns: Sequence[str] = tuple(ignored)
        self.columns: Mapping[str, str] = {}
        self.skipped = 0

    def records(self) -> Iterator[Record]:
        """Yield one record a row."""
        for line, cells in self._table.rows():
            if cells is None:
                yield Record(line=line, values={}, problems=(UNREADABLE_ROW,))
            elif any(cells[self._width :]):
                yield Record(line=line, values={}, problems=(too_wide(cells, self._width),))
            else:
                yield self._record(line, cells)

    def _record(self, line: int, cells: list[str]) -> Record:
        values: dict[str, object] = {}
        problems = []
        for key, (index, read) in self._fields.items():
            if cell := cells[index]:
                try:
                    values[key] = read(cell)
                except msgspec.DecodeError:
                    problems.append(Problem(key, cell, "is no JSON"))
                except UnicodeEncodeError:
                    problems.append(Problem(key, cell, OTHER_ENCODING))
        single: dict[str, object] = {name: cells[index] for index, name in self._attributes if cells[index]}
        given = values.get("attributes", {})
        if single and isinstance(given, dict):
            values["attributes"] = given | single
        return Record(line=line, values=values, problems=tuple(problems))


def too_wide(cells: Sequence[str], width: int) -> Problem:
    """Return the problem of a row with more cells than the header."""
    return Problem(
        "", " ".join(cells[width:]).strip(), f"has {len(cells)} cells where the header has {width}: is a quote missing?"
    )


def list_cell(cell: str) -> object:
    """Return the list in a cell: a JSON array, or texts with ``|`` between them.

    Raises:
        msgspec.DecodeError: It begins like a JSON array and is none.
    """
    if cell.startswith("["):
        return msgspec.json.decode(cell)
    return [part for part in map(str.strip, cell.split(LIST_SEPARATOR)) if part]


def _cell_reader(name: str) -> _ReadCell:
    if name in LIST_FIELDS:
        return list_cell
    return msgspec.json.decode if name in JSON_FIELDS else as_meant
