"""From an answer and a request's conditions to status, headers and bytes: entity tags, 304, content codings, HEAD."""

from __future__ import annotations

import asyncio
import hashlib
from typing import NamedTuple

from facetry.http.answer import Answer, CachePolicy
from facetry.http.codings import IDENTITY, chosen_coding, compressed, is_compressible

Headers = list[tuple[bytes, bytes]]

MIN_CODED_BYTES = 1024
"""Smaller bodies are sent as they are: the coding would cost more than it saves."""
THREAD_BYTES = 65_536
"""Coding a body of this size takes about a millisecond; the compressors release the interpreter meanwhile."""
_OK = 200
_NO_CONTENT = 204
_NOT_MODIFIED = 304
_VARY = {
    CachePolicy.PRIVATE: b"x-access-token, Authorization, Accept-Encoding",
    CachePolicy.PUBLIC: b"Accept-Encoding",
    CachePolicy.IMMUTABLE: b"Accept-Encoding",
}


class Reply(NamedTuple):
    """What is sent, but for the request id; ``headers`` is shared between requests and must not be changed."""

    status: int
    headers: Headers
    body: bytes


class Variant:
    """An answer in one content coding, ready to send.

    Attributes:
        full: The reply to a GET without a condition.
        bare: The reply to a HEAD: the same without its body.
        unchanged: The reply to a client that has this variant already; None without an entity tag.
        tag: The entity tag, None for an answer that has none.
    """

    __slots__ = ("bare", "full", "tag", "unchanged")

    def __init__(self, answer: Answer, coding: str, body: bytes, digest: str | None) -> None:
        """Make the headers of an answer's body in a coding."""
        self.tag = _entity_tag(digest, coding) if digest else None
        shared = _shared_headers(answer, self.tag)
        headers = [(b"content-type", answer.media_type.encode()), (b"content-length", b"%d" % len(body))]
        if answer.status == _NO_CONTENT:
            headers = []
        if coding != IDENTITY:
            headers.append((b"content-encoding", coding.encode()))
        headers += shared
        self.full = Reply(answer.status, headers, body)
        self.bare = Reply(answer.status, headers, b"")
        self.unchanged = Reply(_NOT_MODIFIED, shared, b"") if self.tag else None

    def reply(self, method: str, if_none_match: bytes | None) -> Reply:
        """Return what a request with this method and condition gets."""
        reads = method in {"GET", "HEAD"}
        if reads and if_none_match is not None and self.unchanged and self.tag and _matches(if_none_match, self.tag):
            return self.unchanged
        return self.bare if method == "HEAD" else self.full


class Prepared:
    """An answer with its variants, each made when it is first asked for and kept as long as the answer is.

    Attributes:
        answer: The answer.
        size: What it may come to occupy, in bytes, with every variant.
    """

    __slots__ = ("_codes", "_digest", "_variants", "answer", "size")

    def __init__(self, answer: Answer, *, reads: bool = True) -> None:
        """Prepare an answer to a read, or to a write, which has no entity tag but one that the answer names."""
        self.answer = answer
        self._variants: dict[str, Variant] = {}
        no_store = answer.policy is CachePolicy.NO_STORE
        self._codes = not no_store and len(answer.body) >= MIN_CODED_BYTES and is_compressible(answer.media_type)
        tagged = reads and answer.status == _OK and not no_store
        own = hashlib.blake2b(answer.body, digest_size=8).hexdigest() if tagged and not answer.tag else None
        self._digest = answer.tag or own
        # Compressed variants together are smaller than the body; the rest is headers and bookkeeping.
        self.size = len(answer.body) * (2 if self._codes else 1) + 2048

    def coding(self, accept_encoding: bytes | None) -> str:
        """Return the content coding for a request's ``accept-encoding``."""
        return chosen_coding(accept_encoding) if self._codes and accept_encoding else IDENTITY

    def ready(self, coding: str) -> Variant | None:
        """Return the variant of a coding if it has been made."""
        return self._variants.get(coding)

    def reply(self, method: str, headers: dict[bytes, bytes]) -> Reply | None:
        """Return what a read with these headers (lower-case names) gets; None where its variant is not made yet."""
        accepted = headers.get(b"accept-encoding") if self._codes else None
        variant = self._variants.get(chosen_coding(accepted) if accepted else IDENTITY)
        if variant is None:
            return None
        condition = headers.get(b"if-none-match")
        return variant.full if condition is None and method == "GET" else variant.reply(method, condition)

    def variant(self, coding: str) -> Variant:
        """Return the variant of a coding, made now if it is not there."""
        variant = self._variants.get(coding)
        if variant is None:
            body = self.answer.body if coding == IDENTITY else compressed(self.answer.body, coding)
            variant = self._variants[coding] = Variant(self.answer, coding, body, self._digest)
        return variant


def finish(answer: Answer, method: str, headers: dict[bytes, bytes]) -> Reply:
    """Return what a request with this method and these headers (lower-case names) gets."""
    prepared = Prepared(answer, reads=method in {"GET", "HEAD"})
    coding = prepared.coding(headers.get(b"accept-encoding"))
    return prepared.variant(coding).reply(method, headers.get(b"if-none-match"))


async def ready_variant(prepared: Prepared, coding: str) -> Variant:
    """Return the variant of a coding, compressed off the event loop where that would hold it up."""
    if len(prepared.answer.body) < THREAD_BYTES or prepared.ready(coding):
        return prepared.variant(coding)
    return await asyncio.to_thread(prepared.variant, coding)


def _entity_tag(digest: str, coding: str) -> bytes:
    # A strong tag names bytes, so each coding has its own.
    return f'"{digest}"'.encode() if coding == IDENTITY else f'"{digest}-{coding}"'.encode()


def _shared_headers(answer: Answer, tag: bytes | None) -> Headers:
    """Return the headers that a 304 repeats."""
    headers = [(b"etag", tag)] if tag else []
    headers.append((b"cache-control", answer.policy.value.encode()))
    if answer.policy in _VARY:
        headers.append((b"vary", _VARY[answer.policy]))
    headers += answer.headers
    return headers


def _matches(if_none_match: bytes, tag: bytes) -> bool:
    """Return whether a list of entity tags names this one, by weak comparison (RFC 9110, 13.1.2)."""
    candidates = (candidate.strip() for candidate in if_none_match.split(b","))
    return any(candidate == b"*" or candidate.removeprefix(b"W/") == tag for candidate in candidates)
