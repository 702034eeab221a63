"""Files and folders that outlast a crash, and what the system refuses as errors of the store."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from facetry.domain.errors import StoreError, StoreFullError

_T = TypeVar("_T")
_PIECE_BYTES = 1 << 18
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


async def pieces_of(path: Path) -> AsyncIterator[bytes]:
    """Yield a file in pieces; nothing where there is none."""
    with failures(), suppress(FileNotFoundError), path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece


def write(path: Path, content: bytes) -> None:
    """Replace a file as a whole."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold out every other thread and process that changes in a folder what depends on what it holds."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def failures() -> Iterator[None]:
    """Turn what the system refuses into errors of the store."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StoreFullError("no room left for files to import") from error
        raise StoreError(f"files to import cannot be kept: {error.strerror or error}") from error


async def in_thread(work: Callable[[], _T]) -> _T:
    """Do work that blocks, and return its result."""
    with failures():
        return await asyncio.to_thread(work)
