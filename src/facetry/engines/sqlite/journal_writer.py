"""The thread that writes journals: what is noted waits in memory, bounded, and is written in batches."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import apsw
import msgspec

from facetry.domain.errors import StoreError
from facetry.domain.journal import Count, JournalLine
from facetry.engines.sqlite.journal_tables import (
    NOTHING,
    CountKey,
    LineRow,
    Transaction,
    add_counts,
    add_lines,
    added,
    open_journal,
)

_log = logging.getLogger(__name__)

MAX_WAITING = 20_000
"""So many lines and counts wait at most; a line takes less than a kilobyte."""
PAUSE_SECONDS = 0.2
"""Between two transactions, so that what is noted meanwhile shares one."""
FLUSH_SECONDS = 2.0
RETRY_SECONDS = 1.0
"""How long what is noted is given up after the disk has refused a batch."""

Noted = tuple[str, JournalLine | Count]
"""A tenant, and what was noted of it."""


class JournalWriter:
    """Write to one file; may be called from any thread."""

    def __init__(self, path: Path, max_waiting: int = MAX_WAITING) -> None:
        """Write to a file, which is touched when the first thing is noted."""
        self._path = path
        self._max_waiting = max_waiting
        self._waiting: deque[Noted] = deque()
        self._lock = threading.Condition()
        self._taken = self._done = self._refused = self._failed = 0
        self._arrived = threading.Event()
        self._hurried = threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._connection: apsw.Connection | None = None
        self._broken_until = 0.0

    @property
    def dropped(self) -> int:
        """How much was given up."""
        return self._refused + self._failed

    def put(self, tenant: str, noted: Sequence[JournalLine | Count]) -> None:
        """Take what is to be written, as far as not too much is waiting."""
        with self._lock:
            room = 0 if self._is_closed else max(0, self._max_waiting - len(self._waiting))
            taken = noted[:room]
            self._refused += len(noted) - len(taken)
            if not taken:
                return
            self._waiting.extend([(tenant, one) for one in taken])
            self._taken += len(taken)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()
        self._arrived.set()

    def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Wait until what was taken before is written or given up; for so long at most."""
        with self._lock:
            if self._thread is None or self._done >= self._taken:
                return
            target = self._taken
            self._hurried.set()
            self._lock.wait_for(lambda: self._done >= target, seconds)

    def close(self) -> None:
        """Write what is waiting, for a moment; what comes later is given up. Harmless to repeat."""
        with self._lock:
            self._is_closed = True
            thread, self._thread = self._thread, None
        if thread is not None:
            self._hurried.set()
            self._arrived.set()
            thread.join(FLUSH_SECONDS)

    def _run(self) -> None:
        while not self._is_closed or self._waiting:
            self._arrived.wait()
            self._arrived.clear()
            self._hurried.wait(PAUSE_SECONDS)
            self._hurried.clear()
            with self._lock:
                batch, self._waiting = [*self._waiting], deque()
            self._write(batch)
            with self._lock:
                self._done += len(batch)
                self._lock.notify_all()
        self._disconnect()

    def _write(self, batch: Sequence[Noted]) -> None:
        if not batch:
            return
        if monotonic() < self._broken_until:
            self._failed += len(batch)
            return
        lines, counts = self._sorted(batch)
        try:
            self._store(lines, counts)
        except Exception as error:  # noqa: BLE001 - whatever the disk does, the server goes on without its journals
            if not self._broken_until:
                reason = error.message if isinstance(error, StoreError) else str(error)
                _log.warning("journals cannot be written: %s", reason)
            self._failed += len(batch)
            self._broken_until = monotonic() + RETRY_SECONDS
            self._disconnect()
        else:
            self._broken_until = 0.0

    def _sorted(
        self, batch: Sequence[Noted]
    ) -> tuple[dict[str, list[LineRow]], dict[str, dict[CountKey, Sequence[int]]]]:
        """Return the rows of a batch by kind, counts added up; what has no valid text is given up."""
        lines: dict[str, list[LineRow]] = {}
        counts: dict[str, dict[CountKey, Sequence[int]]] = {}
        for tenant, noted in batch:
            try:
                if isinstance(noted, Count):
                    key = (tenant, noted.time, noted.name.encode().decode())
                    of_kind = counts.setdefault(noted.kind, {})
                    of_kind[key] = added(of_kind.get(key, NOTHING), noted.numbers)
                else:
                    doc = msgspec.json.encode(noted).decode()
                    lines.setdefault(noted.kind, []).append((tenant, noted.id, noted.time, doc))
            except UnicodeEncodeError:
                self._failed += 1
        return lines, counts

    def _store(self, lines: dict[str, list[LineRow]], counts: dict[str, dict[CountKey, Sequence[int]]]) -> None:
        if self._connection is None:
            self._connection = open_journal(self._path)
        with Transaction(self._connection):
            for kind, of_kind in lines.items():
                add_lines(self._connection, kind, of_kind)
            for kind, numbers in counts.items():
                add_counts(self._connection, kind, numbers)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close(force=True)
