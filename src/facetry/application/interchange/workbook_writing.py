"""A table as a workbook of spreadsheet programs (.xlsx), to be looked at and imported again."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from importlib.util import find_spec
from typing import BinaryIO, cast

from facetry.application.interchange.formulas import as_meant
from facetry.application.interchange.table import LONGEST_CELL
from facetry.application.interchange.workbook_texts import held

NUMBERS = frozenset({"regularPrice", "promotionPrice", "quantity"})
"""Columns whose cells are numbers; all others are texts, such as SKUs that look like numbers."""
_PIECE = 1 << 18


def writes_workbooks() -> bool:
    """Return whether what writes workbooks is installed: the extra ``excel``."""
    return find_spec("openpyxl") is not None


async def workbook_of(table: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """Yield a workbook with the rows of a CSV of products in UTF-8, under its header; nothing before it is whole.

    A spreadsheet program keeps 32,767 characters of a text, no control characters and one kind of line end, so that a
    workbook may say less than the CSV.
    """
    with tempfile.TemporaryFile() as kept, tempfile.TemporaryFile() as found:
        async for piece in table:
            kept.write(piece)
        await asyncio.to_thread(_write, cast("BinaryIO", kept), cast("BinaryIO", found))
        while piece := found.read(_PIECE):
            yield piece


def _write(table: BinaryIO, found: BinaryIO) -> None:
    # Only who exports workbooks needs it.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    table.seek(0)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Products")
    lines = io.TextIOWrapper(table, "utf-8", newline="")
    for row in _rows(lines):
        cells = []
        for value in row:
            text = held(value) if isinstance(value, str) else value
            cell = WriteOnlyCell(sheet, text)
            if isinstance(text, str):
                # Whatever it begins with, it is no formula.
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    # Whoever has opened the file closes it.
    lines.detach()
    book.save(found)
    found.seek(0)


def _rows(lines: Iterable[str]) -> Iterator[list[str | float | None]]:
    # The module keeps one limit for the whole process.
    csv.field_size_limit(LONGEST_CELL)
    rows = csv.reader(lines)
    header = next(rows, [])
    yield [*header]
    are_numbers = [name in NUMBERS for name in header]
    for row in rows:
        yield [_cell(text, is_number=is_number) for text, is_number in zip(row, are_numbers, strict=True)]


def _cell(text: str, *, is_number: bool) -> str | float | None:
    if not text:
        return None
    if is_number:
        return float(text)
    meant = as_meant(text)
    # An import would take one more apostrophe off such a text, which is no formula in any case.
    return meant if as_meant(meant) == meant else text
