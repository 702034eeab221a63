"""The histories of gemstones, listings, orders and clients through ``/v2``."""

from __future__ import annotations

import time

import pytest

from facetry.api.native.openapi_history import ACTIONS
from facetry.api.native.record_histories import HISTORIES
from tests.api.server import KeyHolder, Server, problem_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def server():
    server = Server()
    server.clock.time = time.time()
    return server


@pytest.fixture
async def changed(owner):
    """Return what writes to a path and returns the answer, which must be good."""

    async def change(method, target, body=None):
        answer = await owner(method, target, body)
        assert answer.status < 300, answer.body
        return answer

    return change


def told(answer):
    """Return the parts of changes that do not depend on the time, newest first."""
    items = answer.json["items"]
    assert {one["action"] for one in items} <= {*ACTIONS}
    return [(one["by"], one["action"], one.get("reason"), one["changes"]) for one in items]


async def test_each_kind_tells_who_changed_what(changed, office):
    await changed("POST", "/v2/gemstones", {"code": "D-1", "name": "Diamond", "type": "diamond", "quantity": 3})
    stone = {"certificate": {"lab": "GIA", "number": "1"}, "details": {"depth": 61.9}}
    await changed("PATCH", "/v2/gemstones/D-1", stone)
    await changed("POST", "/v2/gemstones/D-1/stock", {"change": -1, "reason": "broken"})
    await changed("PUT", "/v2/products/R1", {"name": "Ring", "quantity": 9, "auto_refill": True})
    await changed("POST", "/v2/listings", {"sku": "R1", "channel": 1100})
    await office.ok("product_sold", {"sku": "R1", "quantity": 2})
    await changed("POST", "/v2/orders", {"reference": "N-1", "lines": [{"sku": "R1", "amount": 1, "price": 10}]})
    await changed("PATCH", "/v2/orders/1", {"status": "paid", "address": {"city": "York"}})
    assert told(await changed("GET", "/v2/gemstones/D-1/history")) == [
        ("api_key", "stock", "broken", [{"pointer": "/quantity", "from": 3, "to": 2}]),
        (
            "api_key",
            "update",
            None,
            [
                {"pointer": "/details/depth", "to": 61.9},
                {"pointer": "/certificate/lab", "to": "GIA"},
                {"pointer": "/certificate/number", "to": "1"},
            ],
        ),
        ("api_key", "create", None, []),
    ]
    assert told(await changed("GET", "/v2/listings/1/history")) == [
        ("api_key", "order", None, [{"pointer": "/quantity", "from": 7, "to": 6}]),
        ("main", "sale", None, [{"pointer": "/quantity", "from": 9, "to": 7}]),
        ("api_key", "create", None, []),
    ]
    assert told(await changed("GET", "/v2/orders/1/history")) == [
        (
            "api_key",
            "update",
            None,
            [{"pointer": "/status", "from": "new", "to": "paid"}, {"pointer": "/address/city", "to": "York"}],
        ),
        ("api_key", "create", None, []),
    ]


async def test_what_is_gone_keeps_its_history_page_by_page(owner, changed):
    await changed("POST", "/v2/clients", {"name": "Ada"})
    await changed("PATCH", "/v2/clients/1", {"name": "Ada L."})
    await changed("DELETE", "/v2/clients/1")
    first = await changed("GET", "/v2/clients/1/history?limit=2")
    gone, renamed = told(first)
    assert gone[:2] == ("api_key", "delete")
    assert [(one["pointer"], one["from"]["name"]) for one in gone[3]] == [("", "Ada L.")]
    assert renamed[3] == [{"pointer": "/name", "from": "Ada", "to": "Ada L."}]
    rest = await changed("GET", f"/v2/clients/1/history?limit=2&after={first.json['next']}")
    assert (told(rest), "next" in rest.json) == ([("api_key", "create", None, [])], False)
    assert problem_of(await owner("GET", "/v2/clients/2/history"), 404)["code"] == "record_not_found"
    for _ in range(2):
        await changed("POST", "/v2/gemstones", {"code": "D-1", "name": "Diamond", "type": "diamond"})
        await changed("DELETE", "/v2/gemstones/D-1")
    stone = (await changed("GET", "/v2/gemstones/D-1/history")).json["items"]
    assert [(one["action"], one["revision"]) for one in stone] == [("delete", 7), ("create", 6)]
    problem_of(await owner("GET", "/v2/gemstones/D-2/history"), 404)


@pytest.mark.parametrize("path", HISTORIES.values())
async def test_nobody_sees_what_is_anothers(server, shop, rival, changed, path):
    await changed("POST", "/v2/gemstones", {"code": "1", "name": "Diamond", "type": "diamond"})
    await changed("POST", "/v2/clients", {"name": "Ada"})
    await changed("PUT", "/v2/products/R1", {"name": "Ring", "quantity": 1})
    await changed("POST", "/v2/listings", {"sku": "R1", "channel": 1100})
    await changed("POST", "/v2/orders", {"lines": [{"title": "Engraving", "amount": 1}]})
    target = path.format(id=1, code="1")
    assert len((await changed("GET", target)).json["items"]) == 1
    problem_of(await KeyHolder(server, "api-key-of-rival")("GET", target), 404)
