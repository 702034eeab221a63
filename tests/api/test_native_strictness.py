"""What a call of ``/v2`` asks for and does not get is refused, not passed over."""

from __future__ import annotations

import pytest

from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio

ITEMS = [
    ("PUT", "/v2/products/A", {"name": "Ring"}),
    ("PATCH", "/v2/products/A", {"name": "Band"}),
    ("DELETE", "/v2/products/A", None),
    ("POST", "/v2/products/A/stock", {"change": 1}),
    ("DELETE", "/v2/groups/A", None),
    ("PUT", "/v2/gemstones/D-1", {"name": "Round", "type": "diamond"}),
    ("POST", "/v2/listings", {"channel": 1100, "sku": "A"}),
    ("POST", "/v2/orders", {"lines": [{"title": "Ring", "price": 5}]}),
    ("POST", "/v2/clients", {"name": "Ada"}),
    ("POST", "/v2/events", {"type": "click", "search_id": "x", "sku": "A"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ITEMS)
async def test_a_write_with_a_parameter_that_it_does_not_take_is_not_done(server, owner, shop, method, path, body):
    await shop.post(product("A", "A"))
    before = await server.store.revision("shop")
    problem = problem_of(await owner(method, f"{path}?dry_run=true", body), 400)
    assert (problem["code"], problem["parameter"]) == ("bad_parameter", "dry_run")
    assert await server.store.revision("shop") == before


@pytest.mark.parametrize("header", ["if-match", "if-none-match"])
async def test_a_bulk_cannot_be_conditional(server, owner, header):
    body = b'{"sku":"A","name":"Ring"}\n'
    answer = await owner("POST", "/v2/products:bulk", body, headers={header: "*"})
    assert problem_of(answer, 400)["detail"] == "this cannot be conditional: what it writes has no ETag"
    assert await server.store.revision("shop") == 0


@pytest.mark.parametrize("section", ["search", "attributes", "catalog"])
async def test_settings_that_have_not_changed_are_not_sent_again(owner, section):
    first = await owner("GET", f"/v2/settings/{section}")
    tag = first.headers["etag"]
    again = await owner("GET", f"/v2/settings/{section}", headers={"if-none-match": tag})
    assert (again.status, again.headers["etag"], again.body) == (304, tag, b"")
    assert (await owner("GET", f"/v2/settings/{section}", headers={"if-none-match": '"99"'})).json == first.json


async def test_settings_cannot_be_made_only_if_there_are_none(owner):
    wanted = {"language": "de", "currency": "EUR"}
    answer = await owner("PUT", "/v2/settings/catalog", wanted, headers={"if-none-match": "*"})
    assert problem_of(answer, 400)["detail"].startswith("settings are always there")
    assert (await owner("GET", "/v2/settings/catalog")).json == {"language": "en", "currency": "USD"}


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("PUT", "/v2/settings/attributes", {"attributes": [{"name": "a", "type": "\ud800"}]}, ""),
        ("PUT", "/v2/products/A", {"name": "Ring", "metals": [{"\ud800": "x"}]}, "/metals/0/?"),
        ("POST", "/v2/events", {"type": "click", "search_id": "\ud800", "sku": "A"}, ""),
        ("POST", "/v2/events", {"type": "click", "search_id": "x", "sku": "\ud800"}, ""),
    ],
)
async def test_half_a_character_is_refused_wherever_it_stands(owner, method, path, body, pointer):
    problem = problem_of(await owner(method, path, body), 422)
    assert problem["pointer"] == pointer
