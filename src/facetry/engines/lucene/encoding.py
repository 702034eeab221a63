"""The JSON of requests and replies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder()


def encoded(body: Any) -> bytes:  # noqa: ANN401 - a request is any JSON
    """Return the JSON of a request; of a sequence one document a line."""
    if isinstance(body, Sequence) and not isinstance(body, str | bytes):
        return b"".join(_encoded(line) + b"\n" for line in body)
    return _encoded(body)


def raw(body: Any) -> msgspec.Raw:  # noqa: ANN401 - see above
    """Return a document as JSON that becomes part of a request as it is."""
    return msgspec.Raw(_encoded(body))


def decoded(body: bytes | str) -> Any:  # noqa: ANN401 - a reply is any JSON
    """Return what a reply says.

    Raises:
        ValueError: It is no JSON.
    """
    return _DECODER.decode(body)


def _encoded(body: Any) -> bytes:  # noqa: ANN401 - see above
    try:
        return _ENCODER.encode(body)
    except UnicodeEncodeError:
        # Lone surrogates stand in no document, and a query may have them: as escapes they reach the engine.
        return json.dumps(body).encode()
