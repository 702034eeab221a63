"""kill -9 amid sales by the Client API: none is lost, none is done twice when what was not answered is repeated."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from http.client import HTTPException
from urllib.parse import urlencode

import pytest

from tests.program import Program, new_tenant, session_members, together, verified, wait_until

SELLERS = 6
STOCK = 10**6
STONES = 2
SKUS = ("R0", "R1", "R2")
FORM = {"content-type": "application/x-www-form-urlencoded"}


def call(connection, key, action, data):
    """Call an action and return its answer."""
    fields = urlencode({"auth": key, "action": action, "data": json.dumps(data)})
    return connection("POST", "/client/V1/", fields.encode(), FORM).json


def done(connection, key, action, data):
    """Call an action that must succeed, and return its data."""
    answer = call(connection, key, action, data)
    assert answer["status"]["code"] == 100, answer
    return answer["data"]


def stock(connection, key):
    """Put three products on sale that have stones of one kind in them."""
    stones = {"code": "S", "name": "Stone", "type": "diamond", "quantity": STONES * len(SKUS) * STOCK}
    done(connection, key, "gemstone_import", stones)
    product = {"title": "Ring", "type": "ring", "quantity": STOCK, "gemstones": [{"code": "S", "quantity": STONES}]}
    done(connection, key, "product_import", [{"sku": sku, **product} for sku in SKUS])
    done(connection, key, "listing_import", [{"sku": sku, "channel": 3000, "quantity": STOCK} for sku in SKUS])


class Seller:
    """Sells one call after the other, each with references of its own: single pieces, and lists.

    Attributes:
        sold: What was left after each sale that was answered, by its record as JSON.
        unsure: Records of the call whose answer did not come.
    """

    def __init__(self, name):
        self.name = name
        self.number = 0
        self.sold = {}
        self.unsure = []

    def next_records(self):
        """Return the records of the next call."""
        self.number += 1
        skus = SKUS if self.number % 5 == 0 else [SKUS[self.number % 3]]
        return [
            {
                "sku": sku,
                "quantity": 1 + self.number % 2,
                "sold_action": "revise",
                "order_ref": f"{self.name}-{self.number}",
            }
            for sku in skus
        ]

    def work(self, server, key, killed):
        """Sell until the server is gone."""
        try:
            with server.connect() as connection:
                while not killed.is_set() and self.sell(connection, key, self.next_records()):
                    pass
        except (OSError, HTTPException):
            pass
        assert killed.wait(10)

    def sell(self, connection, key, records):
        """Sell and return whether that was answered; a process whose owner is gone says that it cannot."""
        self.unsure = records
        answer = call(connection, key, "product_sold", records)
        if answer["status"]["code"] == 201:
            return False
        assert answer["status"]["code"] == 100, answer
        self.sold |= {json.dumps(one): told["left"] for one, told in zip(records, answer["data"], strict=True)}
        self.unsure = []
        return True

    def repeat(self, connection, key):
        """Send again what was not answered, as a client does, and some of what was."""
        if self.unsure:
            assert self.sell(connection, key, self.unsure)
        for text, left in list(self.sold.items())[-30:]:
            (told,) = done(connection, key, "product_sold", json.loads(text))
            assert (told["left"], told["repeated"]) == (left, True)


def check(connection, key, sellers):
    """Check that stock, stones and listings are what all sales add up to, and no two sales left the same."""
    gone, lefts = Counter(), {sku: [] for sku in SKUS}
    for seller in sellers:
        for text, left in seller.sold.items():
            record = json.loads(text)
            gone[record["sku"]] += record["quantity"]
            lefts[record["sku"]].append((left, record["quantity"]))
    left = {sku: STOCK - gone[sku] for sku in SKUS}
    found = done(connection, key, "product_search", {"fields": ["quantity"]})
    assert {one["sku"]: one["quantity"] for one in found} == left
    for sales in lefts.values():
        # In the order in which they were done each one left what the one before it left, less its own pieces.
        before = STOCK
        for after, quantity in sorted(sales, reverse=True):
            assert after == before - quantity
            before = after
    (stones,) = done(connection, key, "gemstone_search", {"code": "S", "fields": ["quantity"]})
    assert stones["quantity"] == STONES * sum(left.values())
    listings = done(connection, key, "listing_search", {"channel": 3000})
    assert sorted(one["quantity"] for one in listings) == sorted(left.values())


def kill_amid_sales(server, sellers, key, amount):
    killed = threading.Event()
    goal = sum(seller.number for seller in sellers) + amount

    def work(number):
        if number < SELLERS:
            sellers[number].work(server, key, killed)
        else:
            wait_until(lambda: sum(seller.number for seller in sellers) >= goal, 30)
            server.kill()
            killed.set()

    together(SELLERS + 1, work)


def crash_rounds(data, rounds, seed, *flags):
    amounts = random.Random(seed)
    sellers = [Seller(f"S{number}") for number in range(SELLERS)]
    tenant = new_tenant(data, "Shop", "--id", "shop")
    key = tenant["accessKey"]
    with Program(data, *flags) as server:
        with server.connect() as connection:
            stock(connection, key)
        for _ in range(rounds):
            kill_amid_sales(server, sellers, key, amounts.randrange(80, 240))
            wait_until(lambda: session_members(server.pid) == [], 30)
            server.start()
            with server.connect() as connection:
                for seller in sellers:
                    seller.repeat(connection, key)
                check(connection, key, sellers)
        assert verified(data, "shop")["differences"] == []


@pytest.mark.slow
def test_a_killed_server_loses_and_doubles_no_sale(data):
    crash_rounds(data, 1, 21, "--workers", 2)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2", "3"])
def test_a_server_killed_again_and_again_loses_and_doubles_no_sale(data, workers):
    crash_rounds(data, 8, 22, "--workers", workers)
