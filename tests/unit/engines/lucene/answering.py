"""A server that answers HTTP requests as it was told, for drivers."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

Answer = tuple[int, Any] | None


class Asked(msgspec.Struct):
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class AnsweringServer:
    """Answers with status and JSON; None breaks the connection off, a number waits for so many seconds."""

    def __init__(self, answer: Callable[[Asked], Any]) -> None:
        self.asked: list[Asked] = []
        self.port = 0
        self._answer = answer

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                asked = await self._read(head, reader)
                self.asked.append(asked)
                answer = self._answer(asked)
                if answer is None:
                    break
                if isinstance(answer, float):
                    await asyncio.sleep(answer)
                    break
                writer.write(_response(asked, *answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _read(self, head: bytes, reader: asyncio.StreamReader) -> Asked:
        first, *lines = head.decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        method, target, _ = first.split(" ")
        return Asked(method, target, headers, body)


def _response(asked: Asked, status: int, body: Any) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} X\r\ncontent-type: application/json; charset=UTF-8\r\n"
        f"x-elastic-product: Elasticsearch\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + (b"" if asked.method == "HEAD" else content)


@asynccontextmanager
async def answering(answer: Callable[[Asked], Any]) -> AsyncIterator[AnsweringServer]:
    """Run a server on a free port."""
    told = AnsweringServer(answer)
    server = await asyncio.start_server(told.take, "127.0.0.1", 0)
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        server.close()
