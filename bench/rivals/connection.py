"""A plain HTTP client that keeps its connection and parses what comes."""

from __future__ import annotations

import http.client
from typing import Any

import msgspec

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_OK = range(200, 300)


class Connection:
    """One connection to a server on this machine."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        """Plan a connection; the first request opens it."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self._headers = {"Content-Type": "application/json", **(headers or {})}

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Return the parsed answer; a body of bytes is sent as it is, any other as JSON.

        Raises:
            RuntimeError: The server refused.
        """
        data = body if isinstance(body, bytes) or body is None else _encode(body)
        self._connection.request(method, path, data, self._headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status not in _OK:
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:2000]!r}")
        return _decode(answer) if answer else None

    def close(self) -> None:
        """Close it."""
        self._connection.close()
