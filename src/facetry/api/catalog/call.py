"""One call of v1, as its handlers see it."""

from __future__ import annotations

from facetry.http import call
from facetry.http.asgi import Receive, Scope
from facetry.http.bodies import Fields, decode_fields, listed


class Call(call.Call):
    """A call whose route is known.

    Attributes:
        names: What the path names, decoded: a SKU, a group id, an order and its status.
    """

    def __init__(self, scope: Scope, receive: Receive, path: str) -> None:
        """Read a request of this raw path."""
        super().__init__(scope, receive, path)
        self.names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The first of the names; empty for a route without one."""
        return self.names[0] if self.names else ""

    @property
    def cache_key(self) -> str:
        """What an answer to this call is kept under."""
        return self.target

    def query(self) -> Fields:
        """Return the parameters of the query string; one that is repeated is a list.

        Raises:
            MalformedBodyError: It is not UTF-8.
        """
        return listed(self.parameters())

    async def fields(self) -> Fields:
        """Return the raw fields of the body.

        Raises:
            MalformedBodyError: It cannot be read.
        """
        return decode_fields(self.header(b"content-type"), await self.body())
