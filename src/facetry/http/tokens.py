"""Tokens of tenants: JSON web tokens, signed with HS256, verified once and remembered."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from facetry.application.tenants import TOKEN_SECONDS, Tenants
from facetry.domain.change import Delta
from facetry.domain.errors import TenantNotFoundError
from facetry.domain.tenant import Tenant
from facetry.http.exchange import Session
from facetry.ports.clock import Clock

ALGORITHM = "HS256"
MAX_TOKEN_BYTES = 2048
"""Ours have less than 500; a longer text is not worth decoding."""
MAX_VERIFIED = 20_000
_SEGMENTS = 3


class _Header(msgspec.Struct):
    alg: str
    kid: str


class _Claims(msgspec.Struct):
    tenant: str
    version: int
    iat: int
    exp: int


class _Verified:
    """A token that was verified, and the state of its tenant that it was verified against."""

    __slots__ = ("expires", "kid", "mark", "record_version", "session")

    def __init__(self, session: Session, kid: str, record_version: int, mark: object) -> None:
        self.session = session
        self.expires = session.expires
        self.kid = kid
        self.record_version = record_version
        self.mark = mark


class VerifiedTokens:
    """Tokens verified before, bounded; told by the relay when a tenant's record changed."""

    def __init__(self, clock: Clock, limit: int = MAX_VERIFIED) -> None:
        """Begin empty."""
        self._now = clock.now
        self._limit = limit
        self._by_token: dict[bytes, _Verified] = {}
        self._by_tenant: dict[str, set[bytes]] = {}

    def __len__(self) -> int:
        """Return how many tokens are remembered."""
        return len(self._by_token)

    def peek(self, token: bytes) -> Session | None:
        """Return whose token this is if that is known and its time is not over.

        Holds only while nothing changed at the tenant since the relay was last settled: ask that too.
        """
        verified = self._by_token.get(token)
        return verified.session if verified is not None and self._now() < verified.expires else None

    def changed(self, tenant: str, delta: Delta) -> None:
        """Do nothing: a change of the catalog ends no token."""

    def forget(self, tenant: str) -> None:
        """Drop the tokens of a tenant, to be verified anew."""
        for token in self._by_tenant.pop(tenant, ()):
            self._by_token.pop(token, None)

    def find(self, token: bytes) -> _Verified | None:
        """Return what is remembered of a token, ended or not."""
        return self._by_token.get(token)

    def remember(self, token: bytes, verified: _Verified) -> None:
        """Keep a token; the oldest makes room."""
        if len(self._by_token) >= self._limit:
            self.drop(next(iter(self._by_token)))
        self._by_token[token] = verified
        self._by_tenant.setdefault(verified.session.tenant, set()).add(token)

    def drop(self, token: bytes) -> None:
        """Forget one token; harmless where it is unknown."""
        verified = self._by_token.pop(token, None)
        if verified is None:
            return
        tokens = self._by_tenant.get(verified.session.tenant, set())
        tokens.discard(token)
        if not tokens:
            self._by_tenant.pop(verified.session.tenant, None)


class Tokens:
    """Issue tokens and tell whose they are."""

    def __init__(self, tenants: Tenants, clock: Clock, verified: VerifiedTokens, mark: Callable[[str], object]) -> None:
        """Work for these tenants.

        Args:
            tenants: Holds the keys that sign and verify.
            clock: When a token ends.
            verified: Where verified tokens are remembered.
            mark: The store's: equal values prove that a tenant did not change between them.
        """
        self._tenants = tenants
        self._clock = clock
        self._verified = verified
        self._mark = mark

    def issue(self, tenant: Tenant) -> str:
        """Return a new token of a tenant, good for a day."""
        secret = self._tenants.signing_secret(tenant)
        issued = int(self._clock.now())
        claims = {"tenant": tenant.id, "version": tenant.token_version, "iat": issued, "exp": issued + TOKEN_SECONDS}
        header = {"alg": ALGORITHM, "kid": secret.kid}
        return jwt.encode(header, claims, OctKey.import_key(secret.secret), algorithms=[ALGORITHM])

    def peek(self, token: bytes) -> Session | None:
        """Return whose token this is if that is known; see ``VerifiedTokens.peek``."""
        return self._verified.peek(token)

    async def session(self, token: str) -> Session | None:
        """Return whose token this is, as the tenant is now, or None for any that is not good."""
        try:
            raw = token.encode("ascii")
        except UnicodeEncodeError:
            return None
        if len(raw) > MAX_TOKEN_BYTES:
            return None
        known = self._verified.find(raw)
        if known is not None and await self._is_current(known):
            return self._verified.peek(raw)
        self._verified.drop(raw)
        return await self._verify(token, raw)

    async def _is_current(self, known: _Verified) -> bool:
        """Return whether a token's tenant is as it was when the token was verified."""
        tenant = known.session.tenant
        mark = self._mark(tenant)
        if mark == known.mark:
            return True
        try:
            record = await self._tenants.get(tenant)
        except TenantNotFoundError:
            return False
        # A tenant that was deleted and made anew may have the same version, but it has keys of its own.
        if record.version != known.record_version or all(key.kid != known.kid for key in record.token_keys):
            return False
        known.mark = mark
        return True

    async def _verify(self, token: str, raw: bytes) -> Session | None:
        header = _header(token)
        if header is None or header.alg != ALGORITHM:
            return None
        found = await self._tenants.verifying_secret(header.kid)
        if found is None:
            return None
        tenant, secret = found
        claims = _claims(token, secret.secret)
        if claims is None or not self._is_good(claims, tenant):
            return None
        session = _session(tenant, claims)
        # The mark is taken before the record is read once more: a change in between cannot go unseen.
        mark = self._mark(tenant.id)
        again = await self._tenants.verifying_secret(header.kid)
        if again is None or again[0].version != tenant.version:
            return await self._verify(token, raw)
        if self._mark(tenant.id) == mark:
            self._verified.remember(raw, _Verified(session, header.kid, tenant.version, mark))
        return session

    def _is_good(self, claims: _Claims, tenant: Tenant) -> bool:
        return (
            tenant.active
            and claims.tenant == tenant.id
            and claims.version == tenant.token_version
            and claims.exp > self._clock.now()
        )


def _session(tenant: Tenant, claims: _Claims) -> Session:
    return Session(
        tenant=tenant.id, name=tenant.name, label=tenant.label, settings=tenant.settings, expires=float(claims.exp)
    )


def _header(token: str) -> _Header | None:
    """Return the header of a token, nothing about it proven; None where it has none that is whole."""
    segments = token.split(".")
    if len(segments) != _SEGMENTS:
        return None
    try:
        text = base64.urlsafe_b64decode(segments[0] + "=" * (-len(segments[0]) % 4))
        return msgspec.json.decode(text, type=_Header)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        return None


def _claims(token: str, secret: bytes) -> _Claims | None:
    """Return the claims of a token that this secret signed, else None."""
    try:
        decoded = jwt.decode(token, OctKey.import_key(secret), algorithms=[ALGORITHM])
        return msgspec.convert(decoded.claims, _Claims)
    except (JoseError, ValueError, TypeError, msgspec.MsgspecError):
        return None
