"""CSV as rows of cells: the separator found in the header, every row with the line it begins on."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from facetry.domain.errors import InterchangeError

LONGEST_CELL = 1 << 22
"""In characters: four times what a request may hold, so a product that was ever accepted passes."""
DELIMITERS = ",;\t|"
_MARK = "\ufeff"


class Table:
    """The rows of a CSV file under its header.

    Attributes:
        header: Names of the columns, without blanks at their ends.
    """

    def __init__(self, lines: Iterable[str], delimiter: str | None = None) -> None:
        """Read the header.

        Without a delimiter it is the one of ``,``, ``;``, tab and ``|`` that the header has most of.

        Raises:
            InterchangeError: There is no header.
        """
        # The module keeps one limit for the whole process.
        csv.field_size_limit(LONGEST_CELL)
        rest = iter(lines)
        before = 0
        first = ""
        for first in rest:
            if first.strip(" \r\n" + _MARK):
                break
            before += 1
        else:
            raise InterchangeError("the file is empty")
        first = first.removeprefix(_MARK)
        self._before = before
        self._rows = csv.reader(chain((first,), rest), delimiter=delimiter or found_delimiter(first))
        self.header = [name.strip() for name in self._next_row() or []]

    def rows(self) -> Iterator[tuple[int, list[str] | None]]:
        """Yield the line on which each row begins and its cells, at least as many as the header has.

        None stands for a row that cannot be read: a cell in it is too long, most likely for a quote that never
        ends. Rows without any text are left out.
        """
        width = len(self.header)
        while True:
            line = self._before + self._rows.line_num + 1
            try:
                cells = next(self._rows)
            except StopIteration:
                return
            except csv.Error:
                yield line, None
                continue
            if len(cells) < width:
                if not any(cells):
                    continue
                cells += [""] * (width - len(cells))
            yield line, cells

    def _next_row(self) -> list[str] | None:
        try:
            return next(self._rows, None)
        except csv.Error as error:
            raise InterchangeError(f"the header cannot be read: {error}") from error


def found_delimiter(header: str) -> str:
    """Return the delimiter that the header line has most of outside quotes; the comma where it has none."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)
