"""Who may come in: a caller's token or key, and how often an address may try one that is not good."""

from __future__ import annotations

import math

from facetry.application.login_limits import LoginLimiter
from facetry.domain.errors import NotAuthenticatedError, TooManyAttemptsError
from facetry.http.exchange import Session
from facetry.http.keys import Keys
from facetry.http.passage import AUTHORIZATION, TOKEN_HEADER
from facetry.http.tokens import Tokens
from facetry.ports.clock import Clock
from facetry.ports.key_usage import KeyUsage

_SCHEME = "bearer"


class Admission:
    """Tell whose a request is by what it carries: a key or token as bearer, or a token in its own header."""

    def __init__(self, tokens: Tokens, keys: Keys, clock: Clock, usage: KeyUsage, limiter: LoginLimiter) -> None:
        """Ask tokens and keys who a caller is; ``usage`` hears of every call with an access key."""
        self._tokens = tokens
        self._keys = keys
        self._clock = clock
        self._usage = usage
        self._limiter = limiter

    async def session(self, headers: dict[bytes, bytes], address: str, looked: str = "") -> Session:
        """Return who asks.

        Args:
            headers: The request's, by lower-case name.
            address: The client's, whose failures are counted; a key that was good before is let in all the same.
            looked: See ``Exchange.looked``.

        Raises:
            NotAuthenticatedError: Nothing that says who asks is there, or it is not good.
            TooManyAttemptsError: The address has tried too often.
        """
        session = await self._recognised(_credential(headers), address, looked)
        if session.key_id:
            self._usage.used(session.tenant, session.key_id, self._clock.now())
        return session

    async def _recognised(self, credential: str, address: str, looked: str) -> Session:
        known = await self._tokens.session(credential, looked) or await self._keys.known(credential, looked)
        if known is not None:
            return known
        wait_seconds = math.ceil(await self._limiter.wait_seconds(address, ""))
        if wait_seconds:
            raise TooManyAttemptsError(wait_seconds)
        session = await self._keys.session(credential, looked)
        if session is None:
            await self._limiter.failed(address, "")
            raise NotAuthenticatedError("the key or token is not valid, or not any more")
        return session


def _credential(headers: dict[bytes, bytes]) -> str:
    """Return the key or token of a request; a token in its own header counts before whatever stands beside it.

    Raises:
        NotAuthenticatedError: There is none.
    """
    credential = headers.get(TOKEN_HEADER, b"").decode("latin-1")
    if not credential:
        scheme, _, rest = headers.get(AUTHORIZATION, b"").decode("latin-1").partition(" ")
        credential = rest.strip() if scheme.lower() == _SCHEME else ""
    if not credential:
        raise NotAuthenticatedError("there is no key; send one as Authorization: Bearer KEY")
    return credential
