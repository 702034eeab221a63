"""How a request arrived: over HTTPS or not, as seen by this server or told by a proxy that it trusts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from facetry.domain.errors import InvalidValueError
from facetry.domain.tenant import HttpsRule
from facetry.http.asgi import Scope

FORWARDING_HEADERS = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"}
)
_PROTO = re.compile(r'(?:^|;)\s*proto\s*=\s*"?([a-z]+)"?\s*(?:;|$)', re.IGNORECASE)
_STRICTNESS = {HttpsRule.NEVER: 0, HttpsRule.AUTO: 1, HttpsRule.ALWAYS: 2}

Network = IPv4Network | IPv6Network


def networks(names: Sequence[str]) -> tuple[Network, ...]:
    """Return addresses and networks as networks.

    Raises:
        InvalidValueError: One is neither.
    """
    return tuple(_network(name) for name in names)


class Transport:
    """The rule of a server about HTTPS.

    Under ``auto`` a caller on this machine is exempt, unless a proxy on it passed the call on.
    """

    def __init__(self, rule: HttpsRule, trusted_proxies: Sequence[str]) -> None:
        """Keep a rule.

        Args:
            rule: Which calls must come over HTTPS.
            trusted_proxies: Addresses and networks of proxies that are believed what they say of a call.

        Raises:
            InvalidValueError: One of them is neither.
        """
        self._rule = rule
        self._trusted = networks(trusted_proxies)

    def allows(self, scope: Scope, own: HttpsRule = HttpsRule.NEVER) -> bool:
        """Return whether a request may be answered; ``own`` is the tenant's rule, which can only be stricter."""
        rule = max(self._rule, own, key=_STRICTNESS.__getitem__)
        if rule is HttpsRule.NEVER or scope.get("scheme") == "https":
            return True
        told = [(name, value) for name, value in scope["headers"] if name in FORWARDING_HEADERS]
        peer = _address(scope)
        if peer is None:
            return False
        if rule is HttpsRule.AUTO and not told and peer.is_loopback:
            return True
        return self._trusts(peer) and _came_by_https(told)

    def is_secure(self, scope: Scope) -> bool:
        """Return whether a request came over HTTPS, whatever the rule."""
        return self.allows(scope, HttpsRule.ALWAYS)

    def address(self, scope: Scope) -> str:
        """Return whose failures count: of a call that trusted proxies passed on, the last hop that is none of them."""
        client = scope.get("client")
        peer = _address(scope)
        if peer is None or not self._trusts(peer):
            return client[0] if client else ""
        told = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        # What a client itself sends stands before what the proxies add, so the last ones are looked at first.
        for hop in reversed(",".join(told).split(",")):
            found = _parsed(hop.strip())
            if found is None:
                break
            if not self._trusts(found):
                return str(found)
        return str(peer)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


def _came_by_https(told: Sequence[tuple[bytes, bytes]]) -> bool:
    """Return whether all that proxies say of the first hop is that it was HTTPS, and something is said."""
    said = [_first(value).lower() for name, value in told if name == b"x-forwarded-proto"]
    forwarded = [_first(value) for name, value in told if name == b"forwarded"]
    said += [match[1].lower() for hop in forwarded if (match := _PROTO.search(hop))]
    return bool(said) and all(proto == "https" for proto in said)


def _first(value: bytes) -> str:
    return value.decode("latin-1").partition(",")[0].strip()


def _address(scope: Scope) -> IPv4Address | IPv6Address | None:
    client = scope.get("client")
    return _parsed(client[0]) if client else None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(name: str) -> Network:
    try:
        return ip_network(name.strip())
    except ValueError as error:
        raise InvalidValueError("trusted_proxies", f"must be addresses or networks, {name!a} is none") from error
