"""What each write of ``/v2`` makes of conditions and of keys for repeats, by the reference that lists them all."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass

import pytest

from facetry.api.native.openapi import openapi_document
from facetry.domain.errors import CommitUnknownError
from tests.api.server import KeyHolder, problem_of

pytestmark = pytest.mark.anyio

A = "/v2/products/A"
STONE = {"name": "Round", "type": "diamond"}
NDJSON = {"content-type": "application/x-ndjson"}
PATHS = openapi_document("0.0.0")["paths"]
NO_WRITES = {("POST", "/v2/search")}
DAY = 86_400


@dataclass(frozen=True)
class Row:
    """A write that is good once there is what ``filled`` makes.

    Attributes:
        path: As the reference has it.
        target: Where it is sent.
        body: What is sent.
        other: Another body; None where none is sent.
        thing: What its condition is about; empty where it takes none.
        revision: Whether its answer names one.
    """

    method: str
    path: str
    target: str = ""
    body: object = None
    other: object = None
    thing: str = ""
    revision: bool = True

    @property
    def sent_to(self):
        return self.target or self.path

    @property
    def headers(self):
        return NDJSON if self.path.endswith(":bulk") else {}

    def __str__(self):
        return f"{self.method} {self.path}"


def record_rows():
    stone = "/v2/gemstones/D-1"
    yield Row("POST", "/v2/gemstones", body={**STONE, "code": "D-9"}, other={**STONE, "code": "D-8"})
    yield Row("PUT", "/v2/gemstones/{code}", stone, STONE, {**STONE, "color": "G"}, stone)
    yield Row("PATCH", "/v2/gemstones/{code}", stone, {"color": "F"}, {"color": "G"}, stone)
    yield Row("DELETE", "/v2/gemstones/{code}", stone, thing=stone)
    yield Row("POST", "/v2/gemstones/{code}/stock", f"{stone}/stock", {"change": 1}, {"change": 2}, stone)
    yield Row("POST", "/v2/clients", body={"name": "Ada"}, other={"name": "Eve"})
    yield Row("PATCH", "/v2/clients/{id}", "/v2/clients/1", {"name": "Ada"}, {"name": "Eve"}, "/v2/clients/1")
    yield Row("DELETE", "/v2/clients/{id}", "/v2/clients/1", thing="/v2/clients/1")
    yield Row("POST", "/v2/listings", body={"sku": "A", "channel": 3000}, other={"sku": "A", "channel": 1100})
    yield Row("PATCH", "/v2/listings/{id}", "/v2/listings/1", {"title": "x"}, {"title": "y"}, "/v2/listings/1")
    yield Row("DELETE", "/v2/listings/{id}", "/v2/listings/1", thing="/v2/listings/1")
    line = {"lines": [{"title": "Ring", "price": 5}]}
    yield Row("POST", "/v2/orders", body=line, other={**line, "reference": "x"})
    yield Row("PATCH", "/v2/orders/{id}", "/v2/orders/1", {"reference": "x"}, {"reference": "y"}, "/v2/orders/1")
    sent = ({"tracking_number": "1", "carrier": "ups"}, {"tracking_number": "2", "carrier": "ups"})
    yield Row("POST", "/v2/orders/{id}/shipment", "/v2/orders/1/shipment", *sent, "/v2/orders/1")


ROWS = [
    Row("PUT", "/v2/products/{sku}", A, {"name": "x"}, {"name": "y"}, A),
    Row("PATCH", "/v2/products/{sku}", A, {"name": "x"}, {"name": "y"}, A),
    Row("DELETE", "/v2/products/{sku}", A, thing=A),
    Row("POST", "/v2/products/{sku}/stock", f"{A}/stock", {"change": 1}, {"change": 2}, A),
    Row("POST", "/v2/products/{sku}/history/{id}/undo", f"{A}/history/CHANGE/undo", thing=A),
    Row("DELETE", "/v2/groups/{group_id}", "/v2/groups/A"),
    Row(
        "POST",
        "/v2/products:bulk",
        body=b'{"sku": "B", "name": "x"}\n',
        other=b'{"sku": "B", "name": "y"}\n',
        revision=False,
    ),
    *record_rows(),
    *(
        Row("PUT", f"/v2/settings/{name}", body=body, other=other, thing=f"/v2/settings/{name}")
        for name, body, other in (
            ("search", {"stop_words": ["x"]}, {"stop_words": ["y"]}),
            ("attributes", *({"attributes": [{"name": name, "type": "text"}]} for name in "xy")),
            ("catalog", {"language": "de", "currency": "EUR"}, {"language": "en", "currency": "EUR"}),
        )
    ),
    Row(
        "POST", "/v2/imports", body=b'{"sku": "B", "name": "x"}\n', other=b'{"sku": "B", "name": "y"}\n', revision=False
    ),
    Row("POST", "/v2/imports/{id}/cancel", "/v2/imports/1/cancel", revision=False),
    Row(
        "POST",
        "/v2/events",
        body={"type": "click", "search_id": "SEARCH", "sku": "A"},
        other={"type": "order", "search_id": "SEARCH", "sku": "A"},
        revision=False,
    ),
]
TAGGED = [row for row in ROWS if row.thing]
every_row = pytest.mark.parametrize("row", ROWS, ids=str)
every_tagged_row = pytest.mark.parametrize("row", TAGGED, ids=str)


@pytest.fixture
def server(make_server):
    server = make_server()
    server.clock.time = time.time()
    return server


@pytest.fixture
async def write(server, owner):
    """Return what does a write of the table in a catalog that has what it is about."""
    await fill(owner)
    change = (await owner("PATCH", A, {"quantity": 4})).headers["facetry-revision"]
    search = (await owner("GET", "/v2/search?q=ring")).json["search_id"]
    server.log.flush()

    async def done(row, body=None, *, holder=owner, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = row.body if body is None else body
        if row.path == "/v2/events":
            body = json.loads(json.dumps(body).replace("SEARCH", search))
        return await holder(row.method, row.sent_to.replace("CHANGE", change), body, headers={**row.headers, **sent})

    return done


async def fill(owner):
    made = [
        ("PUT", A, {"name": "Ring", "quantity": 5}),
        ("PUT", "/v2/products/O", {"name": "Ring", "quantity": 5}),
        ("POST", "/v2/gemstones", {"code": "D-1", "name": "Round", "type": "diamond", "quantity": 1}),
        ("POST", "/v2/clients", {"name": "Zoe"}),
        ("POST", "/v2/listings", {"sku": "O", "channel": 3000}),
        ("POST", "/v2/orders", {"lines": [{"title": "Ring", "price": 5}]}),
        ("POST", "/v2/imports", b'{"sku": "C", "name": "x"}\n'),
    ]
    for method, target, body in made:
        answer = await owner(method, target, body)
        assert answer.status == 201, answer.body


async def state(server, owner, row):
    """Return what a write could have changed."""
    version = (await server.store.tenant("shop")).version
    jobs = (await owner("GET", "/v2/imports")).json
    thing = (await owner("GET", row.thing)).body if row.thing else b""
    return await server.store.revision("shop"), version, jobs, thing


def test_every_write_of_the_reference_has_a_row():
    methods = ("put", "post", "patch", "delete")
    writes = {(one.upper(), path) for path, operations in PATHS.items() for one in methods if one in operations}
    assert {(row.method, row.path) for row in ROWS} == writes - NO_WRITES
    assert len(ROWS) == len(writes - NO_WRITES)


@every_row
def test_the_reference_names_the_headers_that_a_write_takes(row):
    operation = PATHS[row.path][row.method.lower()]
    headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
    assert "Idempotency-Key" in headers
    assert ("If-Match" in headers) == bool(row.thing)


@every_row
async def test_what_cannot_be_a_key_is_refused(server, owner, write, row):
    before = await state(server, owner, row)
    for key in ("", "x" * 201, "a b", "\u00e4", "a, b"):
        assert problem_of(await write(row, idempotency_key=key), 400)["code"] == "malformed_body"
    assert await state(server, owner, row) == before


@every_row
async def test_a_repeat_does_nothing_and_gets_the_same_answer(server, owner, write, row):
    key = "k" * 200
    first = await write(row, idempotency_key=key)
    assert first.status in {200, 201, 204}, first.body
    server.log.flush()
    version = (await server.store.tenant("shop")).version
    again = await write(row, idempotency_key=key)
    if row.path.endswith(":bulk"):
        assert [json.loads(line).get("status") for line in again.body.splitlines()][:1] == [201]
        return
    assert (again.status, again.body) == (first.status, first.body)
    for name in ("etag", "location"):
        assert again.headers.get(name) == first.headers.get(name)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert (await server.store.tenant("shop")).version == version
    if row.other is not None:
        refused = await write(row, row.other, idempotency_key=key)
    else:
        refused = await owner("PATCH", "/v2/products/O", {"name": "x"}, headers={"idempotency-key": key})
    assert problem_of(refused, 409)["code"] == "key_reused"
    assert (await server.store.tenant("shop")).version == version


@every_row
async def test_a_key_is_a_tenants_own(server, write, row, rival):
    theirs = KeyHolder(server, "api-key-of-rival")
    await fill(theirs)
    assert (await write(row, idempotency_key="k")).status < 300
    answer = await write(row, row.other, holder=theirs, idempotency_key="k")
    assert "idempotency-replayed" not in answer.headers
    assert b"key_reused" not in answer.body


@every_row
async def test_the_answer_names_a_revision_that_holds_the_write(server, write, row):
    answer = await write(row)
    assert ("facetry-revision" in answer.headers) == row.revision
    if row.revision:
        assert int(answer.headers["facetry-revision"]) == await server.store.revision("shop")


@every_row
async def test_what_is_no_condition_is_refused(server, owner, write, row):
    before = await state(server, owner, row)
    wrong = [{"if_match": one} for one in ("", "x", '"x', "*, *")] + [{"if_none_match": '"x"'}]
    wrong += [{"if_match": "*", "if_none_match": "*"}]
    if row.method != "PUT" or row.path.startswith("/v2/settings"):
        wrong.append({"if_none_match": "*"})
    if not row.thing:
        wrong += [{"if_match": "*"}, {"if_match": '"x"'}]
    for headers in wrong:
        for more in ({}, {"idempotency_key": "k"}):
            assert problem_of(await write(row, **headers, **more), 400)["code"] == "malformed_body"
    assert await state(server, owner, row) == before


@every_tagged_row
async def test_a_condition_that_does_not_hold_tells_what_is_there(server, owner, write, row):
    there = await owner("GET", row.thing)
    stone = (await owner("GET", "/v2/products/O")).headers["etag"]
    wrong = [{"if_match": one} for one in (stone, '"0000000000000000"', '"x"', 'W/"x,y", "77"')]
    if row.method == "PUT" and not row.path.startswith("/v2/settings"):
        wrong.append({"if_none_match": "*"})
    for headers in wrong:
        for more in ({}, {"idempotency_key": "k"}):
            answer = await write(row, **headers, **more)
            problem = problem_of(answer, 412)
            assert problem["code"] == ("outdated" if row.path.startswith("/v2/settings") else "changed_meanwhile")
            assert (problem["current"], answer.headers["etag"]) == (there.json, there.headers["etag"])
    assert (await owner("GET", row.thing)).json == there.json
    # What was refused has not used the key up.
    assert (await write(row, if_match=there.headers["etag"], idempotency_key="k")).status < 300


@every_tagged_row
@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "{} ,\t", "*"])
async def test_a_condition_that_holds_lets_the_write_through(owner, write, row, form):
    tag = (await owner("GET", row.thing)).headers["etag"]
    answer = await write(row, if_match=form.format(tag), idempotency_key="k")
    assert answer.status in {200, 201, 204}, answer.body
    again = await write(row, if_match=form.format(tag), idempotency_key="k")
    assert (again.status, again.body, again.headers["idempotency-replayed"]) == (answer.status, answer.body, "true")


RULES, CATALOG = "/v2/settings/search", "/v2/settings/catalog"


async def put_without_answer(server, owner, rules):
    """Have the store lose its answer to a write of settings, and return the headers that it was sent with."""
    replace = server.store.replace_tenant

    async def lost(record):
        await replace(record)
        raise CommitUnknownError("the store went away")

    server.store.replace_tenant = lost
    sent = {"idempotency-key": "k", "if-match": '"1"'}
    assert (await owner("PUT", RULES, rules, headers=sent)).status == 503
    server.store.replace_tenant = replace
    return sent


class TestSettings:
    """Keys of settings, which are no write of the catalog."""

    async def test_of_calls_with_one_key_one_is_done(self, owner):
        headers = {"idempotency-key": "k"}
        bodies = [{"stop_words": [word]} for word in "xxyyxxyy"]
        answers = await asyncio.gather(*(owner("PUT", RULES, body, headers=headers) for body in bodies))
        good = [answer for answer in answers if answer.status == 200]
        assert len(good) == 4
        assert {(answer.body, answer.headers["etag"]) for answer in good} == {(good[0].body, '"2"')}
        for answer in answers:
            if answer.status != 200:
                assert problem_of(answer, 409)["code"] == "key_reused"
        assert (await owner("GET", RULES)).json == good[0].json

    async def test_one_whose_answer_was_lost_is_seen_through(self, server, owner):
        sent = await put_without_answer(server, owner, {"stop_words": ["x"]})
        again = await owner("PUT", RULES, {"stop_words": ["x"]}, headers=sent)
        assert (again.status, again.headers["etag"]) == (200, '"2"')
        for other in ({"stop_words": ["y"]}, {"stop_words": []}):
            assert problem_of(await owner("PUT", RULES, other, headers=sent), 409)["code"] == "key_reused"
        await owner("PUT", RULES, {"stop_words": ["z"]})
        replayed = await owner("PUT", RULES, {"stop_words": ["x"]}, headers=sent)
        assert (replayed.body, replayed.headers["idempotency-replayed"]) == (again.body, "true")
        assert (await owner("GET", RULES)).json["stop_words"] == ["z"]

    async def test_one_that_others_overtook_after_a_lost_answer_is_not_done_over_theirs(self, server, owner):
        sent = await put_without_answer(server, owner, {"stop_words": ["x"]})
        await owner("PUT", RULES, {"stop_words": ["z"]})
        problem = problem_of(await owner("PUT", RULES, {"stop_words": ["x"]}, headers=sent), 412)
        assert problem["current"]["stop_words"] == ["z"]

    async def test_one_that_was_refused_may_be_mended(self, owner):
        headers = {"idempotency-key": "k"}
        for body in ({"language": "xx", "currency": "EUR"}, {"language": "en"}):
            assert (await owner("PUT", CATALOG, body, headers=headers)).status == 422
        good = {"language": "de", "currency": "EUR"}
        assert (await owner("PUT", CATALOG, good, headers=headers)).json == good

    async def test_a_key_is_forgotten_after_a_day(self, server, owner):
        headers = {"idempotency-key": "k"}
        assert (await owner("PUT", RULES, {"stop_words": ["x"]}, headers=headers)).status == 200
        server.clock.time += DAY + 1
        again = await owner("PUT", RULES, {"stop_words": ["y"]}, headers=headers)
        assert (again.json["stop_words"], again.headers["etag"]) == (["y"], '"3"')
        assert "idempotency-replayed" not in again.headers

    async def test_a_dry_run_uses_no_key_up(self, owner):
        headers = {"idempotency-key": "k"}
        wanted = {"stop_words": ["x"]}
        for _ in range(2):
            answer = await owner("PUT", f"{RULES}?dry_run=true", wanted, headers=headers)
            assert (answer.status, "idempotency-replayed" in answer.headers) == (200, False)
        assert (await owner("PUT", RULES, {"stop_words": ["y"]}, headers=headers)).status == 200
        refused = await owner("PUT", f"{RULES}?dry_run=true", wanted, headers={"idempotency-key": ""})
        assert problem_of(refused, 400)["code"] == "malformed_body"

    async def test_a_large_answer_is_given_again_as_it_was(self, owner):
        many = {"synonyms": [{"phrases": [f"word {n}", f"W\u00f6rt {n}"]} for n in range(10_000)]}
        first = await owner("PUT", RULES, many, headers={"idempotency-key": "k"})
        again = await owner("PUT", RULES, many, headers={"idempotency-key": "k"})
        assert (again.status, again.body, again.headers["etag"]) == (200, first.body, first.headers["etag"])
