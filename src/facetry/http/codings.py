"""Content codings: which one a client prefers, and bodies in it."""

from __future__ import annotations

import gzip
from functools import lru_cache

import zstandard

IDENTITY = "identity"
_OFFERED = ("zstd", "gzip", IDENTITY)
"""Ours, the best first: it wins where a client likes several equally."""
_GZIP_LEVEL = 5
_ZSTD_LEVEL = 3
_LONGEST_REMEMBERED = 128
_TEXTS = frozenset({"application/javascript", "application/json", "application/xml", "image/svg+xml"})


def is_compressible(media_type: str) -> bool:
    """Return whether bodies of a media type shrink when coded: text does, pictures and fonts are coded already."""
    bare = media_type.partition(";")[0].strip().lower()
    return bare.startswith("text/") or bare.endswith(("+json", "+xml")) or bare in _TEXTS


def chosen_coding(accept_encoding: bytes) -> str:
    """Return the coding that an ``accept-encoding`` header prefers among ours.

    A client that refuses all of them, plain bytes included, gets plain bytes (RFC 9110, 12.5.3 allows it).
    """
    # Clients send few different headers, all of them short; a long one is not worth remembering.
    return _remembered(accept_encoding) if len(accept_encoding) <= _LONGEST_REMEMBERED else _chosen(accept_encoding)


def _chosen(accept_encoding: bytes) -> str:
    weights = _weights(accept_encoding)
    rest = weights.get("*", 0.0)
    # Plain bytes are acceptable unless refused, but not preferred to a coding that the client names.
    plain = weights.get(IDENTITY, weights.get("*", 0.001))
    offered = {coding: weights.get(coding, rest) for coding in _OFFERED} | {IDENTITY: plain}
    best = max(_OFFERED, key=lambda coding: offered[coding])
    return best if offered[best] > 0 else IDENTITY


@lru_cache(maxsize=256)
def _remembered(accept_encoding: bytes) -> str:
    return _chosen(accept_encoding)


def compressed(body: bytes, coding: str) -> bytes:
    """Return a body in ``gzip`` or ``zstd``; the same body always gives the same bytes."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


def _weights(accept_encoding: bytes) -> dict[str, float]:
    """Return the q-value of each coding named; what cannot be read counts as refused."""
    weights = {}
    for item in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, parameters = item.partition(";")
        name = coding.strip().removeprefix("x-")
        if name:
            weights[name] = _quality(parameters)
    return weights


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
