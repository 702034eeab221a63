"""Never stale: every answer shows at least what had been acknowledged before its request began, and never a mixture."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.server import product
from tests.program import Program, new_tenant, verified

SKUS = 6
GROUP = "STALE"
WRITERS = 2
READERS = 4
REQUESTS_A_CONNECTION = 25
"""So often a reader connects anew, so that each process is asked."""


class History:
    """What happened to one SKU: steps in their order, each a new version or, every fifth one, a deletion."""

    def __init__(self, number):
        self.sku = f"S{number}"
        self.begun = -1
        self.acknowledged = -1

    @staticmethod
    def is_deletion(step):
        return step % 5 == 4

    def document(self, step):
        price = step + 1
        prices = {"regularPrice": price, "promotionPrice": price}
        name = f"Ring {self.word(step)}"
        return product(self.sku, GROUP, name=name, searchKeywords=[self.word(step)], quantity=price, **prices)

    def word(self, step):
        return f"{self.sku.lower()}v{step}"

    def window(self):
        """Return a function that tells which steps an answer may show that is asked for now and is there then."""
        first = self.acknowledged
        return lambda: range(first, self.begun + 1)


class Shop:
    """A server, what is known of its products, and how often an answer was checked."""

    def __init__(self, server, token, seconds):
        self.server = server
        self.token = token
        self.histories = [History(number) for number in range(SKUS)]
        self.until = time.monotonic() + seconds
        self.failed = threading.Event()
        self.checks = dict.fromkeys(("product", "unchanged", "group", "search"), 0)

    def run(self):
        with ThreadPoolExecutor(WRITERS + READERS) as pool:
            futures = [pool.submit(self.guarded, self.write, number) for number in range(WRITERS)]
            futures += [pool.submit(self.guarded, self.read, number) for number in range(READERS)]
            for future in futures:
                future.result()

    def guarded(self, work, number):
        try:
            while time.monotonic() < self.until and not self.failed.is_set():
                with self.server.connect(self.token) as connection:
                    work(connection, number)
        except BaseException:
            self.failed.set()
            raise

    def write(self, connection, number):
        for history in self.histories[number::WRITERS]:
            step = history.begun + 1
            history.begun = step
            if history.is_deletion(step):
                reply = connection("DELETE", f"/catalog/v1/products/{history.sku}")
            else:
                reply = connection.put(history.document(step))
            assert reply.json["success"], reply
            history.acknowledged = step

    def read(self, connection, number):
        chance = random.Random(f"{number} {time.monotonic()}")
        known = {}
        for _ in range(REQUESTS_A_CONNECTION):
            history = chance.choice(self.histories)
            chance.choice((self.read_product, self.read_group, self.read_search))(connection, history, known)

    def read_product(self, connection, history, known):
        tag, before = known.get(history.sku, ("", None))
        window = history.window()
        reply = connection.product(history.sku, **({"if_none_match": tag} if tag else {}))
        allowed = window()
        if reply.status == 304:
            assert reply.headers["etag"] == tag
            shown = before
            self.checks["unchanged"] += 1
        else:
            shown = reply.json
            known[history.sku] = (reply.headers["etag"], shown)
            self.checks["product"] += 1
        check_product(shown, history, allowed)

    def read_group(self, connection, _, known):
        tag, before = known.get(GROUP, ("", None))
        windows = [history.window() for history in self.histories]
        reply = connection.group(GROUP, **({"if_none_match": tag} if tag else {}))
        shown = before if reply.status == 304 else reply.json
        if reply.status != 304:
            known[GROUP] = (reply.headers["etag"], shown)
        self.check_group(shown if "products" in shown else None, [window() for window in windows])
        self.checks["group"] += 1

    def read_search(self, connection, history, _):
        """Search for the keyword of one version: what is acknowledged is found, what it replaced is not."""
        step = max(0, history.acknowledged - random.Random().randrange(2))
        window = history.window()
        windows = [each.window() for each in self.histories]
        found = connection.search(history.word(step)).json["hits"]["hits"]
        allowed = window()
        assert len(found) <= 1
        if found:
            assert step in allowed, f"{history.sku} found as of {step}, {allowed}"
            self.check_group(found[0]["_source"], [window() for window in windows])
            assert found[0]["_source"]["products"][history.sku]["quantity"] == step + 1
        else:
            assert step not in allowed or len(allowed) > 1 or history.is_deletion(step)
        self.checks["search"] += 1

    def check_group(self, group, allowed):
        shown = {} if group is None else group["products"]
        for history, steps in zip(self.histories, allowed, strict=True):
            seen = shown.get(history.sku)
            check_step(None if seen is None else seen["regularPrice"] - 1, history, steps)
        if group is None:
            return
        assert sorted(group["productSKUs"]) == sorted(shown)
        prices = [each["regularPrice"] for each in shown.values()]
        assert all(each["promotionPrice"] == each["quantity"] == each["regularPrice"] for each in shown.values())
        assert (group["regularPriceMin"], group["regularPriceMax"]) == (min(prices), max(prices))
        assert (group["promotionPriceMin"], group["promotionPriceMax"]) == (min(prices), max(prices))
        words = {f"{sku.lower()}v{each['regularPrice'] - 1}" for sku, each in shown.items()}
        assert set(group["searchKeywords"]) == words
        assert group["name"].removeprefix("Ring ") in words


def check_product(shown, history, allowed):
    if "sku" not in shown:
        assert "not found" in shown["message"]
        check_step(None, history, allowed)
        return
    step = shown["quantity"] - 1
    check_step(step, history, allowed)
    expected = history.document(step)
    assert {name: shown[name] for name in expected} == expected


def check_step(step, history, allowed):
    """Check that what is shown of a product, None for its absence, is one of the steps allowed."""
    if step is None:
        assert any(each < 0 or history.is_deletion(each) for each in allowed), f"{history.sku} lost, {allowed}"
    else:
        assert step in allowed, f"{history.sku} shown as of {step}, {allowed}"


def race(data, workers, seconds):
    with Program(data, "--workers", workers) as server:
        keys = new_tenant(data, "Shop", "--id", "shop")
        shop = Shop(server, server.login(keys), seconds)
        shop.run()
        assert verified(data, "shop")["differences"] == []
    assert min(shop.checks.values()) > 10 * seconds, shop.checks
    assert min(history.acknowledged for history in shop.histories) > 2 * seconds
    return shop


@pytest.mark.parametrize("workers", [1, 2])
def test_no_answer_is_older_than_what_was_acknowledged(data, workers):
    race(data, workers, 4)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("workers", [1, 3])
def test_no_answer_is_ever_older_than_what_was_acknowledged(data, workers):
    race(data, workers, 60)
