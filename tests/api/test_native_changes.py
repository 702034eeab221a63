"""The feed of changes: pages, waiting, events."""

import asyncio

import msgspec
import pytest

from facetry.api.native.openapi import openapi_document
from facetry.api.native.openapi_changes import schemas
from facetry.application.change_feed import MOST_WAITING
from facetry.application.tenants import Rotation
from facetry.domain.catalog import DeleteProduct
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.listing import Listing
from facetry.domain.order import Client, Order
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.testing.samples import gemstone, put
from tests.api.live import live
from tests.api.server import KeyHolder, problem_of

pytestmark = pytest.mark.anyio

CHANGES = "/v2/changes"
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture
async def filled(server, shop):
    """Return a function that does writes."""

    async def write(*writes):
        await server.catalog.write("shop", writes)

    await write(put("A", "G1"), put("B", "G1"), put("C", "G2"))
    return write


async def changes(holder, query=""):
    answer = await holder("GET", CHANGES + query)
    assert answer.status == 200, answer.body
    assert answer.headers["cache-control"] == "no-store"
    return answer.json


def skus(page):
    return [product["sku"] for product in page["products"]]


NOTHING = {
    "products": [],
    "gone_products": [],
    "groups": [],
    "gone_groups": [],
    "gemstones": [],
    "listings": [],
    "orders": [],
    "clients": [],
    "gone": [],
}


async def test_the_example_of_the_reference(filled, owner):
    parameters = openapi_document("1")["paths"][CHANGES]["get"]["parameters"]
    query = "&".join(f"{one['name']}={one['example']}" for one in parameters if "example" in one)
    page = await changes(owner, f"?{query}")
    assert skus(page) == ["A", "B", "C"]
    documented = set(schemas()["Changes"]["properties"])
    assert set(page) == documented - {"groups", "gone_groups", "listings", "orders", "clients"}
    assert set(await changes(owner)) == documented


async def test_who_starts_gets_the_revision_of_now(filled, owner):
    assert await changes(owner) == {"since": 3, "revision": 3, "more": False, **NOTHING}


async def test_a_page_has_what_was_touched_and_what_is_gone(filled, owner):
    listings = [PutRecord(Listing(sku="A", channel=1100, external_id=text)) for text in "xy"]
    await filled(PutRecord(gemstone("D1")), *listings, PutRecord(Order(reference="W")), PutRecord(Client(name="Ada")))
    await filled(put("A", "G3", name="new"), DeleteProduct("C"), DeleteRecord(RecordKind.LISTING, RecordKey(2)))
    page = await changes(owner, "?since=3")
    assert (page["since"], page["revision"], page["more"]) == (3, 11, False)
    assert (skus(page), page["gone_products"]) == (["A"], ["C"])
    assert (page["groups"], page["gone_groups"]) == (["G1", "G3"], ["G2"])
    assert page["gone"] == [{"kind": "listing", "id": 2}]
    assert [one["code"] for one in page["gemstones"]] == ["D1"]
    assert [one["external_id"] for one in page["listings"]] == ["x"]
    assert [one["reference"] for one in page["orders"]] == ["W"]
    assert [one["name"] for one in page["clients"]] == ["Ada"]


async def test_products_are_the_documents_of_products(filled, owner):
    assert (await changes(owner, "?since=0"))["products"][0] == {
        "sku": "A",
        "id": 1,
        "group_id": "G1",
        "name": "Ring A",
        "description": "",
        "regular_price": 5,
        "price": 5,
        "currency": "USD",
        "quantity": 0,
        "in_stock": False,
        "active": True,
        "is_main": False,
        "category": [],
        "search_keywords": [],
        "images": [],
        "attributes": {},
        "metals": [],
        "gemstones": [],
        "product_type": "jewelry",
        "unrepeatable": False,
        "auto_refill": False,
        "location": "",
        "videos": [],
    }


async def test_a_page_says_that_another_one_follows(filled, owner):
    page = await changes(owner, "?since=0&limit=2")
    assert (page["revision"], page["more"], skus(page)) == (1, True, ["A"])
    page = await changes(owner, "?since=1&limit=2")
    assert (page["revision"], page["more"], skus(page)) == (2, True, ["B"])
    page = await changes(owner, "?since=2&limit=2")
    assert (page["revision"], page["more"], skus(page)) == (3, False, ["C"])
    assert await changes(owner, "?since=3") == {"since": 3, "revision": 3, "more": False, **NOTHING}


async def test_only_what_is_included_comes(filled, owner):
    await filled(PutRecord(gemstone("D1")), DeleteProduct("C"))
    page = await changes(owner, "?since=0&include=groups")
    assert page == {"since": 0, "revision": 5, "more": False, "groups": ["G1"], "gone_groups": ["G2"]}
    page = await changes(owner, "?since=0&include=gemstones,products")
    assert (len(page["gemstones"]), len(page["products"]), page["gone_products"], page["gone"]) == (1, 2, ["C"], [])
    assert "groups" not in page


@pytest.mark.parametrize(
    ("query", "parameter", "detail"),
    [
        ("?since=x", "since", "since must be an integer from 0 to 9007199254740991"),
        ("?since=-1", "since", "since must be an integer from 0 to 9007199254740991"),
        ("?wait=61", "wait", "wait must be an integer from 0 to 60"),
        ("?limit=0", "limit", "limit must be an integer from 1 to 1000"),
        ("?limit=1001", "limit", "limit must be an integer from 1 to 1000"),
        ("?include=product", "include", "include knows no 'product'; did you mean products?"),
        ("?include=", "include", "include knows no ''"),
        ("?sinse=1", "sinse", "sinse is no parameter here; did you mean since?"),
    ],
)
async def test_parameters_that_cannot_be_read_are_refused(filled, owner, query, parameter, detail):
    problem = problem_of(await owner("GET", CHANGES + query), 400)
    assert (problem["code"], problem["parameter"], problem["detail"]) == ("bad_parameter", parameter, detail)


@pytest.mark.parametrize("query", ["", "&wait=1"])
@pytest.mark.parametrize("headers", [{}, EVENTS])
async def test_revisions_that_are_not_known_are_refused(server, filled, owner, query, headers):
    await server.store.cut_log("shop", 2)
    for revision in (1, 4):
        answer = await owner("GET", f"{CHANGES}?since={revision}{query}", headers=headers)
        problem = problem_of(answer, 410)
        assert (problem["code"], problem["oldest"], problem["last"]) == ("revision_too_old", 2, 3)


async def test_a_tenant_that_comes_again_has_to_be_followed_anew(server, filled, shop):
    await server.tenants.delete("shop")
    await server.add_tenant("Shop", id="shop", api_key="another-key")
    owner = KeyHolder(server, "another-key")
    for revision in range(4):
        assert problem_of(await owner("GET", f"{CHANGES}?since={revision}"), 410)["oldest"] == 4


async def test_who_may_not_read_is_refused(server, filled, front):
    problem = problem_of(await front("GET", CHANGES), 403)
    assert problem["code"] == "not_permitted"
    problem_of(await KeyHolder(server, "no-key")("GET", CHANGES), 401)
    answer = await front("POST", CHANGES)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_tenants_hear_nothing_of_each_other(server, filled, rival):
    assert await changes(KeyHolder(server, "api-key-of-rival"), "?since=0") == {
        "since": 0,
        "revision": 0,
        "more": False,
        **NOTHING,
    }


async def test_a_head_never_waits(filled, owner):
    for headers in ({}, EVENTS):
        answer = await owner("HEAD", f"{CHANGES}?since=3&wait=60", headers=headers)
        assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"", "application/json")


async def test_a_change_is_waited_for(filled, owner):
    async with live(owner, f"{CHANGES}?since=3&wait=60") as request:
        await asyncio.sleep(0.03)
        assert request.start is None
        await filled(put("A", "G1", name="new"))
        answer = await request.answer()
    assert (answer.status, answer.json["revision"], skus(answer.json)) == (200, 4, ["A"])
    assert answer.headers["x-request-id"]


async def test_an_empty_page_comes_when_the_time_is_over(filled, owner):
    async with live(owner, f"{CHANGES}?since=3&wait=1") as request:
        assert (await request.answer()).json == {"since": 3, "revision": 3, "more": False, **NOTHING}


async def test_only_so_many_wait_and_who_left_does_not_count(filled, owner):
    waiting = [live(owner, f"{CHANGES}?since=3&wait=60") for _ in range(MOST_WAITING)]
    for one in waiting:
        await one.__aenter__()
    async with asyncio.timeout(30):
        while owner.server.feed.waiting("shop") < MOST_WAITING:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.02)
    for headers in ({}, EVENTS):
        answer = await owner("GET", f"{CHANGES}?since=3&wait=60", headers=headers)
        assert (problem_of(answer, 429)["code"], answer.headers["retry-after"]) == ("too_many_waiting", "5")
    assert (await changes(owner, "?since=3"))["revision"] == 3
    await waiting.pop().__aexit__(None, None, None)
    async with live(owner, f"{CHANGES}?since=3&wait=60") as request:
        await filled(DeleteProduct("C"))
        assert (await request.answer()).json["gone_products"] == ["C"]
    for one in waiting:
        await one.__aexit__(None, None, None)


async def test_a_new_key_ends_the_waiting_and_shows_nothing(server, filled, owner):
    async with live(owner, f"{CHANGES}?since=3&wait=60") as request:
        await asyncio.sleep(0.01)
        record = await server.store.tenant("shop")
        await server.store.replace_tenant(msgspec.structs.replace(record, name="other"))
        await filled(put("A", "G1", name="new"))
        assert (await request.answer()).json == {"since": 3, "revision": 3, "more": False, **NOTHING}


async def test_events(filled, owner):
    async with live(owner, f"{CHANGES}?since=1&limit=2", **EVENTS) as stream:
        assert await stream.event() == {"retry": "1000"}
        headers = dict(stream.start["headers"])
        assert (stream.start["status"], headers[b"content-type"]) == (200, b"text/event-stream")
        assert (headers[b"cache-control"], headers[b"x-accel-buffering"]) == (b"no-store", b"no")
        for revision, sku in ((2, "B"), (3, "C")):
            event = await stream.event()
            assert (event["event"], event["id"]) == ("changes", str(revision))
            assert (event["data"]["since"], event["data"]["revision"], skus(event["data"])) == (
                revision - 1,
                revision,
                [sku],
            )
        await filled(DeleteProduct("C"))
        event = await stream.event()
        assert (event["id"], event["data"]["gone_products"], event["data"]["gone_groups"]) == ("4", ["C"], ["G2"])


async def test_who_starts_with_events_hears_the_revision_of_now_first(filled, owner):
    async with live(owner, CHANGES, accept="text/html, Text/Event-Stream;q=0.5") as stream:
        await stream.event()
        assert (await stream.event())["data"] == {"since": 3, "revision": 3, "more": False, **NOTHING}
        await filled(put("A", "G1", name="new"))
        event = await stream.event()
        while "data" not in event:
            event = await stream.event()
        assert (event["id"], skus(event["data"])) == ("4", ["A"])


async def test_the_last_event_counts_more_than_where_a_client_once_began(filled, owner):
    async with live(owner, f"{CHANGES}?since=0", last_event_id="2", **EVENTS) as stream:
        await stream.event()
        assert (await stream.event())["data"]["since"] == 2
    answer = await owner("GET", CHANGES, headers={**EVENTS, "last-event-id": "x"})
    problem = problem_of(answer, 400)
    assert problem["parameter"] == "Last-Event-ID"


async def test_an_idle_stream_breathes_and_moves_on(filled, owner, monkeypatch):
    monkeypatch.setattr("facetry.api.native.changes.BREATH_SECONDS", 0.02)
    async with live(owner, f"{CHANGES}?since=3&include=groups", **EVENTS) as stream:
        await stream.event()
        assert [await stream.event() for _ in range(2)] == [{"": "nothing new", "id": "3"}] * 2
        await filled(PutRecord(gemstone("D1")))
        event = await stream.event()
        while event["id"] == "3":
            event = await stream.event()
        assert event == {"": "nothing new", "id": "4"}


async def test_a_stop_ends_streams_and_waiting(server, filled, owner):
    async with (
        live(owner, f"{CHANGES}?since=3", **EVENTS) as stream,
        live(owner, f"{CHANGES}?since=3&wait=60") as request,
    ):
        await stream.event()
        await stream.event()
        server.feed.stop()
        assert await stream.rest() == b": nothing new\nid: 3\n\n"
        assert (await request.answer()).json["revision"] == 3


async def test_a_stream_that_falls_behind_the_log_says_so_and_ends(one_machine, server, filled, owner):
    async with live(owner, f"{CHANGES}?since=3", **EVENTS) as stream:
        await stream.event()
        await stream.event()
        await filled(put("A", "G1", name="new"))
        await server.store.cut_log("shop", 4)
        event = await stream.event()
        assert (event["event"], event["data"]["code"], event["data"]["status"]) == ("problem", "revision_too_old", 410)
        assert await stream.rest() == b""


async def test_a_stream_ends_with_the_token(server, filled, shop):
    session = await server.tokens.session(shop.headers["x-access-token"])
    server.clock.time = session.expires - 0.2
    async with live(shop, f"{CHANGES}?since=3", **EVENTS) as stream:
        await stream.event()
        assert (await stream.rest()).endswith(b": nothing new\nid: 3\n\n")


ENDS = {
    "disabled": lambda server: server.tenants.set_active("shop", active=False),
    "rotated": lambda server: server.tenants.rotate("shop", [Rotation.API_KEY]),
    "rotated with an overlap": lambda server: server.tenants.rotate("shop", [Rotation.TOKEN_KEYS]),
    "deleted": lambda server: server.tenants.delete("shop"),
}


@pytest.mark.parametrize("end", ENDS)
async def test_streams_and_waiting_end_where_the_tenant_changes(server, filled, shop, owner, end):
    """Whoever may still read asks again, and all others are told then that they may not."""
    async with (
        live(shop, f"{CHANGES}?since=3", **EVENTS) as stream,
        live(owner, f"{CHANGES}?since=3&wait=60") as waiting,
    ):
        await stream.event()
        await stream.event()
        await ENDS[end](server)
        assert b"event: changes" not in await stream.rest()
        page = (await waiting.answer()).json
        assert page["products"] == page["gone_products"] == []
    assert (await owner("GET", CHANGES)).status == (200 if end == "rotated with an overlap" else 401)


async def test_a_client_that_leaves_frees_its_place(server, filled, owner):
    async with live(owner, f"{CHANGES}?since=3", **EVENTS) as stream:
        await stream.event()
        assert server.feed.waiting("shop") == 1
    assert server.feed.waiting("shop") == 0


async def test_what_is_sent_as_an_event_is_one_line(filled, owner):
    await filled(put("A", "G1", name="two\nlines\r\nand\u2028more"))
    async with live(owner, f"{CHANGES}?since=3", **EVENTS) as stream:
        await stream.event()
        assert (await stream.event())["data"]["products"][0]["name"] == "two\nlines\r\nand\u2028more"
