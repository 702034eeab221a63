"""Keys of tenants as bearer credentials: looked up once by their digest, and remembered."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from facetry.application.tenants import FoundKey, Tenants, found_key
from facetry.domain.tenant import AccessKey, KeyKind, Scope, Tenant
from facetry.http.exchange import Credential, Session
from facetry.http.verified import Verified, VerifiedTokens

BEARER = b"Bearer "
MAX_KEY_LENGTH = 1024
"""Ours have 43 characters; a longer text than this is not worth a digest."""


class Keys:
    """Tell whose a key is and what it may do."""

    def __init__(self, tenants: Tenants, verified: VerifiedTokens, mark: Callable[[str], object]) -> None:
        """Work for these tenants; ``verified`` and ``mark`` are those of ``Tokens``."""
        self._tenants = tenants
        self._verified = verified
        self._mark = mark

    async def known(self, key: str, looked: str = "") -> Session | None:
        """Return whose key this is if that was told before and is still true; costs no guess at an unknown one.

        Args:
            key: What the caller sent.
            looked: See ``Exchange.looked``.
        """
        return await self._verified.current(BEARER + _bytes(key), self._tenants, self._mark, looked)

    async def session(self, key: str, looked: str = "") -> Session | None:
        """Return whose key this is, as the tenant is now, or None for any that is not good; see ``known``.

        Every key that is not good takes the same steps: one digest and one look into the store's index.
        """
        known = await self.known(key, looked)
        if known is not None or not key or len(key) > MAX_KEY_LENGTH:
            return known
        found = await self._tenants.by_key(key)
        if found is None:
            return None
        await self._verified.look(found.tenant.id)
        # The mark is taken before the record is read once more: a change in between cannot go unseen.
        mark = self._mark(found.tenant.id)
        if await self._tenants.by_key(key) != found:
            return await self.session(key)
        session = _session(found)
        # When it ends the session knows, so the key only has to be there.
        is_of = partial(found_key, digest=self._tenants.digest(key), now=-math.inf)
        self._verified.remember(BEARER + _bytes(key), Verified(session, found.tenant.version, mark, is_of))
        return session


def access_key_session(tenant: Tenant, key: AccessKey) -> Session:
    """Return the session of who comes with an access key."""
    return Session(
        tenant=tenant.id,
        name=tenant.name,
        label=tenant.label,
        settings=tenant.settings,
        expires=math.inf if key.expires is None else key.expires,
        version=tenant.version,
        credential=Credential.KEY if Scope.READ in key.scopes else Credential.BLIND_KEY,
        scopes=key.scopes,
        key_id=key.id,
    )


def _session(found: FoundKey) -> Session:
    tenant = found.tenant
    if found.access_key is not None:
        return access_key_session(tenant, found.access_key)
    return Session(
        tenant=tenant.id,
        name=tenant.name,
        label=tenant.label,
        settings=tenant.settings,
        expires=math.inf,
        version=tenant.version,
        credential=Credential.SEARCH_KEY if found.kind is KeyKind.SEARCH else Credential.KEY,
    )


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")
