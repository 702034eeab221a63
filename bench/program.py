"""The program under measurement: started as shipped, in processes of its own."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

WAIT_SECONDS = 60


class Server:
    """A server on a free port of this machine, over a data directory of its own."""

    def __init__(self, *options: str, directory: Path | None = None) -> None:
        """Plan a server; entering the block starts it."""
        self.directory = directory or Path(tempfile.mkdtemp(prefix="facetry-bench-"))
        self.port = free_port()
        self._keeps = directory is not None
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.ready_seconds = 0.0
        self.tenant: dict[str, str] = {}

    def create_tenant(self, *options: str) -> dict[str, str]:
        """Create a tenant before the start, with options that name engines, and return its id and keys."""
        made = command("tenant", "create", "Bench", "--json", "--data", str(self.directory), *options)
        self.tenant = json.loads(made.stdout)
        return self.tenant

    def __enter__(self) -> Self:
        """Start it and wait until it is ready."""
        start = time.perf_counter()
        self._log = (self.directory / "server.log").open("wb")
        options = ("serve", "--port", str(self.port), "--data", str(self.directory), *self._options)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "facetry.cli.main", *options],
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        while not self._is_ready():
            if self._process.poll() is not None or time.perf_counter() - start > WAIT_SECONDS:
                self._process.kill()
                raise RuntimeError((self.directory / "server.log").read_text())
            time.sleep(0.02)
        self.ready_seconds = time.perf_counter() - start
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
        self._log.close()
        if not self._keeps:
            shutil.rmtree(self.directory, ignore_errors=True)

    def login(self) -> str:
        """Return a token of the tenant."""
        path = f"/admin/v1/customers/login?id={self.tenant['id']}&apiKey={self.tenant['apiKey']}"
        return str(json.loads(self.get(path))["token"])

    def get(self, path: str, token: str = "") -> bytes:
        """Return the body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"x-access-token": token} if token else {})
        body = connection.getresponse().read()
        connection.close()
        return body

    def memory_megabytes(self) -> float:
        """Return the proportional memory (PSS) of all its processes."""
        assert self._process is not None
        total = 0
        for pid in [self._process.pid, *children(self._process.pid)]:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024

    def processor_seconds(self) -> float:
        """Return the processor time that all its processes have had."""
        assert self._process is not None
        ticks = 0
        for pid in [self._process.pid, *children(self._process.pid)]:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _is_ready(self) -> bool:
        try:
            return b"ready" in self.get("/readyz")
        except OSError:
            return False


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end.

    Raises:
        RuntimeError: It failed; the message is what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "facetry.cli.main", *arguments], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with status {done.returncode}: {done.stderr.strip()}")
    return done


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def machine() -> str:
    """Return what this machine is, in one line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown processor",
    )
    return f"{os.cpu_count()} x {model}, Python {sys.version.split()[0]}"
