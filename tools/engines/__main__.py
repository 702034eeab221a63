"""Run a command beside one server of each kind, whose addresses it finds in its environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools.engines.fetching import MissingError, valkey
from tools.engines.mongodb import MongoServer
from tools.engines.opensearch import Node
from tools.engines.redis import RedisServer

SERVERS: dict[str, Callable[[Path], Node | MongoServer | RedisServer]] = {
    "FACETRY_TEST_OPENSEARCH_URL": Node,
    "FACETRY_TEST_MONGODB_URL": MongoServer,
    "FACETRY_TEST_REDIS_URL": lambda folder: RedisServer(valkey(), folder),
}


@contextmanager
def addresses() -> Iterator[dict[str, str]]:
    """Start what the environment does not name, and give all addresses; what cannot be had has none."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="facetry-engines-")))
        found = {}
        for name, make in SERVERS.items():
            if os.environ.get(name):
                continue
            try:
                server = make(folder / name)
            except MissingError as error:
                sys.stderr.write(f"{error}\n")
                continue
            stack.callback(server.process.stop)
            server.process.start()
            found[name] = server.url
        yield found


def main(command: list[str]) -> int:
    """Run a command and return its exit status."""
    with addresses() as found, subprocess.Popen(command, env={**os.environ, **found}) as child:
        # Whoever stops this stops that: without servers it would only fail.
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            return child.wait()
        except KeyboardInterrupt:
            return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
