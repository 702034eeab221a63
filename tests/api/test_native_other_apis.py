"""What one API writes of gemstones, listings, orders and clients is whole in the others, on both stores."""

from __future__ import annotations

import pytest

from tests.api.server import KeyHolder, Server, product
from tests.api.test_native_clients import CLIENT
from tests.api.test_native_gemstones import FULL as STONE
from tests.api.test_native_orders import FULL as ORDER
from tests.api.test_native_orders import LINE

pytestmark = pytest.mark.anyio

NOW = "2020-09-13T12:26:40Z"
OFFER = {
    "sku": "R1",
    "product_id": 1,
    "channel": 3000,
    "account_id": "shop",
    "external_id": "110034",
    "status": "scheduled",
    "price": 1200.5,
    "quantity": 2,
    "url": "https://a.example/1",
    "title": "Solitaire",
    "description": "A ring",
    "images": ["https://a.example/1.jpg"],
}
OF_ADDRESS = {"phone": "phone", "email": "email", "street": "line_one", "address": "line_two", "zip": "zip"} | {
    name: name for name in ("city", "state", "country")
}


@pytest.fixture
def server(stored):
    return Server(**stored)


@pytest.fixture
async def shop(server):
    _, client = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    await client.post(product("R1", quantity=5))
    return client


@pytest.fixture
async def owner(server, shop):
    return KeyHolder(server, "api-key-of-shop")


def client_api_stone():
    """Return the gemstone as the Client API has it."""
    stone = {**STONE, "gemstone_id": 1, "unique": STONE["is_unique"], "real": STONE["is_real"]}
    certificate, details = STONE["certificate"], dict(STONE["details"])
    own = ("depth", "girdle", "culet", "measurements", "origin")
    stone |= {name: details.pop(name) for name in own} | {"details": details}
    stone |= {"certificate_lab": certificate["lab"], "certificate_number": certificate["number"]}
    stone |= {"certificate_image_1": certificate["images"][0], "certificate_image_2": None}
    stone |= dict.fromkeys(("table", "fancy_color", "fancy_intensity"))
    return {name: value for name, value in stone.items() if name not in {"certificate", "is_unique", "is_real"}}


class TestGemstones:
    async def test_from_here(self, owner, office):
        body = {name: value for name, value in STONE.items() if name != "id"}
        assert (await owner("POST", "/v2/gemstones", body)).json == STONE
        (shown,) = await office.ok("gemstone_search", {"code": "D1", "fields": "all"})
        assert shown == {name: value for name, value in client_api_stone().items() if name != "id"}

    async def test_from_the_client_api(self, owner, office):
        await office.ok(
            "gemstone_import", {k: v for k, v in client_api_stone().items() if k not in {"id", "gemstone_id"}}
        )
        shown = (await owner("GET", "/v2/gemstones/D1")).json
        assert shown == STONE
        assert (await owner("PUT", "/v2/gemstones/D1", shown)).json == shown
        assert (await office.ok("gemstone_search", {"code": "D1", "fields": "all"}))[0]["details"] == {
            "color_range": "G-H",
            "fluorescence_color": "blue",
            "lots": 2,
            "is.rare": True,
        }


class TestListings:
    async def test_from_here(self, owner, office):
        assert (await owner("POST", "/v2/listings", OFFER)).json == OFFER | {"id": 1}
        (shown,) = await office.ok("listing_search", {"listing_id": 1, "fields": "all"})
        assert shown == OFFER | {"id": 1, "listing_id": 1, "channel_name": "Etsy"}

    async def test_from_the_client_api(self, owner, office):
        await office.ok("listing_import", OFFER)
        assert (await owner("GET", "/v2/listings/1")).json == OFFER | {"id": 1}


def client_api_order():
    """Return the order as the Client API has it."""
    names = {"reference": "order_unique", "is_archived": "archived"}
    address = ORDER["address"]
    order = {names.get(name, name): value for name, value in ORDER.items() if name not in {"address", "status"}}
    order |= {f"shipping_{name}": address[part] for name, part in OF_ADDRESS.items()}
    order |= {"shipping_name": f"{address['first_name']} {address['last_name']}", "status": 2}
    return order | {"products": [LINE], "client": CLIENT}


class TestOrders:
    async def test_from_here(self, owner, office):
        made = await owner("POST", "/v2/orders", {**ORDER, "lines": [LINE], "client": CLIENT})
        assert made.status == 201
        (shown,) = await office.ok("orders_export")
        client = CLIENT | {"client_id": 1, "created": NOW, "updated": NOW}
        line = LINE | {"order_product_id": 1, "product_id": 1}
        derived = {"order_id": 1, "client_id": 1, "status_name": "paid", "update_date": NOW}
        assert shown == client_api_order() | derived | {"products": [line], "client": client}
        assert await office.ok("clients_export") == [client]

    async def test_from_the_client_api(self, owner, office):
        await office.ok("order_import", client_api_order())
        shown = (await owner("GET", "/v2/orders/1")).json
        # The one text that a name is there has its last word for the last name.
        name = {"first_name": "Ada King", "last_name": "Lovelace"}
        derived = {"id": 1, "client_id": 1, "customer": "C-77", "update_date": NOW, "total": 2200}
        line = {"id": 1, "product_id": 1, **LINE}
        assert shown == ORDER | derived | {"lines": [line], "address": ORDER["address"] | name}
        assert (await owner("GET", "/v2/clients/1")).json == CLIENT | {"id": 1, "created": NOW, "updated": NOW}
        assert (await owner("PATCH", "/v2/orders/1", shown)).json == shown

    async def test_with_the_catalog_api(self, owner, shop):
        sent = {
            "orderID": "W-1",
            "customerID": "C-1",
            "productQuantity": {"R1": 2},
            "productPrice": {"R1": 5},
            "shippingAddress": {"firstName": "Asha", "city": "Pune", "country": "India", "pincode": "411001"},
            "isGift": True,
        }
        assert (await shop("POST", "/order/v1/orders", sent)).status == 200
        shown = (await owner("GET", "/v2/orders/1")).json
        assert (shown["reference"], shown["customer"], shown["status"], shown["is_gift"]) == ("W-1", "C-1", "new", True)
        assert shown["address"] == {"first_name": "Asha", "city": "Pune", "country": "India", "zip": "411001"}
        assert [(line["sku"], line["amount"], line["price"]) for line in shown["lines"]] == [("R1", 2, 5)]
        # What could not be written here anew stays where it is sent back.
        assert (await owner("PATCH", "/v2/orders/1", shown)).json == shown
        assert (await owner("POST", "/v2/orders/1/shipment", {"tracking_number": "T"})).status == 200
        read = (await shop("GET", "/order/v1/orders/W-1")).json["response"]
        assert (read["status"], read["shippingAddress"]["country"], read["customerID"]) == ("SHIPPED", "India", "C-1")
        assert (await owner("PATCH", "/v2/orders/1", {"status": "canceled"})).status == 200
        assert (await shop("GET", "/order/v1/orders/W-1")).json["response"]["status"] == "CANCELED"
        assert (await shop.product("R1")).json["quantity"] == 5
