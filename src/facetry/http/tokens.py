"""Tokens of tenants: JSON web tokens, signed with HS256, verified once and remembered."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import partial

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from facetry.application.tenants import TOKEN_SECONDS, Tenants
from facetry.domain.tenant import Tenant
from facetry.http.exchange import Session
from facetry.http.verified import Verified, VerifiedTokens
from facetry.ports.clock import Clock

ALGORITHM = "HS256"
MAX_TOKEN_BYTES = 2048
"""Ours have less than 500; a longer text is not worth decoding."""
_SEGMENTS = 3


class _Header(msgspec.Struct):
    alg: str
    kid: str


class _Claims(msgspec.Struct):
    tenant: str
    version: int
    iat: int
    exp: int


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

    async def session(self, token: str, looked: str = "") -> Session | None:
        """Return whose token this is, as the tenant is now, or None for any that is not good.

        Args:
            token: What the caller sent.
            looked: See ``Exchange.looked``.
        """
        try:
            raw = token.encode("ascii")
        except UnicodeEncodeError:
            return None
        if len(raw) > MAX_TOKEN_BYTES:
            return None
        known = await self._verified.current(raw, self._tenants, self._mark, looked)
        return known if known is not None else await self._verify(token, raw)

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
        await self._verified.look(tenant.id)
        # The mark is taken before the record is read once more: a change in between cannot go unseen.
        mark = self._mark(tenant.id)
        again = await self._tenants.verifying_secret(header.kid)
        if again is None or again[0].version != tenant.version:
            return await self._verify(token, raw)
        if self._mark(tenant.id) == mark:
            self._verified.remember(raw, Verified(session, tenant.version, mark, partial(_is_signed_by, header.kid)))
        return session

    def _is_good(self, claims: _Claims, tenant: Tenant) -> bool:
        return (
            tenant.active
            and claims.tenant == tenant.id
            and claims.version == tenant.token_version
            and claims.exp > self._clock.now()
        )


def _is_signed_by(kid: str, tenant: Tenant) -> bool:
    return any(key.kid == kid for key in tenant.token_keys)


def _session(tenant: Tenant, claims: _Claims) -> Session:
    return Session(
        tenant=tenant.id,
        name=tenant.name,
        label=tenant.label,
        settings=tenant.settings,
        expires=float(claims.exp),
        version=tenant.version,
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
