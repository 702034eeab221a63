"""One call of v1, as its handlers see it."""

from __future__ import annotations

from facetry.domain.errors import MalformedBodyError
from facetry.http.asgi import Receive, Scope, headers_of
from facetry.http.bodies import Fields, decode_fields, decode_pairs, listed
from facetry.http.exchange import SCOPE_KEY, Exchange, Session


class Call:
    """A call whose route is known.

    Attributes:
        exchange: The request that it is.
        method: Its HTTP method; a HEAD is handled as the GET that it is.
        path: The path that was matched, raw.
        name: The SKU or group id that the path ends in, decoded; empty for a route without one.
    """

    def __init__(self, scope: Scope, receive: Receive, path: str) -> None:
        """Read a request of this raw path."""
        self.exchange: Exchange = scope[SCOPE_KEY]
        self.method: str = "GET" if scope["method"] == "HEAD" else scope["method"]
        self.path = path
        self.name = ""
        self._scope = scope
        self._receive = receive

    @property
    def session(self) -> Session:
        """Who calls; only for routes that ask for a token."""
        session = self.exchange.session
        assert session is not None  # noqa: S101 - the router has checked the token before
        return session

    @property
    def cache_key(self) -> str:
        """What an answer to this call is kept under: path and query string as sent."""
        return f"{self.path}?{self._scope['query_string'].decode('latin-1')}"

    def header(self, name: bytes) -> str | None:
        """Return the header of this lower-case name."""
        value = headers_of(self._scope).get(name)
        return None if value is None else value.decode("latin-1")

    def query(self) -> Fields:
        """Return the parameters of the query string; one that is repeated is a list.

        Raises:
            MalformedBodyError: It is not UTF-8.
        """
        try:
            return listed(decode_pairs(self._scope["query_string"].decode()))
        except UnicodeDecodeError as error:
            raise MalformedBodyError("the query string is not valid utf-8") from error

    async def fields(self) -> Fields:
        """Return the raw fields of the body.

        Raises:
            MalformedBodyError: It cannot be read.
        """
        # The gate has read the whole body, under its limit, and gives it in one message.
        message = await self._receive()
        return decode_fields(self.header(b"content-type"), message["body"])
