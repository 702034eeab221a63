"""A proxy that names each request that a program sends to an engine, whatever it speaks."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final, Self

from tools.engines.process import HOST

_PIECE: Final = 1 << 16
_START_SECONDS: Final = 10
_OP_MSG: Final = 2013
_HEADER: Final = 16
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
Read = Callable[[bytes], tuple[str, int] | None]
"""Returns the name and the size in bytes of the request that some bytes begin with; None where it is not whole yet."""


def mongodb_request(received: bytes) -> tuple[str, int] | None:
    """Return the command and the size of a message of MongoDB's protocol."""
    size = int.from_bytes(received[:4], "little") if len(received) >= _HEADER else _HEADER
    if len(received) < size or len(received) < _HEADER:
        return None
    if int.from_bytes(received[12:16], "little") != _OP_MSG:
        return "hello", size
    # Flags, then sections; the first one is the command, whose name is the name of its first field.
    start = _HEADER + 4 + 1 + 4 + 1
    return received[start : received.index(b"\0", start)].decode(), size


def http_request(received: bytes) -> tuple[str, int] | None:
    """Return method and path without query, and the size, of a request over HTTP/1.1."""
    head, end, _ = received.partition(b"\r\n\r\n")
    if not end:
        return None
    found = _LENGTH.search(head)
    size = len(head) + len(end) + (int(found[1]) if found else 0)
    method, path = head.split(b" ", 2)[:2]
    return (f"{method.decode()} {path.partition(b'?')[0].decode()}", size) if len(received) >= size else None


def redis_request(received: bytes) -> tuple[str, int] | None:
    """Return the name, in capitals, and the size of a command of Redis' protocol."""
    words, place = [], received.find(b"\r\n") + 2
    if place < 2:  # noqa: PLR2004 - no line is whole yet
        return None
    for _ in range(int(received[1 : place - 2])):
        end = received.find(b"\r\n", place)
        if end < 0:
            return None
        size = int(received[place + 1 : end])
        words.append(received[end + 2 : end + 2 + size])
        place = end + 2 + size + 2
    return (words[0].decode().upper(), place) if place <= len(received) else None


READERS: Final[dict[str, Read]] = {"mongodb": mongodb_request, "http": http_request, "redis": redis_request}


class CountingProxy:
    """Listens on a port of its own, passes everything on, and counts requests by name.

    Attributes:
        port: Where it listens.
        counts: How many requests of each name were sent.
    """

    def __init__(self, protocol: str, upstream: int) -> None:
        """Know what is spoken, one of ``READERS``, and the port of the server behind it."""
        self.port = 0
        self.counts: Counter[str] = Counter()
        self._read = READERS[protocol]
        self._upstream = upstream
        self._listens = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        if not self._listens.wait(_START_SECONDS):
            raise TimeoutError("the proxy does not listen")
        return self

    def __exit__(self, *_: object) -> None:
        """End; what is open is broken off."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def taken(self, *ignored: str) -> Counter[str]:
        """Return what was counted since the last call, but for some names."""
        counts, self.counts = self.counts, Counter()
        return Counter({name: count for name, count in counts.items() if name not in ignored})

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        links: set[asyncio.Task[None]] = set()

        def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            link = self._loop.create_task(self._link(reader, writer))
            links.add(link)
            link.add_done_callback(links.discard)
            # Also of one that is over before it began.
            link.add_done_callback(lambda _: writer.transport.abort())

        server = await asyncio.start_server(take, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listens.set()
        await self._end.wait()
        server.close()
        for link in list(links):
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)
        await asyncio.sleep(0)  # What was broken off is closed by the loop's next turn.

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, server = await asyncio.open_connection(HOST, self._upstream)
        try:
            await asyncio.gather(_passed(reader, server, self._counting()), _passed(there, writer, lambda _: None))
        except OSError:
            pass
        finally:
            server.transport.abort()

    def _counting(self) -> Callable[[bytes], None]:
        """Return what is told of each piece of bytes of one connection."""
        waiting = b""

        def count(piece: bytes) -> None:
            nonlocal waiting
            waiting += piece
            while waiting and (found := self._read(waiting)):
                name, size = found
                self.counts[name] += 1
                waiting = waiting[size:]

        return count


async def _passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[bytes], None]) -> None:
    while piece := await reader.read(_PIECE):
        # Counted before it is sent on, so that who got an answer finds its request counted.
        count(piece)
        writer.write(piece)
        await writer.drain()
    writer.close()
