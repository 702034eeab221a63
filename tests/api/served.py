"""A real server in a process of its own, and clients with connections of their own."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

CONNECTIONS = 32
START_SECONDS = 60
FACETRY = [sys.executable, "-m", "facetry.cli.main"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(folder, engines, *options):
    """Serve a data directory, or the engines that flags name, with one tenant, and give a pool of its clients."""
    data = ["--data", str(folder / "data"), *engines]
    make = [*FACETRY, "tenant", "create", "Shop", "--id", "shop", "--api-key", "api-key-of-shop", *data]
    subprocess.run(make, check=True, capture_output=True, timeout=START_SECONDS)
    port = free_port()
    with (folder / "log").open("wb") as log:
        command = [*FACETRY, "serve", "--host", "127.0.0.1", "--port", str(port), *data, *options]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_until_ready(process, port, folder / "log")
            with Pool(port) as pool:
                yield pool
        finally:
            process.terminate()
            assert process.wait(30) == 0


def wait_until_ready(process, port, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            with closing(Connection(port)) as connection:
                if connection("GET", "/readyz")[0] == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())


class Connection:
    """One kept-alive connection."""

    def __init__(self, port, headers=None):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = headers or {}

    def __call__(self, method, path, fields=None):
        """Return status and JSON of the reply."""
        body = None if fields is None else json.dumps(fields)
        headers = self.headers if body is None else {**self.headers, "content-type": "application/json"}
        self.http.request(method, path, body, headers)
        reply = self.http.getresponse()
        return reply.status, json.loads(reply.read())

    def close(self):
        self.http.close()


class Pool:
    """As many threads as connections, each with its own."""

    def __init__(self, port):
        self.port = port
        login = "/admin/v1/customers/login?id=shop&apiKey=api-key-of-shop"
        with closing(Connection(port)) as connection:
            token = connection("GET", login)[1]["token"]
        self._connect = lambda: Connection(port, {"x-access-token": token})
        self._connections = []
        self._mine = threading.local()
        self._threads = ThreadPoolExecutor(CONNECTIONS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def call(self, method, path, fields=None):
        """Send a request over this thread's connection and return the JSON of a 200."""
        if not hasattr(self._mine, "connection"):
            self._mine.connection = self._connect()
            self._connections.append(self._mine.connection)
        status, reply = self._mine.connection(method, path, fields)
        assert status == 200, reply
        return reply

    def at_once(self, calls):
        """Send requests over all connections and return their replies in order."""
        return self.each(lambda call: self.call(*call), calls)

    def each(self, work, items):
        """Do some work for each item, over all connections, and return the results in order."""
        return list(self._threads.map(work, items))
