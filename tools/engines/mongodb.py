"""A server that speaks MongoDB's protocol and keeps what it acknowledged."""

from __future__ import annotations

from pathlib import Path

from tools.engines.fetching import mongodb
from tools.engines.process import HOST, ServerProcess, free_port, listens


class MongoServer:
    """One server.

    Attributes:
        port: Where it listens.
        process: Its process.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Know how to start one with its data in a folder, on a port or on a free one."""
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        self.port = port = port or free_port()
        command = [mongodb(), "--port", port, "--storage-path", data, "--sync-on-commit", "--enable-test-commands"]
        self.process = ServerProcess("the MongoDB server", command, folder, lambda: listens(port))

    @property
    def url(self) -> str:
        """Return its address, without a database."""
        return f"mongodb://{HOST}:{self.port}"
