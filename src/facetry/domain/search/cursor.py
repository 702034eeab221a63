"""Cursors: where a page of hits ended, as an opaque text that any worker can go on from."""

from __future__ import annotations

import base64
import binascii
from hashlib import blake2b

import msgspec

from facetry.domain.errors import SearchError
from facetry.domain.search.query import Position, SearchQuery

_POINTER = "/after"
_CHECKSUM_SIZE = 4
_DIGEST_SIZE = 8


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a cursor holds.

    Attributes:
        digest: Of everything that decides the order of hits.
    """

    digest: bytes
    revision: int
    values: tuple[float | int | str | None, ...]
    key: tuple[str, ...]


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(_Cursor)


def cursor_of(query: SearchQuery, position: Position, revision: int) -> str:
    """Return the cursor of what follows a position of a search, answered at a revision."""
    data = _ENCODER.encode(_Cursor(_digest(query), revision, position.values, position.key))
    return _text(_checksum(data) + data)


def position_of(text: str, query: SearchQuery) -> tuple[Position, int]:
    """Return the position in a cursor, and the revision at which the page before was answered.

    Raises:
        SearchError: The text is no cursor, only a part of one, or one of another search.
    """
    cursor = _decoded(text)
    if cursor.digest != _digest(query):
        raise SearchError(
            _POINTER,
            "belongs to another search: what is found and in which order must be asked as for the page before",
        )
    return Position(cursor.values, cursor.key), cursor.revision


def _decoded(text: str) -> _Cursor:
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = _DECODER.decode(data[_CHECKSUM_SIZE:])
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError) as error:
        raise _no_cursor() from error
    if data[:_CHECKSUM_SIZE] != _checksum(data[_CHECKSUM_SIZE:]) or text != _text(data):
        raise _no_cursor()
    return cursor


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _no_cursor() -> SearchError:
    return SearchError(_POINTER, "is no cursor, or not a whole one")


def _digest(query: SearchQuery) -> bytes:
    """Return a digest of what decides which hits there are and in which order, but for the tenant's rules."""
    deciding = (
        query.text,
        query.filter,
        query.scope,
        query.sort,
        query.group_by,
        query.currency,
        query.default_currency,
        query.language,
        query.prefix,
        query.typos,
        query.understand,
    )
    return blake2b(_ENCODER.encode(deciding), digest_size=_DIGEST_SIZE).digest()


def _checksum(data: bytes) -> bytes:
    return blake2b(data, digest_size=_CHECKSUM_SIZE).digest()
