"""What a file would become, seen in its first rows: the format, the columns, the products, and what is wrong."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import AsyncIterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from facetry.application.interchange.detection import Format, StoneSource, open_reader
from facetry.application.interchange.mapping import Mapping as FileMapping
from facetry.application.interchange.record import Problem, Record, RecordReader, shown
from facetry.application.interchange.source import Source
from facetry.application.interchange.stones import StoneOptions
from facetry.application.interchange.table import Table
from facetry.application.interchange.values import read_content
from facetry.domain.catalog import AllOrNone, PutProduct, Write
from facetry.domain.errors import InterchangeError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord
from facetry.domain.product import ProductContent

HEAD_BYTES = 1 << 18
"""So much of a file is looked at."""
_MOST_UNPACKED = 1 << 20
_ROWS = 10
_SAMPLE_ROWS = 100
_MOST_COLUMNS = 500
_GZIP = b"\x1f\x8b"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_GZIP_WINDOW = 31
_OTHER_ENCODING = "cp1252"
"""What a file is mostly in that is not in UTF-8: a spreadsheet's CSV."""


class Head(NamedTuple):
    """The beginning of a file, unpacked where the file is compressed, and whether it is all of it."""

    content: bytes
    is_whole: bool


class Column(msgspec.Struct, frozen=True):
    """A column of a file.

    Attributes:
        name: As the file says it.
        examples: Its first values, in short.
        field: That it is read as; empty for none, and where a mapping says it.
    """

    name: str
    examples: tuple[str, ...]
    field: str = ""

    @property
    def label(self) -> str:
        """Return the name in one short line that can be shown."""
        return shown(self.name)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it would be imported.

    Attributes:
        line: On which it begins, from 1.
        key: Its SKU or code.
        product: What would be stored; None where it is a gemstone, or cannot be stored.
        stone: Likewise.
        problems: Why it cannot be stored.
    """

    line: int
    key: str
    product: ProductContent | None = None
    stone: Gemstone | None = None
    problems: tuple[Problem, ...] = ()


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What is seen of a file.

    Attributes:
        format: That it is read in; None where it cannot be read as a whole.
        problem: Why it cannot be read.
        columns: Of a table; none of other files, and where there are too many.
        rows: The first ones.
    """

    format: Format | None = None
    problem: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is to be read; see ``ImportOptions``."""

    format: Format | None = None
    mapping: FileMapping | None = None
    encoding: str | None = None
    stones: StoneOptions = StoneOptions()


async def read_head(pieces: AsyncIterable[bytes]) -> Head:
    """Return the beginning of a file that comes in pieces.

    Raises:
        InterchangeError: It is compressed, and damaged.
    """
    content = bytearray()
    is_whole = True
    async for piece in pieces:
        content += piece
        if len(content) > HEAD_BYTES:
            is_whole = False
            break
    return _unpacked(bytes(content[:HEAD_BYTES]), is_whole=is_whole)


def likely_encoding(head: Head) -> str:
    """Return the encoding that a file seems to be in; empty where it says it itself, or is UTF-8."""
    if head.content.startswith(_WIDE_MARKS):
        return ""
    try:
        # The last character may be cut off.
        (head.content if head.is_whole else head.content[: head.content.rfind(b"\n") + 1]).decode()
    except UnicodeDecodeError:
        return _OTHER_ENCODING
    return ""


def samples_of(head: Head, encoding: str | None, delimiter: str | None = None) -> dict[str, tuple[str, ...]]:
    """Return the first values of each column of a table, without empty ones, by the column's name.

    Raises:
        InterchangeError: The file is no text, or empty.
    """
    with _Lines(head, encoding) as lines:
        table = Table(lines, delimiter)
        rows = [cells for _, cells in islice(table.rows(), _SAMPLE_ROWS) if cells is not None]
    found: dict[str, tuple[str, ...]] = {}
    for place, name in enumerate(table.header[:_MOST_COLUMNS]):
        found.setdefault(name, tuple(cells[place].strip() for cells in rows if cells[place].strip()))
    return found


def preview(head: Head, reading: Reading) -> Preview:
    """Return what the beginning of a file would become; what is wrong with it is told, never raised."""
    try:
        with _Lines(head, reading.encoding) as lines:
            source = StoneSource(reading.stones, partial(_again, head, reading.encoding))
            found, reader = open_reader(lines, reading.format, reading.mapping, source)
            rows = tuple(map(_row, islice(reader.records(), _ROWS)))
        return Preview(format=found, rows=rows, columns=_columns(found, reader, head, reading))
    except InterchangeError as error:
        return Preview(problem=error.message, columns=_unread_columns(head, reading))


class _Lines:
    """The whole lines of the beginning of a file; a context manager."""

    def __init__(self, head: Head, encoding: str | None) -> None:
        self._head = head
        descriptor, name = tempfile.mkstemp(prefix="facetry-preview-")
        self._path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(head.content)
            self._source = Source(self._path, encoding)
        except InterchangeError as error:
            raise InterchangeError(error.message.replace(self._path.name, "the file")) from error
        finally:
            # What is open stays readable.
            self._path.unlink()

    def __enter__(self) -> Iterator[str]:
        self._source.__enter__()
        return self._lines()

    def __exit__(self, *ended: object) -> None:
        self._source.__exit__(None, None, None)

    def _lines(self) -> Iterator[str]:
        held = ""
        try:
            for line in self._source:
                if held:
                    yield held
                held = line
        except InterchangeError as error:
            if self._head.is_whole:
                raise InterchangeError(error.message.replace(self._path.name, "the file")) from error
            # It is in the middle of a character that the beginning ends.
        if self._head.is_whole:
            if held:
                yield held
        elif self._source.number <= 1:
            raise InterchangeError(f"its first line is longer than {len(self._head.content)} bytes")


def _again(head: Head, encoding: str | None) -> Iterator[str]:
    with _Lines(head, encoding) as lines:
        yield from lines


def _unpacked(content: bytes, *, is_whole: bool) -> Head:
    if not content.startswith(_GZIP):
        return Head(content, is_whole)
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpacker.decompress(content, _MOST_UNPACKED)
    except zlib.error as error:
        raise InterchangeError(f"the file is damaged: {error}") from error
    if is_whole and not unpacker.eof and len(unpacked) < _MOST_UNPACKED:
        raise InterchangeError("the file is cut off")
    return Head(unpacked, is_whole and unpacker.eof and not unpacker.unused_data)


def _row(record: Record) -> Row:
    key = shown(record.values.get("sku"))
    if record.problems:
        return Row(line=record.line, key=key, problems=record.problems)
    if record.write is not None:
        return _written(record.line, key, record.write)
    content = read_content(record.values)
    if isinstance(content, tuple):
        return Row(line=record.line, key=key, problems=content)
    return Row(line=record.line, key=key, product=content)


def _written(line: int, key: str, write: Write) -> Row:
    writes = write.writes if isinstance(write, AllOrNone) else (write,)
    product = next((one.content for one in writes if isinstance(one, PutProduct)), None)
    stone = next((one.record for one in writes if isinstance(one, PutRecord)), None)
    return Row(line=line, key=key, product=product, stone=stone if isinstance(stone, Gemstone) else None)


def _columns(found: Format, reader: RecordReader, head: Head, reading: Reading) -> tuple[Column, ...]:
    if found is Format.NDJSON:
        return ()
    delimiter = reading.mapping.file.delimiter if reading.mapping else None
    samples = samples_of(head, reading.encoding, delimiter)
    return _described(samples, _fields(found, reader, samples))


def _fields(found: Format, reader: RecordReader, samples: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what each column is read as, as far as its reader tells."""
    fields = {column: field for field, column in reader.columns.items()}
    if found is Format.CSV:
        ignored = set(reader.ignored_columns)
        fields = {name: name for name in samples if name and name not in ignored}
    return fields


def _unread_columns(head: Head, reading: Reading) -> tuple[Column, ...]:
    """Return the columns of a file that is in none of the formats; none where it is no table either."""
    try:
        samples = samples_of(head, reading.encoding)
    except InterchangeError:
        return ()
    return _described(samples, {}) if len(samples) > 1 else ()


def _described(samples: Mapping[str, Sequence[str]], fields: Mapping[str, str]) -> tuple[Column, ...]:
    return tuple(
        Column(name, tuple(map(shown, dict.fromkeys(values[:_ROWS]))), fields.get(name, ""))
        for name, values in samples.items()
    )
