"""The service as shipped over a prepared catalog: restart, memory, and searches of several clients over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Self

from bench.figures import Figure
from bench.program import Server
from bench.rivals.connection import Connection
from bench.searches.prepared import Prepared
from bench.searches.requests import Json, request
from bench.searches.timing import Times, times
from bench.shapes.question import Question

CLIENTS = 8
_SECONDS = 10.0
_WARM = 60
_PATH = "/v2/search"
READY = {"J1": 3.0, "G": 6.0}
MEGABYTES = {"J1": 700.0, "G": 2000.0}
OVER_HTTP = {"J1": "broad", "J2": "all", "G": "faceted"}
_HTTP_P95 = 60.0


class Facetry:
    """A running service with one catalog, asked over HTTP."""

    def __init__(self, prepared: Prepared) -> None:
        """Plan a server over a prepared directory; entering the block starts it."""
        self._prepared = prepared
        self.server = Server(directory=prepared.directory)

    def __enter__(self) -> Self:
        """Start it."""
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.server.__exit__()

    def connect(self) -> Connection:
        """Return a new connection with the tenant's key."""
        return Connection(self.server.port, {"Authorization": f"Bearer {self._prepared.key}"})


def search(connection: Connection, question: Question) -> Json:
    """Return the parsed answer to a question."""
    answer: Json = connection.ask("POST", _PATH, request(question))
    return answer


def measure(prepared: Prepared) -> list[Figure]:
    """Return the figures of the service."""
    shape = prepared.shape
    with Facetry(prepared):
        pass  # The first start may still have something to persist.
    with Facetry(prepared) as service:
        ready = service.server.ready_seconds
        opened = service.server.memory_megabytes()
        found = _together(service, shape.questions(1000, OVER_HTTP[shape.name]))
        for kind in shape.asks:
            connection = service.connect()
            for question in shape.questions(_WARM, kind):
                search(connection, question)
            connection.close()
        used = service.server.memory_megabytes()
    ready_goal, memory_goal = READY.get(shape.name), MEGABYTES.get(shape.name)
    return [
        Figure(
            f"{shape.name}: restart to ready",
            f"{ready:.1f} s",
            f"<= {ready_goal:g} s" if ready_goal else "",
            ok=not ready_goal or ready <= ready_goal,
        ),
        Figure(
            f"{shape.name}: memory of the service after searches of all kinds (PSS)",
            f"{used:,.0f} MB ({opened:,.0f} MB before)",
            f"<= {memory_goal:,.0f} MB" if memory_goal else "",
            ok=not memory_goal or used <= memory_goal,
        ),
        Figure(
            f"{shape.name}: {OVER_HTTP[shape.name]} over HTTP, {CLIENTS} clients, hits parsed",
            f"{found}, {len(found.milliseconds) / _SECONDS:,.0f}/s",
            f"p95 <= {_HTTP_P95:g} ms" if shape.name == "J1" else "",
            ok=shape.name != "J1" or found.at(0.95) <= _HTTP_P95,
        ),
    ]


def _together(service: Facetry, questions: Sequence[Question]) -> Times:
    """Let clients ask without pause, each after its own answer, and return how long answers took."""
    seconds: list[list[float]] = [[] for _ in range(CLIENTS)]
    end = time.perf_counter() + _SECONDS

    def ask(number: int) -> None:
        connection = service.connect()
        at = number
        while (start := time.perf_counter()) < end:
            hits = search(connection, questions[at % len(questions)])["hits"]
            seconds[number].append(time.perf_counter() - start)
            assert isinstance(hits, list)
            at += CLIENTS
        connection.close()

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return times(second for own in seconds for second in own)
