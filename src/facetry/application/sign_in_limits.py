"""How often somebody may try a password or a code; tries are counted before it is known how they end."""

from __future__ import annotations

import math
from ipaddress import IPv6Address, ip_address, ip_network

from facetry.application.login_limits import LoginLimiter
from facetry.domain.errors import TooManyAttemptsError
from facetry.domain.leaky_bucket import Bucket
from facetry.ports.rate_limiter import RateLimiter

PER_ADDRESS_AND_NAME = Bucket(10, 1 / 30)
PER_ADDRESS = Bucket(100, 1 / 3)
_CUSTOMER_BITS = 64


class SignInLimits:
    """Count tries by address and name, and by address; those that were taken back cost nothing."""

    def __init__(
        self,
        limiter: RateLimiter,
        name: str,
        per_name: Bucket = PER_ADDRESS_AND_NAME,
        per_address: Bucket = PER_ADDRESS,
    ) -> None:
        """Count in buckets that all processes share; those of other names are others."""
        self._limiter = LoginLimiter(limiter, name, per_address_and_id=per_name, per_address=per_address)

    async def count(self, address: str, name: str) -> None:
        """Count a try, so that many at once are no way around the limit.

        Raises:
            TooManyAttemptsError: There were too many.
        """
        wait = await self._limiter.take(network_of(address), name)
        if wait:
            raise TooManyAttemptsError(math.ceil(wait))

    async def take_back(self, address: str, name: str) -> None:
        """Take back a try that turned out to be right."""
        await self._limiter.forgive(network_of(address), name)


def network_of(address: str) -> str:
    """Return the network of one customer of a provider: of IPv6 everybody has 2^64 addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address) or parsed.ipv4_mapped is not None:
        return address
    return str(ip_network((parsed, _CUSTOMER_BITS), strict=False))
