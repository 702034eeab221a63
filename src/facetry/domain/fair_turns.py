"""The order in which tenants get what all of them wait for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, KeysView
from itertools import count
from typing import Generic, TypeVar

REMEMBERED = 1_000
"""So many tenants are remembered that had a turn; the others are as if they never had one."""
_Item = TypeVar("_Item")


def _anybody(_: str) -> bool:
    return True


class FairTurns(Generic[_Item]):
    """Items that wait: next is the tenant whose last turn was longest ago, each one's items in their order.

    However much one tenant has waiting, another's item waits for one of each tenant's at most; that of a tenant who
    seldom comes waits for nobody's who had a turn since.
    """

    def __init__(self) -> None:
        self._lines: dict[str, deque[_Item]] = {}
        self._last_turns: dict[str, int] = {}
        self._next_turn = count(1)
        self._waiting = 0

    def waiting(self, tenant: str) -> int:
        """Return how many items of a tenant wait."""
        return len(self._lines.get(tenant, ()))

    def __len__(self) -> int:
        """Return how many items wait."""
        return self._waiting

    @property
    def tenants(self) -> KeysView[str]:
        """Of whom items wait."""
        return self._lines.keys()

    def add(self, tenant: str, item: _Item) -> None:
        """Have an item wait for a turn of its tenant."""
        self._lines.setdefault(tenant, deque()).append(item)
        self._waiting += 1

    def put_back(self, tenant: str, item: _Item) -> None:
        """Have an item that was taken wait again, as the first of its tenant's."""
        self._lines.setdefault(tenant, deque()).appendleft(item)
        self._waiting += 1

    def first(self, tenant: str) -> _Item:
        """Return the item of a tenant that waits longest; there must be one."""
        return self._lines[tenant][0]

    def take(self, may: Callable[[str], bool] = _anybody) -> _Item | None:
        """Return the item whose turn it is, which waits no more; None where no tenant waits that may have a turn."""
        tenant = min(filter(may, self._lines), key=lambda one: self._last_turns.get(one, 0), default=None)
        if tenant is None:
            return None
        line = self._lines[tenant]
        item = line.popleft()
        self._waiting -= 1
        if not line:
            del self._lines[tenant]
        self.note(tenant)
        return item

    def note(self, tenant: str) -> None:
        """Note that a tenant has a turn for which it did not have to wait."""
        self._last_turns.pop(tenant, None)
        self._last_turns[tenant] = next(self._next_turn)
        if len(self._last_turns) > REMEMBERED:
            del self._last_turns[next(iter(self._last_turns))]
