"""kill -9 amid requests: nothing acknowledged is lost, store and index agree, nothing has to be repaired."""

from __future__ import annotations

import random
import threading

import pytest

from tests.api.server import product
from tests.program import Program, new_tenant, session_members, together, verified, wait_until

WRITERS = 6


class Writer:
    """Writes new products, new versions of an old one and deletions; knows what was answered."""

    def __init__(self, name):
        self.name = name
        self.turn = 0
        self.stored = {}
        self.removed = set()
        self.unsure = set()

    def write(self, server, token, killed):
        try:
            with server.connect(token) as connection:
                while not killed.is_set():
                    self.step(connection)
        except OSError:
            assert killed.wait(10)

    def step(self, connection):
        self.turn += 1
        sku = f"{self.name}-{self.turn % 40}" if self.turn % 3 == 0 else f"{self.name}-{self.turn}"
        self.unsure.add(sku)
        if self.turn % 10 == 9 and self.stored:
            sku = next(iter(self.stored))
            self.unsure.add(sku)
            connection("DELETE", f"/catalog/v1/products/{sku}")
            del self.stored[sku]
            self.removed.add(sku)
        else:
            body = product(sku, f"{self.name}-{self.turn % 7}", name=f"Ring version{self.turn}")
            assert connection.put(body).json["success"]
            self.stored[sku] = self.turn
            self.removed.discard(sku)
        self.unsure.clear()

    def check(self, connection):
        for sku, turn in self.stored.items():
            if sku not in self.unsure:
                assert connection.product(sku).json["name"] == f"Ring version{turn}"
        for sku in self.removed - self.unsure:
            assert "not found" in connection.product(sku).json["message"]


def crash_rounds(data, rounds, seed, *flags):
    amounts = random.Random(seed)
    writers = [Writer(f"W{number}") for number in range(WRITERS)]
    tenant = new_tenant(data, "Shop", "--id", "shop")
    with Program(data, *flags) as server:
        token = server.login(tenant)
        for _ in range(rounds):
            kill_amid_writes(server, writers, token, amounts.randrange(60, 200))
            wait_until(lambda: session_members(server.pid) == [])
            server.start()
            report = verified(data, "shop")
            assert report["differences"] == []
            assert report["products"] >= sum(len(writer.stored) for writer in writers) - WRITERS
            with server.connect(token) as connection:
                for writer in writers:
                    writer.check(connection)


def kill_amid_writes(server, writers, token, amount):
    killed = threading.Event()
    goal = sum(writer.turn for writer in writers) + amount

    def work(number):
        if number < WRITERS:
            writers[number].write(server, token, killed)
        else:
            wait_until(lambda: sum(writer.turn for writer in writers) >= goal, 30)
            server.kill()
            killed.set()

    together(WRITERS + 1, work)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_server_loses_nothing(data, workers):
    crash_rounds(data, 1, 11, "--workers", workers)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("workers", ["1", "3"])
def test_a_server_killed_again_and_again_loses_nothing(data, workers):
    crash_rounds(data, 8, 12, "--workers", workers)
