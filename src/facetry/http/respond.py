"""An answer as an ASGI application, which is what a handler of the framework may return."""

from __future__ import annotations

from typing import Any

from facetry.http.answer import Answer
from facetry.http.asgi import Receive, Scope, Send, headers_of
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.finish import Prepared, Reply, ready_variant


class AnswerResponse:
    """Send an answer as the request's conditions want it, and note it on the exchange.

    Handlers return it and say so in their annotation; the framework calls it with the request.
    """

    __slots__ = ("answer",)

    def __init__(self, answer: Answer) -> None:
        """Wrap an answer."""
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the interface
        """Send it."""
        method = scope["method"]
        prepared = Prepared(self.answer, reads=method in {"GET", "HEAD"})
        exchange: Exchange | None = scope.get(SCOPE_KEY)
        if exchange is not None:
            exchange.answer = self.answer
            exchange.prepared = prepared
        headers = headers_of(scope)
        variant = await ready_variant(prepared, prepared.coding(headers.get(b"accept-encoding")))
        await send_reply(send, variant.reply(method, headers.get(b"if-none-match")))


async def send_reply(send: Send, reply: Reply, *further: tuple[bytes, bytes]) -> None:
    """Send a reply with further headers at its end."""
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": reply.status,
        "headers": [*reply.headers, *further],
    }
    await send(start)
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})
