"""The tables of the published contract: each field, number, name and spelling in them, one after the other."""

from __future__ import annotations

import pytest

from tests.api.server import AccessKeyHolder

pytestmark = pytest.mark.anyio

RING = {"title": "Ring", "type": "ring"}
PURITIES = {
    "24K": 999,
    "22K": 917,
    "21K": 875,
    "18K": 750,
    "14K": 585,
    "10K": 417,
    "9K": 375,
    "8K": 333,
    "750": 750,
    "18k": 750,
    "18kt": 750,
    "18 karat": 750,
    "Pt950": 950,
    "925": 925,
}
PRODUCT_TYPES = {"jewelry": 0, "component": 1, "loose": 2, "set": 3}
STATUSES = {
    1: "new",
    2: "paid",
    3: "in production",
    4: "shipped",
    5: "delivered",
    6: "completed",
    7: "returned",
    8: "canceled",
    9: "memo out",
}
CHANNELS = {
    1000: "eBay",
    1100: "eBay US",
    1200: "eBay UK",
    1300: "eBay AU",
    1400: "eBay CA",
    1500: "eBay FR",
    1600: "eBay DE",
    1700: "eBay SG",
    3000: "Etsy",
    3500: "Amazon.com",
    3600: "Amazon.co.uk",
    5000: "Bonanza",
    5100: "Shopify",
    6000: "Rapnet",
}
COLORS = "DEFGHIJKLMNOPQRSTUVWXYZ"
CLARITIES = ("FL", "IF", "VVS1", "VVS2", "VS1", "VS2", "SI1", "SI2", "SI3", "I1", "I2", "I3")
GRADES = ("I", "EX", "VG", "G", "F", "P")
SPELLINGS = [
    *(("shape", written, "round") for written in ("RB", "RD", "BR", "Round")),
    ("cut", "Ideal", "I"),
    ("cut", "Premium", "EX"),
]
PRODUCT = {
    "catalog_code": "R1",
    "title": "Ring",
    "description": "A ring.",
    "price": "100",
    "currency": "EUR",
    "quantity": "2",
    "product_type": "set",
    "type": "ring",
    "model": "M1",
    "collection": "Spring",
    "tags": ["a", "b"],
    "not_for_sale": "yes",
    "unrepeatable": "1",
    "quantity_alert": 1,
    "auto_refill": "no",
    "location": "Safe 2",
    "images": ["https://a.example/1.jpg"],
    "videos": ["https://a.example/1.mp4"],
    "metals": [{"name": "gold", "purity": "18kt", "weight": "3.2", "color": "white"}],
    "gemstones": [
        {
            "code": "D1",
            "name": "Stone",
            "type": "2",
            "shape": "RB",
            "color": "G",
            "clarity": "VS1",
            "cut": "EX",
            "carat": "0.5",
            "quantity": 1,
            "certificate_number": "7",
            "certificate_lab": "GIA",
            "setting": "prong",
        }
    ],
    "variations": [{"sku": "R2", "field": "size", "value": "7", "price": 110, "quantity": 3}],
    "additional": {"style": "solitaire"},
}
PRODUCT_READ = {
    "price": 100,
    "quantity": 2,
    "product_type": 3,
    "not_for_sale": True,
    "unrepeatable": True,
    "auto_refill": False,
    "sku": "R1",
    "metals": [{"name": "gold", "purity": 750, "weight": 3.2, "color": "white"}],
    "gemstones": [{**PRODUCT["gemstones"][0], "type": "diamond", "shape": "round", "carat": 0.5}],
    "variations": [{"product_id": 2, **PRODUCT["variations"][0]}],
}
ORDER = {
    "order_unique": "1",
    "channel": 3000,
    "account_id": "a",
    "store_name": "Store",
    "currency": "EUR",
    "order_date": "2024-05-01T00:00:00Z",
    "due_date": "2024-05-03T00:00:00Z",
    "shipping_name": "Ada Lovelace",
    "shipping_street": "1 High St",
    "shipping_city": "London",
    "shipping_state": "x",
    "shipping_zip": "N1",
    "shipping_country": "GB",
    "shipping_phone": "1",
    "shipping_price": 5,
    "shipping_type": "air",
    "discount_rate": 10,
    "discount_sum": 3,
    "final_price": 102,
    "tracking_number": "T",
    "comments": "c",
    "archived": True,
}
LINE = {
    "product_id": 1,
    "sku": "R1",
    "title": "Ring",
    "amount": 1,
    "buying_price": 50,
    "original_price": 120,
    "price": 100,
    "comment": "c",
    "stock_action": "revise",
    "tracking_number": "T",
}
CLIENT = {
    "type": "reseller",
    "name": "Ada",
    "username": "ada",
    "company": "Co",
    "email": "a@a.example",
    "phone": "1",
    "country": "United Kingdom",
    "country_code": "GB",
    "address": "1 High St",
    "comments": "c",
    "tags": ["a"],
    "discount": 5,
}


@pytest.fixture
async def office(make_server, anyio_backend):
    server = make_server()
    keys, _ = await server.add_tenant("Shop", id="shop")
    return AccessKeyHolder(server, keys.access_key)


async def stone_with(office, **fields):
    """Return a new diamond with some fields, as it is stored."""
    number = len(await office.ok("gemstone_search")) + 1
    (stone,) = await office.ok("gemstone_import", {"code": f"D{number}", "name": "D", "type": 2, **fields})
    return stone


async def test_every_field_of_a_product(office):
    (made,) = await office.ok("product_import", PRODUCT)
    expected = {**PRODUCT, **PRODUCT_READ}
    (found,) = await office.ok("product_search", {"product_id": made["id"], "fields": "*"})
    assert {name: found[name] for name in expected} == expected
    assert {name: made[name] for name in ("id", "product_id", "sku")} == {"id": 1, "product_id": 1, "sku": "R1"}


async def test_every_field_that_a_search_may_name(office):
    await office.ok("product_import", PRODUCT)
    keys = {
        "product_id": 1,
        "sku": "R1",
        "catalog_code": "R1",
        "title": "ring",
        "model": "M1",
        "type": "ring",
        "collection": "spring",
        "metal": "gold",
        "gemstone_code": "D1",
        "not_for_sale": "1",
        "price_from": 100,
        "price_to": "100",
        "quantity_from": 2,
        "quantity_to": 2,
        "q": "ring",
        "limit": 1,
        "offset": 0,
        "updated_from": "2001-01-01",
        "updated_to": "2100-01-01",
        "fields": ["title"],
    }
    assert await office.ok("product_search", keys) == [{"product_id": 1, "sku": "R1", "title": "Ring"}]


@pytest.mark.parametrize("name", PRODUCT_TYPES)
async def test_product_types_are_numbers_or_names(office, name):
    for at, written in enumerate((name, name.capitalize(), PRODUCT_TYPES[name], str(PRODUCT_TYPES[name]))):
        (made,) = await office.ok("product_import", {"sku": f"R{at}", **RING, "product_type": written})
        assert made["product_type"] == PRODUCT_TYPES[name]


@pytest.mark.parametrize("written", PURITIES)
async def test_purities_are_stored_as_fineness(office, written):
    metals = [{"name": "gold", "purity": written}]
    (made,) = await office.ok("product_import", {"sku": "R1", **RING, "metals": metals})
    assert made["metals"] == [{"name": "gold", "purity": PURITIES[written]}]


async def test_every_grade_of_the_ordered_scales(office):
    for name, scale in {
        "color": COLORS,
        "clarity": CLARITIES,
        "cut": GRADES,
        "polish": GRADES,
        "symmetry": GRADES,
    }.items():
        stones = [await stone_with(office, **{name: grade}) for grade in scale]
        assert [stone[name] for stone in stones] == list(scale)
        for at, grade in enumerate(scale):
            found = await office.ok("gemstone_search", {f"{name}_from": grade})
            assert [one["code"] for one in found] == [stone["code"] for stone in stones[: at + 1]]
        for stone in stones:
            await office.ok("gemstone_delete", stone["id"])
        await office.ok("gemstone_import", {"code": f"{name} done", "name": "no grades", "type": "ruby"})


@pytest.mark.parametrize(("field", "written", "meant"), SPELLINGS)
async def test_aliases_of_trade_feeds(office, field, written, meant):
    assert (await stone_with(office, **{field: written}))[field] == meant


async def test_statuses_are_numbers_or_names(office):
    for number, name in STATUSES.items():
        for written in (number, str(number), name):
            order = {"status": written, "products": [{"title": "Postage"}]}
            (made,) = await office.ok("order_import", order)
            assert (made["status"], made["status_name"]) == (number, name)


async def test_channels_have_their_numbers_and_names(office):
    await office.ok("product_import", {"sku": "R1", **RING})
    for number, name in CHANNELS.items():
        for written in (number, name):
            (made,) = await office.ok("listing_import", {"sku": "R1", "channel": written})
            assert made["channel"] == number


async def test_every_field_of_an_order(office):
    await office.ok("product_import", {"sku": "R1", "quantity": 4, **RING})
    data = {**ORDER, "products": [LINE], "client": CLIENT}
    (made,) = await office.ok("order_import", data)
    (shown,) = await office.ok("orders_export", {"order_id": made["order_id"]})
    assert made == shown
    assert {name: shown[name] for name in ORDER} == ORDER
    (line,) = shown["products"]
    assert {name: line[name] for name in LINE} == LINE
    assert line.keys() >= {"order_product_id", "listing_id"}
    assert {name: shown["client"][name] for name in CLIENT} == CLIENT
    assert shown.keys() >= {"order_id", "client_id", "status", "update_date", "shipping_address"}
    (client,) = await office.ok("clients_export", shown["client_id"])
    assert client == shown["client"]
    assert client.keys() >= {"client_id", "created"}
