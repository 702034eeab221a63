#!/usr/bin/env python3
"""Start the topology of the compose file on one machine, without containers.

Three nodes of search, a cache, a store, two processes that serve, one that works in the background, nginx before them.

    python deploy/local-cluster/run.py             # until Ctrl-C
    python deploy/local-cluster/run.py --check     # tries it and ends

Servers come from the packages that the tests use, see tests/engines; FACETRY_TEST_MONGODB_URL names a MongoDB of your
own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.engines.fetching import valkey  # noqa: E402
from tools.engines.mongodb import MongoServer  # noqa: E402
from tools.engines.opensearch import Cluster  # noqa: E402
from tools.engines.process import HOST, ServerProcess, free_port, listens  # noqa: E402
from tools.engines.redis import RedisServer  # noqa: E402

PROGRAM = [sys.executable, "-m", "facetry.cli.main"]
WRITES = 60
KILL_AFTER = 20
MOST_REFUSED = 10


class LocalCluster:
    """The processes of one topology, in folders below one folder.

    Attributes:
        serving: The processes that serve, each with its port.
        worker: The one that works in the background.
        port: Where nginx listens.
    """

    def __init__(self, folder: Path, serving: int = 2) -> None:
        """Know how to start them."""
        self._folder = folder
        self._search = Cluster(folder / "search")
        self._cache = RedisServer(valkey(), folder / "cache")
        given = os.environ.get("FACETRY_TEST_MONGODB_URL")
        self._store = None if given else MongoServer(folder / "store")
        self._store_url = given or (self._store.url if self._store else "")
        self._master_key = secrets.token_hex(32)
        self.serving = [(port, self._process("serve", port)) for port in (free_port() for _ in range(serving))]
        self.worker = self._process("worker", free_port())
        self.port = free_port()
        self._proxy = ServerProcess("nginx", self._nginx(), folder, lambda: listens(self.port))

    def start(self) -> None:
        """Start all of them, engines first."""
        self._search.start()
        self._cache.process.start()
        if self._store is not None:
            self._store.process.start()
        for _, process in self.serving:
            process.start()
        self.worker.start()
        self._proxy.start()

    def stop(self) -> None:
        """Stop all of them, engines last."""
        for process in [self._proxy, self.worker, *(process for _, process in self.serving)]:
            process.stop()
        for engine in (self._store, self._cache):
            if engine is not None:
                engine.process.stop()
        self._search.stop()

    def command(self, *arguments: str) -> str:
        """Run a command of the program on these engines and return what it prints."""
        done = subprocess.run(
            [*PROGRAM, *arguments], check=True, capture_output=True, text=True, env=self._environment()
        )
        return done.stdout

    def _process(self, command: str, port: int) -> ServerProcess:
        folder = self._folder / f"{command}-{port}"
        folder.mkdir()
        options = ["--port", port, "--data", folder / "data"]
        setting = [f"{name}={value}" for name, value in self._settings().items()]
        started = ["env", *setting, *PROGRAM, command, *options]
        return ServerProcess(f"facetry {command}", started, folder, lambda: is_ready(port))

    def _settings(self) -> dict[str, str]:
        nodes = ",".join(f"{HOST}:{node.port}" for node in self._search.nodes)
        return {
            "FACETRY_STORE": f"{self._store_url}/facetry",
            "FACETRY_SEARCH": f"opensearch://{nodes}/facetry",
            "FACETRY_CACHE": self._cache.url,
            "FACETRY_MASTER_KEY": self._master_key,
        }

    def _environment(self) -> dict[str, str]:
        return os.environ | self._settings()

    def _nginx(self) -> list[object]:
        """Write the configuration of the compose file with the ports of here, and return the command."""
        text = (ROOT / "deploy/docker/nginx.conf").read_text("utf-8")
        ports = iter(port for port, _ in self.serving)
        text = re.sub(r"server serve\d:8080", lambda _: f"server {HOST}:{next(ports)}", text)
        text = text.replace("listen 8080", f"listen {HOST}:{self.port}").replace(
            "/tmp/nginx.pid", str(self._folder / "pid")
        )
        file = self._folder / "nginx.conf"
        file.write_text(text, "utf-8")
        program = shutil.which("nginx") or "nginx"
        return [program, "-p", self._folder, "-e", self._folder / "nginx.log", "-c", file, "-g", "daemon off;"]


def is_ready(port: int) -> bool:
    """Return whether a process says that requests are welcome."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except OSError:
        return False


def call(port: int, key: str, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON is anything
    """Send a request with a key and return the JSON of the answer.

    Raises:
        OSError: There is no answer, or it says that something is wrong.
    """
    data = None if body is None else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    request = urllib.request.Request(f"http://{HOST}:{port}{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the address is our own
        return json.loads(answer.read())


def check(cluster: LocalCluster) -> str:
    """Write through nginx, kill a process in between, and look for everything on the one that is left.

    Returns:
        What was seen, in one line.

    Raises:
        AssertionError: Something that was acknowledged is not there.
    """
    key = json.loads(cluster.command("tenant", "create", "Local", "--json"))["apiKey"]
    (left, _), (_, killed) = cluster.serving
    acknowledged: list[str] = []
    refused = 0
    for number in range(WRITES):
        if number == KILL_AFTER:
            threading.Thread(target=killed.kill).start()
        sku = f"LC-{number}"
        try:
            call(
                cluster.port,
                key,
                "PUT",
                f"/v2/products/{sku}",
                {"name": f"ring number{number}", "group_id": f"g{number % 7}"},
            )
        except (OSError, urllib.error.HTTPError):
            refused += 1
        else:
            acknowledged.append(sku)
    assert refused <= MOST_REFUSED, refused
    for sku in acknowledged:
        assert call(left, key, "GET", f"/v2/products/{sku}")["sku"] == sku
        found = call(left, key, "POST", "/v2/search", {"filter": f'sku = "{sku}"'})
        assert found["total_products"] == 1, (sku, found)
    return (
        f"{len(acknowledged)} writes acknowledged, {refused} refused while a process was killed; all are read and found"
    )


@contextlib.contextmanager
def running() -> Iterator[LocalCluster]:
    """Run a cluster in a folder that goes away with it."""
    with tempfile.TemporaryDirectory(prefix="facetry-cluster-") as name:
        cluster = LocalCluster(Path(name))
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def main() -> None:
    """Run until interrupted, or try everything and end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="try it and end")
    options = parser.parse_args()
    began = time.monotonic()
    with running() as cluster:
        sys.stdout.write(f"http://{HOST}:{cluster.port} answers after {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()
        if options.check:
            sys.stdout.write(check(cluster) + "\n")
            return
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
