"""Bulks on their way: lines are read, written and answered."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Sequence

import msgspec

from facetry.api.native.bulk_reading import BulkReader
from facetry.api.native.bulk_results import Place, Results
from facetry.application.bulk_writes import BulkReceipt, BulkWrites, RepeatKey
from facetry.application.overlapping import overlapped
from facetry.application.turns import Turns
from facetry.domain.catalog import Refused, Write, refusal
from facetry.domain.errors import FacetryError
from facetry.http.body import Unread
from facetry.http.lines import Chunk, LineChunks

MOST_LINES = 10_000
MOST_BYTES = 64 << 20
"""So much an atomic bulk may have."""
_CUT_OFF = {
    Unread.GONE: ("malformed_body", "the body ends before it is whole"),
    Unread.TOO_SLOW: ("too_slow", "nothing came for too long"),
}


class BulkRead(msgspec.Struct, frozen=True):
    """Lines that were read.

    Attributes:
        places: Where the result of each belongs.
        writes: What each means, or why it cannot be done.
        repeat: Makes a repeat of them harmless, if anything does.
    """

    places: Sequence[Place]
    writes: Sequence[Write | Refused]
    repeat: RepeatKey | None = None


class BulkLoad:
    """One bulk of a tenant."""

    def __init__(self, writes: BulkWrites, reader: BulkReader, results: Results, tenant: str, *, key: str = "") -> None:
        """Do what a reader reads, and tell what became of it; with a key once."""
        self._writes = writes
        self._reader = reader
        self._results = results
        self._tenant = tenant
        self._key = key

    async def parts(self, lines: LineChunks) -> AsyncGenerator[bytes, None]:
        """Yield results while lines come in, two chunks at a time; a part may be empty.

        Raises:
            FacetryError: Nothing was done. What goes wrong later on is told in the last line.
        """
        broken_off, is_begun = None, False
        done = overlapped(self._read(lines), self._written)
        try:
            async for read, receipt in done:
                is_begun = True
                yield self._results.told(read.places, receipt)
        except FacetryError as error:
            if not is_begun:
                raise
            broken_off = error
        finally:
            await done.aclose()
        yield self._results.last(broken_off or _why(lines))

    async def parts_of_all(self, lines: LineChunks) -> AsyncGenerator[bytes, None] | None:
        """Do all or nothing, and return the results part by part; None where it is too large.

        Raises:
            FacetryError: Nothing was done, and for none of the lines.
        """
        read = await self._all(lines)
        if read is None:
            return None
        if lines.cut_off is not None:
            return _alone(self._results.last(_why(lines)))
        at = next((at for at, one in enumerate(read.writes) if isinstance(one, Refused)), None)
        if at is not None:
            refused = read.writes[at]
            assert isinstance(refused, Refused)  # noqa: S101 - narrows the union for the type checker
            return self._results.undone(read.places, at, refused)
        try:
            receipt = await self._writes.write(self._tenant, read.writes, is_atomic=True, repeat=read.repeat)
        except FacetryError as error:
            if error.at is None:
                raise
            return self._results.undone(read.places, error.at, refusal(error))
        return self._results.all_told(read.places, receipt)

    async def _read(self, lines: LineChunks) -> AsyncGenerator[BulkRead, None]:
        turns, number = Turns(is_call=False), 0
        async for chunk in lines.chunks():
            # The first chunk has the key itself, so that nothing else can be done under it. No other key has a blank.
            key = f"{self._key} {number}" if number else self._key
            yield await self._read_chunk(chunk, turns, RepeatKey(key, chunk.digest) if self._key else None)
            number += 1

    async def _read_chunk(self, chunk: Chunk, turns: Turns, repeat: RepeatKey | None) -> BulkRead:
        places: list[Place] = []
        writes: list[Write | Refused] = []
        for line in chunk.lines:
            sku, write = self._reader.read(line.content)
            places.append(Place(line.number, sku))
            writes.append(write)
            await turns.give()
        return BulkRead(places, writes, repeat)

    async def _written(self, read: BulkRead) -> BulkReceipt:
        return await self._writes.write(self._tenant, read.writes, repeat=read.repeat)

    async def _all(self, lines: LineChunks) -> BulkRead | None:
        """Return all lines together, None where they are too many."""
        turns, digest, size = Turns(is_call=False), hashlib.blake2b(b"atomic", digest_size=16), 0
        places: list[Place] = []
        writes: list[Write | Refused] = []
        async for chunk in lines.chunks():
            size += chunk.size
            if len(places) + len(chunk.lines) > MOST_LINES or size > MOST_BYTES:
                return None
            read = await self._read_chunk(chunk, turns, None)
            places += read.places
            writes += read.writes
            digest.update(chunk.digest.encode())
        return BulkRead(places, writes, RepeatKey(self._key, digest.hexdigest()) if self._key else None)


def _why(lines: LineChunks) -> tuple[str, str] | None:
    return None if lines.cut_off is None else _CUT_OFF[lines.cut_off]


async def _alone(part: bytes) -> AsyncGenerator[bytes, None]:
    yield part
