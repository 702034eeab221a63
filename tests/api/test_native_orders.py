"""Orders and clients through the native API."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from facetry.domain.order import OrderStatus, StatusDefinition
from facetry.domain.tenant import ClientApiSettings
from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio

ORDERS = "/v2/orders"
ONE = "/v2/orders/1"
NOW = "2020-09-13T12:26:40Z"
LATER = "2020-09-13T12:27:40Z"


@pytest.fixture
async def stocked(shop):
    await shop.post(product("R1", quantity=5))
    await shop.post(product("R2", quantity=1))
    return shop


@pytest.fixture
async def engraver(server, shop):
    """Give the shop a status of its own."""
    record = await server.store.tenant("shop")
    own = ClientApiSettings(statuses=(StatusDefinition(12, "At the engraver", OrderStatus.IN_PRODUCTION),))
    settings = msgspec.structs.replace(record.settings, client_api=own)
    await server.store.replace_tenant(msgspec.structs.replace(record, settings=settings))


async def place(owner, *lines, **fields):
    answer = await owner("POST", ORDERS, {"lines": [*lines] or [{"sku": "R1"}], **fields})
    assert answer.status == 201, answer.body
    return answer.json


async def left(owner, sku="R1"):
    return (await owner("GET", f"/v2/products/{sku}")).json["quantity"]


async def patched(owner, changes, target=ONE):
    answer = await owner("PATCH", target, changes)
    assert answer.status == 200, answer.body
    return answer.json


FULL = {
    "reference": "W-1001",
    "channel": 3000,
    "account_id": "acc",
    "store_name": "My shop",
    "currency": "EUR",
    "status": "paid",
    "order_date": "2020-09-12T10:00:00Z",
    "due_date": "2020-10-01T00:00:00Z",
    "address": {
        "first_name": "Ada",
        "last_name": "King Lovelace",
        "email": "ada@example.com",
        "phone": "123",
        "line_one": "St James's Square 12",
        "line_two": "3rd floor",
        "city": "London",
        "state": "Greater London",
        "country": "GB",
        "zip": "SW1Y 4JH",
    },
    "shipping_price": 15.5,
    "shipping_type": "courier",
    "discount_rate": 2.5,
    "discount_sum": 10.0005,
    "final_price": 2200,
    "tracking_number": "T-1",
    "carrier": "DHL",
    "ship_date": "2020-09-13T00:00:00Z",
    "comments": "with care",
    "is_gift": True,
    "is_archived": True,
}
LINE = {
    "sku": "R1",
    "title": "Solitaire",
    "amount": 2,
    "price": 1100,
    "original_price": 1250,
    "buying_price": 600.25,
    "comment": "size 6",
    "listing_id": 7,
    "stock_action": "revise",
    "tracking_number": "T-2",
    "carrier": "UPS",
}


async def test_an_order_comes_in_whole(owner, stocked):
    client = {"reference": "C-77", "name": "Ada Lovelace"}
    shown = await place(owner, LINE, **FULL, client=client)
    derived = {"id": 1, "client_id": 1, "customer": "C-77", "update_date": NOW, "total": 2200}
    assert shown == FULL | derived | {"lines": [{"id": 1, "product_id": 1, **LINE}]}
    assert await left(owner) == 3
    assert await patched(owner, shown) == shown
    assert (await owner("GET", "/v2/clients/1")).json["name"] == "Ada Lovelace"


async def test_what_is_left_out_has_a_default(owner, stocked):
    line = {"id": 1, "sku": "R1", "product_id": 1, "title": "Ring R1", "amount": 1}
    assert await place(owner) == {
        "id": 1,
        "currency": "USD",
        "status": "new",
        "order_date": NOW,
        "update_date": NOW,
        "address": {},
        "is_gift": False,
        "is_archived": False,
        "lines": [line],
        "total": 0,
    }


async def test_everything_can_be_emptied(server, owner, stocked):
    await place(owner, LINE, **FULL, client={"name": "Ada"})
    server.clock.time += 60
    kept = {"status", "reference"}
    nothing = {name: None for name in FULL if name not in kept} | {"client_id": None}
    shown = await patched(owner, nothing)
    assert {name: value for name, value in shown.items() if name != "lines"} == {
        "id": 1,
        "reference": "W-1001",
        "currency": "USD",
        "status": "paid",
        "order_date": LATER,
        "update_date": LATER,
        "address": {},
        "is_gift": False,
        "is_archived": False,
        "total": 2200,
    }


async def test_lines_take_their_pieces_all_or_none(owner, stocked):
    answer = await owner("POST", ORDERS, {"lines": [{"sku": "R1", "amount": 2}, {"sku": "R2", "amount": 2}]})
    problem = problem_of(answer, 409)
    assert (problem["code"], problem["left"]) == ("insufficient_stock", 1)
    assert (await left(owner), await left(owner, "R2")) == (5, 1)
    assert (await owner("GET", ORDERS)).json == {"items": []}


async def test_an_order_that_is_canceled_gives_back_once(owner, stocked):
    await owner("POST", "/v2/gemstones", {"code": "D1", "name": "D", "type": "2", "quantity": 4})
    await owner("PATCH", "/v2/products/R1", {"gemstones": [{"code": "D1"}]})
    await place(owner, {"sku": "R1", "amount": 3})
    stone = "/v2/gemstones/D1"
    assert (await left(owner), (await owner("GET", stone)).json["quantity"]) == (2, 1)
    for _ in range(2):
        assert (await patched(owner, {"status": "cancelled"}))["status"] == "canceled"
        assert (await left(owner), (await owner("GET", stone)).json["quantity"]) == (5, 4)
    problem = problem_of(await owner("PATCH", ONE, {"status": "paid"}), 422)
    assert (problem["pointer"], problem["detail"]) == ("/status", "is canceled, which is final")
    assert problem_of(await owner("POST", f"{ONE}/shipment", {"tracking_number": "T"}), 422)["pointer"] == "/status"


async def test_fifty_who_order_the_last_five_get_five(owner, stocked):
    answers = await asyncio.gather(*(owner("POST", ORDERS, {"lines": [{"sku": "R1"}]}) for _ in range(50)))
    assert sorted(answer.status for answer in answers) == [201] * 5 + [409] * 45
    assert await left(owner) == 0


async def test_lines_are_all_that_are_sent(owner, stocked):
    await place(owner, {"sku": "R1", "amount": 2, "price": 5}, {"title": "Engraving", "price": 40})
    shown = await patched(owner, {"lines": [{"id": 1, "amount": 3}, {"sku": "R2", "comment": "new"}]})
    assert [(line["id"], line.get("sku"), line["amount"], line.get("price")) for line in shown["lines"]] == [
        (1, "R1", 3, 5),
        (3, "R2", 1, None),
    ]
    assert (await left(owner), await left(owner, "R2")) == (2, 0)
    other = await patched(owner, {"lines": [{"id": 1, "sku": "R2", "product_id": None, "amount": 1}]})
    assert (other["lines"][0]["product_id"], other["lines"][0]["title"]) == (2, "Ring R2")
    assert (await left(owner), await left(owner, "R2")) == (5, 0)


async def test_lines_are_numbered_by_the_server(owner, stocked):
    answer = await owner("POST", ORDERS, {"lines": [{"sku": "R1", "id": 5}]})
    assert (problem_of(answer, 422)["code"], answer.json["pointer"]) == ("read_only", "/lines/0/id")
    before = await place(owner)
    problem = problem_of(await owner("PATCH", ONE, {"lines": [{"id": 5, "amount": 2}]}), 422)
    assert (problem["pointer"], problem["detail"]) == ("/lines", "5 is no line of order 1")
    assert (await owner("GET", ONE)).json == before


async def test_a_repeat_gets_its_answer_though_the_line_has_gone(owner, stocked):
    await place(owner, {"sku": "R1"}, {"sku": "R2"})
    key = {"idempotency-key": "k"}
    changes = {"lines": [{"id": 1, "comment": "x"}, {"id": 2}]}
    first = await owner("PATCH", ONE, changes, headers=key)
    await patched(owner, {"lines": [{"id": 1}]})
    again = await owner("PATCH", ONE, changes, headers=key)
    assert (again.status, again.body, again.headers["idempotency-replayed"]) == (200, first.body, "true")
    assert len((await owner("GET", ONE)).json["lines"]) == 1


async def test_a_sku_that_is_not_there_moves_no_stock(owner, stocked):
    (line,) = (await place(owner, {"sku": "elsewhere", "amount": 9, "price": 1.5}))["lines"]
    assert line == {"id": 1, "sku": "elsewhere", "amount": 9, "price": 1.5}
    problem = problem_of(await owner("POST", ORDERS, {"lines": [{"product_id": 99}]}), 404)
    assert problem["code"] == "product_not_found"


async def test_an_address_changes_in_parts(owner, stocked):
    await place(owner, address={"first_name": "Ada King", "last_name": "Lovelace", "city": "London"})
    shown = await patched(owner, {"address": {"first_name": "Ada", "last_name": "King Lovelace", "city": None}})
    assert shown["address"] == {"first_name": "Ada", "last_name": "King Lovelace"}


async def test_the_total_is_what_it_is_made_of(owner, stocked):
    shown = await place(owner, {"sku": "R1", "amount": 2, "price": 10.5}, shipping_price=5, discount_rate=10)
    assert shown["total"] == 23.9
    problem = problem_of(await owner("PATCH", ONE, {"total": 20}), 422)
    assert (problem["code"], problem["pointer"]) == ("read_only", "/total")
    assert problem["detail"] == "would be 23.9: write final_price, or what it is made of"
    assert (await patched(owner, {"final_price": 20, "total": 20}))["total"] == 20
    assert problem_of(await owner("PATCH", ONE, {"customer": "X"}), 422)["pointer"] == "/customer"
    refused = await owner("POST", ORDERS, {"lines": [{"sku": "R1", "price": 5}], "total": 4})
    assert problem_of(refused, 422)["pointer"] == "/total"
    assert await left(owner) == 3


async def test_a_client_is_found_or_made(owner, stocked):
    first = await place(owner, client={"reference": "C-1", "email": "A@b.c", "name": "Ada"})
    by_reference = await place(owner, client={"reference": "C-1", "phone": "5"})
    by_email = await place(owner, client={"email": "a@B.C"})
    by_id = await place(owner, client_id=1)
    assert [one["client_id"] for one in (first, by_reference, by_email, by_id)] == [1, 1, 1, 1]
    assert by_id["customer"] == "C-1"
    client = (await owner("GET", "/v2/clients/1")).json
    assert (client["email"], client["phone"], client["name"]) == ("A@b.c", "5", "Ada")
    await patched(owner, {"client": {"name": "Augusta", "phone": None}})
    client = (await owner("GET", "/v2/clients/1")).json
    assert (client["name"], client.get("phone")) == ("Augusta", None)
    other = await patched(owner, {"client": {"reference": "C-2"}})
    assert (other["client_id"], other["customer"]) == (2, "C-2")
    for nobody in ({"client_id": None}, {"client": None}):
        assert "client_id" not in await patched(owner, nobody)
        assert (await patched(owner, {"client_id": 2}))["customer"] == "C-2"
    assert problem_of(await owner("PATCH", ONE, {"client_id": 9}), 404)["code"] == "record_not_found"


async def test_a_reference_is_there_once(owner, stocked):
    await place(owner, reference="W-1")
    problem = problem_of(await owner("POST", ORDERS, {"reference": "W-1", "lines": [{"sku": "R1"}]}), 409)
    assert (problem["code"], await left(owner)) == ("record_exists", 4)


async def test_statuses_of_the_tenant_have_their_names(server, owner, stocked, engraver):
    await place(owner)
    await place(owner, status="In Production")
    shown = await patched(owner, {"status": "at-the engraver"})
    assert (shown["status"], shown["own_status"]) == ("in_production", "At the engraver")
    assert await patched(owner, shown) == shown
    read = await owner("GET", ONE)
    assert (read.json, "." in read.headers["etag"]) == (shown, True)

    async def ids(status):
        return [one["id"] for one in (await owner("GET", f"{ORDERS}?status={status}")).json["items"]]

    assert (await ids("in_production"), await ids("At%20the%20engraver"), await ids("paid")) == ([1, 2], [1], [])
    pointers = {
        "/status": {"status": "paid", "own_status": "At the engraver"},
        "/own_status": {"own_status": "paid"},
    }
    for pointer, body in pointers.items():
        assert problem_of(await owner("PATCH", ONE, body), 422)["pointer"] == pointer
    assert "own_status" not in await patched(owner, {"own_status": None})
    assert (await patched(owner, {"own_status": "at the engraver"}))["own_status"] == "At the engraver"
    assert "own_status" not in await patched(owner, {"status": "in_production"})
    assert (await owner("GET", "/v2/changes?since=0&include=orders")).json["orders"][0]["status"] == "in_production"


async def test_a_shipment_ships(server, owner, stocked):
    await place(owner, {"sku": "R1"}, {"sku": "R2"})
    server.clock.time += 60
    apart = await owner("POST", f"{ONE}/shipment", {"lines": [{"id": 2, "tracking_number": "T2", "carrier": "UPS"}]})
    assert (apart.status, apart.json["status"], apart.json["lines"][1]["tracking_number"]) == (200, "new", "T2")
    apart = await owner("POST", f"{ONE}/shipment", {"lines": [{"id": 1, "tracking_number": "T1"}]})
    assert (apart.json["status"], apart.json["ship_date"]) == ("shipped", LATER)
    await patched(owner, {"status": "delivered"})
    date = "2020-09-14T00:00:00Z"
    whole = await owner("POST", f"{ONE}/shipment", {"tracking_number": "T", "carrier": "DHL", "ship_date": date})
    assert (whole.json["status"], whole.json["tracking_number"], whole.json["ship_date"]) == ("delivered", "T", date)
    assert problem_of(await owner("POST", "/v2/orders/9/shipment", {"tracking_number": "T"}), 404)
    stale = await owner("POST", f"{ONE}/shipment", {"tracking_number": "X"}, headers={"if-match": '"0123456789abcdef"'})
    assert problem_of(stale, 412)["current"] == whole.json


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/tracking_number"),
        ({"tracking_number": " "}, "/tracking_number"),
        ({"tracking_number": "T", "ship_date": "soon"}, "/ship_date"),
        ({"lines": [{"id": 1, "tracking_number": ""}]}, "/lines/0/tracking_number"),
        ({"lines": [{"id": 1, "tracking_number": "T"}] * 2}, "/lines"),
        ({"lines": [{"id": 9, "tracking_number": "T"}]}, "/lines"),
        ({"lines": [{"id": 1, "tracking_number": "T"}], "carrier": "DHL"}, "/carrier"),
        ({"lines": [{"id": 1}]}, "/lines/0"),
        ({"tracking": "T"}, "/tracking"),
    ],
)
async def test_a_shipment_that_is_none_is_refused(owner, stocked, body, pointer):
    before = await place(owner)
    assert problem_of(await owner("POST", f"{ONE}/shipment", body), 422)["pointer"] == pointer
    assert (await owner("GET", ONE)).json == before


async def test_lists_are_narrowed(owner, stocked):
    ada, grace = {"client": {"name": "Ada", "reference": "C-1"}}, {"client": {"name": "Grace", "reference": "C-2"}}
    await place(owner, **ada, reference="W-1", order_date="2020-01-01")
    await place(owner, **grace, status="paid", order_date="2020-02-01T12:00:00Z")
    await place(owner, **ada, status="paid", order_date="2020-03-01")

    async def ids(query):
        return [one["id"] for one in (await owner("GET", f"{ORDERS}?{query}")).json["items"]]

    assert await ids("reference=W-1") == [1]
    assert await ids("reference=W-1&status=paid") == []
    assert await ids("reference=no") == []
    assert await ids("client_id=1") == [1, 3]
    assert await ids("client_id=1&status=paid") == [3]
    assert await ids("client_id=9") == []
    assert await ids("date_from=2020-02-01") == [2, 3]
    assert await ids("date_to=2020-02-01") == [1, 2]
    assert await ids("status=paid&after=2") == [3]
    page = (await owner("GET", f"{ORDERS}?status=paid&limit=1")).json
    assert ([one["id"] for one in page["items"]], page["next"]) == ([2], "2")
    for query, detail in (
        ("status=paidd", "did you mean paid?"),
        ("client_id=x", "client_id must be an integer"),
        ("date_from=soon", "date_from must be a time"),
        ("reference=", "reference must not be empty"),
    ):
        assert detail in problem_of(await owner("GET", f"{ORDERS}?{query}"), 400)["detail"]


async def test_more_than_are_looked_at_at_once_are_looked_through(server, owner, stocked):
    body = {"lines": [{"title": "x"}]}
    await asyncio.gather(*(owner("POST", ORDERS, body) for _ in range(260)))
    await place(owner, status="paid")
    (found,) = (await owner("GET", f"{ORDERS}?status=paid")).json["items"]
    assert found["id"] == 261
    assert len((await owner("GET", f"{ORDERS}?status=new&limit=1000")).json["items"]) == 260


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": None}, "/lines"),
        ({"lines": [{}]}, "/lines/0/sku"),
        ({"lines": [{"sku": "R1", "amount": 0}]}, "/lines/0/amount"),
        ({"lines": [{"sku": "R1"}, {"sku": "R1", "amount": 2**60}]}, "/lines/1/amount"),
        ({"lines": [{"sku": "R1", "price": -1}]}, "/lines/0/price"),
        ({"lines": [{"sku": "R1", "stock_action": "end"}]}, "/lines/0/stock_action"),
        ({"lines": [{"sku": "R1", "amoumt": 5}]}, "/lines/0/amoumt"),
        ({"lines": [{"sku": "R1"}] * 2001}, "/lines"),
        ({"status": "payd"}, "/status"),
        ({"status": "2"}, "/status"),
        ({"status": None}, "/status"),
        ({"currency": "XYZ"}, "/currency"),
        ({"channel": "etsi"}, "/channel"),
        ({"order_date": "soon"}, "/order_date"),
        ({"discount_rate": 101}, "/discount_rate"),
        ({"shipping_price": 10**12}, "/shipping_price"),
        ({"address": {"country": "Great Britain"}}, "/address/country"),
        ({"address": {"street": "x"}}, "/address/street"),
        ({"client": {}}, "/client/name"),
        ({"client": {"id": 2}, "client_id": 1}, "/client/id"),
        ({"client": {"discount": -1, "name": "A"}}, "/client/discount"),
        ({"client": {"type": "vip", "name": "A"}}, "/client/type"),
        ({"client_id": -1}, "/client_id"),
        ({"reference": "x" * 201}, "/reference"),
        ({"comments": "x" * 10_001}, "/comments"),
        ({"is_gift": 1}, "/is_gift"),
    ],
)
async def test_a_value_that_is_not_allowed_changes_nothing(owner, stocked, body, pointer):
    problem = problem_of(await owner("POST", ORDERS, {"lines": [{"sku": "R1"}], **body}), 422)
    assert problem["pointer"] == pointer
    assert (await owner("GET", ORDERS)).json == {"items": []}
    before = await place(owner, client={"name": "Ada"})
    if body != {"client": {}}:
        assert problem_of(await owner("PATCH", ONE, body), 422)["pointer"] == pointer
    assert ((await owner("GET", ONE)).json, await left(owner)) == (before, 4)
