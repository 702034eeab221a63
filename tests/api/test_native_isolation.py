"""Two tenants on one server: through ``/v2`` neither sees or changes anything of the other, whatever it names."""

from __future__ import annotations

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
