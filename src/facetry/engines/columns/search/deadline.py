"""How long a search may go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from facetry.domain.errors import SearchTimeoutError

SLICE = 1 << 20
"""So many rows are looked at between two looks at the clock; a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Asked between slices of work whether to go on.

    Attributes:
        at: The ``time.monotonic`` second after which nobody waits any more; None for no limit.
        is_stopped: Says that the answer is not wanted any more.
        slice_rows: How many rows make a slice.
    """

    at: float | None = None
    is_stopped: Callable[[], bool] = bool
    slice_rows: int = SLICE

    def check(self) -> None:
        """Go on.

        Raises:
            SearchTimeoutError: The time is over.
            CancelledError: Nobody wants the answer any more.
        """
        if self.at is not None and time.monotonic() > self.at:
            raise SearchTimeoutError
        if self.is_stopped():
            raise CancelledError

    def slices(self, count: int) -> Iterator[slice]:
        """Yield slices of ``count`` rows, none for no rows, and check before each."""
        for start in range(0, count, self.slice_rows):
            self.check()
            yield slice(start, min(start + self.slice_rows, count))

    def lists(self, starts: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
        """Yield first and last + 1 of lists that make a slice, one slice at least, and check before each.

        Args:
            starts: Where the rows of each list begin, and the end.
        """
        for first, last in self.bounds(starts):
            self.check()
            yield first, last

    def bounds(self, starts: NDArray[np.int32]) -> list[tuple[int, int]]:
        """Return first and last + 1 of lists that make a slice, one slice at least; see ``lists``."""
        count, rows = len(starts) - 1, int(starts[-1])
        if rows <= self.slice_rows:
            return [(0, count)]
        bounds = np.searchsorted(starts, np.arange(0, rows, self.slice_rows), side="left")
        return [*pairwise([*bounds.tolist(), count])]
