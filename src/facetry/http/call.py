"""One call, as the handlers of a surface that routes by itself see it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from facetry.domain.errors import MalformedBodyError
from facetry.http.asgi import Receive, Scope, headers_of
from facetry.http.bodies import decode_pairs
from facetry.http.body import Unread, body_pieces
from facetry.http.exchange import SCOPE_KEY, Exchange, Session


class Call:
    """A call whose route is known.

    Attributes:
        exchange: The request that it is.
        method: Its HTTP method; a HEAD is handled as the GET that it is.
        path: The path that was matched, raw.
    """

    def __init__(self, scope: Scope, receive: Receive, path: str) -> None:
        """Read a request of this raw path."""
        self.exchange: Exchange = scope[SCOPE_KEY]
        self.method: str = "GET" if scope["method"] == "HEAD" else scope["method"]
        self.path = path
        self._scope = scope
        self._receive = receive

    @property
    def session(self) -> Session:
        """Who calls; only for routes that ask who it is."""
        session = self.exchange.session
        assert session is not None  # noqa: S101 - the router has checked the credentials before
        return session

    @property
    def is_head(self) -> bool:
        """Return whether the body of the answer is not wanted."""
        return bool(self._scope["method"] == "HEAD")

    @property
    def target(self) -> str:
        """Return path and query string as sent."""
        return f"{self.path}?{self._scope['query_string'].decode('latin-1')}"

    def header(self, name: bytes) -> str | None:
        """Return the header of this lower-case name."""
        value = headers_of(self._scope).get(name)
        return None if value is None else value.decode("latin-1")

    def parameters(self) -> list[tuple[str, str]]:
        """Return names and values of the query string, in order.

        Raises:
            MalformedBodyError: It is not UTF-8, or has too many.
        """
        try:
            return decode_pairs(self._scope["query_string"].decode())
        except UnicodeDecodeError as error:
            raise MalformedBodyError("the query string is not valid utf-8") from error

    def pieces(self) -> AsyncIterator[bytes | Unread]:
        """Yield the body of a path that is handed on unread, see ``body_pieces``; once."""
        return body_pieces(self._receive)

    async def body(self) -> bytes:
        """Return the whole body; once."""
        # The gate has read it, under its limit, and gives it in one message.
        body: bytes = (await self._receive())["body"]
        return body

    async def gone(self) -> None:
        """Return when the client has left; only for calls whose body is read, or that have none."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
