"""Bodies of requests, read under a limit before anything is done with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from enum import Enum

from facetry.http.asgi import Message, Receive

MOST_DISCARDED = 32 << 20
DISCARD_SECONDS = 5.0
"""Whoever sends more than this, or longer, after a refusal is cut off."""
BODY_SECONDS = 60.0
"""How long a body may take; whoever dribbles one would otherwise occupy one of the requests that are taken at once."""
PIECE_SECONDS = 60.0
"""How long the next piece of a body may take that is read as it arrives."""
BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})
_GZIP = frozenset({b"gzip", b"x-gzip"})
_PACKINGS = _GZIP | {b"br", b"compress", b"x-compress", b"deflate", b"zstd"}


class Unread(Enum):
    """Why there is no body."""

    TOO_LARGE = "too large"
    TOO_SLOW = "too slow"
    GONE = "the client left"


def declared_length(headers: dict[bytes, bytes]) -> int:
    """Return the length that a request says its body has; 0 where it says nothing that can be read."""
    length = headers.get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


def is_packed(headers: dict[bytes, bytes], *, beyond_gzip: bool = False) -> bool:
    """Return whether a request says that its body is compressed, or with ``beyond_gzip`` in another way than that.

    Other words, such as ``utf-8``, are often sent by mistake, and change nothing.
    """
    codings = headers.get(b"content-encoding")
    if codings is None:
        return False
    named = {coding.strip() for coding in codings.lower().split(b",")} & _PACKINGS
    return bool(named - _GZIP if beyond_gzip else named)


async def read_body(receive: Receive, limit: int, seconds: float = BODY_SECONDS, declared: int = 0) -> bytes | Unread:
    """Return a request's body, or why there is none; reads not much more than ``limit`` bytes, for so long at most.

    Where its length was declared, nobody waits for word that it ends there.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, limit, declared)
    except TimeoutError:
        return Unread.TOO_SLOW


async def _read(receive: Receive, limit: int, declared: int) -> bytes | Unread:
    chunks: list[bytes] = []
    total = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return Unread.GONE
        chunk = message.get("body", b"")
        total += len(chunk)
        if total > limit:
            return Unread.TOO_LARGE
        chunks.append(chunk)
        if not message.get("more_body", False) or total == declared > 0:
            return b"".join(chunks)


async def discard_body(receive: Receive, limit: int = MOST_DISCARDED, seconds: float = DISCARD_SECONDS) -> None:
    """Read what is left of a body that was refused, up to ``limit`` bytes and for so long at most.

    The refusal is sent before, for those who look at it while they send, or wait for it before they begin. A client
    that does neither would see its connection break, and never the answer that says why.
    """
    total = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while total <= limit:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
                total += len(message.get("body", b""))


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives the body read before, and then whatever the server says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again


class OpenBody:
    """A ``receive`` for a body that is handed on unread, to be read piece by piece by who answers.

    Attributes:
        is_over: Whether nothing more of it comes.
    """

    def __init__(self, receive: Receive) -> None:
        """Hand on what this gives."""
        self.is_over = False
        self._receive = receive

    async def __call__(self) -> Message:
        """Return what the server says next."""
        message = await self._receive()
        self.is_over = message["type"] != "http.request" or not message.get("more_body", False)
        return message


async def body_pieces(receive: Receive, seconds: float = PIECE_SECONDS) -> AsyncIterator[bytes | Unread]:
    """Yield a body as it arrives, and at its end why the rest is missing, if it is.

    Args:
        receive: Where it comes from.
        seconds: How long each piece may take.
    """
    is_whole = False
    while not is_whole:
        try:
            async with asyncio.timeout(seconds):
                message = await receive()
        except TimeoutError:
            yield Unread.TOO_SLOW
            return
        if message["type"] != "http.request":
            yield Unread.GONE
            return
        is_whole = not message.get("more_body", False)
        yield message.get("body", b"")
