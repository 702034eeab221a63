"""A file to import as lines of text: plain, gzip or a workbook; UTF-8, UTF-16 with its mark, or what the user names."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from facetry.application.interchange.record import printable
from facetry.application.interchange.workbook import ARCHIVE
from facetry.application.interchange.workbook_apart import csv_apart
from facetry.domain.errors import InterchangeError

LONGEST_LINE = 1 << 24
"""In characters; a longer one is no line of a catalog."""
_BUFFER_BYTES = 1 << 18
_GZIP = b"\x1f\x8b"
_MARKED = "utf-8-sig"
_MARKS = ((codecs.BOM_UTF8, _MARKED), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Source:
    """The lines of a file, their ends kept, none longer than ``LONGEST_LINE``; a context manager.

    Bytes that are not in the encoding become lone surrogates, which the rule of a text refuses, so that one bad
    row does not stop the others.

    Attributes:
        size: Bytes of the file, of a workbook those of its CSV.
        number: The line read last, from 1.
    """

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        """Open a file; a mark of UTF-8 says its encoding, else what is named, else another mark, else it is UTF-8.

        Raises:
            InterchangeError: The file cannot be opened, is no text and no workbook, or the encoding is unknown.
        """
        self._name = printable(path.name)
        self.number = 0
        with ExitStack() as opened:
            try:
                self._raw = opened.enter_context(_opened(path))
                self.size = self._raw.seek(0, io.SEEK_END)
            except OSError as error:
                raise InterchangeError(f"{printable(str(path))} cannot be read: {error.strerror or error}") from error
            self._text = self._decoded(encoding)
            opened.pop_all()

    @property
    def position(self) -> int:
        """Return how many bytes of the file are read, the part that is still in a buffer included."""
        return self._raw.tell()

    def __enter__(self) -> Self:
        """Return the source itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._text.close()
        self._raw.close()

    def __iter__(self) -> Iterator[str]:
        """Yield the lines that are left.

        Raises:
            InterchangeError: A line is too long, or a compressed file is damaged or cut off.
        """
        while line := self._line():
            self.number += 1
            if len(line) > LONGEST_LINE:
                raise InterchangeError(f"{self._name}, line {self.number} is longer than {LONGEST_LINE} characters")
            yield line

    def _line(self) -> str:
        try:
            return self._text.readline(LONGEST_LINE + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise InterchangeError(f"{self._name} is damaged or cut off after line {self.number}: {error}") from error
        except UnicodeError as error:
            encoding = self._text.encoding
            raise InterchangeError(f"{self._name} is not in {encoding} after line {self.number}: {error}") from error

    def _decoded(self, encoding: str | None) -> io.TextIOWrapper:
        head = self._head(self._raw)
        packed = head.startswith(_GZIP)
        # The type of GzipFile is no BinaryIO to the checker, though it is one in all that is used here.
        unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=self._raw)) if packed else self._raw
        if packed:
            head = self._head(unpacked)
        if head.startswith(ARCHIVE):
            raise InterchangeError(f"{self._name} is a spreadsheet or an archive: save it as CSV (UTF-8)")
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
        buffered = io.BufferedReader(cast("io.RawIOBase", unpacked), _BUFFER_BYTES)
        try:
            chosen = marked if marked == _MARKED else encoding or marked
            return io.TextIOWrapper(buffered, chosen, "surrogateescape", newline="")
        except LookupError as error:
            raise InterchangeError(f"there is no encoding {encoding}") from error

    def _head(self, stream: BinaryIO) -> bytes:
        try:
            stream.seek(0)
            head = stream.read(len(ARCHIVE))
            stream.seek(0)
        except (EOFError, OSError, zlib.error) as error:
            raise InterchangeError(f"{self._name} is damaged: {error}") from error
        return head


def _opened(path: Path) -> BinaryIO:
    raw = path.open("rb", buffering=0)
    with ExitStack() as opened:
        opened.enter_context(raw)
        raw.seek(0)
        if raw.read(len(ARCHIVE)) == ARCHIVE:
            return csv_apart(raw, printable(path.name))
        opened.pop_all()
    return raw


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits.

    Raises:
        InterchangeError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InterchangeError(f"{printable(str(path))} cannot be read: {error.strerror or error}") from error
