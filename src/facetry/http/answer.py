"""The answer of a surface, before it meets the request's conditions and codings."""

from __future__ import annotations

from enum import Enum

import msgspec

from facetry.domain.journal import SearchNote

JSON = "application/json"


class CachePolicy(Enum):
    """What caches between here and the client may do with an answer."""

    PRIVATE = "private, no-cache"
    NO_STORE = "no-store"
    PUBLIC = "public, max-age=3600"
    IMMUTABLE = "public, max-age=31536000, immutable"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One finished answer; ``http.finish`` turns it into status, headers and bytes for a given request.

    Attributes:
        status: HTTP status.
        stands_for: The status that metrics count, where the surface tells failures in another way; else 0.
        body: The bytes before any content coding.
        media_type: Value of ``content-type``.
        policy: What caches may do with it.
        headers: Further headers, lower-case names.
        cache_key: What it answers, if it may be kept here and served again to the same tenant; else None.
        tags: What it was made of: ``product:SKU``, ``group:ID``, or ``*`` for everything of the tenant.
        revision: The tenant's revision before it was made.
        tag: What its entity tag is made of, in place of its body; empty for the usual.
        code: The surface's own code, for the journal; empty where it has none.
        error: What it says was wrong, for the journal.
        searches: What it holds of searches, for the journal.
    """

    status: int = 200
    stands_for: int = 0
    body: bytes = b""
    media_type: str = JSON
    policy: CachePolicy = CachePolicy.PRIVATE
    headers: tuple[tuple[bytes, bytes], ...] = ()
    cache_key: str | None = None
    tags: tuple[str, ...] = ()
    revision: int = 0
    tag: str = ""
    code: str = ""
    error: str = ""
    searches: tuple[SearchNote, ...] = ()


EVERYTHING = "*"
"""Tag of an answer that any change of the tenant's catalog makes stale."""


def product_tag(sku: str) -> str:
    """Return the tag of answers made of a product, or of its absence."""
    return f"product:{sku}"


def group_tag(group_id: str) -> str:
    """Return the tag of answers made of a group, or of its absence."""
    return f"group:{group_id}"


def json_answer(value: object, *, status: int = 200, policy: CachePolicy = CachePolicy.PRIVATE) -> Answer:
    """Return an answer that is this value as JSON."""
    return Answer(status=status, body=msgspec.json.encode(value), policy=policy)
