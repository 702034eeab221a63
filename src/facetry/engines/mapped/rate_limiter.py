"""Leaky buckets in a mapped file under a lock: exact over all processes of a data directory."""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facetry.domain.errors import StoreError
from facetry.domain.leaky_bucket import Bucket, BucketLevel, Filling, fill, level_of, take
from facetry.ports.clock import Clock

SLOTS = 1 << 15
PROBES = 16
"""Slots that one name may lie in; where all of them are in use, the bucket that runs out first makes room."""
_SLOT = struct.Struct("<16sd")
_UNUSED = bytes(16)


class MappedRateLimiter:
    """Buckets in a table of slots, each the digest of a name and the time at which the bucket has run out.

    A process that dies leaves no lock behind, and a slot is written as a whole, so the table needs no repair. Where
    the disk has no room for it, the process counts for itself: to serve matters more than to be exact.
    """

    def __init__(self, file: Path, clock: Clock, slots: int = SLOTS) -> None:
        """Open the table, made where it is missing.

        Args:
            file: Where it lies.
            clock: The same for all processes.
            slots: How many there are in a new table, at least ``PROBES``.

        Raises:
            StoreError: The file cannot be used.
        """
        self._clock = clock
        size = slots * _SLOT.size
        self._descriptor = _opened(file, size)
        self._slots = os.fstat(self._descriptor).st_size // _SLOT.size if self._descriptor >= 0 else slots
        self._map = mmap.mmap(self._descriptor, self._slots * _SLOT.size)

    async def take(self, tenant: str, name: str, bucket: Bucket, amount: float = 1.0) -> BucketLevel:
        """Fill a bucket by an amount, if there is room."""
        return self._filled(take, tenant, name, bucket, amount)

    async def fill(self, tenant: str, name: str, bucket: Bucket, amount: float) -> BucketLevel:
        """Fill a bucket by an amount that was used already."""
        return self._filled(fill, tenant, name, bucket, amount)

    def _filled(self, how: Filling, tenant: str, name: str, bucket: Bucket, amount: float) -> BucketLevel:
        key = _digest(tenant, name)
        with self._locked():
            # The time is read under the lock: an earlier one than that of the last call would fill too much.
            offset, empty_at = self._slot(key)
            level, empty_at = how(bucket, empty_at, self._clock.now(), amount)
            _SLOT.pack_into(self._map, offset, key, empty_at)
        return level

    async def level(self, tenant: str, name: str, bucket: Bucket) -> BucketLevel:
        """Tell how full a bucket is."""
        with self._locked():
            _, empty_at = self._slot(_digest(tenant, name))
        return level_of(bucket, empty_at, self._clock.now())

    async def close(self) -> None:
        """Close the file."""
        self._map.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _slot(self, key: bytes) -> tuple[int, float]:
        """Return where a name's bucket lies, or may, and when it has run out."""
        first = int.from_bytes(key[:8], "little") % self._slots
        best, soonest = 0, float("inf")
        for probe in range(PROBES):
            offset = (first + probe) % self._slots * _SLOT.size
            kept, empty_at = _SLOT.unpack_from(self._map, offset)
            if kept == key:
                return offset, empty_at
            if kept == _UNUSED:
                empty_at = 0.0
            if empty_at < soonest:
                best, soonest = offset, empty_at
        return best, 0.0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if self._descriptor < 0:
            yield
            return
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)


def _opened(file: Path, size: int) -> int:
    """Return the descriptor of a file with room for the table, -1 where the disk has none.

    Raises:
        StoreError: It cannot be opened.
    """
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"file {file} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_size < PROBES * _SLOT.size:
            # Every page is given its place now: a full disk would later kill whoever writes to a mapped page.
            os.posix_fallocate(descriptor, 0, size)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    except OSError:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)
        return -1
    return descriptor


def _digest(tenant: str, name: str) -> bytes:
    # No tenant's id holds a control character, so no two pairs are one text.
    return hashlib.blake2b(f"{tenant}\n{name}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
