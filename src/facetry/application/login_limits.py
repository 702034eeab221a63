"""Limits on failed logins: how often an address may try."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

import msgspec

from facetry.domain.product import MAX_ID_LENGTH
from facetry.ports.clock import Clock

MAX_BUCKETS = 100_000


class Allowance(msgspec.Struct, frozen=True):
    """How many failures may come at once, and how many more each second."""

    burst: int
    per_second: float


PER_ADDRESS_AND_ID = Allowance(20, 1 / 3)
PER_ADDRESS = Allowance(300, 10.0)


class _Buckets:
    """Token buckets by key; a key unheard of for as long as a bucket takes to fill has a full one."""

    def __init__(self, allowance: Allowance, limit: int) -> None:
        self._allowance = allowance
        self._limit = limit
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def level(self, key: Hashable, now: float) -> float:
        """Return how many failures are left."""
        level, then = self._levels.get(key, (float(self._allowance.burst), now))
        # A clock that was set back must not take anything away.
        return min(self._allowance.burst, level + max(0.0, now - then) * self._allowance.per_second)

    def take(self, key: Hashable, now: float) -> None:
        """Count one failure."""
        self._levels[key] = (max(0.0, self.level(key, now) - 1.0), now)
        self._levels.move_to_end(key)
        if len(self._levels) > self._limit:
            self._levels.popitem(last=False)

    def give_back(self, key: Hashable, now: float) -> None:
        """Take back one failure."""
        if key in self._levels:
            self._levels[key] = (min(self._allowance.burst, self.level(key, now) + 1.0), now)

    def wait_seconds(self, key: Hashable, now: float) -> float:
        """Return how long until another try is allowed; 0 where it is now."""
        return max(0.0, (1.0 - self.level(key, now)) / self._allowance.per_second)


class LoginLimiter:
    """Count failed logins by address and id, and by address; good ones cost nothing."""

    def __init__(
        self,
        clock: Clock,
        *,
        per_address_and_id: Allowance = PER_ADDRESS_AND_ID,
        per_address: Allowance = PER_ADDRESS,
        max_buckets: int = MAX_BUCKETS,
    ) -> None:
        """Begin with full buckets; at most ``max_buckets`` of each kind are kept, the longest unused one goes."""
        self._clock = clock
        self._by_pair = _Buckets(per_address_and_id, max_buckets)
        self._by_address = _Buckets(per_address, max_buckets)

    def __len__(self) -> int:
        """Return how many buckets are kept."""
        return len(self._by_pair) + len(self._by_address)

    def wait_seconds(self, address: str, login_id: str) -> float:
        """Return how long this address must wait before it may try this id; 0 where it need not."""
        now = self._clock.now()
        by_pair = self._by_pair.wait_seconds(_pair(address, login_id), now)
        return max(by_pair, self._by_address.wait_seconds(address, now))

    def failed(self, address: str, login_id: str) -> None:
        """Count a failed login."""
        now = self._clock.now()
        self._by_pair.take(_pair(address, login_id), now)
        self._by_address.take(address, now)

    def forgive(self, address: str, login_id: str) -> None:
        """Take back one failure that was counted before it was known how the try would end."""
        now = self._clock.now()
        self._by_pair.give_back(_pair(address, login_id), now)
        self._by_address.give_back(address, now)


def _pair(address: str, login_id: str) -> tuple[str, str]:
    # No tenant has an id as long as that, and a body full of it must not be remembered.
    return address, login_id if len(login_id) <= MAX_ID_LENGTH else ""
