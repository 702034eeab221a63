"""Two processes that serve on engines of their own, and a load of many clients that counts what it was promised."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.engines.network_proxy import NetworkProxy
from tests.program import HOST, Program, run_process, wait_until
from tools.engines.mongodb import MongoServer
from tools.engines.redis import RedisServer, Sentinels

CLIENTS = 16
CALL_SECONDS = 15
KEPT_SECONDS = 10
"""After so long without a call a server may close a connection just as the next one is sent."""
PAUSE_SECONDS = 0.05
"""A client that was refused does not try again at once."""
SETTLE_SECONDS = 60
GROUPS = 3
"""Each client's products are in so many groups, so that batches meet in them."""
NEW_SHARE = 0.2
"""So many writes make a product."""
UP_SECONDS = 30
BEFORE_SECONDS = 1.5
AFTER_SECONDS = 2.5
CALM_SECONDS = 15
"""By then nobody may notice any more that something was away: the longest time-out, and a little."""
LEAST_CALLS = 5
WRITE, READ, SEARCH = "write", "read", "search"


class Shared(NamedTuple):
    """What all machines use."""

    store: MongoServer
    cache: RedisServer | Sentinels
    index_url: str


class Machines:
    """Two machines, each one process, and what they share.

    Attributes:
        serving: The processes.
        store, cache: The servers that both use.
        to_store, to_cache, to_index: The network between the first machine and each engine.
        key: The API key of the one tenant.
    """

    def __init__(self, folder: Path, engines: Shared, stack: ExitStack) -> None:
        self.store = engines.store
        self.cache = engines.cache
        self.prefix = f"facetry-faults-{secrets.token_hex(4)}"
        self.to_store = stack.enter_context(NetworkProxy(engines.store.port))
        self.to_cache = stack.enter_context(NetworkProxy(port_of(engines.cache.url)))
        self.to_index = stack.enter_context(NetworkProxy(port_of(engines.index_url)))
        direct = (engines.store.url, engines.cache.url, engines.index_url)
        proxies = (self.to_store, self.to_cache, self.to_index)
        # Several servers tell their addresses themselves, so that no proxy stands before them.
        near = [through(url, proxy) if "," not in url else url for url, proxy in zip(direct, proxies, strict=True)]
        key = secrets.token_hex(32)
        self.serving = []
        for number, (store, cache, index) in enumerate((near, direct)):
            settings = {
                "FACETRY_STORE": f"{store}/faults?directConnection=true",
                "FACETRY_CACHE": cache,
                "FACETRY_SEARCH": f"{index}/{self.prefix}",
                "FACETRY_MASTER_KEY": key,
            }
            self.serving.append(Program(folder / f"machine-{number}", env=settings))
        made = run_process("tenant", "create", "Shop", "--json", env=settings)
        assert made.status == 0, made
        self.key = made.json["apiKey"]

    def start(self) -> None:
        for program in self.serving:
            program.start()

    def end(self) -> None:
        for program in self.serving:
            program.end()

    @property
    def networks(self) -> list[NetworkProxy]:
        return [self.to_store, self.to_cache, self.to_index]


class Client:
    """Calls the machines in turn, each over a connection of its own; a call that fails leaves none behind."""

    def __init__(self, machines: Machines) -> None:
        self._ports = [program.port for program in machines.serving]
        self._headers = {"authorization": f"Bearer {machines.key}", "content-type": "application/json"}
        self._connections: dict[int, http.client.HTTPConnection] = {}
        self._used: dict[int, float] = {}

    def call(self, machine: int, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Return status and document; raises OSError or HTTPException where there is no answer."""
        port = self._ports[machine]
        if time.monotonic() - self._used.get(port, 0.0) > KEPT_SECONDS and port in self._connections:
            self._connections.pop(port).close()
        connection = self._connections.setdefault(port, http.client.HTTPConnection(HOST, port, timeout=CALL_SECONDS))
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self._headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            del self._connections[port]
            raise
        self._used[port] = time.monotonic()
        return answer.status, json.loads(text)

    def quantity(self, machine: int, sku: str) -> int | None:
        """Return what is stored of a product, None where it is not."""
        status, said = self.call(machine, "GET", f"/v2/products/{sku}")
        assert status in (200, 404), said
        return said["quantity"] if status == 200 else None

    def found(self, machine: int, sku: str) -> int | None:
        """Return what a search finds of a product."""
        status, said = self.call(machine, "POST", "/v2/search", {"filter": f'sku = "{sku}"', "matched_products": 2})
        assert status == 200, said
        return next((one["quantity"] for hit in said["hits"] for one in hit["products"]), None)

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()


class Load:
    """Many clients, each the only writer of its products, that write, read and search on either machine.

    A product whose write was not acknowledged is left alone from then on: it may be there or not.

    Attributes:
        acknowledged: What each product must be at least.
        unsure: What the last write of a product would have made of it, where nobody acknowledged that.
        wrong: Answers that are not what they had to be, as text.
        errors: When which kind of call on which machine failed, and how.
        done: How many calls of each kind were answered well.
        gaps: The longest time without any good answer, by kind of call.
    """

    def __init__(self, machines: Machines, seed: int = 1) -> None:
        self._machines = machines
        self._seed = seed
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self.acknowledged: dict[str, int] = {}
        self.unsure: dict[str, int] = {}
        self.wrong: list[str] = []
        self.errors: list[tuple[float, str, int, str]] = []
        self.done: Counter[str] = Counter()
        self.gaps: dict[str, float] = {}
        self._run = secrets.token_hex(2)

    def __enter__(self):
        self._begun = time.monotonic()
        self._last = dict.fromkeys((WRITE, READ, SEARCH), self._begun)
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(CLIENTS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        for thread in self._threads:
            thread.join(CALL_SECONDS * 3)

    def now(self) -> float:
        """Return the seconds since the load began."""
        return time.monotonic() - self._begun

    def _work(self, number: int) -> None:
        chance, client = random.Random(f"{self._seed} {number}"), Client(self._machines)
        mine: list[str] = []
        made = 0
        while not self._is_over.is_set():
            kind = chance.choice((WRITE, READ, SEARCH)) if mine else WRITE
            if kind == WRITE and (len(mine) < GROUPS or chance.random() < NEW_SHARE):
                made += 1
                sku = f"{self._run}-{number}-{made}"
            else:
                sku = chance.choice(mine)
            is_certain = self._call(client, kind, sku, chance.randrange(2))
            if kind == WRITE:
                mine = [*(one for one in mine if one != sku), *([sku] if is_certain else [])]
        client.close()

    def _call(self, client: Client, kind: str, sku: str, machine: int) -> bool:
        """Do one call, and return whether it was answered well."""
        try:
            if kind == WRITE:
                self._write(client, machine, sku)
            else:
                self._look(client, kind, machine, sku)
        except (OSError, http.client.HTTPException, AssertionError) as error:
            with self._lock:
                self.errors.append((self.now(), kind, machine, f"{type(error).__name__}: {error}"[:300]))
            time.sleep(PAUSE_SECONDS)
            return False
        self._count(kind)
        return True

    def _look(self, client: Client, kind: str, machine: int, sku: str) -> None:
        seen = client.quantity(machine, sku) if kind == READ else client.found(machine, sku)
        if seen != self.acknowledged[sku]:
            told = f"{self.now():.2f} s: {kind} of {sku} on {machine}: {seen}, not {self.acknowledged[sku]}"
            with self._lock:
                self.wrong.append(told)

    def _write(self, client: Client, machine: int, sku: str) -> None:
        wanted = self.acknowledged.get(sku, 0) + 1
        self.unsure[sku] = wanted
        _, number, made = sku.split("-")
        body = {"name": f"ring {sku}", "group_id": f"g-{number}-{int(made) % GROUPS}", "quantity": wanted}
        status, said = client.call(machine, "PUT", f"/v2/products/{sku}", body)
        assert status in (200, 201), (status, said)
        self.acknowledged[sku] = wanted
        del self.unsure[sku]

    def _count(self, kind: str) -> None:
        with self._lock:
            now = time.monotonic()
            self.gaps[kind] = max(self.gaps.get(kind, 0.0), now - self._last[kind])
            self._last[kind] = now
            self.done[kind] += 1

    def lost(self) -> list[str]:
        """Return what is not as it was acknowledged, on either machine, read or found, once the index has settled."""
        client, faults = Client(self._machines), []
        for sku in self.acknowledged.keys() | self.unsure.keys():
            stored = client.quantity(0, sku)
            allowed = {self.acknowledged.get(sku), self.unsure.get(sku, self.acknowledged.get(sku))}
            if stored not in allowed:
                faults.append(f"{sku} is {stored}, not one of {allowed}")
            if client.quantity(1, sku) != stored:
                faults.append(f"{sku} is not the same on both machines")
        for sku in self.acknowledged.keys() | self.unsure.keys():
            faults += [f"{sku} is not found as it is on {n}" for n in (0, 1) if not self._settles(client, n, sku)]
        client.close()
        return faults

    def _settles(self, client: Client, machine: int, sku: str) -> bool:
        stored, seconds = client.quantity(machine, sku), SETTLE_SECONDS if sku in self.unsure else 0
        end = time.monotonic() + seconds
        while client.found(machine, sku) != stored:
            if time.monotonic() >= end:
                return False
            time.sleep(0.1)
        return True

    def summary(self) -> str:
        """Return all counts in one line."""
        gaps = ", ".join(f"{kind} {gap:.2f} s" for kind, gap in sorted(self.gaps.items()))
        return (
            f"{self.done[WRITE]} writes, {self.done[READ]} reads, {self.done[SEARCH]} searches, "
            f"{len(self.errors)} errors, {len(self.unsure)} unsure, {len(self.wrong)} wrong; longest gaps: {gaps}"
        )


def port_of(url: str) -> int:
    """Return the port of the first server of an address."""
    return int(url.partition("://")[2].partition(",")[0].partition("/")[0].rpartition(":")[2])


def through(url: str, proxy: NetworkProxy) -> str:
    """Return an address with a proxy in the place of its server."""
    return f"{url.partition('://')[0]}://{HOST}:{proxy.port}"


@contextmanager
def machines_on(folder: Path, engines: Shared) -> Iterator[Machines]:
    """Run two machines on these engines."""
    with ExitStack() as stack:
        machines = Machines(folder, engines, stack)
        stack.callback(machines.end)
        machines.start()
        yield machines


@contextmanager
def harmed(
    machines: Machines, after_seconds: float = AFTER_SECONDS, calm_seconds: float = CALM_SECONDS
) -> Iterator[Load]:
    """Give a load in the midst of which harm is done, and hold it against what was promised to it."""
    with Load(machines) as load:
        time.sleep(BEFORE_SECONDS)
        begun = load.now()
        yield load
        healed = load.now()
        time.sleep(after_seconds)
    sys.stdout.write(f"{load.summary()}\n")
    assert load.wrong == [], load.wrong[:5]
    assert load.lost() == []
    late = [error for error in load.errors if not begun - 0.1 <= error[0] <= healed + calm_seconds]
    assert late == [], late[:5]
    assert min(load.done.values()) > LEAST_CALLS


def wait_until_up(machines: Machines) -> None:
    """Wait until both machines answer a write, so that one test's harm is over before the next begins."""
    said: list[tuple[int, object]] = []

    def writes() -> bool:
        client = Client(machines)
        body = {"name": "x", "group_id": "up", "quantity": 1}
        try:
            said[:] = [client.call(n, "PUT", f"/v2/products/up-{n}", body) for n in (0, 1)]
        except (OSError, http.client.HTTPException) as error:
            said[:] = [(0, error)]
        finally:
            client.close()
        return all(status in (200, 201) for status, _ in said)

    try:
        wait_until(writes, UP_SECONDS)
    except AssertionError:
        raise AssertionError(f"the machines are not up: {said}") from None
