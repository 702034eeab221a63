"""What the shared layers must know of a surface: where it is and how it says no."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from facetry.http.answer import Answer
from facetry.http.asgi import Application, Scope
from facetry.http.cross_origin import NOBODY, CrossOrigin
from facetry.http.exchange import Exchange

BODY_LIMIT = 1 << 20


def welcome(scope: Scope, exchange: Exchange) -> None:
    """Let every request in."""


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """One API, or the pages, as the layers before the router see it.

    Attributes:
        prefixes: What its raw paths begin with; the longest prefix of all surfaces decides.
        refusal: Gives the answer in the surface's form to a request that ends with this HTTP status (400, 404,
            408, 413, 415, 429 or 500) before or beside the surface's own handlers; names the exchange's request id
            where the form has room for it.
        body_limit: The longest body in bytes that is read.
        unread: Raw paths whose bodies are handed on unread, however long they are; see ``body.OpenBody``.
        packed: Raw paths whose bodies may be compressed with gzip, since they are files that may be so anyway; all
            others are refused where their ``Content-Encoding`` says that they are compressed.
        unshared: Raw paths of reads that may take long on purpose: equal ones do not wait for each other's answer.
        guard: Asked before a body is read; gives the answer to a request that is not to be looked at any further,
            None to all others.
        cross_origin: Which pages of other origins may read which of its answers.
        application: What answers everything below its prefixes; None where the router looks for that.
    """

    prefixes: tuple[str, ...]
    refusal: Callable[[int, Exchange], Answer]
    body_limit: int = BODY_LIMIT
    unread: frozenset[str] = frozenset()
    packed: frozenset[str] = frozenset()
    unshared: frozenset[str] = frozenset()
    guard: Callable[[Scope, Exchange], Answer | None] = welcome
    cross_origin: CrossOrigin = NOBODY
    application: Application | None = None

    def cross_origin_of(self, path: str) -> CrossOrigin | None:
        """Return who of other origins may read answers of a raw path; None for nobody."""
        return self.cross_origin if self.cross_origin.covers(path) else None


class Surfaces:
    """All surfaces of a server."""

    def __init__(self, surfaces: Sequence[Surface], fallback: Surface) -> None:
        """Serve these; what is under none of their prefixes is the fallback's."""
        pairs = [(prefix, surface) for surface in surfaces for prefix in surface.prefixes]
        self._by_prefix = sorted(pairs, key=lambda pair: -len(pair[0]))
        self._fallback = fallback

    def of(self, path: str) -> Surface:
        """Return the surface that a raw path belongs to."""
        for prefix, surface in self._by_prefix:
            if path.startswith(prefix):
                return surface
        return self._fallback
