"""A file that arrives in pieces, and what tells it from every other one."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterable, AsyncIterator

from facetry.domain.errors import FileTooLargeError

_DIGEST_BYTES = 16


class DigestedFile:
    """The pieces of a file, to be read once."""

    def __init__(self, pieces: AsyncIterable[bytes], limit: int) -> None:
        """Read a file of at most ``limit`` bytes."""
        self._pieces = pieces
        self._limit = limit
        self._hash = hashlib.blake2b(digest_size=_DIGEST_BYTES)

    @property
    def digest(self) -> str:
        """Return 32 hexadecimal digits of what was read by now."""
        return self._hash.hexdigest()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the pieces.

        Raises:
            FileTooLargeError: They are more than may be.
        """
        size = 0
        async for piece in self._pieces:
            size += len(piece)
            if size > self._limit:
                raise FileTooLargeError(self._limit)
            self._hash.update(piece)
            yield piece

    async def read(self) -> None:
        """Read the file to its end, only to know its digest; raises as ``pieces``."""
        async for _ in self.pieces():
            pass
