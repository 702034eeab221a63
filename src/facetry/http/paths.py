"""Raw paths of requests: what they name is decided before any percent-decoding."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from facetry.domain.errors import InvalidValueError

_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def routed_path(raw_path: bytes) -> str:
    """Return the path that routes are matched on: still percent-encoded, without one trailing slash.

    So an encoded slash stays inside its segment, and ``a%2F/`` names ``a/``.
    """
    path = raw_path.decode("latin-1")
    return path[:-1] if len(path) > 1 and path[-1] == "/" else path


def decode_segment(segment: str) -> str:
    """Return the text that a raw path segment stands for, decoded exactly once.

    Raises:
        InvalidValueError: A percent sign begins no escape, or the bytes are no UTF-8.
    """
    if _BAD_PERCENT.search(segment):
        raise InvalidValueError("path", "must have two hexadecimal digits after each percent sign")
    try:
        return unquote_to_bytes(segment.encode("latin-1")).decode("utf-8")
    except UnicodeError as error:
        raise InvalidValueError("path", "must be UTF-8") from error
