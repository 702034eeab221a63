"""Logins and tokens of v1: who gets in, and who does not, says nothing about why."""

import base64
import json

import pytest

from facetry.application.tenants import Rotation
from tests.api.server import product

pytestmark = pytest.mark.anyio

LOGIN = "/admin/v1/customers/login"
REFUSED = {
    "success": False,
    "code": "INVALID",
    "message": "Invalid credentials or login attempt with valid credentials by an inactive customer!",
}
BAD_TOKEN = {
    "apiResponseKeySuccess": False,
    "apiResponseKeyCode": "INVALID",
    "message": "The token is not valid (anymore)! If you think that your token is expired please use the login "
    "endpoint to get a new token for your API calls ...",
}


async def log_in(server, body="id=shop&apiKey=api-key-of-shop", content_type="application/x-www-form-urlencoded"):
    return await server.call("POST", LOGIN, headers={"content-type": content_type}, body=body.encode())


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", "id=shop&apiKey=api-key-of-shop"),
        ("application/json", '{"id": "shop", "apiKey": "api-key-of-shop"}'),
        (
            "multipart/form-data; boundary=e",
            (
                '--e\r\nContent-Disposition: form-data; name="id"\r\n\r\nshop\r\n'
                '--e\r\nContent-Disposition: form-data; name="apiKey"\r\n\r\napi-key-of-shop\r\n--e--\r\n'
            ),
        ),
    ],
)
async def test_login_with_a_body(server, shop, content_type, body):
    reply = await log_in(server, body, content_type)
    assert list(reply.json) == ["token", "validFor", "success", "code", "message"]
    assert (reply.status, reply.headers["cache-control"]) == (200, "no-store")
    header = {"x-access-token": reply.json["token"]}
    shown = await server.call("GET", "/catalog/v1/products/1", headers=header)
    assert shown.json["message"] == "Product with SKU 1 not found ..."


async def test_the_token(server, shop):
    token = (await log_in(server)).json["token"]
    header, claims, _ = (
        json.loads(base64.urlsafe_b64decode(p + "==")) if i < 2 else p for i, p in enumerate(token.split("."))
    )
    assert header["alg"] == "HS256"
    assert header["kid"]
    assert claims["exp"] - claims["iat"] == 86_400
    assert claims["iat"] == 1_600_000_000


@pytest.mark.parametrize(
    "query",
    ["id=shop&apiKey=wrong", "id=nobody&apiKey=api-key-of-shop", "id=Shop&apiKey=api-key-of-shop", "id=%00&apiKey=%00"],
)
async def test_who_may_not_get_in(server, shop, query):
    reply = await server.call("GET", f"{LOGIN}?{query}")
    assert (reply.status, reply.json, reply.headers["cache-control"]) == (200, REFUSED, "no-store")


async def test_an_inactive_tenant(server, shop):
    await server.tenants.set_active("shop", active=False)
    assert (await log_in(server)).json == REFUSED
    assert (await shop.product("1")).json == BAD_TOKEN


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("", [("id", "is mandatory"), ("apiKey", "is mandatory")]),
        ("id=shop", [("apiKey", "is mandatory")]),
        ("id=shop&apiKey[$ne]=", [("apiKey", "is mandatory")]),
        ("id=&apiKey=", [("id", "must not be empty"), ("apiKey", "must not be empty")]),
        ("id=shop&id=rival&apiKey=x", [("id", "must be given once")]),
    ],
)
async def test_what_is_missing(server, shop, query, errors):
    reply = await server.call("GET", f"{LOGIN}?{query}")
    assert reply.status == 422
    assert [(e["param"], e["msg"]) for e in reply.json["errors"]] == errors
    assert {e["location"] for e in reply.json["errors"]} == {"query"}
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", ['{"id": {"$ne": 1}, "apiKey": {"$gt": ""}}', '{"id": "\\ud800", "apiKey": []}'])
async def test_operators_and_lone_surrogates(server, shop, body):
    reply = await log_in(server, body, "application/json")
    assert reply.status == 422
    assert [(e["param"], e["location"]) for e in reply.json["errors"]] == [("id", "body"), ("apiKey", "body")]


async def test_a_body_that_cannot_be_read(server, shop):
    reply = await log_in(server, "{", "application/json")
    assert (reply.status, reply.json["code"], reply.headers["cache-control"]) == (400, "INVALID", "no-store")


async def test_too_many_failures_of_one_address(server, shop):
    replies = [await log_in(server, f"id=shop&apiKey={i}") for i in range(30)]
    statuses = [reply.status for reply in replies]
    assert statuses == [200] * 20 + [429] * 10
    assert replies[-1].json["message"] == "Too many failed logins, please try again in 3 s"
    assert replies[-1].headers["retry-after"] == "3"
    assert (await log_in(server)).status == 429
    server.clock.time += 3
    assert (await log_in(server)).json["success"] is True


def unsigned(token):
    _, claims, _ = token.split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{claims}."


@pytest.mark.parametrize(
    "forge",
    [
        lambda t: "",
        lambda t: "x",
        lambda t: t[:-2],
        lambda t: t + "x",
        unsigned,
        lambda t: "." * 3,
        lambda t: "é",
        lambda t: "a" * 9000,
    ],
    ids=["empty", "x", "cut", "longer", "none", "dots", "latin", "long"],
)
async def test_bad_tokens(server, shop, forge):
    token = forge(shop.headers["x-access-token"])
    reply = await shop("GET", "/catalog/v1/products/1", headers={"x-access-token": token})
    assert reply.status == 200
    assert reply.headers["cache-control"] == "private, no-cache"
    if token:
        assert reply.json == BAD_TOKEN
    else:
        assert reply.json["message"].startswith("There is no token!")


async def test_no_token_comes_before_everything_else(server, shop):
    for method, path in (
        ("POST", "/catalog/v1/products"),
        ("GET", "/search/v1/search"),
        ("GET", "/catalog/v1/products/%FF"),
    ):
        reply = await server.call(method, path, body=b"{", headers={"content-type": "application/json"})
        assert (reply.status, reply.json["apiResponseKeyCode"]) == (200, "INVALID")


async def test_a_token_ends(server, shop):
    server.clock.time += 86_399
    assert (await shop.product("1")).json["message"] == "Product with SKU 1 not found ..."
    server.clock.time += 1
    assert (await shop.product("1")).json == BAD_TOKEN


@pytest.mark.parametrize("path", ["/catalog/v1/products/1", "/catalog/v1/productgroups/1", "/search/v1/search?q=a"])
async def test_a_new_api_key_ends_tokens_at_once_even_for_kept_answers(server, shop, path):
    for _ in range(3):
        assert "apiResponseKeyCode" not in (await shop("GET", path)).json
    await server.tenants.rotate("shop", [Rotation.API_KEY])
    assert (await shop("GET", path)).json == BAD_TOKEN


async def test_new_token_keys_leave_old_tokens_alive(server, shop):
    await server.tenants.rotate("shop", [Rotation.TOKEN_KEYS])
    assert (await shop.product("1")).json["message"] == "Product with SKU 1 not found ..."
    assert (await log_in(server)).json["success"] is True


async def test_a_tenant_that_is_deleted(server, shop):
    await shop.post(product("1"))
    await server.tenants.delete("shop")
    assert (await shop.product("1")).json == BAD_TOKEN
    assert (await shop.post(product("2"))).json == BAD_TOKEN
    assert (await log_in(server)).json == REFUSED
