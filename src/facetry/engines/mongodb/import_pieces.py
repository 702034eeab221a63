"""Files in pieces: what is uploaded, and what a job writes beside it, readable by every machine."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bson import ObjectId
from pymongo.asynchronous.database import AsyncDatabase

from facetry.domain.errors import FileTooLargeError
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.side_collections import IMPORT_PIECES

PIECE_BYTES = 1 << 20
_UNFINISHED = ".new"
"""What the names of files end with that are about to take the place of others."""


class Place(NamedTuple):
    """Whose the files are, and of which job."""

    tenant: str
    job: ObjectId


class Kept(NamedTuple):
    """What is known of a file that was kept: what told its state on the disk, and digests of its pieces."""

    state: tuple[int, ...]
    digests: tuple[bytes, ...]


class Pieces:
    """The pieces of all files of all jobs."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        """Keep pieces in a database."""
        self._pieces = database[IMPORT_PIECES]

    async def upload(self, place: Place, name: str, given: AsyncIterable[bytes], limit: int) -> int:
        """Keep a file as it comes, and return its size.

        Raises:
            FileTooLargeError: It has more than ``limit`` bytes.
            StoreError: It cannot be kept.
        """
        waiting, size, count = bytearray(), 0, 0
        async for one in given:
            size += len(one)
            if size > limit:
                raise FileTooLargeError(limit)
            waiting += one
            while len(waiting) >= PIECE_BYTES:
                await self._put(place, name, count, bytes(waiting[:PIECE_BYTES]))
                del waiting[:PIECE_BYTES]
                count += 1
        await self._put(place, name, count, bytes(waiting))
        return size

    async def download(self, place: Place, folder: Path) -> dict[str, Kept]:
        """Write all files of a job into a folder, and return what is known of them."""
        digests: dict[str, list[bytes]] = {}
        found = self._pieces.find({"t": place.tenant, "j": place.job}).sort([("f", 1), ("k", 1)])
        with failures():
            async for piece in found:
                await asyncio.to_thread(_append, folder / piece["f"], piece["d"])
                digests.setdefault(piece["f"], []).append(_digest(piece["d"]))
        return {name: Kept(_state(folder / name), tuple(of_file)) for name, of_file in digests.items()}

    async def keep(self, place: Place, folder: Path, known: dict[str, Kept]) -> None:
        """Make the kept files those of a folder; of what is ``known`` already only what is other is written."""
        files = await asyncio.to_thread(_files, folder)
        for name in known.keys() - files.keys():
            await self.remove(place, name)
            del known[name]
        for name, state in files.items():
            before = known.get(name, Kept((), ()))
            if before.state != state:
                with suppress(FileNotFoundError):
                    known[name] = await self._keep(place, folder / name, Kept(state, before.digests))

    async def read(self, place: Place, name: str) -> AsyncIterator[bytes]:
        """Yield the pieces of a file."""
        with failures():
            async for piece in self._pieces.find(_key(place, name)).sort("k"):
                yield piece["d"]

    async def remove(self, place: Place, name: str | None = None) -> None:
        """Remove a file of a job, or all of them."""
        files = {"t": place.tenant, "j": place.job} if name is None else _key(place, name)
        with failures():
            await self._pieces.delete_many(files)

    async def _keep(self, place: Place, path: Path, before: Kept) -> Kept:
        digests: list[bytes] = []
        with path.open("rb") as file:
            # Of an empty file there is one piece too, without which it would not be known.
            while (content := await asyncio.to_thread(file.read, PIECE_BYTES)) or not digests:
                number, digest = len(digests), _digest(content)
                if before.digests[number : number + 1] != (digest,):
                    await self._put(place, path.name, number, content)
                digests.append(digest)
        if len(digests) < len(before.digests):
            with failures():
                await self._pieces.delete_many({**_key(place, path.name), "k": {"$gte": len(digests)}})
        return Kept(before.state, tuple(digests))

    async def _put(self, place: Place, name: str, number: int, content: bytes) -> None:
        key = {**_key(place, name), "k": number}
        with failures():
            await self._pieces.replace_one(key, {**key, "d": content}, upsert=True)


def _key(place: Place, name: str) -> dict[str, Any]:
    return {"t": place.tenant, "j": place.job, "f": name}


def _append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _files(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return the state of each file, the last name first.

    So what tells how far a job has come is read before the rows that were rejected until then.
    """
    found = {}
    for path in sorted(folder.iterdir(), reverse=True):
        # A file may be gone by now.
        with suppress(FileNotFoundError):
            found[path.name] = _state(path)
    return {name: state for name, state in found.items() if not name.endswith(_UNFINISHED)}
