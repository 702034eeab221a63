"""Answers that are sent in parts while they are made."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import msgspec

from facetry.http.answer import Answer, CachePolicy
from facetry.http.asgi import Application, Receive, Scope, Send
from facetry.http.respond import AnswerResponse


class StreamAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer whose body is not known when it begins; it has no entity tag and is not coded.

    Attributes:
        parts: Gives the body, each part sent when it is there, unless it is empty; closed when the client has left.
        media_type: Value of ``content-type``.
        status: HTTP status.
        headers: Further headers, lower-case names.
    """

    parts: AsyncGenerator[bytes, None]
    media_type: str
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


class StreamResponse:
    """Send an answer part by part, no faster than the client takes them."""

    __slots__ = ("answer",)

    def __init__(self, answer: StreamAnswer) -> None:
        """Wrap an answer."""
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the interface
        """Send it; where only the headers are asked for, nothing else is made."""
        answer = self.answer
        headers = [
            (b"content-type", answer.media_type.encode()),
            (b"cache-control", CachePolicy.NO_STORE.value.encode()),
            # Proxies that collect an answer before they pass it on would hold it back until its end.
            (b"x-accel-buffering", b"no"),
            *answer.headers,
        ]
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            if scope["method"] != "HEAD":
                await _send_parts(answer, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await answer.parts.aclose()


async def _send_parts(answer: StreamAnswer, send: Send) -> None:
    async for part in answer.parts:
        if part:
            await send({"type": "http.response.body", "body": part, "more_body": True})


def response_to(answer: Answer | StreamAnswer) -> Application:
    """Return what sends an answer."""
    return StreamResponse(answer).__call__ if isinstance(answer, StreamAnswer) else AnswerResponse(answer).__call__
