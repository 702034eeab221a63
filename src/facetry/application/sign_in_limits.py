"""How often somebody may try a password or a code; tries are counted before it is known how they end."""

from __future__ import annotations

import math
from ipaddress import IPv6Address, ip_address, ip_network

from facetry.application.login_limits import Allowance, LoginLimiter
from facetry.domain.errors import TooManyAttemptsError
from facetry.ports.clock import Clock

PER_ADDRESS_AND_NAME = Allowance(10, 1 / 30)
PER_ADDRESS = Allowance(100, 1 / 3)
_CUSTOMER_BITS = 64


class SignInLimits:
    """Count tries by address and name, and by address; those that were taken back cost nothing."""

    def __init__(
        self, clock: Clock, per_name: Allowance = PER_ADDRESS_AND_NAME, per_address: Allowance = PER_ADDRESS
    ) -> None:
        """Begin without any."""
        self._limiter = LoginLimiter(clock, per_address_and_id=per_name, per_address=per_address)

    def count(self, address: str, name: str) -> None:
        """Count a try, so that many at once are no way around the limit.

        Raises:
            TooManyAttemptsError: There were too many.
        """
        network = network_of(address)
        wait = self._limiter.wait_seconds(network, name)
        if wait:
            raise TooManyAttemptsError(math.ceil(wait))
        self._limiter.failed(network, name)

    def take_back(self, address: str, name: str) -> None:
        """Take back a try that turned out to be right."""
        self._limiter.forgive(network_of(address), name)


def network_of(address: str) -> str:
    """Return the network of one customer of a provider: of IPv6 everybody has 2^64 addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address) or parsed.ipv4_mapped is not None:
        return address
    return str(ip_network((parsed, _CUSTOMER_BITS), strict=False))
