"""A network between two programs that can be cut, stand still, lose connections and be slow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from tools.engines.process import HOST

PIECE = 1 << 16
PORT_SECONDS = 10


class NetworkProxy:
    """Listens on a port of its own and passes bytes on to another; all its methods may be called from any thread.

    Attributes:
        port: Where it listens.
        latency_seconds: How long each piece of bytes is under way, in each direction.
        bytes_per_second: How many bytes a connection passes on in each direction; 0 for as many as come.
        connections: How many it has taken.
    """

    def __init__(self, upstream: int) -> None:
        """Know the port of the server behind it."""
        self.port = 0
        self.latency_seconds = 0.0
        self.bytes_per_second = 0
        self.connections = 0
        self._upstream = upstream
        self._is_cut = False
        self._links: set[_Link] = set()
        self._listens = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self):
        self._thread.start()
        assert self._listens.wait(PORT_SECONDS)
        return self

    def __exit__(self, *_):
        self._soon(self._end.set)
        self._thread.join(PORT_SECONDS)

    def cut(self) -> None:
        """Break all connections off, and each new one at once: the other side is there and refuses."""
        self._is_cut = True
        self._soon(self._abort)

    def stall(self) -> None:
        """Keep all connections, take new ones, and pass nothing on until it is healed."""
        self._soon(self._moves.clear)

    def lose(self) -> None:
        """Break all connections off on the server's side and tell the clients nothing, as a firewall forgets them."""
        self._soon(self._forget)

    def heal(self) -> None:
        """Pass everything on again; what was broken off stays so."""
        self.latency_seconds, self.bytes_per_second, self._is_cut = 0.0, 0, False
        self._soon(self._moves.set)

    def _soon(self, work: Callable[[], object]) -> None:
        done = threading.Event()

        def run() -> None:
            work()
            done.set()

        self._loop.call_soon_threadsafe(run)
        assert done.wait(PORT_SECONDS)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end, self._moves = asyncio.Event(), asyncio.Event()
        self._moves.set()
        tasks: set[asyncio.Task[None]] = set()

        def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            task = asyncio.ensure_future(self._connect(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(take, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listens.set()
        await self._end.wait()
        server.close()
        self._abort()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            if self._is_cut:
                raise ConnectionRefusedError
            there, server = await asyncio.open_connection(HOST, self._upstream)
        except OSError:
            client.transport.abort()
            return
        link = _Link(client, server)
        self._links.add(link)
        try:
            await asyncio.gather(self._pass_on(reader, server, link), self._pass_on(there, client, link))
        finally:
            self._links.discard(link)
            link.abort()

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, link: _Link) -> None:
        try:
            while piece := await source.read(PIECE):
                pace = len(piece) / self.bytes_per_second if self.bytes_per_second else 0
                if pause := self.latency_seconds + pace:
                    await asyncio.sleep(pause)
                await self._moves.wait()
                if not link.is_lost:
                    target.write(piece)
                    await target.drain()
            if not link.is_lost:
                target.write_eof()
        except OSError:
            if not link.is_lost:
                link.abort()

    def _abort(self) -> None:
        for link in self._links:
            link.abort()

    def _forget(self) -> None:
        for link in self._links:
            link.is_lost = True
            link.server.transport.abort()


class _Link:
    """One connection on both of its sides."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.is_lost = False

    def abort(self) -> None:
        self.client.transport.abort()
        self.server.transport.abort()
