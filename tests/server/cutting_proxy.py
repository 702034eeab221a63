"""A proxy that passes bytes on, and cuts each connection after so many of them, at random."""

from __future__ import annotations

import random
import selectors
import socket
import struct
import threading

from tests.program import HOST

PIECE = 8192


class CuttingProxy:
    """Listens on a port of its own, for one server.

    Attributes:
        cuts: How many connections it has cut.
        most_bytes: A connection is cut after so many bytes at most, of both directions; 0 for never.
    """

    def __init__(self, port: int, seed: int, most_bytes: int) -> None:
        self.cuts = 0
        self.most_bytes = most_bytes
        self._server = port
        self._random = random.Random(seed)
        self._listener = socket.create_server((HOST, 0))
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        with socket.create_connection((HOST, self.port)):
            pass
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            if self._is_over.is_set():
                client.close()
                return
            most = self._random.randint(1, self.most_bytes) if self.most_bytes else 1 << 60
            thread = threading.Thread(target=self._pass_on, args=(client, most))
            self._threads.append(thread)
            thread.start()

    def _pass_on(self, client, left):
        with client, socket.create_connection((HOST, self._server)) as server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while not self._is_over.is_set():
                for key, _ in ready.select(0.1):
                    try:
                        piece = key.fileobj.recv(PIECE)
                        key.data.sendall(piece[:left])
                    except OSError:
                        return
                    left -= len(piece)
                    if left <= 0:
                        self._cut(client, server)
                    if not piece or left <= 0:
                        return

    def _cut(self, *sides):
        self.cuts += 1
        for side in sides:
            # Without a word of farewell, as when a machine is gone.
            side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
