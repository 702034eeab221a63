"""Listings through the native API."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.channels import Channel
from facetry.domain.tenant import ClientApiSettings
from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio

LISTINGS = "/v2/listings"
ONE = "/v2/listings/1"


@pytest.fixture
async def stocked(shop):
    await shop.post(product("R1", quantity=5))
    await shop.post(product("R2", quantity=1))
    return shop


async def offer(owner, **fields):
    answer = await owner("POST", LISTINGS, {"sku": "R1", "channel": 3000, **fields})
    assert answer.status == 201, answer.body
    return answer.json


async def test_a_new_one_offers_what_the_product_is(owner, stocked):
    shown = {
        "id": 1,
        "sku": "R1",
        "product_id": 1,
        "channel": 1100,
        "status": "active",
        "price": 12.5,
        "quantity": 5,
        "title": "Ring R1",
        "description": "a ring",
        "images": ["https://example.com/a.jpg"],
    }
    assert await offer(owner, channel="ebay us") == shown
    own = {
        "account_id": "shop",
        "external_id": "110034",
        "status": "scheduled",
        "price": 11.0005,
        "quantity": 2,
        "url": "https://a.example/1",
        "title": "Solitaire",
        "description": "long\ntext",
        "images": [],
    }
    answer = await owner("POST", LISTINGS, {"product_id": 1, "channel": 1100, **own})
    assert answer.json == shown | own | {"id": 2}


async def test_a_patch_changes_what_it_speaks_of(owner, stocked):
    await offer(owner, price=9, quantity=1, url="u", title="t", account_id="a", external_id="x")
    answer = await owner("PATCH", ONE, {"price": None, "quantity": None, "url": None, "title": "", "account_id": None})
    shown = answer.json
    assert (shown["price"], shown["quantity"], shown["external_id"]) == (12.5, 5, "x")
    assert not {"url", "title", "account_id"} & shown.keys()
    moved = (await owner("PATCH", ONE, {"sku": "R2", "channel": "Etsy"})).json
    assert (moved["sku"], moved["product_id"], moved["channel"]) == ("R2", 2, 3000)
    ended = (await owner("PATCH", ONE, {"status": "Ended"})).json
    assert (ended["status"], ended["quantity"]) == ("ended", 0)
    again = (await owner("PATCH", ONE, {"status": None})).json
    assert (again["status"], again["quantity"]) == ("active", 1)


async def test_a_channel_names_an_offer_of_an_account_once(owner, stocked):
    await offer(owner, account_id="a", external_id="x")
    await offer(owner, account_id="b", external_id="x")
    for method, target in (("POST", LISTINGS), ("PATCH", "/v2/listings/2")):
        body = {"sku": "R1", "channel": 3000, "account_id": "a", "external_id": "x"}
        problem = problem_of(await owner(method, target, body), 409)
        assert (problem["code"], problem["detail"]) == ("record_exists", "listing x exists already")
    assert [one["account_id"] for one in (await owner("GET", LISTINGS)).json["items"]] == ["a", "b"]


async def test_lists_are_narrowed_by_product_channel_and_status(server, owner, stocked):
    for sku, channel, status in (
        ("R1", 1100, "active"),
        ("R2", 1200, "ended"),
        ("R1", 3000, "active"),
        ("R1", 1100, "ended"),
    ):
        await offer(owner, sku=sku, channel=channel, status=status)

    async def ids(query):
        return [one["id"] for one in (await owner("GET", f"{LISTINGS}?{query}")).json["items"]]

    assert await ids("sku=R1") == [1, 3, 4]
    assert await ids("sku=R1&after=1&limit=1") == [3]
    assert await ids("channel=1100") == [1, 4]
    assert await ids("channel=ebay") == [1, 2, 4]
    assert await ids("sku=R1&channel=1000&status=ended") == [4]
    assert await ids("status=scheduled") == []
    assert await ids("sku=no") == []
    for query, detail in (
        ("status=actibe", "status must be one of active, scheduled, ended; did you mean active?"),
        ("sku=", "sku must not be empty"),
    ):
        assert problem_of(await owner("GET", f"{LISTINGS}?{query}"), 400)["detail"] == detail
    problem = problem_of(await owner("GET", f"{LISTINGS}?channel=etsi"), 400)
    assert problem["detail"] == "channel 'etsi' is no channel, there is 3000 Etsy"


async def test_channels_of_the_tenant_count(server, owner, stocked):
    record = await server.store.tenant("shop")
    own = ClientApiSettings(channels=(Channel(7000, "Our fair"),))
    await server.store.replace_tenant(
        msgspec.structs.replace(record, settings=msgspec.structs.replace(record.settings, client_api=own))
    )
    assert (await offer(owner, channel="our fair"))["channel"] == 7000


async def test_offers_follow_the_stock_that_an_order_takes(owner, stocked):
    await offer(owner)
    order = {"lines": [{"sku": "R1", "amount": 5, "stock_action": "revise"}]}
    assert (await owner("POST", "/v2/orders", order)).status == 201
    assert (await owner("GET", ONE)).json | {"status": "ended", "quantity": 0} == (await owner("GET", ONE)).json


async def test_one_of_a_product_that_is_gone_can_be_sent_back(owner, stocked):
    await offer(owner)
    assert (await owner("DELETE", "/v2/products/R1")).status == 204
    shown = (await owner("GET", ONE)).json
    assert (shown["status"], shown["sku"]) == ("ended", "R1")
    assert (await owner("PATCH", ONE, shown)).json == shown
    assert problem_of(await owner("PATCH", ONE, {"status": "active"}), 404)["code"] == "product_not_found"


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"channel": None}, 422, "/channel"),
        ({"channel": 9}, 422, "/channel"),
        ({"channel": "etsi"}, 422, "/channel"),
        ({"status": "open"}, 422, "/status"),
        ({"price": -0.5}, 422, "/price"),
        ({"price": 1.00001}, 422, "/price"),
        ({"quantity": -1}, 422, "/quantity"),
        ({"external_id": "x" * 201}, 422, "/external_id"),
        ({"account_id": "\x00"}, 422, "/account_id"),
        ({"url": "x" * 2001}, 422, "/url"),
        ({"title": "x" * 10_001}, 422, "/title"),
        ({"images": ["x"] * 1001}, 422, "/images"),
        ({"product_id": 0}, 422, "/product_id"),
        ({"sku": "R1", "product_id": 2}, 422, "/sku"),
        ({"sku": "no"}, 404, None),
        ({"product_id": 9, "sku": None}, 404, None),
        ({"sku": 1}, 422, "/sku"),
    ],
)
async def test_a_value_that_is_not_allowed_changes_nothing(owner, stocked, body, status, pointer):
    problem = problem_of(await owner("POST", LISTINGS, {"sku": "R1", "channel": 3000, **body}), status)
    assert problem.get("pointer") == pointer
    assert (await owner("GET", LISTINGS)).json == {"items": []}
    before = await offer(owner)
    if body != {"product_id": 0}:
        assert (await owner("PATCH", ONE, body)).status in {status, 422}
    assert (await owner("GET", ONE)).json == before


async def test_a_new_one_needs_product_and_channel(owner, stocked):
    for body, pointer in (({"sku": "R1"}, "/channel"), ({"channel": 3000}, "/sku"), ({}, "/sku")):
        assert problem_of(await owner("POST", LISTINGS, body), 422)["pointer"] == pointer
