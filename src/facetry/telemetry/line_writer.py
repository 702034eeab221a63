"""Log lines on their way to a stream: handed over in batches, written by a thread, bounded in memory."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import BinaryIO

DEFAULT_PENDING_BYTES = 8 << 20
_CLOSE_SECONDS = 5.0


class LineWriter:
    """Write to a stream without ever making the caller wait; safe to call from any thread.

    Attributes:
        dropped: How many lines were given up because the stream took them too slowly, or not at all.
        pending_bytes: What is handed over and not yet written.
    """

    def __init__(self, stream: BinaryIO, max_pending_bytes: int = DEFAULT_PENDING_BYTES) -> None:
        """Begin to write to a stream, which stays the caller's to close."""
        self.dropped = 0
        self._stream = stream
        self._max_pending = max_pending_bytes
        self.pending_bytes = 0
        self._lock = threading.Lock()
        self._queue: SimpleQueue[tuple[bytes, int] | None] = SimpleQueue()
        self._thread: threading.Thread | None = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, text: bytes, lines: int = 1) -> None:
        """Hand over whole lines; they are dropped, and counted, where too many bytes are waiting already."""
        with self._lock:
            if self._thread is None or self.pending_bytes + len(text) > self._max_pending:
                self.dropped += lines
                return
            self.pending_bytes += len(text)
        self._queue.put((text, lines))

    def close(self, timeout_seconds: float = _CLOSE_SECONDS) -> None:
        """Write what is waiting, for so long at most; later lines are dropped. Harmless to repeat."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(timeout_seconds)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            text, lines = item
            try:
                self._stream.write(text)
                if self._queue.empty():
                    self._stream.flush()
            except (OSError, ValueError):  # A full disk, a closed pipe or a closed stream: the server goes on.
                with self._lock:
                    self.dropped += lines
            with self._lock:
                self.pending_bytes -= len(text)
        with suppress(OSError, ValueError):
            self._stream.flush()
