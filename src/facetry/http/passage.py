"""One request on its way through the layers before the router."""

from __future__ import annotations

from facetry.application.tenant_places import Place
from facetry.http.answer import Answer
from facetry.http.asgi import Message, Receive, Scope, Send, headers_of
from facetry.http.exchange import Exchange
from facetry.http.finish import finish
from facetry.http.respond import send_reply
from facetry.http.surface import Surface

REQUEST_ID = b"x-request-id"
TOKEN_HEADER = b"x-access-token"
AUTHORIZATION = b"authorization"
ORIGIN = b"origin"
UNMATCHED = "unmatched"
"""Route of requests that no route matches."""
READS = frozenset({"GET", "HEAD"})


def credential_of(headers: dict[bytes, bytes]) -> bytes | None:
    """Return what tells who asks, as verified tokens and keys are remembered."""
    return headers.get(TOKEN_HEADER) or headers.get(AUTHORIZATION)


class Passage:
    """A request, its exchange, and the ``send`` that names the request and notes what was sent.

    Attributes:
        scope: The ASGI scope.
        receive: Where the body comes from.
        exchange: What is known of the request.
        surface: Whose it is.
        headers: Its headers by lower-case name.
        cross_origin: Which pages of other origins may read its answer; None for none.
        place: What it has of its tenant's room until its answer begins; None where it needs none.
    """

    __slots__ = ("_send", "cross_origin", "exchange", "headers", "place", "receive", "scope", "surface")

    def __init__(self, scope: Scope, receive: Receive, send: Send, exchange: Exchange, surface: Surface) -> None:
        """Begin."""
        self.scope = scope
        self.receive = receive
        self.exchange = exchange
        self.surface = surface
        self.headers = headers_of(scope)
        self.cross_origin = surface.cross_origin_of(scope["path"])
        self.place: Place | None = None
        self._send = send

    @property
    def token(self) -> bytes | None:
        """The token or key of a read, None for all others: writes are nobody's but the router's."""
        return credential_of(self.headers) if self.scope["method"] in READS else None

    @property
    def route(self) -> str:
        """The pattern of the route that was found, by the surface or by the framework's router."""
        return self.exchange.route or self.scope.get("path_template") or UNMATCHED

    async def send(self, message: Message) -> None:
        """Send one message."""
        exchange = self.exchange
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            if self.place is not None:
                # A client may take long to read it.
                self.place.leave()
            further = () if self.cross_origin is None else self.cross_origin.headers(self.headers.get(ORIGIN))
            headers = [
                *message.get("headers", ()),
                *further,
                *exchange.headers,
                (REQUEST_ID, exchange.request_id.encode()),
            ]
            await self._send({**message, "headers": headers})
        else:
            exchange.sent += len(message.get("body", b""))
            await self._send(message)

    async def refuse(self, status: int, *further: tuple[bytes, bytes]) -> None:
        """Answer in the surface's form, with further headers, unless another answer has begun."""
        if not self.exchange.status:
            await self.answer(self.surface.refusal(status, self.exchange), *further)

    async def answer(self, answer: Answer, *further: tuple[bytes, bytes]) -> None:
        """Send an answer, with further headers."""
        self.exchange.answer = answer
        await send_reply(self.send, finish(answer, self.scope["method"], self.headers), *further)
