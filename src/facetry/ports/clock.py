"""The port of time."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Where time comes from, so that tests can set it."""

    def now(self) -> float:
        """Return the Unix time in seconds."""
