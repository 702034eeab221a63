"""The data directory: what lies in it and under which name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facetry.domain.errors import StoreDamagedError, StoreError

_PROC_FDS = Path("/proc/self/fd")
_MAX_SOCKET_ADDRESS = 103
"""Longest address of a Unix socket in bytes that every system takes."""


class DataDirectory:
    """A folder that holds everything of one embedded catalog, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.path = path
        self.catalog = path / "catalog.sqlite3"
        self.journal = path / "journal.db"
        self.accounts = path / "accounts.sqlite"
        self.lock = path / "owner.lock"
        self.socket = path / "owner.sock"

    def create(self) -> None:
        """Make the folder, and make it private; harmless to repeat.

        Raises:
            StoreError: It cannot be made, or is something else than a folder.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
        except OSError as error:
            raise StoreError(f"data directory {self.path} cannot be used: {error.strerror}") from error

    def partial(self, name: str) -> Path:
        """Return under which name a file is copied to here."""
        return self.path / f"{name}.partial"

    def has_catalog(self) -> bool:
        """Return whether there is a catalog; an empty file is none."""
        return _has_content(self.catalog)

    def check_not_lost(self) -> None:
        """Check that the catalog is there if anything is: begun anew it would take users and journals for nobody's.

        Raises:
            StoreDamagedError: It is missing or empty.
        """
        if self.has_catalog():
            return
        later = [file.name for file in (self.accounts, self.journal) if _has_content(file)]
        # A restore that was cut off leaves a copy under this name.
        later += [file.name for file in (self.partial(self.catalog.name),) if file.exists()]
        if later:
            raise StoreDamagedError(f"{self.catalog} is missing or empty beside {' and '.join(later)}")

    def sync(self) -> None:
        """Make new and renamed names in the folder durable."""
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def socket_address(self) -> Iterator[str]:
        """Yield an address of the owner's socket that is short enough for the system, valid inside the block.

        Raises:
            StoreError: The path is too long for this system.
        """
        if len(os.fsencode(self.socket)) <= _MAX_SOCKET_ADDRESS:
            yield str(self.socket)
            return
        if not _PROC_FDS.is_dir():
            raise StoreError(f"path {self.socket} is longer than {_MAX_SOCKET_ADDRESS} bytes")
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"{_PROC_FDS}/{folder}/{self.socket.name}"
        finally:
            os.close(folder)


def _has_content(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
