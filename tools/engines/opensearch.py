"""OpenSearch: one node, or several that are one cluster, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any, Final

from tools.engines.fetching import java, opensearch_jars, opensearch_launcher
from tools.engines.process import HOST, ServerProcess, free_port

HEAP: Final = "768m"
_MODULE: Final = "jdk.incubator.vector"


class Node:
    """A node.

    Attributes:
        port: Where it answers HTTP.
        process: Its process.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "node-1",
        transport: int = 0,
        peers: tuple[int, ...] = (),
        heap: str = HEAP,
    ) -> None:
        """Know how to start one.

        Args:
            folder: Where its data goes; it is made if it does not exist.
            name: Its name, ``node-1`` and so on in a cluster.
            transport: The port at which other nodes find it; a free one if 0.
            peers: Such ports of all nodes of its cluster; none for a node alone.
            heap: How much memory Java takes.

        Raises:
            MissingError: It cannot be had here.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.name = name
        settings = {"node.name": name, "http.port": self.port, "transport.port": transport or free_port()}
        if peers:
            settings["discovery.type"] = "zen"
            settings["discovery.seed_hosts"] = ",".join(f"{HOST}:{port}" for port in peers)
            settings["cluster.initial_cluster_manager_nodes"] = ",".join(
                f"node-{number}" for number in range(1, len(peers) + 1)
            )
        arguments = [f"{name}={value}" for name, value in settings.items()]
        command = [*_machine(heap), "Node", folder / "data", *arguments]
        self.process = ServerProcess("OpenSearch", command, folder, lambda: self.health("") != "red")

    @property
    def url(self) -> str:
        """Return its address, without a prefix."""
        return f"opensearch://{HOST}:{self.port}"

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON is anything
        """Send a request and return the JSON that comes back.

        Raises:
            OSError: There is no answer, or a bad one.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"http://{HOST}:{self.port}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the address is our own
            return json.loads(answer.read())

    def health(self, query: str) -> str:
        """Return ``green``, ``yellow`` or ``red``; that also where it does not answer."""
        try:
            return str(self.ask("GET", f"/_cluster/health{query}")["status"])
        except (OSError, ValueError):
            return "red"


class Cluster:
    """Several nodes that are one cluster.

    Attributes:
        nodes: They, in order of their names.
    """

    def __init__(self, folder: Path, count: int = 3) -> None:
        """Know how to start so many."""
        ports = tuple(free_port() for _ in range(count))
        self.nodes = [
            Node(folder / f"node-{number}", name=f"node-{number}", transport=port, peers=ports)
            for number, port in enumerate(ports, 1)
        ]

    def start(self) -> None:
        """Start them all and wait until each has found the others.

        Raises:
            StartError: They do not, in time.
        """
        for node in self.nodes:
            node.process.launch()
        for node in self.nodes:
            node.process.wait_until_ready()
        self.nodes[0].health(f"?wait_for_nodes={len(self.nodes)}&timeout=60s")

    def manager(self) -> Node:
        """Return the node that manages the cluster, as any node that answers tells it."""
        for node in self.nodes:
            if node.process.is_running:
                (found,) = node.ask("GET", "/_cat/cluster_manager?format=json")
                return next(node for node in self.nodes if node.name == found["node"])
        raise LookupError("no node runs")

    def stop(self) -> None:
        """Stop them all."""
        for node in self.nodes:
            node.process.stop()


@cache
def _machine(heap: str) -> tuple[str, ...]:
    """Return Java and its options."""
    program = str(java())
    # Not every build of Java has the module that makes vectors faster; without it Lucene does without.
    listed = subprocess.run([program, "--list-modules"], check=False, capture_output=True, text=True).stdout
    modules = ["--add-modules", _MODULE] if _MODULE in listed else []
    sizes = [f"-Xms{heap}", f"-Xmx{heap}"]
    return (program, *sizes, *modules, "-cp", f"{opensearch_launcher()}{os.pathsep}{opensearch_jars()}/*")
