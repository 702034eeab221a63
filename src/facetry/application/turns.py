"""Long work on the event loop in slices, so that other calls need not wait for all of it."""

from __future__ import annotations

import time

from facetry.application.calls import CALLS

SLICE_SECONDS = 0.001
"""How long one call keeps the event loop before others get their turn."""
_BESIDE_SECONDS = 0.00025
"""The same for long work while calls of several tenants come: each of their steps may wait for the rest of a slice."""


class Turns:
    """Asked between the steps of some work, gives others their turn when the work has held them up for a slice."""

    def __init__(self, slice_seconds: float = SLICE_SECONDS, *, is_call: bool = True) -> None:
        """Begin a slice of a call, or of long work that lets calls go first."""
        self._let_on = CALLS.let_pass if is_call else CALLS.let_on
        self._seconds = slice_seconds
        self._beside_seconds = slice_seconds if is_call else min(slice_seconds, _BESIDE_SECONDS)
        self._ends = 0.0
        self._begin()

    async def give(self) -> None:
        """Let others run if the slice is over, and begin the next one."""
        if time.monotonic() > self._ends:
            await self._let_on()
            self._begin()

    def _begin(self) -> None:
        self._ends = time.monotonic() + (self._beside_seconds if CALLS.has_several() else self._seconds)
