"""The journals of requests and searches through ``/v2``."""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

import pytest

from facetry.api.native.openapi import openapi_document
from facetry.application.access_keys import NewAccessKey
from facetry.domain.journal import RequestLine, SearchLine
from facetry.domain.tenant import Scope
from facetry.domain.times import iso_time
from tests.api.server import KeyHolder, problem_of, product

pytestmark = pytest.mark.anyio

REQUESTS, SEARCHES = "/v2/requests", "/v2/searches"


@pytest.fixture
def server(make_server):
    """Return a server whose clock shows the time of the machine, which lines have: soon, so that they all are past."""
    server = make_server()
    server.clock.time = time.time() + 60
    return server


@pytest.fixture
async def look(server, owner):
    """Return what reads a journal as the shop's owner does, once all that happened is noted."""

    async def read(target, **parameters):
        server.log.flush()
        query = f"?{urlencode(parameters)}" if parameters else ""
        answer = await owner("GET", target + query)
        assert answer.status == 200, answer.body
        assert answer.headers["cache-control"] == "no-store"
        return answer.json

    return read


@pytest.fixture
async def at(server):
    """Return what notes lines of the shop at a time of day, as if they had been calls."""

    def note(number, time, **fields):
        kind = SearchLine if "query" in fields else RequestLine
        server.journal.note("shop", kind(id=f"r{number}", time=time, **fields))

    return note


class TestRequests:
    """What is told of a call."""

    async def test_a_call_is_told_with_all_that_is_known(self, server, shop, office, look):
        await shop.product("none")
        called = await office("product_search", {"sku": "none", "fields": "nope"})
        found = await look(REQUESTS)
        assert list(found) == ["items"]
        client, catalog = found["items"]
        assert catalog["time"] > "2026"
        assert 0 < catalog.pop("duration_ms") < 5000
        assert {**catalog, "id": 32, "time": ""} == {
            "id": len(catalog["id"]),
            "time": "",
            "method": "GET",
            "route": "/catalog/v1/products/{SKU}",
            "status": 200,
            "size": catalog["size"],
            "key": "token",
            "surface": "catalog",
            "code": "INVALID",
            "error": "Product with SKU none not found ...",
        }
        assert client["id"] == called.headers["x-debug-uid"]
        assert (client["surface"], client["route"], client["method"]) == ("client", "/client/V1 product_search", "POST")
        assert (client["status"], client["code"], client["key"]) == (200, "303", "main")
        assert client["error"]
        assert client["size"] == len(called.body)

    async def test_a_call_is_found_by_the_id_that_its_answer_names(self, server, shop, office, owner, look):
        problem = problem_of(await owner("GET", "/v2/search?nope=1"), 400)
        line = await look(f"{REQUESTS}/{problem['request_id']}")
        assert (line["id"], line["code"], line["error"]) == (
            problem["request_id"],
            problem["code"],
            problem["detail"],
        )
        assert (line["route"], line["status"], line["key"]) == ("/v2/search", 400, "api_key")
        called = await office("product_listfields")
        assert (await look(f"{REQUESTS}/{called.headers['x-debug-uid']}"))["code"] == "100"
        missing = problem_of(await owner("GET", f"{REQUESTS}/nope"), 404)
        assert (missing["code"], missing["detail"]) == ("record_not_found", "request nope not found")

    async def test_answers_from_memory_are_told_too(self, shop, server, look):
        await shop.post(product("S1"))
        for _ in range(3):
            await shop.product("S1")
        found = await look(REQUESTS, route="/catalog/v1/products/{SKU}")
        assert [(line["status"], line["key"]) for line in found["items"]] == [(200, "token")] * 3

    async def test_neither_keys_nor_bodies_are_told(self, server, shop, owner, office, front, look):
        secret = "hush-hush-4711"
        await shop.post(product("S1", name=secret, regularPrice=secret))
        await shop.post(product("S2", name=secret))
        await office("product_import", {"sku": "S3", "title": secret, "price": -1})
        await owner("PUT", "/v2/settings/search", {"synonyms": secret})
        await owner("GET", f"/v2/search?limit=99999999&q={secret}")
        await front("GET", "/v2/settings/search")
        text = json.dumps(await look(REQUESTS, limit=1000))
        keys = await server.tenants.keys("shop")
        hidden = [secret, keys.api_key, keys.access_key, keys.search_key, shop.headers["x-access-token"]]
        assert [one for one in hidden if one in text] == []
        assert text.count('"id"') >= 6

    async def test_they_are_narrowed(self, at, look):
        at(1, 100, status=404, code="product_not_found", key="main", route="/v2/products/{sku}")
        at(2, 200, status=200, key="main", route="/v2/products")
        at(3, 300, status=404, code="not_found", key="api_key", route="/v2/products/{sku}")

        async def ids(**parameters):
            return [line["id"] for line in (await look(REQUESTS, **parameters))["items"] if line["id"][0] == "r"]

        to = iso_time(1000)
        assert await ids(to=to) == ["r3", "r2", "r1"]
        assert await ids(to=to, status=404) == ["r3", "r1"]
        assert await ids(to=to, status=404, key="main") == ["r1"]
        assert await ids(to=to, code="not_found") == ["r3"]
        assert await ids(to=to, route="/v2/products") == ["r2"]
        assert await ids(**{"from": iso_time(100), "to": iso_time(300)}) == ["r2", "r1"]
        assert await ids(**{"from": "1970-01-01", "to": "1970-01-01"}) == ["r3", "r2", "r1"]

    async def test_pages_hold_each_once_while_more_come(self, at, look):
        for number in range(7):
            at(number, 100 + number // 2)
        seen, after = [], {}
        while True:
            page = await look(REQUESTS, limit=3, to=iso_time(1000), **after)
            seen += [line["id"] for line in page["items"]]
            at(100 + len(seen), 500)
            if "next" not in page:
                break
            after = {"after": page["next"]}
        assert seen == ["r6", "r5", "r4", "r3", "r2", "r1", "r0"]

    @pytest.mark.parametrize(
        ("target", "parameter"),
        [
            (f"{REQUESTS}?after=x", "after"),
            (f"{REQUESTS}?after=1", "after"),
            (f"{REQUESTS}?limit=0", "limit"),
            (f"{REQUESTS}?limit=1001", "limit"),
            (f"{REQUESTS}?status=ok", "status"),
            (f"{REQUESTS}?from=soon", "from"),
            (f"{REQUESTS}?stats=1", "stats"),
            (f"{REQUESTS}/x?limit=1", "limit"),
            (f"{REQUESTS}/counts?step=week", "step"),
            (f"{REQUESTS}/counts?step=minute&from=2000-01-01", "from"),
            (f"{SEARCHES}?hits=0", "hits"),
            (f"{SEARCHES}/top?step=minute", "step"),
            (f"{SEARCHES}/top?step=day&from=2000-01-01", "from"),
            (f"{SEARCHES}/empty?after=x", "after"),
        ],
    )
    async def test_what_cannot_be_asked_is_refused(self, owner, target, parameter):
        problem = problem_of(await owner("GET", target), 400)
        assert (problem["code"], problem["parameter"]) == ("bad_parameter", parameter)


class TestCounts:
    """How many calls there were."""

    async def test_all_are_counted_by_day_hour_and_minute(self, server, owner, look):
        for target in ("/v2/attributes", "/v2/search?q=x", "/v2/search?nope=1"):
            await owner("GET", target)
        for step, digits in (("minute", 17), ("hour", 14), ("day", 11)):
            counts = await look(f"{REQUESTS}/counts", step=step)
            assert counts["step"] == step
            # Each look is a call too, and an hour may end between two of them.
            assert sum(item["calls"] for item in counts["items"]) >= 3
            assert sum(item["failures"] for item in counts["items"]) == 1
            assert {item["time"][digits:] for item in counts["items"]} <= {"00Z", "00:00Z", "00:00:00Z"}

    async def test_a_span_is_counted(self, server, owner, look):
        await owner("GET", "/v2/attributes")
        assert (await look(f"{REQUESTS}/counts", **{"from": "2001-01-01", "to": "2001-02-01"}))["items"] == []
        today = iso_time(time.time())[:10]
        (item,) = (await look(f"{REQUESTS}/counts", **{"from": today, "to": today}))["items"]
        assert (item["time"], item["calls"] >= 1, item["failures"]) == (f"{today}T00:00:00Z", True, 0)


class TestSearches:
    """What is told of searches."""

    @pytest.fixture
    async def filled(self, shop):
        await shop.post(product("S1", "A", name="Gold ring"))
        await shop.post(product("S2", "B", name="Silver ring"))

    async def test_a_search_is_told_with_its_id(self, filled, owner, look):
        found = await owner.search(q="Gold  ring", filter="price < 500", typos=False)
        (line,) = (await look(SEARCHES))["items"]
        assert 0 <= line.pop("duration_ms") < 5000
        assert {**line, "time": ""} == {
            "search_id": found["search_id"],
            "time": "",
            "query": "Gold  ring",
            "filter": "price < 500",
            "hits": found["total"],
            "revision": 2,
            "key": "api_key",
            "surface": "native",
        }

    async def test_every_surface_is_told_of(self, filled, server, shop, office, front, owner, look):
        await shop.search(q="gold")
        await office.ok("product_search", {"q": "silver"})
        await office.ok("product_search", {"sku": "S1"})
        await front("GET", "/v2/search?q=ring")
        await owner("POST", "/v2/search", {"searches": [{"q": "a", "filter": {"color": "Red"}}, {"filter": "x ="}, {}]})
        found = (await look(SEARCHES))["items"]
        told = [(line["surface"], line["key"], line["query"], line.get("filter"), line["hits"]) for line in found]
        assert told[2:] == [
            ("native", "search_key", "ring", None, 2),
            ("client", "main", "silver", None, 1),
            ("catalog", "token", "gold", None, 1),
        ]
        assert sorted(told[:2]) == [
            ("native", "api_key", "", None, 2),
            ("native", "api_key", "a", '{"color":"Red"}', 0),
        ]

    async def test_a_search_that_is_refused_is_only_a_request(self, filled, owner, look):
        await owner.refused({"filter": "nope ="})
        assert (await look(SEARCHES))["items"] == []
        assert (await look(REQUESTS, status=400))["items"][0]["route"] == "/v2/search"

    async def test_what_is_asked_most(self, filled, owner, shop, front, look):
        """Also what is answered from memory, over all surfaces, however it is written."""
        for _ in range(3):
            answer = await front("GET", "/v2/search?q=Ring")
        for query in ("  ring", "gold", "necklace", "necklace", "", ""):
            await owner.search(q=query, typos=False)
        await shop.search(q="GOLD")
        top = (await look(f"{SEARCHES}/top"))["items"]
        assert top == [
            {"query": "ring", "searches": 4, "empty": 0, "hits": 2, "clicks": 0, "orders": 0},
            {"query": "gold", "searches": 2, "empty": 0, "hits": 1, "clicks": 0, "orders": 0},
            {"query": "necklace", "searches": 2, "empty": 2, "hits": 0, "clicks": 0, "orders": 0},
        ]
        assert (await look(f"{SEARCHES}/top", limit=1))["items"] == top[:1]
        assert (await look(f"{SEARCHES}/empty"))["items"] == top[2:]
        # An answer that is given again keeps its id, and has one line.
        lines = (await look(SEARCHES, q="Ring"))["items"]
        assert [line["search_id"] for line in lines] == [answer.json["search_id"]]

    async def test_what_is_asked_by_day(self, filled, owner, server, look):
        await owner.search(q="gold")
        (item,) = (await look(f"{SEARCHES}/top", step="day"))["items"]
        assert item == {
            "day": iso_time(time.time())[:10],
            "query": "gold",
            "searches": 1,
            "empty": 0,
            "hits": 1,
            "clicks": 0,
            "orders": 0,
        }
        assert (await look(f"{SEARCHES}/top", **{"from": "2001-01-01", "to": "2001-02-01"}))["items"] == []

    async def test_pages_of_searches(self, at, look):
        for number in range(3):
            at(number, 100 + number, query="ring")
        page = await look(SEARCHES, limit=2)
        assert [line["search_id"] for line in page["items"]] == ["r2", "r1"]
        last = await look(SEARCHES, limit=2, after=page["next"])
        assert ([line["search_id"] for line in last["items"]], "next" in last) == (["r0"], False)


class TestDescription:
    """The calls are as the OpenAPI document describes them."""

    DOCUMENT = openapi_document("0")

    def names(self, schema):
        """Return the schema of an object behind references, and which members it may and must have."""
        while "$ref" in schema:
            schema = self.DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema, set(schema["properties"]), set(schema["required"])

    def check(self, value, schema):
        """Compare the members of an object, and of the items in it, with its schema."""
        schema, known, needed = self.names(schema)
        assert needed <= set(value) <= known
        for item in value.get("items", ()):
            _, known, needed = self.names(schema["properties"]["items"]["items"])
            assert needed <= set(item) <= known

    @pytest.mark.parametrize("path", [REQUESTS, f"{REQUESTS}/counts", SEARCHES, f"{SEARCHES}/top", f"{SEARCHES}/empty"])
    async def test_what_is_read(self, server, owner, look, at, path):
        at(1, time.time(), status=404, code="x", error="y", key="k", surface="native", method="GET", route="/v2/x")
        at(2, time.time(), query="ring", filter="price < 5", hits=0, key="k", surface="native", revision=3)
        await owner.search(q="ring")
        operation = self.DOCUMENT["paths"][path]["get"]
        document = await look(path, limit=1) if "counts" not in path else await look(path)
        assert document["items"]
        self.check(document, operation["responses"]["200"]["content"]["application/json"]["schema"])
        names = {parameter["name"] for parameter in operation["parameters"]}
        for name in names - {"after"}:
            numbers = {"limit": 3, "status": 200, "min_revision": 0}
            given = {"from": "2026-01-01", "to": "2026-01-02", "step": "day", **numbers}.get(name, "x")
            assert (await owner("GET", f"{path}?{name}={given}")).status == 200, name

    async def test_one_call(self, owner, look):
        request_id = problem_of(await owner("GET", "/v2/search?nope=1"), 400)["request_id"]
        operation = self.DOCUMENT["paths"][f"{REQUESTS}/{{request_id}}"]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        self.check(await look(f"{REQUESTS}/{request_id}"), schema)

    async def test_the_example_of_an_event(self, server, shop, owner):
        found = await owner.search(q="ring")
        server.log.flush()
        content = self.DOCUMENT["paths"]["/v2/events"]["post"]["requestBody"]["content"]["application/json"]
        self.check(content["example"], content["schema"])
        reported = {**content["example"], "search_id": found["search_id"]}
        assert (await owner("POST", "/v2/events", reported)).status == 204


class TestWhoMay:
    """Journals are the tenant's own, and not for shop fronts."""

    TARGETS = (REQUESTS, f"{REQUESTS}/counts", SEARCHES, f"{SEARCHES}/top", f"{SEARCHES}/empty")

    @pytest.mark.parametrize("target", TARGETS)
    async def test_the_key_of_a_shop_front_may_not(self, front, target):
        assert problem_of(await front("GET", target), 403)["code"] == "not_permitted"

    async def test_an_access_key_needs_to_read(self, server, office):
        reader = KeyHolder(server, office.key)
        assert [(await reader("GET", target)).status for target in self.TARGETS] == [200] * 5
        made = await server.access_keys.create("shop", NewAccessKey(name="k", scopes=(Scope.WRITE,)))
        writer = KeyHolder(server, made.secret)
        assert [(await writer("GET", target)).status for target in self.TARGETS] == [403] * 5

    async def test_nobody_sees_what_is_anothers(self, server, owner, rival, shop):
        """Not by lists, ids, counts, queries or events."""
        await shop.post(product("S1", name="Secret ring"))
        found = await owner.search(q="secret ring")
        refused = problem_of(await owner("GET", "/v2/search?nope=1"), 400)
        server.log.flush()
        other = KeyHolder(server, "api-key-of-rival")
        assert (await other("GET", f"{REQUESTS}/{refused['request_id']}")).status == 404
        event = {"type": "click", "search_id": found["search_id"], "group_id": "G1"}
        assert (await other("POST", "/v2/events", {**event, "search_id": "nope"})).status == 404
        assert problem_of(await other("POST", "/v2/events", event), 404)["code"] == "record_not_found"
        server.log.flush()
        # What it was refused names what it asked for.
        await server.journal.forget("rival")
        for target in self.TARGETS:
            answer = await other("GET", target)
            assert answer.status == 200
            assert b"ecret" not in answer.body
            assert found["search_id"].encode() not in answer.body
        assert (await other("GET", f"{SEARCHES}/top")).json == {"items": []}
        server.log.flush()
        listed = (await other("GET", REQUESTS)).json["items"]
        assert {line["route"] for line in listed} == {*self.TARGETS}

    async def test_the_journal_forgets_a_tenant_that_is_deleted(self, server, owner, look):
        await owner.search(q="ring")
        await look(REQUESTS)
        await server.tenants.delete("shop")
        assert await server.journal.tenants() == []
