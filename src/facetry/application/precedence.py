"""Who goes first where changes and searches both need the interpreter: a change, which many may wait for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

PATIENCE_SECONDS: Final = 0.005
"""So long one search waits for changes at most, all in all: many changes do not keep it from its end."""


class Precedence:
    """Tells searches in threads to wait while the event loop makes a change, or makes it searchable.

    The interpreter is handed back and forth between a search and a change beside it, so that each takes twice as long.
    A search that waits at its next look at the clock costs itself what the change takes, and the change nothing.
    """

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Have no search wait for longer than that."""
        self._seconds = patience_seconds
        self._lock = threading.Lock()
        self._changes = 0
        self._none = threading.Event()
        self._none.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have searches wait for as long as the context lasts."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def patience(self) -> Patience:
        """Return how a search that begins now gives way."""
        return Patience(self._none, self._seconds)

    def _count(self, more: int) -> None:
        with self._lock:
            self._changes += more
            if self._changes:
                self._none.clear()
            else:
                self._none.set()


class Patience:
    """What one search waits for changes."""

    def __init__(self, none: threading.Event, seconds: float) -> None:
        """Wait so long at most for an event that is set while nobody changes anything."""
        self._none = none
        self._left = seconds

    def give_way(self) -> None:
        """Wait until nobody changes anything, if this search has not waited enough already."""
        if self._left > 0 and not self._none.is_set():
            begun = time.monotonic()
            self._none.wait(self._left)
            self._left -= time.monotonic() - begun


CHANGES: Final = Precedence()
"""Of the changes of this process: there is one interpreter for all of them."""
