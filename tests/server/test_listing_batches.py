"""Batches of listings on a real server: done in the background, by the owner for all workers, also after kill -9."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from tests.program import Program, new_tenant, wait_until

FORM = {"content-type": "application/x-www-form-urlencoded"}
LISTINGS = 1_000
RING = {"sku": "R-1", "title": "Ring", "type": "ring", "price": 100, "quantity": 5}


class Office:
    """Calls the Client API of a program with a tenant's access key."""

    def __init__(self, program, key):
        self.program = program
        self.key = key

    def __call__(self, action, data=None):
        """Call an action that must succeed, over a connection of its own, and return its data."""
        fields = {"auth": self.key, "action": action}
        if data is not None:
            fields["data"] = json.dumps(data)
        with self.program.connect() as connection:
            answer = connection("POST", "/client/V1/", urlencode(fields).encode(), FORM).json
        assert answer["status"]["code"] == 100, answer
        return answer["data"]

    def offer(self, count):
        """Put the ring on offer so often, at another price than its own."""
        self("product_import", RING)
        self("listing_import", [{"sku": "R-1", "channel": 3000, "price": 1, "quantity": 1}] * count)

    def batch(self, number):
        """Return what is told of a batch."""
        return self("batch_status", number)[0]

    def prices(self):
        """Return the prices at which the ring is on offer."""
        return {one["price"] for one in self("listing_search", {"fields": "price"})}


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_a_batch_is_done_whichever_worker_took_it(data):
    with Program(data, "--workers", 2, "--search", "memory:") as program:
        wait_until(lambda: len(program.answering()) == 2, 30)
        office = Office(program, new_tenant(data)["accessKey"])
        office.offer(50)
        for number in range(1, 9):
            assert office("product_update_listings", 1) == [{"batch_id": number, "queued": 50, "status": "queued"}]
        for number in range(1, 9):
            wait_until(lambda number=number: office.batch(number)["status"] == "success", 10)
        assert office.prices() == {100}


def test_a_batch_goes_on_after_kill_9(data):
    with Program(data, "--search", "memory:") as program:
        office = Office(program, new_tenant(data)["accessKey"])
        office.offer(LISTINGS)
        for number in range(1, 4):
            assert office("product_update_listings", {"product_id": 1})[0]["batch_id"] == number
        before = [office.batch(number) for number in range(1, 4)]
        program.kill()
    assert before[-1]["pending"] > 0
    with Program(data, "--search", "memory:") as program:
        office = Office(program, office.key)
        for number in range(1, 4):
            wait_until(lambda number=number: office.batch(number)["status"] == "success", 30)
            batch = office.batch(number)
            assert (batch["done"], batch["failed"], batch["pending"]) == (LISTINGS, 0, 0)
        assert office.prices() == {100}
