"""Checkpoints: moving the write-ahead log into the database without making writers wait."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw

from facetry.engines.sqlite.connection import open_writer

IDLE_SECONDS = 2.0
"""How long nothing must have been committed before the log is emptied."""
_START_FRAMES = 8_000
"""Pages in the log at which a checkpoint begins: 32 MB.

While the pages of a checkpoint are flushed, the flush of a commit waits for the same disk, a tenth of a second: rarely
is better than briefly.
"""

_log = logging.getLogger(__name__)


class Checkpointer:
    """Keep the write-ahead log of one writer short.

    The bulk of a checkpoint runs in a thread and on a connection of its own, beside the commits. Commits that came
    meanwhile keep the log from starting anew, so one short checkpoint more follows between two commits.
    """

    def __init__(self, path: Path, writer: apsw.Connection) -> None:
        """Watch the commits of ``writer`` on the database at ``path``."""
        self._writer = writer
        self._connection = open_writer(path)
        self._thread = ThreadPoolExecutor(1, "facetry-checkpoint")
        self._frames = 0
        self._next_start = _START_FRAMES
        self._running = False
        self._settling = False
        writer.set_wal_hook(self._committed)

    @property
    def is_due(self) -> bool:
        """Return whether the log holds anything."""
        return self._frames > 0

    def after_commit(self) -> None:
        """Start or finish a checkpoint where it is time to; to be called in the committing thread."""
        if self._settling:
            self._settling = False
            self._checkpoint(self._writer, apsw.SQLITE_CHECKPOINT_PASSIVE)
        elif self._frames >= self._next_start and not self._running:
            self._running = True
            # Where a long read keeps the log from starting anew, the next try waits until it has grown as much again.
            self._next_start = self._frames + _START_FRAMES
            self._thread.submit(self._run)

    def truncate(self) -> None:
        """Empty the log; to be called in the committing thread, or when nothing is committing."""
        if self._checkpoint(self._writer, apsw.SQLITE_CHECKPOINT_TRUNCATE):
            self._frames = 0

    def close(self) -> None:
        """Wait for the checkpoint under way, empty the log and release everything but the writer."""
        self._thread.shutdown()
        self.truncate()
        self._writer.set_wal_hook(None)
        self._connection.close()

    def _committed(self, _connection: apsw.Connection, _name: str, frames: int) -> int:
        if frames < self._frames:
            self._next_start = _START_FRAMES
        self._frames = frames
        return apsw.SQLITE_OK

    def _run(self) -> None:
        self._settling = self._checkpoint(self._connection, apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._running = False

    def _checkpoint(self, connection: apsw.Connection, mode: int) -> bool:
        try:
            connection.wal_checkpoint(mode=mode)
        except apsw.BusyError:
            return False
        except apsw.Error as error:
            # What was committed stays in the log, so nothing is lost: the next checkpoint tries again.
            _log.warning("checkpoint failed: %s", error)
            return False
        return True
