"""Who owns a data directory: a lock that the system releases however the owner ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress

from facetry.domain.errors import StoreError
from facetry.engines.sqlite.directory import DataDirectory


class OwnerLock:
    """The lock that makes this process the owner, held until ``release`` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        """Keep the locked file."""
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let another process become the owner; harmless to repeat."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def acquire(directory: DataDirectory) -> OwnerLock | None:
    """Make this process the owner and return the lock, or None where another one is.

    Raises:
        StoreError: The lock file cannot be used.
    """
    try:
        descriptor = os.open(directory.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"lock file {directory.lock} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError as error:
        os.close(descriptor)
        raise StoreError(f"lock file {directory.lock} cannot be locked: {error.strerror}") from error
    _sign(descriptor)
    return OwnerLock(descriptor)


def holder(directory: DataDirectory) -> int | None:
    """Return the id of the process that took the lock last, or None where none did; for messages only."""
    try:
        return int(directory.lock.read_text("ascii"))
    except (OSError, ValueError):
        return None


def _sign(descriptor: int) -> None:
    """Write the process id into the lock file; on a full disk the lock counts all the same."""
    with suppress(OSError):
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
