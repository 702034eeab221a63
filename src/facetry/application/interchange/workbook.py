"""Workbooks of spreadsheet programs (.xlsx): the rows of the first sheet as CSV, read within bounds."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
import tempfile
import threading
import warnings
import zipfile
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from decimal import Decimal
from functools import cache
from typing import BinaryIO, cast

from facetry.application.interchange.workbook_apart import csv_apart, unreadable
from facetry.application.interchange.workbook_texts import shown
from facetry.domain.errors import FileTooLargeError, InterchangeError

ARCHIVE = b"PK\x03\x04"
"""What a workbook begins with, which is an archive of files."""
MOST_UNPACKED = 1 << 28
"""Bytes that all files of a workbook may have together, unpacked: room for 300,000 products of 20 columns.

So many characters may be in its cells as well: many cells may share one text.
"""
MOST_ROWS = 1 << 20
"""As many as a sheet can have."""
MOST_CELLS = 10_000_000
_PIECE = 1 << 18
_DIGITS = 15
"""Decimal digits that spreadsheet programs keep of a number, and show."""


def csv_of(workbook: BinaryIO, name: str) -> BinaryIO:
    """Return the first sheet that is shown as CSV in UTF-8 with its mark: a temporary file, at its start.

    Formulas stand with the values that the program has kept for them, dates as in ISO 8601, numbers in full with a
    point. A row is a line, so that lines are counted as the program counts rows, unless a cell has several lines.

    Args:
        workbook: The file; it can be read anywhere.
        name: What messages call it.

    Raises:
        InterchangeError: It is no workbook, or too large, or what reads it is not installed.
        MemoryError: It takes more than there is.
    """
    found = cast("BinaryIO", tempfile.TemporaryFile(prefix="facetry-sheet-"))  # noqa: SIM115 - whoever asked closes it
    try:
        text = io.TextIOWrapper(found, "utf-8-sig", newline="", write_through=True)
        # The first line shows which delimiter the file has, so nothing else in it may look like one.
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(_rows(workbook, name))
        text.detach()
        found.seek(0)
    except BaseException:
        found.close()
        raise
    return found


async def as_lines(pieces: AsyncIterable[bytes], most_bytes: int) -> AsyncIterator[bytes]:
    """Yield a file that arrives in pieces, a workbook as CSV; what it is shows in its first bytes.

    Args:
        pieces: The file.
        most_bytes: How many bytes a workbook may have.

    Raises:
        FileTooLargeError: A workbook has more.
        InterchangeError: It cannot be read as one.
    """
    rest = aiter(pieces)
    head = b""
    async for piece in rest:
        head += piece
        if len(head) >= len(ARCHIVE):
            break
    if not head.startswith(ARCHIVE):
        yield head
        async for piece in rest:
            yield piece
        return
    with tempfile.TemporaryFile(prefix="facetry-workbook-") as file:
        size = file.write(head)
        async for piece in rest:
            size += file.write(piece)
            if size > most_bytes:
                raise FileTooLargeError(most_bytes)
        async with aclosing(_unpacked(cast("BinaryIO", file))) as lines:
            async for piece in lines:
                yield piece


def cell_text(value: object) -> str:
    """Return what stands in a cell as text: empty for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            # The shortest that is the same number to the program: 19.9, not 19.899999999999999 nor 1.99e+01.
            return f"{Decimal(f'{value:.{_DIGITS}g}'):f}"
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case _:
            return shown(str(value))


async def _unpacked(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    file.flush()
    loop = asyncio.get_running_loop()
    stopped = threading.Event()
    try:
        opened = await loop.run_in_executor(_one_at_a_time(), csv_apart, file, "the file", stopped)
    finally:
        # Without it a server that stops would wait for the end of a workbook that nobody wants any more.
        stopped.set()
    with opened as found:
        while piece := await asyncio.to_thread(found.read, _PIECE):
            yield piece


@cache
def _one_at_a_time() -> ThreadPoolExecutor:
    # However many come at once, they take the memory of one.
    return ThreadPoolExecutor(1, "facetry-workbook")


def _rows(workbook: BinaryIO, name: str) -> Iterator[list[str]]:
    """Yield the rows of the first sheet as texts, an empty one for each that is empty between others."""
    empty, size = 0, 0
    for count, row in enumerate(_cells(workbook, name), 1):
        cells = [cell_text(value) for value in row]
        size += sum(map(len, cells))
        if size > MOST_UNPACKED:
            raise _too_large(name)
        if count > MOST_ROWS:
            raise InterchangeError(f"{name} has more than {MOST_ROWS} rows")
        if not any(cells):
            empty += 1
            continue
        yield from ([] for _ in range(empty))
        empty = 0
        yield cells


def _cells(workbook: BinaryIO, name: str) -> Iterator[Sequence[object]]:
    try:
        # Only who imports workbooks needs it.
        from openpyxl import load_workbook  # noqa: PLC0415
    except ImportError as error:
        message = f"{name} is a workbook: install the extra facetry[excel], or save it as CSV (UTF-8)"
        raise InterchangeError(message) from error
    try:
        _check_size(workbook, name)
        with warnings.catch_warnings():
            # They tell of what a sheet looks like, which does not matter here.
            warnings.simplefilter("ignore")
            book = load_workbook(workbook, read_only=True, data_only=True)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            sheet = (shown or book.worksheets)[0]
            # What a file says of its own size need not be true.
            sheet.reset_dimensions()
            yield from _counted(sheet.iter_rows(values_only=True), name)
    except (InterchangeError, MemoryError):
        raise
    except Exception as error:  # a library may stumble over anything in a file of somebody else's
        raise unreadable(name) from error


def _check_size(workbook: BinaryIO, name: str) -> None:
    with zipfile.ZipFile(workbook) as archive:
        # No more than this is unpacked of each, whatever is in it.
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_UNPACKED:
        raise _too_large(name)


def _too_large(name: str) -> InterchangeError:
    return InterchangeError(f"{name} has more than {MOST_UNPACKED} bytes when it is unpacked: save it as CSV (UTF-8)")


def _counted(rows: Iterable[Sequence[object]], name: str) -> Iterator[Sequence[object]]:
    left = MOST_CELLS
    for row in rows:
        left -= len(row)
        if left < 0:
            raise InterchangeError(f"{name} has more than {MOST_CELLS} cells")
        yield row
