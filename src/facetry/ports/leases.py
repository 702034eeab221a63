"""The port of what lets one process of several do something that only one should do at a time."""

from __future__ import annotations

from typing import Protocol


class Leases(Protocol):
    """Leases by name, each held by one process until it ends, is given back or runs out.

    They save work, they do not guard: what is done under one must be harmless when two do it, because a process may
    be stopped for longer than its lease lasts and then go on.
    """

    async def take(self, name: str, seconds: float) -> bool:
        """Take a lease, or renew the one that this process holds; return whether it is held now.

        Raises:
            StoreError: Nobody can be asked.
        """

    async def give_back(self, name: str) -> None:
        """Let others take a lease at once; harmless where it is not held, or nobody can be asked."""

    async def close(self) -> None:
        """Give back all and release everything; harmless to repeat."""
