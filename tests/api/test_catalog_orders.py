"""Orders through the Catalog API, on both stores: the same orders as those of the Client API."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote, urlencode

import pytest

from facetry.api.catalog import orders, samples
from facetry.api.catalog.openapi import openapi_document
from tests.api.server import AccessKeyHolder, Server, product

pytestmark = pytest.mark.anyio

ORDERS = "/order/v1/orders"
NOW = "2020-09-13T12:26:40.000Z"


@pytest.fixture
def server(stored):
    return Server(**stored)


@pytest.fixture
async def shop(server):
    _, client = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    for sku, quantity in (("R1", 5), ("a/b", 1)):
        await client.post(product(sku, sku, quantity=quantity))
    return client


def order(order_id="O1", **fields):
    return {"orderID": order_id, "customerID": "C-7", "productQuantity": {"R1": 2}, **fields}


async def left(shop, sku="R1"):
    return (await shop.product(sku)).json["quantity"]


async def refused(shop, method, target, body=None):
    """Return the message of a call that is understood but not done."""
    reply = await shop(method, target, body)
    assert (reply.status, reply.json["success"], reply.json["code"]) == (200, False, "INVALID")
    assert list(reply.json) == ["success", "code", "message"]
    return reply.json["message"]


async def done(shop, method, target, body=None):
    """Return the response of a call that is done."""
    reply = await shop(method, target, body)
    assert (reply.status, list(reply.json)) == (200, ["success", "code", "message", "response"]), reply.body
    assert (reply.json["success"], reply.json["code"]) == (True, "OK")
    return reply.json["response"]


async def faults(shop, body):
    """Return parameter and message of each rule that an order breaks."""
    reply = await shop("POST", ORDERS, body)
    assert reply.status == 422
    return [(error["param"], error["msg"]) for error in reply.json["errors"]]


async def test_an_order_is_created_shown_and_deleted(shop):
    sent = {**samples.ORDER_INPUT, "productQuantity": {"R1": 2, "a/b": 1}, "productPrice": {"R1": 5.99}}
    reply = await shop("POST", ORDERS, sent)
    assert reply.json["message"] == "Order Created"
    shown = reply.json["response"]
    assert shown == {**sent, "status": "ORDERED"}
    assert list(shown) == list(samples.ORDER_CREATED["response"])
    assert list(shown["shippingAddress"]) == list(samples.ORDER_INPUT["shippingAddress"])
    for target in (f"{ORDERS}/1042", f"{ORDERS}/1042/"):
        assert (await shop("GET", target)).json == {
            "success": True,
            "code": "OK",
            "message": "Order Found",
            "response": shown,
        }
    assert (await left(shop), await left(shop, "a/b")) == (3, 0)
    assert await done(shop, "DELETE", f"{ORDERS}/1042") == {"orderIDs": ["1042"]}
    assert await refused(shop, "GET", f"{ORDERS}/1042") == "Order with ID 1042 not found ..."
    assert await refused(shop, "DELETE", f"{ORDERS}/1042") == "Order with ID 1042 does not exist ..."
    assert (await left(shop), await left(shop, "a/b")) == (3, 0)


async def test_an_order_that_says_little_gets_the_rest(shop):
    assert await done(shop, "POST", ORDERS, order(status="CANCELED", weight=1)) == {
        "orderID": "O1",
        "customerID": "C-7",
        "orderDate": NOW,
        "totalAmount": 0,
        "currency": "USD",
        "isGift": False,
        "status": "ORDERED",
        "shippingAddress": {},
        "productQuantity": {"R1": 2},
        "productPrice": {},
    }
    priced = order("O2", productPrice={"R1": "1.5", "R9": 7}, currency="eur", isGift="1", orderDate=1_600_000_000_000)
    shown = await done(shop, "POST", ORDERS, priced)
    assert (shown["totalAmount"], shown["currency"], shown["isGift"], shown["orderDate"]) == (3, "EUR", True, NOW)
    assert shown["productPrice"] == {"R1": 1.5}


async def test_a_form_is_as_good_as_json(shop):
    fields = [
        *[("orderID", "O1"), ("customerID", "C-7"), ("totalAmount", "0"), ("orderDate", "2020-09-13 12:26:40")],
        *[("productQuantity[R1]", "2"), ("productPrice", '{"R1": "0"}'), ("shippingAddress[city]", "Paris")],
        *[("shippingAddress[state]", ""), ("isGift", "false"), ("currency", "")],
    ]
    shown = await done(shop, "POST", ORDERS, fields)
    assert (shown["totalAmount"], shown["orderDate"], shown["shippingAddress"]) == (0, NOW, {"city": "Paris"})
    assert (shown["productQuantity"], shown["productPrice"]) == ({"R1": 2}, {"R1": 0})
    body = urlencode([("orderID", "O2"), ("customerID", "C"), ("productQuantity", json.dumps({"a/b": 1}))]).encode()
    shown = await done(shop, "POST", ORDERS, [("orderID", "O2"), ("customerID", "C"), ("productQuantity[a/b]", "1")])
    assert shown["productQuantity"] == {"a/b": 1}
    assert (await shop("POST", ORDERS, body, content_type="application/x-www-form-urlencoded")).json["message"] == (
        "Order with ID O2 already exists ..."
    )


async def test_every_broken_rule_is_listed(shop):
    assert await faults(shop, {}) == [
        *[(name, "is mandatory") for name in ("orderID", "customerID", "productQuantity")]
    ]
    assert await faults(
        shop,
        {
            "orderID": " x",
            "customerID": "c" * 51,
            "orderDate": "soon",
            "totalAmount": -1,
            "currency": "EURO",
            "isGift": "maybe",
            "shippingAddress": {"city": ["a"], "zip": 5, "pincode": "x" * 251},
            "productQuantity": {"R1": 0, " b": 1, "c": "many", "d": [1, 2], "e": None},
            "productPrice": {"R1": "free"},
        },
    ) == [
        ("orderID", "must not begin or end with a blank"),
        ("customerID", "must have 1 to 50 characters"),
        ("orderDate", "must be a time such as 2024-05-31T08:30:00Z, 2024-05-31, or Unix seconds"),
        ("totalAmount", "must be at least 0"),
        ("currency", "must be an ISO 4217 currency code such as USD"),
        ("isGift", "must be true, false, 1 or 0"),
        ("shippingAddress[city]", "must be given once"),
        ("shippingAddress[pincode]", "must have 1 to 250 characters"),
        ("productQuantity[R1]", "must be at least 1"),
        ("productQuantity[ b]", "SKU must not begin or end with a blank"),
        ("productQuantity[c]", "must be a whole number"),
        ("productQuantity[d]", "must be given once"),
        ("productQuantity[e]", "must be a whole number"),
        ("productPrice[R1]", "must be a decimal number such as 5.99"),
    ]
    for value, message in (
        ("R1", "must be an object, but it is malformed JSON: expecting value at character 0"),
        ("[]", "must be an object"),
        (["R1"], "must be an object"),
        ({}, "must have 1 to 2000 SKUs"),
        ({str(n): 1 for n in range(2_001)}, "must have 1 to 2000 SKUs"),
    ):
        assert await faults(shop, order(productQuantity=value)) == [("productQuantity", message)]
    assert await faults(shop, order(shippingAddress="Paris", orderDate=[1])) == [
        ("orderDate", "must be given once"),
        ("shippingAddress", "must be an object, but it is malformed JSON: expecting value at character 0"),
    ]
    assert await left(shop) == 5


async def test_too_little_in_stock_takes_nothing(shop):
    short = order(productQuantity={"R1": 2, "a/b": 2})
    assert await refused(shop, "POST", ORDERS, short) == "Product with SKU a/b has only 1 in stock ..."
    unknown = order(productQuantity={"R1": 2, "R9": 1})
    assert await refused(shop, "POST", ORDERS, unknown) == "Product with SKU R9 does not exist ..."
    assert (await left(shop), await left(shop, "a/b")) == (5, 1)
    assert await done(shop, "GET", f"{ORDERS}/customers/C-7") == []


async def test_an_order_id_is_taken_once(shop):
    await done(shop, "POST", ORDERS, order())
    assert await refused(shop, "POST", ORDERS, order()) == "Order with ID O1 already exists ..."
    assert await left(shop) == 3


async def test_many_orders_of_a_customer_are_deleted_in_several_steps(shop, monkeypatch):
    monkeypatch.setattr(orders, "DELETED_AT_ONCE", 2)
    for at in range(5):
        await done(shop, "POST", ORDERS, order(f"O{at}", productQuantity={"R1": 1}))
    ids = [f"O{at}" for at in range(5)]
    assert [one["orderID"] for one in await done(shop, "GET", f"{ORDERS}/customers/C-7")] == ids
    assert await done(shop, "DELETE", f"{ORDERS}/customer/C-7") == {"orderIDs": ids}
    assert await done(shop, "GET", f"{ORDERS}/customers/C-7") == []


async def test_orders_of_a_customer(shop):
    for order_id, customer in (("O1", "a/b"), ("O2", "C-7"), ("O3", "a/b")):
        await done(shop, "POST", ORDERS, order(order_id, customerID=customer, productQuantity={"R1": 1}))
    of_customer = f"{ORDERS}/customers/a%2Fb"
    assert [one["orderID"] for one in await done(shop, "GET", of_customer)] == ["O1", "O3"]
    assert (await shop("GET", of_customer)).json["message"] == "2 Orders Found"
    assert await done(shop, "DELETE", f"{ORDERS}/customer/a%2Fb") == {"orderIDs": ["O1", "O3"]}
    assert await done(shop, "GET", of_customer) == []
    for customer in ("a%2Fb", "nobody"):
        name = customer.replace("%2F", "/")
        message = await refused(shop, "DELETE", f"{ORDERS}/customer/{customer}")
        assert message == f"Customer with ID {name} has no orders ..."
    assert [one["orderID"] for one in await done(shop, "GET", f"{ORDERS}/customers/C-7")] == ["O2"]
    assert await left(shop) == 2


async def test_the_status_goes_its_way(shop):
    await done(shop, "POST", ORDERS, order())
    for status in ("UNDER_PROCESSING", "SHIPPED", "ORDERED", "CANCELED", "CANCELED"):
        assert (await done(shop, "PUT", f"{ORDERS}/O1/updatestatus/{status}"))["status"] == status
        assert await left(shop) == (5 if status == "CANCELED" else 3)
    for status in ("ORDERED", "SHIPPED"):
        message = await refused(shop, "PUT", f"{ORDERS}/O1/updatestatus/{status}")
        assert message == "Order with ID O1 is CANCELED, which is final ..."
    assert await left(shop) == 5
    missing = await refused(shop, "PUT", f"{ORDERS}/O2/updatestatus/SHIPPED")
    assert missing == "Order with ID O2 does not exist ..."
    reply = await shop("PUT", f"{ORDERS}/O1/updatestatus/shipped")
    message = "must be ORDERED, UNDER_PROCESSING, SHIPPED, CANCELED"
    assert (reply.status, reply.json) == (
        422,
        {"errors": [{"value": "shipped", "msg": message, "param": "STATUS", "location": "params"}]},
    )


async def test_paths_are_matched_raw(shop):
    for order_id in ("a/b", "customers", "O1/updatestatus/SHIPPED", "%2F", "ä 💍"):
        await done(shop, "POST", ORDERS, order(order_id, productQuantity={"R1": 1}))
        target = f"{ORDERS}/{quote(order_id, safe='')}"
        assert (await done(shop, "GET", target))["orderID"] == order_id
        assert (await done(shop, "PUT", f"{target}/updatestatus/SHIPPED"))["status"] == "SHIPPED"
    for path in ("//updatestatus/SHIPPED", "/O1/updatestatus/", "/O1/x/SHIPPED", "/../.."):
        assert (await shop("PUT", ORDERS + path)).status == 404
    reply = await shop("PUT", f"{ORDERS}/%FF/updatestatus/SHIPPED")
    assert (reply.status, reply.json["errors"][0]["param"]) == (422, "ID")
    reply = await shop("GET", f"{ORDERS}/O1/updatestatus/SHIPPED")
    assert (reply.status, reply.headers["allow"]) == (405, "PUT")
    assert (await shop("PUT", ORDERS)).headers["allow"] == "POST"


async def test_a_token_is_asked_for_first(server, shop):
    for method, target in (("POST", ORDERS), ("GET", f"{ORDERS}/1"), ("PUT", f"{ORDERS}/%FF/updatestatus/x")):
        reply = await server.call(method, target)
        assert (reply.status, reply.json["apiResponseKeySuccess"]) == (200, False)


@pytest.fixture
async def office(server, shop):
    return AccessKeyHolder(server, (await server.tenants.keys("shop")).access_key)


async def test_both_apis_show_the_same_order(shop, office):
    sent = {**samples.ORDER_INPUT, "productQuantity": {"R1": 2}, "productPrice": {"R1": 5.99}}
    await done(shop, "POST", ORDERS, sent)
    (seen,) = await office.ok("orders_export")
    assert (seen["order_unique"], seen["status"], seen["final_price"], seen["currency"]) == ("1042", 1, 11.98, "USD")
    assert seen["order_date"] == "2024-05-31T08:30:00Z"
    assert {name: seen[name] for name in seen if name.startswith("shipping_")} == {
        "shipping_name": "Ada Lovelace",
        "shipping_phone": "+44 20 7946 0000",
        "shipping_email": "ada@example.com",
        "shipping_address": "Second floor",
        "shipping_street": "12 St James's Square",
        "shipping_city": "London",
        "shipping_state": "London",
        "shipping_zip": "SW1Y 4JH",
        "shipping_country": "GB",
        "shipping_price": None,
        "shipping_type": "",
    }
    (line,) = seen["products"]
    assert (line["sku"], line["product_id"], line["amount"], line["price"]) == ("R1", 1, 2, 5.99)
    client = seen["client"]
    assert (client["reference"], client["name"], client["email"]) == ("C-7", "Ada Lovelace", "ada@example.com")
    before = await done(shop, "GET", f"{ORDERS}/1042")
    await office.ok("order_update", {**seen, "comments": "not shown by the other"})
    assert await done(shop, "GET", f"{ORDERS}/1042") == before
    await office.ok("order_update", {"order_id": 1, "shipping_name": "Charles Babbage", "shipping_street": ""})
    address = (await done(shop, "GET", f"{ORDERS}/1042"))["shippingAddress"]
    assert (address["firstName"], address["lastName"], "addressLineOne" in address) == ("Charles", "Babbage", False)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        *((1, "ORDERED"), (2, "UNDER_PROCESSING"), (3, "UNDER_PROCESSING"), (4, "SHIPPED"), (5, "SHIPPED")),
        *((6, "SHIPPED"), (7, "CANCELED"), (8, "CANCELED"), (9, "ORDERED")),
    ],
)
async def test_every_status_shows_under_one_name(shop, office, number, name):
    lines = [{"sku": "R1", "price": 2}, {"sku": "R1", "amount": 2, "price": 3}, {"title": "Engraving"}]
    fields = {"order_unique": "O1", "status": number, "client": {"reference": "C-7"}, "products": lines}
    await office.ok("order_import", fields)
    shown = await done(shop, "GET", f"{ORDERS}/O1")
    assert (shown["status"], shown["customerID"], shown["totalAmount"]) == (name, "C-7", 8)
    assert (shown["productQuantity"], shown["productPrice"]) == ({"R1": 3}, {"R1": 2})
    # What shows under a name already stays what it is.
    assert (await done(shop, "PUT", f"{ORDERS}/O1/updatestatus/{name}"))["status"] == name
    assert (await office.ok("orders_export"))[0]["status"] == number


async def test_a_cancelled_order_is_so_for_both(shop, office):
    await done(shop, "POST", ORDERS, order())
    await asyncio.gather(
        *(shop("PUT", f"{ORDERS}/O1/updatestatus/CANCELED") for _ in range(5)),
        *(office("order_update", {"order_unique": "O1", "status": 8}) for _ in range(5)),
    )
    assert await left(shop) == 5
    assert (await office.ok("orders_export"))[0]["status_name"] == "canceled"


async def test_many_orders_share_one_stock(shop, office):
    calls = [shop("POST", ORDERS, order(f"O{n}")) for n in range(8)]
    sales = [office("product_sold", {"sku": "R1", "quantity": 1}) for _ in range(8)]
    replies = await asyncio.gather(*(one for pair in zip(calls, sales, strict=True) for one in pair))
    ordered = sum(reply.json["success"] for reply in replies[::2])
    sold = sum(reply.json["status"]["code"] == 100 for reply in replies[1::2])
    assert 2 * ordered + sold == 5 - await left(shop)
    assert await left(shop) == 0


def test_the_documentation_shows_what_is_sent():
    document = openapi_document("1")
    text = json.dumps(document)
    for name in ("ORDER_CREATED", "ORDER_FOUND", "ORDERS_FOUND", "ORDER_UPDATED"):
        assert json.dumps(getattr(samples, name)) in text
    properties = document["components"]["schemas"]["Order"]["properties"]
    assert list(properties) == list(samples.ORDER_CREATED["response"])
