"""Orders and clients through the Client API, on both stores."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from facetry.domain.channels import Channel
from facetry.domain.order import OrderStatus, StatusDefinition
from facetry.domain.tenant import ClientApiSettings
from tests.api.server import AccessKeyHolder, Server, product

pytestmark = pytest.mark.anyio

CHANNELS = "1000 eBay, 3000 Etsy, 3500 Amazon.com, 3600 Amazon.co.uk, 5000 Bonanza, 5100 Shopify, 6000 Rapnet"
NOW = "2020-09-13T12:26:40Z"


@pytest.fixture
def server(stored):
    return Server(**stored)


@pytest.fixture
async def shop(server):
    _, client = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    for sku, quantity in (("R1", 5), ("R2", 1)):
        await client.post(product(sku, sku, quantity=quantity))
    return client


async def left(shop, sku="R1"):
    return (await shop.product(sku)).json["quantity"]


async def errors(office, action, data, **parameters):
    """Return path and message of each fault of a call that ends in 303."""
    faults = (await office.refused(303, action, data, **parameters))["errors"]
    return [(fault["path"], fault["message"]) for fault in faults]


async def test_an_order_comes_in_whole(shop, office):
    (order,) = await office.ok(
        "order_import",
        {
            "order_unique": "1042",
            "channel": "etsy",
            "account_id": "acc",
            "store_name": "My shop",
            "currency": "eur",
            "status": "paid",
            "order_date": "2020-09-12",
            "due_date": 1600000000,
            "shipping_name": " Ada  King Lovelace ",
            "shipping_phone": 123,
            "shipping_email": "ship@example.com",
            "shipping_address": "Flat 2",
            "shipping_street": "12 High Street",
            "shipping_address_city": "London",
            "shipping_state": "",
            "shipping_zip": "SW1",
            "shipping_country": "gb",
            "shipping_price": "4.50",
            "shipping_type": "express",
            "discount_rate": "10",
            "comments": "ring twice",
            "is_gift": "yes",
            "archived": 0,
            "products": [
                {
                    "sku": "R1",
                    "amount": "2",
                    "price": "12.5",
                    "original_price": 15,
                    "buying_price": "3",
                    "comment": "c",
                },
                {"title": "Engraving", "price": 5, "tracking_number": "T", "carrier": "UPS", "listing_id": 3},
            ],
            "client": {"name": "Ada", "email": "Ada@example.com", "tags": "vip, new", "discount": 5, "password": "x"},
        },
    )
    lines = order.pop("products")
    client = order.pop("client")
    assert order == {
        "order_id": 1,
        "order_unique": "1042",
        "channel": 3000,
        "account_id": "acc",
        "store_name": "My shop",
        "client_id": 1,
        "currency": "EUR",
        "status": 2,
        "status_name": "paid",
        "order_date": "2020-09-12T00:00:00Z",
        "due_date": "2020-09-13T12:26:40Z",
        "update_date": NOW,
        "shipping_name": "Ada King Lovelace",
        "shipping_phone": "123",
        "shipping_email": "ship@example.com",
        "shipping_address": "Flat 2",
        "shipping_street": "12 High Street",
        "shipping_city": "London",
        "shipping_state": "",
        "shipping_zip": "SW1",
        "shipping_country": "GB",
        "shipping_price": 4.5,
        "shipping_type": "express",
        "discount_rate": 10.0,
        "discount_sum": None,
        "final_price": 31.5,
        "tracking_number": "",
        "carrier": "",
        "ship_date": None,
        "comments": "ring twice",
        "is_gift": True,
        "archived": False,
    }
    empty = {"product_id": None, "sku": "", "title": "", "buying_price": None, "original_price": None, "price": None}
    assert lines == [
        {
            "order_product_id": 1,
            "product_id": 1,
            "sku": "R1",
            "title": "Ring R1",
            "amount": 2,
            "buying_price": 3,
            "original_price": 15,
            "price": 12.5,
            "comment": "c",
            "listing_id": None,
            "stock_action": "no_action",
            "tracking_number": "",
            "carrier": "",
        },
        {
            **empty,
            "order_product_id": 2,
            "title": "Engraving",
            "amount": 1,
            "price": 5,
            "comment": "",
            "listing_id": 3,
            "stock_action": "no_action",
            "tracking_number": "T",
            "carrier": "UPS",
        },
    ]
    assert client == {
        "client_id": 1,
        "reference": "",
        "type": "regular",
        "name": "Ada",
        "username": "",
        "company": "",
        "email": "Ada@example.com",
        "phone": "",
        "country": "",
        "country_code": "",
        "address": "",
        "comments": "",
        "tags": ["vip", "new"],
        "discount": 5.0,
        "created": NOW,
        "updated": NOW,
    }
    assert await left(shop) == 3
    assert await office.ok("orders_export") == [{**order, "products": lines, "client": client}]
    assert await office.ok("clients_export") == [client]
    (changed,) = await office.ok("order_update", {**order, "products": lines, "client": client})
    assert changed == {**order, "products": lines, "client": client}


async def test_an_order_that_says_little_gets_the_rest(shop, office):
    answer = (await office("order_import", {"products": {"product_id": "2"}})).json
    (order,) = answer["data"]
    assert answer["order"] == order
    assert (order["order_date"], order["currency"], order["status"], order["client"]) == (NOW, "USD", 1, None)
    assert (order["order_unique"], order["channel"], order["final_price"]) == ("", None, 0)
    assert await left(shop, "R2") == 0


async def test_each_order_of_a_list_stands_alone(shop, office):
    answer = (
        await office(
            "order_import",
            [
                {"order_unique": "A", "products": [{"sku": "R1", "amount": 4}]},
                {"order_unique": "B", "products": [{"sku": "R1", "amount": 2}]},
                {"order_unique": "A", "products": [{"sku": "R1"}]},
                {"products": [{}, {"amount": 0}], "client": {"type": "vip"}},
                "order",
            ],
        )
    ).json
    assert answer["status"] == {"code": 302, "message": "Partial Content in Data: 4 of 5 records failed"}
    first, short, again, missing, none = answer["data"]
    assert (first["result"]["code"], first["order_id"]) == (100, 1)
    assert (short["result"]["code"], short["sku"], short["left"]) == (303, "R1", 1)
    assert again["errors"] == [{"path": "order", "message": "order A exists already"}]
    assert missing["result"]["code"] == 302
    assert missing["missing"] == ["products[0].sku", "products[1].sku", "client.name"]
    assert none["missing"] == ["products"]
    assert await left(shop) == 1


async def test_every_fault_of_an_order_is_named(shop, office):
    assert await errors(
        office,
        "order_import",
        {
            "order_id": 4,
            "weight": 1,
            "shiping_city": "x",
            "status": "lost",
            "channel": 7,
            "currency": "XYZ1",
            "shipping_country": "Britain",
            "shipping_price": "-1",
            "discount_rate": 101,
            "order_date": "soon",
            "is_gift": "perhaps",
            "final_price": "5 EUR",
            "comments": ["a"],
            "products": [{"sku": "R1", "amount": 0}, {"sku": "R1", "price": "many", "stock_action": "burn"}, 7],
            "client": "Ada",
        },
    ) == [
        ("weight", "is no field here"),
        ("shiping_city", "is no field here, did you mean shipping_city?"),
        ("status", "must be one of " + ", ".join(f"{n} {name}" for n, name in BUILT_IN)),
        ("channel", f"'7' is no channel, there is {CHANNELS}"),
        ("currency", "must be an ISO 4217 currency code such as USD"),
        ("shipping_country", "must be an ISO 3166 code of two letters such as GB"),
        ("shipping_price", "must not be negative"),
        ("discount_rate", "must be from 0 to 100"),
        ("order_date", "must be a time such as 2024-05-31T08:30:00Z, 2024-05-31, or Unix seconds"),
        ("is_gift", "must be true or false"),
        ("final_price", "must be a number alone; the currency stands in currency"),
        ("comments", "must be text"),
        ("products[0].amount", "must be at least 1"),
        ("products[1].price", "must be a price such as 1234.50, $1,234.50 or 99 EUR"),
        ("products[1].stock_action", "must be no_action or revise or remove"),
        ("products[2]", "must be an object"),
        ("client", "must be an object"),
        ("order_id", "is given by us; the channel's number is order_unique"),
    ]  # fmt: skip
    assert await left(shop) == 5
    assert await office.ok("orders_export") == []


async def test_what_is_left_out_stays_and_what_is_empty_overwrites(shop, office):
    await office.ok(
        "order_import",
        {
            "order_unique": "A",
            "shipping_name": "Ada Lovelace",
            "shipping_zip": "1",
            "comments": "c",
            "due_date": "2021-01-01",
            "channel": 5100,
            "products": [{"sku": "R1", "price": 2, "comment": "x"}],
            "client": {"name": "Ada", "phone": "5", "reference": "C-7"},
        },
    )
    (order,) = await office.ok(
        "order_update",
        {
            "order_unique": "A",
            "shipping_zip": "",
            "comments": None,
            "due_date": "",
            "channel": "",
            "client": {"phone": "", "company": "Engines"},
            "products": [{"order_product_id": 1, "price": ""}],
        },
    )
    assert (order["shipping_name"], order["shipping_zip"], order["comments"]) == ("Ada Lovelace", "", "")
    assert (order["due_date"], order["channel"], order["order_unique"]) == (None, None, "A")
    assert (order["products"][0]["price"], order["products"][0]["comment"]) == (None, "x")
    client = order["client"]
    assert (client["name"], client["phone"], client["company"], client["reference"]) == ("Ada", "", "Engines", "C-7")
    (order,) = await office.ok("order_update", {"order_id": 1, "order_unique": "", "client": "", "currency": ""})
    assert (order["order_unique"], order["client"], order["client_id"], order["currency"]) == ("", None, None, "USD")
    (order,) = await office.ok("order_update", {"order_id": "1", "client_id": 1, "status": ""})
    assert (order["client"]["name"], order["status"]) == ("Ada", 1)


async def test_lines_are_replaced_unless_it_is_said_otherwise(shop, office):
    await office.ok("order_import", {"products": [{"sku": "R1", "amount": 2}, {"sku": "R2"}]})

    async def after(lines, **actions):
        (order,) = await office.ok("order_update", {"order_id": 1, "products": lines}, actions=actions)
        return [(line["order_product_id"], line["sku"], line["amount"]) for line in order["products"]]

    assert await after([{"order_product_id": 1, "amount": 3}]) == [(1, "R1", 3)]
    assert (await left(shop), await left(shop, "R2")) == (2, 1)
    assert await after([{"sku": "R2"}], products="append") == [(1, "R1", 3), (2, "R2", 1)]
    assert await after({"order_product_id": 1, "amount": 5}, products="update") == [(1, "R1", 5), (2, "R2", 1)]
    assert await after([{"order_product_id": 1}], products="remove") == [(2, "R2", 1)]
    assert (await left(shop), await left(shop, "R2")) == (5, 0)
    update = {"order_id": 1, "products": [{"order_product_id": 2, "amount": 2}]}
    assert (await office.refused(303, "order_update", update))["left"] == 0
    assert await errors(office, "order_update", {"order_id": 1, "products": []}) == [("products", "must not be empty")]
    assert await errors(
        office, "order_update", {"order_id": 1, "products": [{"sku": "R1"}]}, actions={"products": 5}
    ) == [("actions.products", "must be replace, append, update, remove")]
    assert (await office.refused(302, "order_update", {"status": 2}))["missing"] == ["order_id"]
    assert await errors(office, "order_update", {"order_id": 9}) == [("order", "order 9 not found")]


@pytest.mark.parametrize("status", [8, "7", "canceled", "cancelled", "returned"])
async def test_what_is_over_gives_back_once_and_stays(shop, office, status):
    await office.ok("order_import", {"products": [{"sku": "R1", "amount": 4}]})
    for _ in range(2):
        await office.ok("order_update", {"order_id": 1, "status": status})
        assert await left(shop) == 5
    ((path, message),) = await errors(office, "order_update", {"order_id": 1, "status": "paid"})
    assert (path, message.endswith(", which is final")) == ("status", True)
    for action, more in (
        ("order_set_tracking_number", {"tracking_number": "T"}),
        ("order_set_separate_tracking_numbers", {"products": [{"order_product_id": 1, "tracking_number": "T"}]}),
    ):
        ((path, message),) = await errors(office, action, {"order_id": 1, **more})
        assert (path, message.endswith(", such an order is not shipped")) == ("status", True)


async def test_a_parcel_ships_an_order(shop, office):
    await office.ok("order_import", {"order_unique": "A", "products": [{"sku": "R1"}]})
    (order,) = await office.ok("order_settrackingnumber", {"order_id": 1, "tracking_number": 42, "carrier": "DHL"})
    assert (order["status"], order["status_name"], order["ship_date"]) == (4, "shipped", NOW)
    assert (order["tracking_number"], order["carrier"]) == ("42", "DHL")
    data = {"order_unique": "A", "tracking_number": "T", "ship_date": "2020-01-02"}
    (order,) = await office.ok("order_set_tracking_number", data)
    assert (order["tracking_number"], order["carrier"], order["ship_date"]) == ("T", "", "2020-01-02T00:00:00Z")
    missing = await office.refused(302, "order_set_tracking_number", {"carrier": "DHL"})
    assert missing["missing"] == ["order_id", "tracking_number"]


async def test_parcels_of_lines_ship_an_order_when_all_have_one(shop, office):
    await office.ok("order_import", {"products": [{"sku": "R1"}, {"sku": "R2"}]})
    action = "order_set_separate_tracking_numbers"
    (order,) = await office.ok(action, {"order_id": 1, "products": {"order_product_id": 2, "tracking_number": "T2"}})
    assert (order["status"], [line["tracking_number"] for line in order["products"]]) == (1, ["", "T2"])
    line = {"order_product_id": "1", "tracking_number": "T1", "carrier": "UPS"}
    (order,) = await office.ok(action, {"order_id": 1, "products": [line]})
    assert (order["status"], order["products"][0]["carrier"], order["tracking_number"]) == (4, "UPS", "")
    assert (await office.refused(302, action, {"order_id": 1}))["missing"] == ["products"]
    assert (await office.refused(302, action, {"order_id": 1, "products": [{}]}))["missing"] == [
        *("products[0].order_product_id", "products[0].tracking_number")
    ]
    assert await errors(office, action, {"order_id": 1, "products": [line, line]}) == [
        ("products", "must name each line once")
    ]
    assert await errors(office, action, {"order_id": 1, "products": [{**line, "order_product_id": 7}]}) == [
        ("order_product_id", "7 is no line of order 1")
    ]


BUILT_IN = (
    *((1, "new"), (2, "paid"), (3, "in production"), (4, "shipped"), (5, "delivered"), (6, "completed")),
    *((7, "returned"), (8, "canceled"), (9, "memo out")),
)


@pytest.fixture
async def filled(server, shop, office):
    """Leave four orders of three clients behind, each an hour after the one before."""
    for number, fields in enumerate(
        (
            {"channel": 1100, "status": 2, "account_id": "a", "client": {"name": "Ada", "type": "reseller"}},
            {"channel": 1200, "status": 4, "archived": 1, "client": {"email": "b@example.com"}},
            {"channel": 3000, "client": {"email": "b@example.com"}},
            {"client": {"email": "c@example.com"}},
        ),
        1,
    ):
        sent = {"order_unique": f"U{number}", "order_date": f"2020-01-0{number} 18:00", "products": [{"title": "x"}]}
        await office.ok("order_import", sent | fields)
        server.clock.time += 3600
    return office


FILTERS = [
    ({}, [1, 2, 3, 4]),
    ({"order_id": 3}, [3]),
    ({"order_id": ["4", 2, 9, 2]}, [4, 2]),
    ({"order_id": "1,3"}, [1, 3]),
    (2, [2]),
    ("2,4", [2, 4]),
    ([1, 4], [1, 4]),
    ({"order_unique": "U2,U1"}, [2, 1]),
    ({"order_id": 1, "order_unique": ["U3"]}, [1, 3]),
    ({"date_from": "2020-01-02"}, [2, 3, 4]),
    ({"date_to": "2020-01-02"}, [1, 2]),
    ({"date_from": "2020-01-02", "date_to": "2020-01-03T17:59:59Z"}, [2]),
    ({"updated_from": "2020-09-13T13:26:40Z"}, [2, 3, 4]),
    ({"updated_from": 1_600_007_201}, [4]),
    ({"status": 1}, [3, 4]),
    ({"status": "shipped,paid"}, [1, 2]),
    ({"status": [2, "NEW"]}, [1, 3, 4]),
    ({"channel": 1000}, [1, 2]),
    ({"channel": "ebay uk"}, [2]),
    ({"channel": [1100, "Etsy"]}, [1, 3]),
    ({"account_id": "a"}, [1]),
    ({"client_id": 2}, [2, 3]),
    ({"client_id": 2, "order_id": [1, 2]}, [2]),
    ({"archived": "yes"}, [2]),
    ({"archived": 0}, [1, 3, 4]),
    ({"limit": 2}, [1, 2]),
    ({"limit": "2", "offset": "1"}, [2, 3]),
    ({"offset": 3}, [4]),
    ({"offset": 9}, []),
    ({"status": "new", "client_id": 2, "archived": False}, [3]),
    ({"order_id": "", "status": None}, [1, 2, 3, 4]),
    ({"order_id": []}, []),
    ({"order_unique": [], "status": "new"}, []),
    ([], [1, 2, 3, 4]),
]


async def test_orders_are_chosen_by_every_filter(filled):
    for data, expected in FILTERS:
        assert [order["order_id"] for order in await filled.ok("order_export", data)] == expected, data


async def test_a_filter_that_cannot_be_is_refused(filled):
    assert await errors(
        filled, "orders_export", {"limit": 10_001, "order_id": "x", "client_id": 0, "comments": ""}
    ) == [
        ("limit", "must be at most 10000; go on with offset"),
        ("order_id", "must be an id or a list of ids"),
        ("client_id", "must be at least 1"),
        ("comments", "is no field here"),
    ]


async def test_clients_are_chosen_by_every_filter(filled):
    for data, expected in (
        ({}, [1, 2, 3]),
        ({"client_id": [3, 1, 9]}, [3, 1]),
        ({"client_id": []}, []),
        ("2", [2]),
        ({"type": "Reseller"}, [1]),
        ({"type": "regular", "updated_from": "2020-09-13T14:00:00Z"}, [3]),
        ({"limit": 1, "offset": 1}, [2]),
    ):
        assert [one["client_id"] for one in await filled.ok("client_export", data)] == expected, data
    assert await errors(filled, "clients_export", {"type": "vip"}) == [("type", "must be regular or reseller")]


async def test_statuses_and_channels_of_the_tenants_own(server, shop, office):
    record = await server.tenants.get("shop")
    own = ClientApiSettings(
        statuses=(StatusDefinition(12, "Engraving", OrderStatus.IN_PRODUCTION),), channels=(Channel(9000, "Fair"),)
    )
    settings = msgspec.structs.replace(record.settings, client_api=own)
    await server.store.replace_tenant(msgspec.structs.replace(record, settings=settings))
    (order,) = await office.ok("order_import", {"status": "engraving", "channel": "fair", "products": [{"title": "x"}]})
    assert (order["status"], order["status_name"], order["channel"]) == (12, "Engraving", 9000)
    assert [one["order_id"] for one in await office.ok("orders_export", {"status": 12, "channel": 9000})] == [1]
    assert await office.ok("orders_export", {"status": 3}) == []
    (order,) = await office.ok("order_set_tracking_number", {"order_id": 1, "tracking_number": "T"})
    assert (order["status"], order["status_name"]) == (4, "shipped")


async def test_the_last_piece_goes_to_one_of_all_that_want_it(shop, office):
    wanted = [
        office("product_sold", {"sku": "R2", "quantity": 1}) if n % 2 else office(
            "order_import", {"order_unique": f"O{n}", "products": [{"sku": "R2"}]}
        )
        for n in range(30)
    ]  # fmt: skip
    codes = [answer.json["status"]["code"] for answer in await asyncio.gather(*wanted)]
    assert sorted(codes) == [100] + [303] * 29
    assert await left(shop, "R2") == 0


async def test_cancelled_twice_at_once_gives_back_once(shop, office):
    await office.ok("order_import", {"products": [{"sku": "R1", "amount": 3}]})
    await asyncio.gather(*(office.ok("order_update", {"order_id": 1, "status": 8}) for _ in range(10)))
    assert await left(shop) == 5


async def test_orders_are_each_tenants_own(server, shop, office):
    keys, _ = await server.add_tenant("Rival", id="rival", api_key="api-key-of-rival")
    rival = AccessKeyHolder(server, keys.access_key)
    await office.ok("order_import", {"order_unique": "A", "products": [{"title": "x"}], "client": {"name": "Ada"}})
    assert await rival.ok("orders_export") == await rival.ok("clients_export") == []
    await rival.refused(303, "order_update", {"order_unique": "A", "status": 2})
    await rival.ok("order_import", {"order_unique": "A", "products": [{"title": "y"}]})
    assert [one["products"][0]["title"] for one in await office.ok("orders_export")] == ["x"]


async def test_many_orders_leave_room_for_others(shop, office):
    sent = [{"products": [{"title": "x"}]}] * 250
    assert [one["order_id"] for one in await office.ok("order_import", sent)] == list(range(1, 251))
    assert len(await office.ok("orders_export")) == 250


async def test_an_order_has_no_more_lines_than_it_may(shop, office):
    fault = ("products", "must be at most 2000")
    assert await errors(office, "order_import", {"products": [{"title": "x"}] * 2_001}) == [fault]
    parcel = {"order_product_id": 1, "tracking_number": "T"}
    action = "order_set_separate_tracking_numbers"
    assert await errors(office, action, {"order_id": 1, "products": [parcel] * 2_001}) == [fault]
    assert await errors(office, "orders_export", {"order_unique": ["x"] * 10_001}) == [
        ("order_unique", "must be at most 10000 values")
    ]


async def test_a_client_is_named_the_same_way_twice_or_not_at_all(shop, office):
    line = [{"title": "x"}]
    await office.ok("order_import", {"products": line, "client": {"name": "Ada", "tags": ["a"], "country_code": "gb"}})
    (order,) = await office.ok("order_import", {"products": line, "client_id": 1, "client": {"phone": 1}})
    assert (order["client"]["phone"], order["client"]["country_code"]) == ("1", "GB")
    assert await errors(office, "order_import", {"products": line, "client_id": 1, "client": {"client_id": 2}}) == [
        ("client.client_id", "is another one than client_id")
    ]
    data = {"products": line, "comments": "x" * 10_001, "shipping_type": True}
    assert await errors(office, "order_import", data) == [
        ("comments", "must have at most 10000 characters"),
        ("shipping_type", "must be text"),
    ]
