"""kill -9 amid requests: nothing acknowledged is lost, store and index agree, nothing has to be repaired."""

from __future__ import annotations

import random
import threading
from http.client import HTTPException

import pytest

from tests.api.server import product
from tests.program import Program, new_tenant, session_members, together, verified, wait_until

WRITERS = 6


class Writer:
    """Writes new products, new versions of old ones and deletions; knows what was answered.

    Attributes:
        stored: The version of each product whose last write was acknowledged.
        removed: SKUs whose deletion was acknowledged.
        unsure: SKUs of which nobody knows, since the last write's answer did not come.
    """

    def __init__(self, name):
        self.name = name
        self.turn = 0
        self.stored = {}
        self.removed = set()
        self.unsure = set()

    def write(self, server, token, killed):
        try:
            with server.connect(token) as connection:
                while not killed.is_set() and self.step(connection):
                    pass
        except (OSError, HTTPException):
            pass
        assert killed.wait(10)

    def step(self, connection):
        """Write once and return whether that was acknowledged; a process whose owner is gone says that it cannot."""
        self.turn += 1
        is_deletion = self.turn % 10 == 9 and self.stored
        if is_deletion:
            sku = next(iter(self.stored))
        else:
            sku = f"{self.name}-{self.turn % 40 if self.turn % 3 == 0 else self.turn}"
        self.stored.pop(sku, None)
        self.removed.discard(sku)
        self.unsure.add(sku)
        if is_deletion:
            reply = connection("DELETE", f"/catalog/v1/products/{sku}")
        else:
            body = product(sku, f"{self.name}-{self.turn % 7}", name=f"Ring version{self.turn}")
            reply = connection.put(body)
        if reply.status == 500:
            return False
        assert reply.json["success"]
        self.unsure.discard(sku)
        if is_deletion:
            self.removed.add(sku)
        else:
            self.stored[sku] = self.turn
        return True

    def check(self, connection):
        for sku, turn in self.stored.items():
            assert connection.product(sku).json["name"] == f"Ring version{turn}"
        for sku in self.removed:
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
            sure = sum(len(writer.stored) for writer in writers)
            assert sure <= report["products"] <= sure + sum(len(writer.unsure) for writer in writers)
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
