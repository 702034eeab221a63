"""The call that gives out tokens."""

from __future__ import annotations

import math

import msgspec

from facetry.api.catalog.call import Call
from facetry.api.catalog.replies import failure, invalid, private, unprocessable
from facetry.api.catalog.rules import BODY, LOGIN_FIELDS, QUERY, check
from facetry.application.login_limits import LoginLimiter
from facetry.application.tenants import TOKEN_SECONDS, Tenants
from facetry.http.answer import Answer, json_answer
from facetry.http.bodies import Fields
from facetry.http.exchange import Exchange
from facetry.http.tokens import Tokens

ACCESS = "Access with valid credentials! Please include the token in the header of your subsequent API calls ..."
NO_ACCESS = "Invalid credentials or login attempt with valid credentials by an inactive customer!"


class Login:
    """Handles logins; nothing of one may be stored by a cache."""

    def __init__(self, tenants: Tenants, tokens: Tokens, limiter: LoginLimiter) -> None:
        """Let tenants in, but nobody who fails too often."""
        self._tenants = tenants
        self._tokens = tokens
        self._limiter = limiter

    async def get(self, call: Call) -> Answer:
        """Log in with the parameters of the query string."""
        return private(await self._login(call.exchange, call.query(), QUERY))

    async def post(self, call: Call) -> Answer:
        """Log in with the fields of a body."""
        return private(await self._login(call.exchange, await call.fields(), BODY))

    async def _login(self, exchange: Exchange, fields: Fields, location: str) -> Answer:
        values, errors = check(LOGIN_FIELDS, fields, location)
        if errors:
            return unprocessable(errors)
        tenant_id = str(values["tenant"])
        wait_seconds = math.ceil(await self._limiter.wait_seconds(exchange.peer, tenant_id))
        if wait_seconds:
            return _too_often(wait_seconds, exchange.request_id)
        tenant = await self._tenants.login(tenant_id, str(values["api_key"]))
        if tenant is None:
            await self._limiter.failed(exchange.peer, tenant_id)
            return invalid(NO_ACCESS)
        return json_answer(
            {
                "token": self._tokens.issue(tenant),
                "validFor": TOKEN_SECONDS,
                "success": True,
                "code": "OK",
                "message": ACCESS,
            }
        )


def _too_often(wait_seconds: int, request_id: str) -> Answer:
    message = f"Too many failed logins, please try again in {wait_seconds} s"
    answer = failure(429, "INVALID", message, request_id)
    return msgspec.structs.replace(answer, headers=((b"retry-after", b"%d" % wait_seconds),))
