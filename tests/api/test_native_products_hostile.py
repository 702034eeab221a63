"""Hostile input to the calls about products: no 500, every refusal a problem, and nothing changed by one."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from facetry.api.native.product_body import FIELDS
from tests.api.server import problem_of
from tests.api.test_catalog_hostile import BODIES, OUR_OWN
from tests.api.test_native_hostile import VALUES

pytestmark = pytest.mark.anyio

R1 = "/v2/products/R1"
NUMBERS = [1e300, -1e300, 1e-300, 10**400, -(10**400), 0.1 + 0.2, 2**63, -0.0]
PARTS = [[[]], [{"code": "\x00"}], [{"name": ["x"]}], [{"carat": 1e300}], [{"": 1}], [{"code": "x" * 51}], [{}] * 201]


@pytest.fixture
async def ring(owner):
    """Return a product as it is shown."""
    document = {"name": "Ring", "regular_price": 12.5, "quantity": 2, "attributes": {"a": 1}}
    return (await owner("PUT", R1, document)).json


async def check(owner, ring, answer, *, allowed=(400, 404, 409, 413, 422)):
    """Check that a call did what it says, or was refused and left everything as it was."""
    shown = await owner("GET", R1)
    if answer.status in {200, 201}:
        assert shown.json["sku"] == "R1"
        return
    assert answer.status in allowed, answer.body
    problem_of(answer, answer.status)
    assert shown.json == ring


@pytest.mark.parametrize(("method", "target"), [("PUT", R1), ("POST", f"{R1}/stock")])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_bodies_that_are_none(owner, ring, method, target, body):
    answer = await owner(method, target, body, headers={"content-type": "application/json"})
    assert answer.status in {400, 413, 422}
    await check(owner, ring, answer)


@pytest.mark.parametrize("name", [*FIELDS, "", "__class__", "a/b", "~", "\ud800", "x" * 10_000])
async def test_values_of_every_type_in_every_field(owner, ring, name):
    for value in [*VALUES, *NUMBERS, *PARTS]:
        for method in ("PUT", "PATCH"):
            answer = await owner(method, R1, {"name": "Ring", name: value})
            await check(owner, ring, answer, allowed=(422,))
            await owner("PUT", R1, {**ring, "sku": None})


@pytest.mark.parametrize("name", ["change", "reason"])
async def test_values_of_every_type_in_a_change_of_stock(owner, ring, name):
    for value in [*VALUES, *NUMBERS, -1]:
        answer = await owner("POST", f"{R1}/stock", {"change": 1, name: value})
        await check(owner, ring, answer, allowed=(409, 422))
        await owner("PUT", R1, {**ring, "price": None})


async def test_naughty_strings_wherever_a_text_may_stand(owner, ring):
    texts = [*OUR_OWN, "\ud800", "../..", "id:1", "id:" + "9" * 400, "a\x00b", "\u202e", "'; DROP TABLE products; --"]
    for text in texts:
        path = quote(text.encode("utf-8", "surrogatepass"), safe="")
        for target in (f"/v2/products/{path}", f"/v2/products/{path}/stock", f"/v2/groups/{path}"):
            for method in ("GET", "PUT", "PATCH", "DELETE", "POST"):
                answer = await owner(method, target, {"name": "Ring"} if method[0] == "P" else None)
                assert answer.status in {200, 201, 204, 400, 404, 405, 422}, (method, target, answer.body)
                if answer.status >= 400:
                    problem_of(answer, answer.status)
        document = {"name": text, "attributes": {text: text}, "category": [text], "location": text, "brand": text}
        answer = await owner("PUT", R1, json.dumps(document).encode())
        if answer.status == 200:
            shown = (await owner("GET", R1)).json
            assert {name: shown[name] for name in document} == document
        for parameter in ("limit", "after", "group_id", "updated_from", "min_revision", path or "x"):
            answer = await owner("GET", f"/v2/products?{parameter}={path}")
            assert answer.status in {200, 400, 409}, (parameter, text, answer.body)


@pytest.mark.parametrize("name", ["if-match", "if-none-match", "idempotency-key"])
async def test_headers_of_any_kind(owner, ring, name):
    for value in ("", " ", "*", '""', '"' * 50, "W/", "\xff", "*, *", "x" * 5000, '"0123456789abcdef"', ",,,"):
        answer = await owner("PATCH", R1, {"quantity": 2}, headers={name: value})
        await check(owner, ring, answer, allowed=(400, 412))


async def test_what_is_nested_without_end_is_refused(owner, ring):
    for body in (b'{"attributes":' * 5000, b'{"name":"R","attributes":{"a":' + b"[" * 70 + b"]" * 70 + b"}}"):
        answer = await owner("PATCH", R1, body)
        await check(owner, ring, answer)
        assert answer.status == 400
