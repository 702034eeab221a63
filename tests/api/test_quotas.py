"""What a tenant's quotas refuse, in the form of each of the three APIs; and what they never refuse."""

import json

import pytest

from facetry.domain.quotas import Quotas
from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio


@pytest.fixture
async def allow(server, shop):
    async def set_quotas(**quotas):
        await server.tenants.set_quotas("shop", Quotas(**quotas))

    return set_quotas


async def test_the_native_api_says_what_is_full(owner, allow):
    await allow(products=1)
    assert (await owner("PUT", "/v2/products/A", {"name": "A"})).status == 201
    refused = await owner("PUT", "/v2/products/B", {"name": "B"})
    problem = problem_of(refused, 403)
    assert "retry-after" not in refused.headers
    assert {name: problem[name] for name in ("code", "title", "detail", "quota", "limit")} == {
        "code": "quota_full",
        "title": "A quota is used up",
        "detail": "the quota of 1 products is used up",
        "quota": "products",
        "limit": 1,
    }
    assert (await owner("PUT", "/v2/products/A", {"name": "Another"})).status == 200
    assert (await owner("DELETE", "/v2/products/A")).status == 204
    assert (await owner("PUT", "/v2/products/B", {"name": "B"})).status == 201


async def test_the_native_api_says_when_to_come_again(owner, allow, server):
    await allow(writes_per_second=1, searches_per_second=1)
    for method, target, body in (
        ("PUT", "/v2/products/A", {"name": "A"}),
        ("POST", "/v2/search", {"q": "a"}),
    ):
        assert (await owner(method, target, body)).status in (200, 201)
        refused = await owner(method, target, body)
        assert refused.headers["retry-after"] == "1"
        assert problem_of(refused, 429)["code"] == "quota_exceeded"
        server.clock.time += 1
        assert (await owner(method, target, body)).status == 200


async def test_an_answer_that_is_kept_is_no_search(owner, allow, server):
    await allow(searches_per_second=1)
    target = "/v2/search?q=a"
    # The first call hears of the quota, after which nothing from before is kept.
    assert (await owner("GET", target)).status == 200
    server.clock.time += 1
    assert [(await owner("GET", target)).status for _ in range(5)] == [200] * 5
    assert (await owner("GET", "/v2/search?q=b")).status == 429


async def test_lines_of_a_bulk_are_refused_each(owner, allow):
    await allow(products=2)
    lines = b"".join(b'{"sku": "%d", "name": "x"}\n' % number for number in range(4))
    answer = await owner("POST", "/v2/products:bulk", lines, headers={"content-type": "application/x-ndjson"})
    results = [json.loads(line) for line in answer.body.splitlines()]
    assert [(line.get("status"), line.get("code")) for line in results] == [
        (201, None),
        (201, None),
        (403, "quota_full"),
        (403, "quota_full"),
        (None, None),
    ]
    assert (results[2]["quota"], results[2]["limit"], results[4]["failed"]) == ("products", 2, 2)


async def test_quotas_are_shown_with_what_is_used(owner, office, front, allow, server):
    await owner("PUT", "/v2/products/A", {"name": "A"})
    used = (await server.store.usage("shop")).bytes
    shown = await owner("GET", "/v2/settings/quotas")
    assert shown.json == {"quotas": {}, "used": {"products": 1, "bytes": used}}
    await allow(products=5, bytes=10_000, search_seconds_per_minute=3)
    again = await owner("GET", "/v2/settings/quotas")
    assert again.json["quotas"] == {"products": 5, "bytes": 10_000, "search_seconds_per_minute": 3}
    assert int(again.headers["etag"].strip('"')) == int(shown.headers["etag"].strip('"')) + 1
    assert (await owner("PUT", "/v2/settings/quotas", {})).status == 405
    assert (await owner("GET", "/v2/settings/quotas?x=1")).status == 400
    assert (await front("GET", "/v2/settings/quotas")).status == 403


async def test_the_catalog_api_says_it_in_its_own_form(shop, allow, server):
    await allow(products=1, writes_per_second=3)
    assert (await shop.post(product("1"))).status == 200
    full = await shop.post(product("2"))
    assert (full.status, "retry-after" in full.headers) == (403, False)
    assert full.json == {
        "success": False,
        "code": "INVALID",
        "message": "It is too much: the quota of 1 products is used up",
        "requestId": full.headers["x-request-id"],
    }
    assert (await shop.post(product("2"))).status == 403
    often = await shop.post(product("2"))
    assert (often.status, often.headers["retry-after"]) == (429, "1")
    assert often.json["message"] == "It is too much: the quota of 3 writes per second is used up"
    assert (await shop.product("1")).status == 200
    server.clock.time += 1
    assert (await shop("DELETE", "/catalog/v1/products/1")).json["code"] == "OK"


def item(sku):
    return {"sku": sku, "title": sku, "type": "ring"}


async def test_the_client_api_answers_105_or_303(office, allow, server):
    await allow(products=2, writes_per_second=5)
    await office.ok("product_import", [item("A")])
    told = await office.refused(302, "product_import", [item("B"), item("C")])
    assert [one["result"]["code"] for one in told] == [100, 303]
    assert told[1]["errors"] == [{"path": "products", "message": "the quota of 2 products is used up"}]
    refused = await office("product_import", [item("D")])
    assert (refused.json["status"]["code"], "retry-after" in refused.headers) == (303, False)
    await office("product_import", [item("D")])
    often = await office("product_import", [item("D")])
    assert often.json["status"] == {
        "code": 105,
        "message": "Rate limit exceeded: the quota of 5 writes per second is used up",
    }
    assert often.headers["retry-after"] == "1"
    assert [one["sku"] for one in await office.ok("product_search")] == ["A", "B"]
    server.clock.time += 1
    await office.ok("product_delete", 1)


async def test_who_is_over_a_quota_may_read_search_and_delete(owner, allow):
    for sku in "AB":
        await owner("PUT", f"/v2/products/{sku}", {"name": "ring"})
    await allow(products=0, bytes=0)
    assert (await owner("GET", "/v2/products/A")).status == 200
    assert await owner.skus(q="ring") == [["A"], ["B"]]
    assert (await owner("PATCH", "/v2/products/A", {"description": "longer"})).status == 403
    assert (await owner("PATCH", "/v2/products/A", {"name": "r"})).status == 200
    assert (await owner("POST", "/v2/products/A/stock", {"change": 5})).status == 200
    assert (await owner("DELETE", "/v2/products/A")).status == 204
