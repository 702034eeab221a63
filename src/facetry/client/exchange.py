"""Requests and answers as values: what is sent, what comes back, and what a call still has to do."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from facetry.client.errors import BrokenAnswerError

T = TypeVar("T")
Headers = Mapping[str, str]
Parameters = Mapping[str, Any]
"""Parameters by name; those that are None or empty are left out, lists are joined by commas."""

JSON, NDJSON = "application/json", "application/x-ndjson"

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Answer(msgspec.Struct, frozen=True):
    """What came back; names of headers are lower case."""

    status: int
    headers: Headers
    body: bytes = b""


class Request(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A request, and how its answer is read.

    Attributes:
        target: Path and query string, percent-encoded.
        body: Bytes, or a file that is sent piece by piece.
        read: Returns what the answer stands for.
        is_repeatable: Whether it may be sent again where nobody knows if it was done.
        wait_seconds: How much longer than usual the answer may take to come.
    """

    method: str
    target: str
    read: Callable[[Answer], T]
    headers: Headers = {}
    body: bytes | Path = b""
    is_repeatable: bool = False
    wait_seconds: float = 0.0


class Send(msgspec.Struct, frozen=True):
    """Asks whoever drives a flow to send a request; gets an ``Answer``, or has a ``NoAnswerError`` raised."""

    request: Request[Any]


class Pause(msgspec.Struct, frozen=True):
    """Asks whoever drives a flow to wait."""

    seconds: float


class Pull(msgspec.Struct, frozen=True):
    """Asks whoever drives a flow for the next item of a source; gets ``END`` behind the last one."""

    source: AsyncIterator[Any]


class Item(msgspec.Struct, Generic[T], frozen=True):
    """Gives something to whoever iterates."""

    value: T


class _End:
    """Stands behind the last item of a source."""


END = _End()

Action = Send | Pause | Pull
Flow = Generator[Action, Any, T]
"""What a call does, step by step, whoever does the steps; returns what the call returns."""
Stream = Generator[Action | Item[T], Any, None]
"""What an iteration does, step by step; gives its items on the way."""


def get(path: str, read: Callable[[Answer], T], parameters: Parameters | None = None) -> Request[T]:
    """Return a request that only reads."""
    return Request(method="GET", target=target_of(path, parameters), read=read, is_repeatable=True)


def write(
    method: str,
    path: str,
    read: Callable[[Answer], T],
    document: object = None,
    *,
    key: str = "",
    headers: Headers | None = None,
) -> Request[T]:
    """Return a request that writes once, however often it is sent.

    Args:
        method: HTTP method.
        path: Percent-encoded, with its query string.
        read: Returns what the answer stands for.
        document: The body; None for none.
        key: Its ``Idempotency-Key``; a new one where it is empty.
        headers: Further headers.
    """
    sent = {"idempotency-key": key or new_key(), **{name: text for name, text in (headers or {}).items() if text}}
    body = b""
    if document is not None:
        body, sent["content-type"] = encoded(document), JSON
    return Request(method=method, target=path, read=read, headers=sent, body=body, is_repeatable=True)


def new_key() -> str:
    """Return an ``Idempotency-Key`` that nobody else has."""
    return os.urandom(16).hex()


def encoded(document: object) -> bytes:
    """Return a document as JSON; decimals are numbers."""
    return _encode(document)


def path_of(*segments: str | int) -> str:
    """Return the path of these segments, each percent-encoded."""
    return "".join(f"/{quote(str(segment), safe=':')}" for segment in segments)


def target_of(path: str, parameters: Parameters | None) -> str:
    """Return a path with its query string."""
    texts = {name: _text(value) for name, value in (parameters or {}).items() if _is_said(value)}
    return f"{path}?{urlencode(texts)}" if texts else path


def _is_said(value: object) -> bool:
    return value is not None and value is not False and not (isinstance(value, Sequence) and not value)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ",".join(map(str, value))
    # Times become what JSON has for them, without quotes; numbers, true and false what they are there.
    return encoded(value).decode().strip('"')


def reader(kind: type[T]) -> Callable[[Answer], T]:
    """Return what reads answers of a type."""
    decoders: list[msgspec.json.Decoder[T]] = []

    def read(answer: Answer) -> T:
        # It takes a while to look through a type, so that is done when the first answer of it comes.
        if not decoders:
            decoders.append(msgspec.json.Decoder(kind))
        try:
            return decoders[0].decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BrokenAnswerError(f"the answer is not what it should be: {error}") from error

    return read


def nothing(_: Answer) -> None:
    """Read an answer that says nothing beyond its status."""


def tagged(kind: type[T]) -> Callable[[Answer], T]:
    """Return what reads answers of a type that has a field ``etag``, which a header says."""
    read = reader(kind)

    def read_with_tag(answer: Answer) -> T:
        thing: Any = read(answer)
        tagged_thing: T = msgspec.structs.replace(thing, etag=answer.headers.get("etag", ""))
        return tagged_thing

    return read_with_tag
