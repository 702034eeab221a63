"""Who may call the Client API: an access key, what it may do, and how often an address may try one that is not good."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from facetry.application.login_limits import LoginLimiter
from facetry.application.tenants import Tenants, access_key_of
from facetry.domain.errors import NotAuthenticatedError, NotPermittedError, TooManyAttemptsError
from facetry.domain.tenant import AccessKey
from facetry.http.exchange import Session
from facetry.http.keys import MAX_KEY_LENGTH, access_key_session
from facetry.http.verified import Verified, VerifiedTokens
from facetry.ports.clock import Clock
from facetry.ports.key_usage import KeyUsage

# No header can hold a line break, so nothing that a request carries elsewhere is taken for one of these.
_PREFIX = b"\naccess "


class ClientAdmission:
    """Tell whose an access key is and what it may do."""

    def __init__(
        self,
        tenants: Tenants,
        verified: VerifiedTokens,
        mark: Callable[[str], object],
        clock: Clock,
        usage: KeyUsage,
        limiter: LoginLimiter,
    ) -> None:
        """Work for these tenants; ``verified`` and ``mark`` are those of ``Tokens``, ``usage`` hears of every call."""
        self._tenants = tenants
        self._verified = verified
        self._mark = mark
        self._clock = clock
        self._usage = usage
        self._limiter = limiter

    async def session(self, key: str, address: str, looked: str = "") -> Session:
        """Return who calls.

        Args:
            key: The access key as sent; empty where none was.
            address: The client's, whose failures are counted; a key that was good before is let in all the same.
            looked: See ``Exchange.looked``.

        Raises:
            NotAuthenticatedError: The key is missing, unknown or expired.
            TooManyAttemptsError: The address has tried too often.
            NotPermittedError: The key or its tenant is disabled.
        """
        session = await self._recognised(key, address, looked)
        self._usage.used(session.tenant, session.key_id, self._clock.now())
        return session

    async def _recognised(self, key: str, address: str, looked: str) -> Session:
        if not key:
            raise NotAuthenticatedError("no access key; send one as auth, or as Authorization: Bearer KEY")
        remembered = _PREFIX + key.encode("utf-8", "surrogatepass")
        known = await self._verified.current(remembered, self._tenants, self._mark, looked)
        if known is not None:
            return known
        wait_seconds = math.ceil(await self._limiter.wait_seconds(address, ""))
        if wait_seconds:
            raise TooManyAttemptsError(wait_seconds)
        return await self._looked_up(key, address, remembered)

    async def _looked_up(self, key: str, address: str, remembered: bytes) -> Session:
        """Return who calls with a key that is not remembered; every unknown one takes the same steps."""
        found = await self._tenants.by_access_key(key) if len(key) <= MAX_KEY_LENGTH else None
        if found is None or not self._is_alive(found[1]):
            await self._limiter.failed(address, "")
            raise NotAuthenticatedError("the access key is not valid, or not any more")
        tenant, access_key = found
        if not tenant.active:
            raise NotPermittedError("the account is not active")
        if access_key.disabled:
            raise NotPermittedError("the access key is disabled")
        await self._verified.look(tenant.id)
        # The mark is taken before the record is read once more: a change in between cannot go unseen.
        mark = self._mark(tenant.id)
        if await self._tenants.by_access_key(key) != found:
            return await self._looked_up(key, address, remembered)
        session = access_key_session(tenant, access_key)
        is_of = partial(access_key_of, digest=access_key.digest)
        self._verified.remember(remembered, Verified(session, tenant.version, mark, is_of))
        return session

    def _is_alive(self, key: AccessKey) -> bool:
        return key.expires is None or self._clock.now() < key.expires
