"""Whether the data directory is still the one that this process opened: nobody else would tell."""

from __future__ import annotations

import asyncio
import os

from facetry.bootstrap.engine_urls import MEMORY, is_shared
from facetry.domain.errors import StoreError
from facetry.engines.sqlite.directory import DataDirectory
from facetry.settings import Settings

LOOK_SECONDS = 1.0


class DirectoryWatch:
    """Look now and then for the file by which this process owns its data directory.

    A process goes on writing to files that were removed, or moved with their folder, as if nothing had happened: what
    it acknowledges is lost with its end, and another server may begin in the place that it thinks is its own.

    Attributes:
        gone: Set when the directory was moved, removed or replaced.
    """

    def __init__(self, settings: Settings, number: int) -> None:
        """Look after the directory of worker ``number``, which is open; only 0 owns one."""
        self.gone = asyncio.Event()
        self._path = settings.data
        self._lock = DataDirectory(settings.data).lock
        owns = number == 0 and settings.store != MEMORY and not is_shared(settings)
        self._next: asyncio.TimerHandle | None = None
        if owns:
            self._look(self._lock.stat())

    def stop(self) -> None:
        """Look no more."""
        if self._next is not None:
            self._next.cancel()

    def check(self) -> None:
        """Check that the directory was there to the end.

        Raises:
            StoreError: It was not.
        """
        if self.gone.is_set():
            told = f"data directory {self._path} was moved, removed or replaced while it was served"
            raise StoreError(f"{told}: put it back, or restore a backup, and start again")

    def _look(self, opened: os.stat_result) -> None:
        if self._is_gone(opened):
            self.gone.set()
        else:
            self._next = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look, opened)

    def _is_gone(self, opened: os.stat_result) -> bool:
        try:
            found = self._lock.stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            # A disk that cannot answer right now may be the same as before.
            return False
        return not os.path.samestat(opened, found)
