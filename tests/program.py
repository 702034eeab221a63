"""The program as its users run it: ``facetry`` processes on free ports, connections to them, commands."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import quote, urlencode

from typer.testing import CliRunner

from facetry.cli.main import app
from facetry.cli.options import guarded
from tests.support import ROOT

HOST = "127.0.0.1"
READY_SECONDS = 60
CONNECTION_SECONDS = 30
STOP_SECONDS = 10
"""How long a stop may take, by the promise of the program."""
PR_SET_PDEATHSIG = 1
PRODUCTS = "/catalog/v1/products"
GROUPS = "/catalog/v1/productgroups"
T = TypeVar("T")


class Outcome(NamedTuple):
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Reply(NamedTuple):
    """The answer to a request; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One kept-alive connection, with a tenant's token or without."""

    def __init__(self, port: int, token: str | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._client = (
            http.client.HTTPSConnection(HOST, port, timeout=CONNECTION_SECONDS, context=tls)
            if tls
            else http.client.HTTPConnection(HOST, port, timeout=CONNECTION_SECONDS)
        )
        self._headers = {} if token is None else {"x-access-token": token}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, method: str, target: str, body: object = None, headers: dict[str, str] | None = None) -> Reply:
        """Send one request; a dictionary goes as JSON, bytes as they are."""
        sent = {**self._headers, **(headers or {})}
        if isinstance(body, dict):
            body, sent["content-type"] = json.dumps(body).encode(), "application/json"
        self._client.request(method, target, body, sent)  # type: ignore[arg-type]
        answer = self._client.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def get(self, target: str, **headers: str) -> Reply:
        return self("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, body: dict[str, Any]) -> Reply:
        return self("POST", PRODUCTS, body)

    def put(self, body: dict[str, Any]) -> Reply:
        return self("PUT", PRODUCTS, body)

    def product(self, sku: str, **headers: str) -> Reply:
        return self.get(f"{PRODUCTS}/{quote(sku, safe='')}", **headers)

    def group(self, name: str, **headers: str) -> Reply:
        return self.get(f"{GROUPS}/{quote(name, safe='')}", **headers)

    def search(self, text: str, **parameters: object) -> Reply:
        return self.get("/search/v1/search?" + urlencode({"q": text, **parameters}, doseq=True))

    def total(self, text: str) -> int:
        """Return how many groups a search finds."""
        found: int = self.search(text).json["hits"]["total"]["value"]
        return found

    def send_head(self, method: str, target: str, length: int, headers: dict[str, str] | None = None) -> None:
        """Begin a request whose body follows by ``finish``."""
        self._client.putrequest(method, target)
        described = {"content-type": "application/json", "content-length": str(length)}
        for name, value in {**self._headers, **described, **(headers or {})}.items():
            self._client.putheader(name, value)
        self._client.endheaders()

    def finish(self, body: bytes) -> Reply:
        """Send the body of a request that was begun, and return its answer."""
        self._client.send(body)
        answer = self._client.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def handshake(self) -> bytes:
        """Open an encrypted connection and return the server's certificate."""
        self._client.connect()
        assert isinstance(self._client.sock, ssl.SSLSocket)
        return self._client.sock.getpeercert(binary_form=True) or b""

    @property
    def is_closed_by_server(self) -> bool:
        """Return whether the server has hung up an idle connection."""
        sock = self._client.sock
        sock.settimeout(0)
        try:
            return sock.recv(1) == b""
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        finally:
            sock.settimeout(CONNECTION_SECONDS)

    def close(self) -> None:
        self._client.close()


class Program:
    """A server: ``facetry serve`` on a data directory and a free port, in a session of its own.

    Attributes:
        what: The command that is run.
    """

    what = "serve"

    def __init__(
        self, data: Path, *flags: object, env: dict[str, str] | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.data = data
        self.port = free_port()
        self.output_path = data.with_name(f"{data.name}.out")
        self.log_path = data.with_name(f"{data.name}.log")
        self._flags = flags
        self._env = env or {}
        self._tls = tls
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def worker_pids(self) -> list[int]:
        """Return the ids of the further processes of ``--workers``."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text("ascii").split()]

    def start(self) -> Self:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Start it."""
        c_library()  # Loading is not for the moment between fork and exec.
        with self.output_path.open("ab") as out, self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command(self.what, "--data", self.data, "--port", self.port, *self._flags),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                env=environment(self._env),
                cwd=self.data.parent,
                start_new_session=True,
                preexec_fn=end_with_tests if sys.platform == "linux" else None,  # noqa: PLW1509 - one system call
            )

    def wait_until_ready(self) -> None:
        """Wait until it welcomes requests."""
        wait_until(self._is_ready, READY_SECONDS, f"{self.log}")

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Wait for its end and return its exit status."""
        assert self._process is not None
        return self._process.wait(seconds)

    def send(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop, and return its exit status."""
        self.send(number)
        return self.wait()

    def kill(self) -> None:
        """End it without any warning; further workers notice that by themselves."""
        self.send(signal.SIGKILL)
        self.wait()

    def end(self) -> None:
        """End it and whatever it has started, if it still runs."""
        if self._process is None:
            return
        if self.is_running:
            self.send(signal.SIGTERM)
            try:
                self.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        for pid in session_members(self.pid):
            os.kill(pid, signal.SIGKILL)

    @property
    def output(self) -> str:
        """Return what it has printed."""
        return self.output_path.read_text("utf-8")

    @property
    def log(self) -> str:
        return self.log_path.read_text("utf-8")

    def log_lines(self) -> list[dict[str, Any]]:
        """Return the lines of its log, the one still being written left out, and what is told to who starts it."""
        lines = self.log.splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n") and line.startswith("{")]

    def connect(self, token: str | None = None) -> Connection:
        """Return a new connection; with several workers the system chooses whose."""
        return Connection(self.port, token, self._tls)

    def login(self, tenant: dict[str, Any]) -> str:
        """Return a new token of a tenant."""
        with self.connect() as connection:
            return login(connection, tenant).json["token"]  # type: ignore[no-any-return]

    def answering(self, requests: int = 24) -> set[str]:
        """Return which processes answer new connections, by the part of request ids that they share."""
        found = set()
        for _ in range(requests):
            with self.connect() as connection:
                found.add(process_of(connection.get("/healthz")))
        return found

    def metrics(self) -> dict[str, float]:
        """Return all metrics, by name and labels."""
        with self.connect() as connection:
            return parse_metrics(connection.get("/metrics").body.decode())

    def _is_ready(self) -> bool:
        if not self.is_running:
            raise AssertionError(f"the server ended:\n{self.output[-2000:]}{self.log[-2000:]}")
        try:
            with self.connect() as connection:
                return connection.get("/readyz").status == 200
        except http.client.HTTPException:
            return False
        except OSError:
            return False


def end_with_tests() -> None:
    """Have the system end this process when the one that runs the tests is killed, and so cannot do it."""
    c_library().prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@cache
def c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def process_of(reply: Reply) -> str:
    """Return what the ids of all requests that one process answers begin with."""
    return reply.headers["x-request-id"][:16]


def login(connection: Connection, tenant: dict[str, Any]) -> Reply:
    """Try to log in."""
    query = urlencode({"id": tenant["id"], "apiKey": tenant["apiKey"]})
    return connection.get(f"/admin/v1/customers/login?{query}")


def parse_metrics(text: str) -> dict[str, float]:
    """Return the samples of Prometheus' text format."""
    samples = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def session_members(leader: int) -> list[int]:
    """Return the ids of the living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text("utf-8").rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state not in "ZX":
            found.append(int(stat.parent.name))
    return found


def wait_until(holds: Callable[[], object], seconds: float = 10, what: str = "what was waited for") -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def environment(given: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a process: this one's without our settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FACETRY_")}
    # What a test prints must not depend on who looks at it.
    return {**kept, "NO_COLOR": "1", "COLUMNS": "120", **(given or {})}


def command(*arguments: object) -> list[str]:
    """Return the command line of a process of its own."""
    return [sys.executable, "-m", "facetry.cli.main", *map(str, arguments)]


def run_process(*arguments: object, stdin: str = "", env: dict[str, str] | None = None) -> Outcome:
    """Run a command in a process of its own."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(env),
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def run(*arguments: object, stdin: str = "", env: dict[str, str] | None = None) -> Outcome:
    """Run a command in this process, to the same effect."""
    ours = {name: None for name in os.environ if name.startswith("FACETRY_")}
    given = {**ours, "NO_COLOR": "1", "COLUMNS": "120", **(env or {})}
    with CliRunner().isolation(input=stdin, env=given) as (out, err, _):
        try:
            status = guarded(lambda: app([*map(str, arguments)], prog_name="facetry"))
        except SystemExit as end:
            status = int(end.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        return Outcome(status, out.getvalue().decode(), err.getvalue().decode())


def done(*arguments: object, **options: Any) -> Outcome:
    """Run a command that must succeed."""
    outcome = run(*arguments, **options)
    assert outcome.status == 0, outcome
    return outcome


def new_tenant(data: Path, name: str = "Shop", *flags: object) -> dict[str, Any]:
    """Create a tenant, beside a running server or without one, and return its keys."""
    keys: dict[str, Any] = done("tenant", "create", name, "--json", "--data", data, *flags).json
    return keys


def verified(data: Path, tenant: str) -> dict[str, Any]:
    """Have all that is derived compared, and return the report of a store without faults."""
    (report,) = run("verify", "--tenant", tenant, "--json", "--data", data).json
    found: dict[str, Any] = report
    assert found.pop("faults") == []
    assert len(found.pop("digest")) == 64
    return found


def together(count: int, work: Callable[[int], T]) -> list[T]:
    """Do something in so many threads at once, and return what each one returned."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))
