"""Leases among the parts of one process: whoever asks for one that nobody holds has it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple


class Held(NamedTuple):
    """Who holds a lease, and until when by the clock."""

    holder: MemoryLeases
    until: float


class MemoryLeases:
    """Leases in a dictionary."""

    def __init__(self, held: dict[str, Held] | None = None, now: Callable[[], float] = monotonic) -> None:
        """Keep leases in ``held``, which peers share, or in a dictionary of its own; ``now`` tells seconds."""
        self._held = {} if held is None else held
        self._now = now

    async def take(self, name: str, seconds: float) -> bool:
        """Take a lease, or renew it."""
        now = self._now()
        held = self._held.get(name)
        if held is not None and held.holder is not self and held.until > now:
            return False
        self._held[name] = Held(self, now + seconds)
        return True

    async def give_back(self, name: str) -> None:
        """Let others take a lease."""
        held = self._held.get(name)
        if held is not None and held.holder is self:
            del self._held[name]

    async def close(self) -> None:
        """Give back all."""
        for name in [name for name, held in self._held.items() if held.holder is self]:
            del self._held[name]
