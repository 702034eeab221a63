"""The order in which tenants get what all of them wait for."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class FairTurns(Generic[_Item]):
    """Items that wait: tenants take turns, and each one's own items come first in, first out.

    However much one tenant has waiting, another's item waits for one of each tenant's at most.
    """

    def __init__(self) -> None:
        # The tenant at the front is next, and goes to the end where it has more.
        self._lines: dict[str, deque[_Item]] = {}
        self._count = 0

    def __len__(self) -> int:
        """Return how many items wait."""
        return self._count

    def waiting(self, tenant: str) -> int:
        """Return how many items of a tenant wait."""
        return len(self._lines.get(tenant, ()))

    def add(self, tenant: str, item: _Item) -> None:
        """Have an item wait for a turn of its tenant."""
        self._lines.setdefault(tenant, deque()).append(item)
        self._count += 1

    def take(self) -> _Item:
        """Return the item whose turn it is, which waits no more.

        Raises:
            StopIteration: None waits.
        """
        tenant = next(iter(self._lines))
        line = self._lines.pop(tenant)
        item = line.popleft()
        if line:
            self._lines[tenant] = line
        self._count -= 1
        return item
