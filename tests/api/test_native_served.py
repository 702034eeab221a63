"""Products of ``/v2`` on a real server with two workers, over connections of their own."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.api.served import served

CLIENTS = 50
R1 = "/v2/products/R1"


@pytest.fixture(scope="module")
def port(tmp_path_factory, served_options):
    with served(tmp_path_factory.mktemp("native"), served_options, "--workers", "2") as pool:
        yield pool.port


class Caller:
    """One kept-alive connection with the API key."""

    def __init__(self, port):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, method, path, document=None, **headers):
        """Return status, headers and body of the reply."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"authorization": "Bearer api-key-of-shop", "content-type": "application/json", **named}
        self.http.request(method, path, None if document is None else json.dumps(document), sent)
        reply = self.http.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()


@pytest.fixture
def call(port):
    caller = Caller(port)
    yield caller
    caller.http.close()


def test_a_product_lives_and_goes(call):
    status, headers, body = call("PUT", "/v2/products/L%2F1", {"name": "Ring"}, idempotency_key="l")
    assert (status, headers["location"], json.loads(body)["sku"]) == (201, "/v2/products/L%2F1", "L/1")
    tag, revision = headers["etag"], headers["facetry-revision"]
    assert call("PUT", "/v2/products/L%2F1", {"name": "Ring"}, idempotency_key="l")[2] == body
    for _ in range(8):
        status, headers, shown = call("GET", f"/v2/products/L%2F1?min_revision={revision}")
        assert (status, headers["etag"], shown) == (200, tag, body)
    status, headers, shown = call("GET", "/v2/products/L%2F1", if_none_match=tag)
    assert (status, headers["etag"], shown) == (304, tag, b"")
    status, headers, shown = call("DELETE", "/v2/products/L%2F1", if_match=tag)
    assert (status, shown) == (204, b"")
    assert call("GET", "/v2/products/L%2F1")[0] == 404


def test_a_compressed_answer_has_a_tag_that_a_write_takes(call):
    call("PUT", "/v2/products/Z", {"name": "Ring", "description": "long " * 500})
    status, headers, _ = call("GET", "/v2/products/Z", accept_encoding="gzip")
    assert (status, headers["content-encoding"], headers["etag"].endswith('-gzip"')) == (200, "gzip", True)
    assert call("PATCH", "/v2/products/Z", {"quantity": 1}, if_match=headers["etag"])[0] == 200
    assert call("PATCH", "/v2/products/Z", {"quantity": 1}, if_match=headers["etag"])[0] == 412


def test_fifty_who_write_what_they_have_read_lose_nothing(port, call):
    call("PUT", R1, {"name": "Ring", "quantity": 1})

    def increment(_):
        caller, tries = Caller(port), 0
        while True:
            tries += 1
            _, headers, body = caller("GET", R1)
            document = json.loads(body)
            document["quantity"] += 1
            status, _, body = caller("PUT", R1, document, if_match=headers["etag"])
            if status == 200:
                caller.http.close()
                return tries
            assert (status, json.loads(body)["code"]) == (412, "changed_meanwhile")

    with ThreadPoolExecutor(CLIENTS) as pool:
        tries = [*pool.map(increment, range(CLIENTS))]
    assert json.loads(call("GET", R1)[2])["quantity"] == CLIENTS + 1
    assert sum(tries) >= CLIENTS


def test_two_hundred_changes_of_stock_never_go_below_nothing(port, call):
    call("PUT", R1, {"name": "Ring", "quantity": 150})

    def take(_):
        caller = Caller(port)
        found = [caller("POST", f"{R1}/stock", {"change": -1})[0] for _ in range(10)]
        caller.http.close()
        return found

    with ThreadPoolExecutor(20) as pool:
        statuses = [status for found in pool.map(take, range(20)) for status in found]
    assert (statuses.count(200), statuses.count(409)) == (150, 50)
    assert json.loads(call("GET", R1)[2])["quantity"] == 0


def test_orders_sell_what_there_is_and_give_it_back_once(port, call):
    assert call("PUT", "/v2/products/O1", {"name": "Ring", "quantity": 12})[0] == 201

    def once(work, item):
        caller = Caller(port)
        with closing(caller.http):
            return work(caller, item)

    def each(work, items):
        with ThreadPoolExecutor(16) as threads:
            return list(threads.map(lambda item: once(work, item), items))

    def place(caller, number):
        order = {"reference": f"O-{number}", "lines": [{"sku": "O1"}]}
        return caller("POST", "/v2/orders", order, idempotency_key=f"o{number}")

    def cancel(caller, path):
        _, headers, _ = caller("PATCH", path, {"status": "canceled"})
        shown = caller("GET", f"{path}?min_revision={headers['facetry-revision']}")
        return json.loads(shown[2])["status"]

    replies = each(place, range(30))
    placed = {number: reply for number, reply in enumerate(replies) if reply[0] == 201}
    assert (len(placed), {reply[0] for reply in replies}) == (12, {201, 409})
    again = each(place, placed)
    assert [reply[2] for reply in again] == [reply[2] for reply in placed.values()]
    paths = [reply[1]["location"] for reply in placed.values()]
    assert each(cancel, paths * 2) == ["canceled"] * 24
    assert json.loads(call("GET", "/v2/products/O1")[2])["quantity"] == 12
