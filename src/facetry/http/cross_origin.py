"""Which pages of other origins may read answers (CORS)."""

from __future__ import annotations

from collections.abc import Collection

Headers = tuple[tuple[bytes, bytes], ...]

ANY = "*"
_VARY: Headers = ((b"vary", b"Origin"),)
_EXPOSED: Headers = ((b"access-control-expose-headers", b"ETag, Retry-After, X-Request-Id"),)
_PREFLIGHT: Headers = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"Authorization, Content-Type"),
    (b"access-control-max-age", b"7200"),
)


class CrossOrigin:
    """Origins that may read the answers of some paths.

    No answer allows credentials of the browser's own: who asks is told by a key in a header alone.

    Attributes:
        preflight: Headers of an answer to ``OPTIONS``, beside those of every answer.
    """

    preflight = _PREFLIGHT

    def __init__(self, origins: Collection[str], paths: Collection[str]) -> None:
        """Allow these origins, each as a browser sends it, or all where ``*`` is among them."""
        self._any = ANY in origins
        self._origins = frozenset(origin.encode("latin-1") for origin in origins)
        self._paths = frozenset(paths) if origins else frozenset()

    def covers(self, path: str) -> bool:
        """Return whether any origin may read answers of a raw path."""
        return path in self._paths

    def headers(self, origin: bytes | None) -> Headers:
        """Return what is added to an answer of a path that is covered.

        Args:
            origin: What the request says of the page that it comes from; None where it says nothing.
        """
        if self._any:
            return ((b"access-control-allow-origin", b"*"), *_EXPOSED)
        if origin is None or origin not in self._origins:
            return _VARY
        return ((b"access-control-allow-origin", origin), *_EXPOSED, *_VARY)


NOBODY = CrossOrigin((), ())
