"""Numbers of one process in a mapped file, where every other worker of the data directory can read them."""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SLOTS = 512
NAME_BYTES = 192
VALUES = 24
"""Numbers of one series: more than any kind of series needs."""
_VALUE_BYTES = 8
_SLOT_BYTES = NAME_BYTES + VALUES * _VALUE_BYTES
_SUFFIX = ".metrics"

Values = memoryview
"""``VALUES`` signed 64-bit integers; assignments are seen by all readers of the file at once."""


class ShardReading(NamedTuple):
    """What one process had counted when it was read.

    Attributes:
        pid: Its process id.
        is_alive: Whether it still runs.
        series: Numbers by name of the series.
    """

    pid: int
    is_alive: bool
    series: dict[str, list[int]]


class Shard:
    """The numbers of this process; without a directory nobody else reads them."""

    def __init__(self, directory: Path | None = None) -> None:
        """Make the file, and hold a lock on it for as long as the process lives.

        Where the disk has no room for it, the process counts for itself: to serve matters more than to be counted.
        """
        size = SLOTS * _SLOT_BYTES
        self._descriptor = -1 if directory is None else _new_file(directory, size)
        self._map = mmap.mmap(self._descriptor, size)
        self._used = 0

    def allocate(self, name: str) -> Values:
        """Return the numbers of a new series, all 0; where there is no room, numbers that nobody reads."""
        encoded = name.encode()
        if self._used == SLOTS or len(encoded) > NAME_BYTES:
            return memoryview(bytearray(VALUES * _VALUE_BYTES)).cast("q")
        start = self._used * _SLOT_BYTES
        self._used += 1
        self._map[start : start + len(encoded)] = encoded
        return memoryview(self._map)[start + NAME_BYTES : start + _SLOT_BYTES].cast("q")

    def read(self) -> ShardReading:
        """Return what was counted here."""
        return ShardReading(os.getpid(), is_alive=True, series=_series(bytes(self._map)))

    def close(self) -> None:
        """Give up the lock: from now on the file counts as that of a process that ended. Harmless to repeat."""
        if self._descriptor >= 0:
            # The map holds a duplicate of the descriptor, so closing alone would leave the lock.
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = -1


def _new_file(directory: Path, size: int) -> int:
    """Return the descriptor of a new, locked file of zeros, or -1 where there is no room for it."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    # The room is taken now: on a disk that is full later, counting in a hole of the file would end the process.
    try:
        written = os.pwrite(descriptor, bytes(size), 0)
    except OSError:
        written = 0
    if written < size:
        path.unlink()
        os.close(descriptor)
        return -1
    return descriptor


def read_shards(directory: Path) -> Iterator[ShardReading]:
    """Yield what every process of a directory has counted, those that ended included."""
    for path in sorted(directory.glob(f"*{_SUFFIX}")):
        try:
            with path.open("rb") as stream:
                alive = _is_locked(stream.fileno())
                yield ShardReading(int(path.name.partition("-")[0]), is_alive=alive, series=_series(stream.read()))
        except (OSError, ValueError):  # It vanished meanwhile, or is none of ours.
            continue


def remove_dead_shards(directory: Path) -> None:
    """Forget what processes that ended have counted."""
    for path in directory.glob(f"*{_SUFFIX}"):
        try:
            with path.open("rb") as stream:
                if not _is_locked(stream.fileno()):
                    path.unlink(missing_ok=True)
        except OSError:
            continue


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _series(content: bytes) -> dict[str, list[int]]:
    found = {}
    for start in range(0, len(content) - _SLOT_BYTES + 1, _SLOT_BYTES):
        name = content[start : start + NAME_BYTES].rstrip(b"\0").decode()
        if not name:
            break
        found[name] = memoryview(content)[start + NAME_BYTES : start + _SLOT_BYTES].cast("q").tolist()
    return found
