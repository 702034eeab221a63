"""What was verified of callers: tokens and keys, each with whose it is, remembered until their tenant changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from facetry.application.tenants import Tenants
from facetry.domain.change import Delta
from facetry.domain.errors import TenantNotFoundError
from facetry.domain.tenant import Tenant
from facetry.http.exchange import Session
from facetry.ports.clock import Clock

MAX_VERIFIED = 20_000


class Verified:
    """A token or key that was verified, and the state of its tenant that it was verified against."""

    __slots__ = ("expires", "is_of", "mark", "record_version", "session")

    def __init__(self, session: Session, record_version: int, mark: object, is_of: Callable[[Tenant], object]) -> None:
        """Remember a session.

        Args:
            session: Whose it is.
            record_version: The version of the tenant's record.
            mark: The store's mark of the tenant before that was read.
            is_of: Tells whether it belongs to a record. A tenant that was deleted and made anew may have the same
                version, but it has keys of its own.
        """
        self.session = session
        self.expires = session.expires
        self.record_version = record_version
        self.mark = mark
        self.is_of = is_of


class VerifiedTokens:
    """Tokens and keys verified before, bounded; told by the relay when a tenant's record changed."""

    def __init__(
        self, clock: Clock, limit: int = MAX_VERIFIED, ask: Callable[[str], Awaitable[None]] | None = None
    ) -> None:
        """Begin empty.

        Args:
            clock: When a token ends.
            limit: How many are remembered at most.
            ask: The store's ``look``, where it ``looks``; None where its marks are always true.
        """
        self._now = clock.now
        self._ask = ask
        self._limit = limit
        self._by_token: dict[bytes, Verified] = {}
        self._verified_by = self._by_token.get
        self._by_tenant: dict[str, set[bytes]] = {}

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._by_token)

    def peek(self, token: bytes) -> Session | None:
        """Return whose this is if that is known and its time is not over.

        Holds only while nothing changed at the tenant since the relay was last settled: ask that too.
        """
        verified = self._verified_by(token)
        return verified.session if verified is not None and self._now() < verified.expires else None

    def changed(self, tenant: str, delta: Delta) -> None:
        """Do nothing: a change of the catalog ends no token."""

    def forget(self, tenant: str) -> None:
        """Drop what is a tenant's, to be verified anew."""
        for token in self._by_tenant.pop(tenant, ()):
            self._by_token.pop(token, None)

    def remember(self, token: bytes, verified: Verified) -> None:
        """Keep one; the oldest makes room."""
        if len(self._by_token) >= self._limit:
            self.drop(next(iter(self._by_token)))
        self._by_token[token] = verified
        self._by_tenant.setdefault(verified.session.tenant, set()).add(token)

    def drop(self, token: bytes) -> None:
        """Forget one; harmless where it is unknown."""
        verified = self._by_token.pop(token, None)
        if verified is None:
            return
        tokens = self._by_tenant.get(verified.session.tenant, set())
        tokens.discard(token)
        if not tokens:
            self._by_tenant.pop(verified.session.tenant, None)

    async def look(self, tenant: str) -> None:
        """Learn what was done to a tenant on other machines; for a caller who was not known when the request came."""
        if self._ask is not None:
            await self._ask(tenant)

    async def current(
        self, token: bytes, tenants: Tenants, mark: Callable[[str], object], looked: str = ""
    ) -> Session | None:
        """Return whose this is if it is remembered and its tenant is as it was; else forget it and return None.

        Args:
            token: What the caller sent.
            tenants: Tell how a tenant is now.
            mark: The store's.
            looked: The tenant that was looked at for this request already.
        """
        known = self._by_token.get(token)
        if known is not None and self._ask is not None and known.session.tenant != looked:
            await self._ask(known.session.tenant)
        if known is not None and await _is_current(known, tenants, mark):
            return self.peek(token)
        self.drop(token)
        return None


async def _is_current(known: Verified, tenants: Tenants, mark_of: Callable[[str], object]) -> bool:
    """Return whether a tenant is as it was when its token or key was verified."""
    tenant = known.session.tenant
    mark = mark_of(tenant)
    if mark == known.mark:
        return True
    try:
        record = await tenants.get(tenant)
    except TenantNotFoundError:
        return False
    if record.version != known.record_version or not known.is_of(record):
        return False
    known.mark = mark
    return True
