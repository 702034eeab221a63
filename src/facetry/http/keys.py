"""Keys of tenants as bearer credentials: looked up once by their digest, and remembered."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from facetry.application.tenants import Tenants, kind_of
from facetry.domain.tenant import KeyKind, Tenant
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

    async def known(self, key: str) -> Session | None:
        """Return whose key this is if that was told before and is still true; costs no guess at an unknown one."""
        return await self._verified.current(BEARER + _bytes(key), self._tenants, self._mark)

    async def session(self, key: str) -> Session | None:
        """Return whose key this is, as the tenant is now, or None for any that is not good.

        Every key that is not good takes the same steps: one digest and one look into the store's index.
        """
        known = await self.known(key)
        if known is not None or not key or len(key) > MAX_KEY_LENGTH:
            return known
        found = await self._tenants.by_key(key)
        if found is None:
            return None
        tenant, kind = found
        session = _session(tenant, kind)
        # The mark is taken before the record is read once more: a change in between cannot go unseen.
        mark = self._mark(tenant.id)
        if await self._tenants.by_key(key) != found:
            return await self.session(key)
        is_of = partial(kind_of, digest=self._tenants.digest(key))
        self._verified.remember(BEARER + _bytes(key), Verified(session, tenant.version, mark, is_of))
        return session


def _session(tenant: Tenant, kind: KeyKind) -> Session:
    return Session(
        tenant=tenant.id,
        name=tenant.name,
        label=tenant.label,
        settings=tenant.settings,
        expires=math.inf,
        version=tenant.version,
        credential=Credential.SEARCH_KEY if kind is KeyKind.SEARCH else Credential.KEY,
    )


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")
