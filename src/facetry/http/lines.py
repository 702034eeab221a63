"""Bodies of lines, cut into chunks of them while they arrive."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import NamedTuple

from facetry.http.body import Unread

LONGEST_LINE = 1 << 20
"""In bytes, without its end."""
CHUNK_LINES = 1000
CHUNK_BYTES = 1 << 20
LINGER_SECONDS = 0.02
"""How long lines wait for others to come along with them."""
_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A line that is not blank: its number, from 1, and its bytes; None for one that is too long."""

    number: int
    content: bytes | None


class Chunk(NamedTuple):
    """Lines that are worked on together."""

    lines: tuple[Line, ...]

    @property
    def size(self) -> int:
        """Return how many bytes its lines have."""
        return sum(len(line.content or b"") for line in self.lines)

    @property
    def digest(self) -> str:
        """Return what tells chunks apart: 32 hexadecimal digits."""
        digest = hashlib.blake2b(digest_size=16)
        for line in self.lines:
            digest.update(b"%d %d " % (line.number, -1 if line.content is None else len(line.content)))
            digest.update(line.content or b"")
        return digest.hexdigest()


class LineSplitter:
    """Cut pieces of a body into lines; ends are LF or CR LF, and those of the body itself are none."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        """Take lines of so many bytes at most; of longer ones nothing is kept."""
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0

    def split(self, piece: bytes) -> list[bytes | None]:
        """Return the lines that end in a piece, None for each that is too long."""
        # However small the pieces are, each byte is copied a few times only.
        first, *rest = piece.split(b"\n")
        self._keep(first)
        if not rest:
            return []
        lines = [self._taken()]
        *whole, last = rest
        lines += [line if len(line) <= self._longest else None for line in whole]
        self._keep(last)
        return lines

    def end(self) -> list[bytes | None]:
        """Return the last line, if there is one that had no end."""
        return [self._taken()] if self._size else []

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= self._longest:
            self._parts.append(part)
        else:
            self._parts.clear()

    def _taken(self) -> bytes | None:
        line = b"".join(self._parts) if self._size <= self._longest else None
        self._parts, self._size = [], 0
        return line


class LineChunks:
    """The lines of a body in chunks.

    Attributes:
        cut_off: After the last chunk why the body is not whole; None where it is.
    """

    def __init__(self, pieces: AsyncIterator[bytes | Unread], linger_seconds: float | None = LINGER_SECONDS) -> None:
        """Read the pieces of a body.

        Lines wait so long for others to make up a chunk with; with None as long as it takes, so that the same body
        gives the same chunks; then those that come last of a body that is cut off are left out.
        """
        self.cut_off: Unread | None = None
        self._pieces = pieces
        self._linger_seconds = linger_seconds
        self._splitter = LineSplitter()
        self._number = 0
        self._lines: list[Line] = []
        self._size = 0

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield the chunks; a line that is cut off itself is in none of them."""
        coming: asyncio.Task[bytes | Unread | None] | None = None
        try:
            while True:
                if coming is None:
                    coming = asyncio.create_task(self._next_piece())
                await asyncio.wait((coming,), timeout=self._linger_seconds if self._lines else None)
                if not coming.done():
                    yield self._cut()
                    continue
                piece, coming = coming.result(), None
                for line in self._split(piece):
                    if self._add(line):
                        yield self._cut()
                if not isinstance(piece, bytes):
                    break
            # Of a chunk that is to be the same each time only all of it will do.
            if self._lines and (self.cut_off is None or self._linger_seconds is not None):
                yield self._cut()
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.wait((coming,))

    async def _next_piece(self) -> bytes | Unread | None:
        """Return the next piece, or None at the end of a whole body."""
        async for piece in self._pieces:
            return piece
        return None

    def _split(self, piece: bytes | Unread | None) -> list[bytes | None]:
        if isinstance(piece, Unread):
            self.cut_off = piece
            return []
        return self._splitter.end() if piece is None else self._splitter.split(piece)

    def _add(self, line: bytes | None) -> bool:
        """Take a line, and return whether the chunk is full."""
        self._number += 1
        if line is not None:
            line = (line.removeprefix(_MARK) if self._number == 1 else line).strip()
            if not line:
                return False
            self._size += len(line)
        self._lines.append(Line(self._number, line))
        return len(self._lines) == CHUNK_LINES or self._size >= CHUNK_BYTES

    def _cut(self) -> Chunk:
        chunk = Chunk(tuple(self._lines))
        self._lines, self._size = [], 0
        return chunk
