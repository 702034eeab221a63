"""The call that gives out tokens."""

from __future__ import annotations

from facetry.api.catalog.call import Call
from facetry.api.catalog.replies import invalid, private, unprocessable
from facetry.api.catalog.rules import BODY, LOGIN_FIELDS, QUERY, check
from facetry.application.tenants import TOKEN_SECONDS, Tenants
from facetry.http.answer import Answer, json_answer
from facetry.http.bodies import Fields
from facetry.http.tokens import Tokens

ACCESS = "Access with valid credentials! Please include the token in the header of your subsequent API calls ..."
NO_ACCESS = "Invalid credentials or login attempt with valid credentials by an inactive customer!"


class Login:
    """Handles logins; nothing of one may be stored by a cache."""

    def __init__(self, tenants: Tenants, tokens: Tokens) -> None:
        """Let tenants in."""
        self._tenants = tenants
        self._tokens = tokens

    async def get(self, call: Call) -> Answer:
        """Log in with the parameters of the query string."""
        return private(await self._login(call.query(), QUERY))

    async def post(self, call: Call) -> Answer:
        """Log in with the fields of a body."""
        return private(await self._login(await call.fields(), BODY))

    async def _login(self, fields: Fields, location: str) -> Answer:
        values, errors = check(LOGIN_FIELDS, fields, location)
        if errors:
            return unprocessable(errors)
        tenant = await self._tenants.login(str(values["tenant"]), str(values["api_key"]))
        if tenant is None:
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
