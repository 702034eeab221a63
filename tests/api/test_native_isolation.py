"""Two tenants on one server: through ``/v2`` neither sees or changes anything of the other, whatever it names."""

from __future__ import annotations

import re

import pytest

from facetry.api.native import openapi_records
from facetry.api.native.openapi import openapi_document
from tests.api.server import KeyHolder, product

pytestmark = pytest.mark.anyio

MARK = "UNSEEN"
UNKNOWN = "0" * 32
PATHS = openapi_document("0.0.0")["paths"]
RECORDS = ("gemstones", "listings", "clients", "orders")
LISTS = (
    *(f"/v2/{kind}" for kind in ("products", *RECORDS)),
    "/v2/imports",
    "/v2/attributes",
    "/v2/settings/attributes",
)
# What others see of a tenant's own calls and settings cannot be named, so it can only be in lists.
TOLD = ("/v2/requests", "/v2/searches", "/v2/searches/top", "/v2/settings/attributes/versions", "/v2/changes?since=0")
NOWHERE = {"sku": "NONE-1", "group_id": "NONE-G", "code": "NONE-S", "id": 987_654, "request_id": "f" * 32}
"""Values of the same variables that name nothing anywhere."""
ASKED = ("/v2/search?q=ring", "/v2/suggest?q=unseen", "/v2/search?q=ring&facets=color")


@pytest.fixture
async def other(server, rival):
    return KeyHolder(server, "api-key-of-rival")


@pytest.fixture
async def named(owner, shop):
    """Return the values of variables that name things of the shop, which has one of each kind."""
    await shop.post(product(f"{MARK}-1", f"{MARK}-G", name=f"{MARK} ring", attributes={"metal": MARK}, quantity=9))
    await shop.post(product("SOL-14K-6", quantity=5))
    for kind in RECORDS:
        answer = await owner(
            "POST", f"/v2/{kind}", example(kind) | ({"code": f"{MARK}-S"} if kind == "gemstones" else {})
        )
        assert (answer.status, answer.json.get("id", 1)) == (201, 1), answer.body
    await owner("PUT", "/v2/settings/attributes", {"attributes": [{"name": "carat", "type": "decimal", "unit": MARK}]})
    job = await owner("POST", "/v2/imports", b"{}\n", headers={"content-type": "application/octet-stream"})
    assert (job.status, job.json["id"]) == (201, 1), job.body
    return {"sku": f"{MARK}-1", "group_id": f"{MARK}-G", "code": f"{MARK}-S", "id": 1, "request_id": UNKNOWN}


def example(kind):
    return dict(openapi_records.paths()[f"/v2/{kind}"]["post"]["requestBody"]["content"]["application/json"]["example"])


def places(method):
    """Return the paths with variables that take a method."""
    return [path for path, item in PATHS.items() if method in item and "{" in path]


async def state(owner):
    answers = [await owner("GET", path) for path in LISTS]
    assert {answer.status for answer in answers} == {200}
    return [answer.json for answer in answers]


async def test_nothing_is_seen_by_its_name(named, owner, other):
    for path in places("get"):
        mine, theirs = [await one("GET", path.format(**named)) for one in (owner, other)]
        assert theirs.status == 404, (path, theirs.body)
        assert mine.status == 200 or path == "/v2/requests/{request_id}", (path, mine.body)


async def test_nothing_is_seen_in_lists_or_answers(named, owner, other):
    for path in (*LISTS, *TOLD, *ASKED):
        answer = await other("GET", path)
        assert answer.status in {200, 410}, (path, answer.body)
        assert MARK.encode() not in answer.body, path
    assert MARK.encode() in (await owner("GET", "/v2/search?q=ring")).body


async def test_nothing_is_changed_by_its_name(named, owner, other):
    before = await state(owner)
    tried = 0
    for method in ("put", "patch", "post", "delete"):
        for path in places(method):
            body = PATHS[path][method].get("requestBody", {}).get("content", {}).get("application/json", {})
            answer = await other(method.upper(), path.format(**named), body.get("example"))
            assert answer.status < 500, (method, path, answer.body)
            tried += 1
    assert tried > 15
    assert await state(owner) == before


def likened(answer, values):
    """Return an answer without what it was asked for, and without numbers and tags of its own."""
    text = answer.body.decode()
    headers = {name: text for name, text in answer.headers.items() if name not in {"x-request-id", "content-length"}}
    for value in sorted(map(str, values), key=len, reverse=True):
        text = re.sub(rf"(?<![0-9A-Za-z]){value}(?![0-9A-Za-z])", "THIS", text)
        headers = {name: one.replace(value, "THIS") for name, one in headers.items()}
    headers = {name: re.sub(r"[0-9a-f]{16}|[0-9]+", "0", one) for name, one in headers.items()}
    return answer.status, re.sub(r'"request_id":"\w+"|[0-9]+', "0", text), headers


def bodies(template, method):
    """Return what may be sent to a route."""
    operation = PATHS[template].get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {})
    examples = [one.get("example") for one in content.values()] or [None]
    return [one.encode() if isinstance(one, str) else one for one in examples]


async def test_what_is_anothers_is_as_what_is_nowhere(server, named, owner, other):
    """Each route answers the same, whether the thing that it names is another tenant's or nobody's."""
    before, tried = await state(owner), 0
    # Those that make something of the caller's own come last.
    for route in sorted(server.native_routes, key=lambda route: route.method):
        if "{" not in route.template:
            continue
        for body in bodies(route.template, route.method):
            both = []
            for values in (named, NOWHERE):
                target = route.template.format(**values)
                names = [one for name, one in values.items() if f"{{{name}}}" in route.template]
                both.append(likened(await other(route.method, target, body), names))
            assert both[0] == both[1], (route.method, route.template)
            tried += 1
    assert tried >= 30
    assert await state(owner) == before


def referring(number, name):
    """Return calls that name things of others in their parameters and bodies, by the number and the name of a thing."""
    line = {"title": "x", "amount": 1}
    return [
        ("GET", f"/v2/products?group_id={name}-G", None),
        ("GET", f"/v2/products?after={number}", None),
        ("GET", f"/v2/groups?after={name}-F", None),
        *(("GET", f"/v2/{kind}?after={number - 1}", None) for kind in (*RECORDS, "imports")),
        ("GET", f"/v2/orders?client_id={number}", None),
        ("GET", f"/v2/listings?sku={name}-1", None),
        ("GET", f"/v2/requests?after=1600000000.5_{number}", None),
        ("GET", f"/v2/search?q={name}-1", None),
        ("GET", f"/v2/search?filter=sku:{name}-1", None),
        ("GET", f"/v2/suggest?q={name}", None),
        ("POST", "/v2/orders", {"lines": [line], "client_id": number}),
        ("POST", "/v2/orders", {"lines": [{"amount": 1, "product_id": number}]}),
        ("POST", "/v2/orders", {"lines": [{**line, "sku": f"{name}-1"}]}),
        ("POST", "/v2/orders", {"lines": [{**line, "listing_id": number}]}),
        ("POST", "/v2/listings", {"channel": 1100, "product_id": number}),
        ("POST", "/v2/listings", {"channel": 1100, "sku": f"{name}-1"}),
        (
            "PUT",
            f"/v2/products/MINE-{name}",
            {"name": "x", "variation": {"parent": f"{name}-1", "field": "size", "value": "6"}},
        ),
        ("PUT", f"/v2/products/MINE-{name}", {"name": "x", "gemstones": [{"code": f"{name}-S", "type": "diamond"}]}),
        ("PUT", f"/v2/products/MINE-{name}", {"name": "x", "group_id": f"{name}-G"}),
        ("POST", "/v2/events", {"type": "click", "search_id": f"{number:032}", "sku": f"{name}-1"}),
    ]


async def test_references_to_what_is_anothers_are_as_those_to_nothing(named, owner, other):
    before = await state(owner)
    pairs = zip(referring(1, MARK), referring(NOWHERE["id"], "NONE"), strict=True)
    for theirs, nobodys in pairs:
        both = []
        for (method, target, body), values in ((theirs, (1, MARK)), (nobodys, (NOWHERE["id"], "NONE"))):
            found = likened(await other(method, target, body), ())
            both.append(re.sub("|".join(str(one) for one in values[1:]), "THIS", repr(found)))
        assert both[0] == both[1], theirs
    assert await state(owner) == before


async def test_keys_and_tags_of_others_mean_nothing(named, owner, other):
    """An idempotency key is a tenant's own, and so is what a tag stands for."""
    body = {"name": "Band"}
    for key, sent in (("K-1", body), ("K-2", {"name": "Another"})):
        mine = await owner("PUT", "/v2/products/X", body, headers={"idempotency-key": key})
        theirs = await other("PUT", "/v2/products/X", sent, headers={"idempotency-key": key})
        assert (mine.status, theirs.status) in {(201, 201), (200, 200)}
        assert "idempotency-replayed" not in theirs.headers
        assert theirs.json["name"] == sent["name"]
    tags = (mine.headers["etag"], '"0123456789abcdef.USD"')
    refused = [await other("PATCH", "/v2/products/X", {"quantity": 1}, headers={"if-match": tag}) for tag in tags]
    assert likened(refused[0], ()) == likened(refused[1], ())
    assert refused[0].status == 412
    job = {"content-type": "application/octet-stream", "idempotency-key": "K-9"}
    assert (await owner("POST", "/v2/imports", b"{}\n", headers=job)).status == 201
    theirs = await other("POST", "/v2/imports", b'{"sku": "1"}\n', headers=job)
    assert (theirs.status, theirs.json["id"], "idempotency-replayed" in theirs.headers) == (201, 1, False)
