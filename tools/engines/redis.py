"""Redis and Valkey: one server, one with followers under sentinels, or a cluster."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Final

from tools.engines.process import HOST, ServerProcess, StartError, free_port

MASTER: Final = "facetry"
_SLOTS: Final = 16384
_JOIN_SECONDS: Final = 30


class RedisServer:
    """One server that keeps nothing on disk.

    Attributes:
        port: Where it listens.
        process: Its process.
    """

    def __init__(self, program: Path, folder: Path, *options: object) -> None:
        """Know how to start one with further options."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port = free_port()
        kept = ["--save", "", "--appendonly", "no", "--bind", HOST, "--port", port, "--dir", folder]
        # By default followers are waited for some seconds, to serve several at once.
        kept += ["--repl-diskless-sync-delay", 0]
        self.process = ServerProcess(program.name, [program, *kept, *options], folder, lambda: answers(port))

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://{HOST}:{self.port}"


class Sentinels:
    """A master, one that follows it, and three sentinels that replace the one by the other.

    Attributes:
        servers: The master of the beginning, and its follower.
        ports: Where the sentinels listen.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        """Know how to start them."""
        master = RedisServer(program, folder / "master")
        follower = RedisServer(program, folder / "follower", "--replicaof", f"{HOST} {master.port}")
        self.servers = [master, follower]
        self.ports = [free_port() for _ in range(3)]
        self._sentinels = [_sentinel(program, folder / f"sentinel-{port}", port, master.port) for port in self.ports]

    @property
    def url(self) -> str:
        """Return the address of the master, as the sentinels know it."""
        return f"redis+sentinel://{','.join(f'{HOST}:{port}' for port in self.ports)}/{MASTER}"

    def start(self) -> None:
        """Start them all and wait until the sentinels know each other.

        Raises:
            StartError: They do not, in time.
        """
        for server in self.servers:
            server.process.start()
        _wait_until_said(self.servers[1].port, ("INFO", "replication"), "master_link_status:up")
        for process in self._sentinels:
            process.start()
        for port in self.ports:
            _wait_until_said(port, ("SENTINEL", "CKQUORUM", MASTER), "3 usable")

    def stop(self) -> None:
        """Stop them all."""
        for process in [*self._sentinels, *(server.process for server in self.servers)]:
            process.stop()


def _sentinel(program: Path, folder: Path, port: int, master: int) -> ServerProcess:
    folder.mkdir(parents=True, exist_ok=True)
    settings = [
        f"port {port}",
        f"bind {HOST}",
        f"dir {folder}",
        f"sentinel monitor {MASTER} {HOST} {master} 2",
        f"sentinel down-after-milliseconds {MASTER} 500",
        f"sentinel failover-timeout {MASTER} 2000",
    ]
    written = folder / "sentinel.conf"
    written.write_text("\n".join(settings) + "\n")
    return ServerProcess("a sentinel", [program, written, "--sentinel"], folder, lambda: answers(port))


class RedisCluster:
    """Three masters that share the slots, and a follower of each.

    Attributes:
        servers: The masters, then the followers.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        """Know how to start them."""
        # By default the port among themselves is 10,000 higher, which free ports have no room for.
        self._buses = [free_port() for _ in range(6)]
        self.servers = [
            RedisServer(program, folder / f"server-{number}", *_of_cluster(bus))
            for number, bus in enumerate(self._buses)
        ]

    @property
    def url(self) -> str:
        """Return the address of the cluster."""
        return f"redis+cluster://{','.join(f'{HOST}:{server.port}' for server in self.servers[:3])}"

    def start(self) -> None:
        """Start them all and make a cluster of them.

        Raises:
            StartError: They do not become one, in time.
        """
        for server in self.servers:
            server.process.start()
        for number, server in enumerate(self.servers[:3]):
            slots = (_SLOTS * number // 3, _SLOTS * (number + 1) // 3 - 1)
            said(server.port, "CLUSTER", "ADDSLOTSRANGE", *slots)
            said(server.port, "CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for server in self.servers[1:]:
            said(server.port, "CLUSTER", "MEET", HOST, self.servers[0].port, self._buses[0])
        for server in self.servers:
            _wait_until_said(server.port, ("CLUSTER", "INFO"), "cluster_known_nodes:6")
        for master, follower in zip(self.servers[:3], self.servers[3:], strict=True):
            name = said(master.port, "CLUSTER", "MYID").splitlines()[1]
            _wait_until_said(follower.port, ("CLUSTER", "REPLICATE", name), "+OK")
            # One that has not caught up yet would not take over.
            _wait_until_said(follower.port, ("INFO", "replication"), "master_link_status:up")
        for server in self.servers:
            _wait_until_said(server.port, ("CLUSTER", "INFO"), "cluster_state:ok")

    def stop(self) -> None:
        """Stop them all."""
        for server in self.servers:
            server.process.stop()


def _of_cluster(bus: int) -> tuple[object, ...]:
    """Return the options of one server of a cluster."""
    return ("--cluster-enabled", "yes", "--cluster-node-timeout", 1000, "--cluster-port", bus)


def answers(port: int) -> bool:
    """Return whether a server answers on a port."""
    try:
        return said(port, "PING").startswith("+PONG")
    except OSError:
        return False


def said(port: int, *words: object) -> str:
    """Send one command over a connection of its own and return what comes back, as it is on the wire."""
    texts = [str(word).encode() for word in words]
    with socket.create_connection((HOST, port), timeout=5) as connection:
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(text), text) for text in texts)
        connection.sendall(b"*%d\r\n%s" % (len(texts), parts))
        return connection.recv(1 << 16).decode()


def _wait_until_said(port: int, words: tuple[object, ...], expected: str) -> None:
    end = time.monotonic() + _JOIN_SECONDS
    while expected not in (answer := said(port, *words)):
        if time.monotonic() > end:
            raise StartError(f"{' '.join(map(str, words))} says {answer}")
        time.sleep(0.05)
