"""Long work on the event loop in slices, so that other calls need not wait for all of it."""

from __future__ import annotations

import time

from facetry.application.calls import CALLS

SLICE_SECONDS = 0.001
"""How long one call keeps the event loop before others get their turn."""


class Turns:
    """Asked between the steps of some work, gives others their turn when the work has held them up for a slice."""

    def __init__(self, slice_seconds: float = SLICE_SECONDS) -> None:
        """Begin a slice."""
        self._seconds = slice_seconds
        self._ends = time.monotonic() + slice_seconds

    async def give(self) -> None:
        """Let others run if the slice is over, and begin the next one."""
        if time.monotonic() > self._ends:
            await CALLS.let_on()
            self._ends = time.monotonic() + self._seconds
