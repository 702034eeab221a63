"""A server that speaks Elasticsearch's protocol: its headers, versions and refreshes, not the whole of its searches."""

from __future__ import annotations

from pathlib import Path

from tools.engines.fetching import elasticsearch_wire
from tools.engines.process import HOST, ServerProcess, free_port, listens


class WireServer:
    """One server.

    Attributes:
        port: Where it listens.
        process: Its process.
    """

    def __init__(self, folder: Path) -> None:
        """Know how to start one with its data in a folder, on a free port."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port = free_port()
        command = [elasticsearch_wire(), "start", "--only", "elasticsearch", "--host", HOST]
        command += ["--elasticsearch-port", port, "--data-dir", folder / "data"]
        self.process = ServerProcess("the Elasticsearch server", command, folder, lambda: listens(port))

    @property
    def url(self) -> str:
        """Return its address, without a prefix."""
        return f"elasticsearch://{HOST}:{self.port}"
