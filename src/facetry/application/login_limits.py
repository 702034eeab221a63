"""Limits on failed logins: how often an address may try, counted over all processes that share their buckets."""

from __future__ import annotations

from facetry.domain.leaky_bucket import Bucket
from facetry.domain.product import MAX_ID_LENGTH
from facetry.ports.rate_limiter import RateLimiter

PER_ADDRESS_AND_ID = Bucket(20, 1 / 3)
PER_ADDRESS = Bucket(300, 10.0)
_NOBODY = ""
"""Whose the buckets are: no tenant has an empty id."""


class LoginLimiter:
    """Count failed logins by address and id, and by address; good ones cost nothing."""

    def __init__(
        self,
        limiter: RateLimiter,
        name: str,
        *,
        per_address_and_id: Bucket = PER_ADDRESS_AND_ID,
        per_address: Bucket = PER_ADDRESS,
    ) -> None:
        """Count in buckets; those of other names are others. What is in a bucket are failures, which run out."""
        self._limiter = limiter
        self._name = name
        self._per_pair = per_address_and_id
        self._per_address = per_address

    async def wait_seconds(self, address: str, login_id: str) -> float:
        """Return how long this address must wait before it may try this id; 0 where it need not."""
        by_pair = await self._limiter.level(_NOBODY, self._pair(address, login_id), self._per_pair)
        by_address = await self._limiter.level(_NOBODY, self._address(address), self._per_address)
        return max(by_pair.retry_seconds, by_address.retry_seconds)

    async def failed(self, address: str, login_id: str) -> None:
        """Count a failed login."""
        await self._fill(address, login_id, 1.0)

    async def take(self, address: str, login_id: str) -> float:
        """Count a try before it is known how it ends, unless it has to wait; return how long, 0 where it need not.

        However many come at once, no more are let in than the limits say.
        """
        pair = self._pair(address, login_id)
        by_pair = await self._limiter.take(_NOBODY, pair, self._per_pair)
        if not by_pair.is_allowed:
            return by_pair.retry_seconds
        by_address = await self._limiter.take(_NOBODY, self._address(address), self._per_address)
        if by_address.is_allowed:
            return 0.0
        await self._limiter.fill(_NOBODY, pair, self._per_pair, -1.0)
        return by_address.retry_seconds

    async def forgive(self, address: str, login_id: str) -> None:
        """Take back one try that was counted before it was known how it would end."""
        await self._fill(address, login_id, -1.0)

    async def _fill(self, address: str, login_id: str, amount: float) -> None:
        await self._limiter.fill(_NOBODY, self._pair(address, login_id), self._per_pair, amount)
        await self._limiter.fill(_NOBODY, self._address(address), self._per_address, amount)

    def _pair(self, address: str, login_id: str) -> str:
        # No tenant has an id as long as that, and a body full of it must not be remembered.
        return f"{self._name} {address}\n{login_id if len(login_id) <= MAX_ID_LENGTH else ''}"

    def _address(self, address: str) -> str:
        return f"{self._name} {address}"


def key_limiter(limiter: RateLimiter, name: str) -> LoginLimiter:
    """Return what counts failed calls with a key: by address alone, because a key that is not good names nobody."""
    return LoginLimiter(limiter, name, per_address_and_id=PER_ADDRESS)
