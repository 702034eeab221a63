"""The two ways to reach a server, both through httpx, which is imported when the first client is made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facetry.client.errors import NoAnswerError
from facetry.client.exchange import Answer, Request

if TYPE_CHECKING:
    import httpx

PIECE_BYTES = 1 << 18


class Transport:
    """Sends requests over kept-alive connections; several threads may use it."""

    def __init__(self, url: str, seconds: float, options: dict[str, Any]) -> None:
        """Reach the server at a URL.

        Args:
            url: Where it is; a path before ``/v2`` may be in it.
            seconds: How long an answer, or any part of the way to it, may take.
            options: Given on to httpx: ``verify``, ``proxy``...
        """
        import httpx  # noqa: PLC0415 - it takes longer to import than all the rest

        self._url = url.rstrip("/")
        self._seconds = seconds
        self._client = httpx.Client(timeout=seconds, **options)

    def send(self, request: Request[Any]) -> Answer:
        """Return the answer to a request.

        Raises:
            NoAnswerError: None came.
        """
        with _Failures():
            if isinstance(request.body, Path):
                with request.body.open("rb") as file:
                    return _answer(self._sent(request, file))
            return _answer(self._sent(request, request.body))

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _sent(self, request: Request[Any], content: Any) -> httpx.Response:  # noqa: ANN401 - bytes or a file
        return self._client.request(
            request.method,
            self._url + request.target,
            content=content,
            headers=_headers(request),
            timeout=self._seconds + request.wait_seconds,
        )


class AsyncTransport:
    """Sends requests over kept-alive connections; several tasks may use it."""

    def __init__(self, url: str, seconds: float, options: dict[str, Any]) -> None:
        """Reach the server at a URL; see ``Transport``."""
        import httpx  # noqa: PLC0415 - it takes longer to import than all the rest

        self._url = url.rstrip("/")
        self._seconds = seconds
        self._client = httpx.AsyncClient(timeout=seconds, **options)

    async def send(self, request: Request[Any]) -> Answer:
        """Return the answer to a request.

        Raises:
            NoAnswerError: None came.
        """
        body = request.body
        with _Failures():
            answer = await self._client.request(
                request.method,
                self._url + request.target,
                content=_pieces(body) if isinstance(body, Path) else body,
                headers=_headers(request),
                timeout=self._seconds + request.wait_seconds,
            )
            return _answer(answer)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


class _Failures:
    """Turns what httpx raises into ``NoAnswerError``."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        import httpx  # noqa: PLC0415 - it is there already

        if isinstance(error, httpx.TransportError | httpx.DecodingError | httpx.TooManyRedirects):
            # Of these it is certain that the request was never sent.
            unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            message = str(error) or type(error).__name__
            raise NoAnswerError(message, may_have_happened=not unsent) from error


def _headers(request: Request[Any]) -> dict[str, str]:
    # A file is sent without chunks, so that the server can refuse what is too large before it comes.
    size = {"content-length": str(request.body.stat().st_size)} if isinstance(request.body, Path) else {}
    return {**request.headers, **size}


def _answer(response: httpx.Response) -> Answer:
    return Answer(response.status_code, dict(response.headers), response.content)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    import asyncio  # noqa: PLC0415 - it takes long to import, and who awaits this has it already

    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
