"""Services to be measured: processes that serve, the engines behind them, and what is counted between the two."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.program import Server
from tools.engines.counting import CountingProxy
from tools.engines.fetching import valkey
from tools.engines.mongodb import MongoServer
from tools.engines.opensearch import Cluster, Node
from tools.engines.process import HOST, ServerProcess
from tools.engines.redis import RedisServer

_TICKS = os.sysconf("SC_CLK_TCK")
IDLE = ("hello", "ping", "endSessions", "HELLO", "CLIENT", "SUBSCRIBE", "PING", "AUTH")
"""What drivers ask of engines by themselves."""


class Topology(NamedTuple):
    """A service of several processes.

    Attributes:
        serving: Those that serve; one tenant is in all of them.
        processes: Number of the process of each engine's node, by its name.
        proxies: What counts the requests to each engine, by its name; none where nothing is counted.
    """

    serving: list[Server]
    processes: dict[str, list[ServerProcess]]
    proxies: dict[str, CountingProxy]

    def processor_seconds(self) -> Counter[str]:
        """Return the processor time that each part has had since it was started."""
        found = Counter({"serve": sum(server.processor_seconds() for server in self.serving)})
        for name, processes in self.processes.items():
            found[name] = sum(_processor_seconds(process.pid) for process in processes)
        return found

    def requests(self) -> dict[str, Counter[str]]:
        """Return the requests to each engine since the last call, by name."""
        return {name: proxy.taken(*IDLE) for name, proxy in self.proxies.items()}


@contextmanager
def topology(folder: Path, *, serving: int = 1, nodes: int = 1, counted: bool = False) -> Iterator[Topology]:
    """Run a service, with a tenant in it, whose data goes to a folder.

    Args:
        folder: It exists and is empty.
        serving: How many processes serve.
        nodes: How many nodes of OpenSearch there are.
        counted: Whether requests to engines go through proxies that count them.
    """
    with ExitStack() as stack:
        search = _started_search(folder / "search", nodes, stack)
        store, cache = MongoServer(folder / "store"), RedisServer(valkey(), folder / "cache")
        for engine in (store, cache):
            engine.process.start()
            stack.callback(engine.process.stop)
        ports = {"store": store.port, "search": search[0].port, "cache": cache.port}
        proxies: dict[str, CountingProxy] = {}
        if counted:
            spoken = {"store": "mongodb", "search": "http", "cache": "redis"}
            proxies = {name: stack.enter_context(CountingProxy(spoken[name], port)) for name, port in ports.items()}
            ports = {name: proxy.port for name, proxy in proxies.items()}
        flags = (
            # The server names itself, and the driver would go there, past the proxy.
            *("--store", f"mongodb://{HOST}:{ports['store']}/facetry?directConnection=true"),
            *("--search", f"opensearch://{HOST}:{ports['search']}/facetry"),
            *("--cache", f"redis://{HOST}:{ports['cache']}"),
        )
        os.environ["FACETRY_MASTER_KEY"] = secrets.token_hex(32)
        stack.callback(os.environ.pop, "FACETRY_MASTER_KEY")
        servers = [Server(*flags) for _ in range(serving)]
        tenant = servers[0].create_tenant(*flags)
        for server in servers:
            server.tenant = tenant
            stack.enter_context(server)
        processes = {"store": [store.process], "search": [node.process for node in search], "cache": [cache.process]}
        yield Topology(servers, processes, proxies)


def _started_search(folder: Path, nodes: int, stack: ExitStack) -> list[Node]:
    if nodes > 1:
        cluster = Cluster(folder, nodes)
        stack.callback(cluster.stop)
        cluster.start()
        return cluster.nodes
    node = Node(folder)
    stack.callback(node.process.stop)
    node.process.start()
    return [node]


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
