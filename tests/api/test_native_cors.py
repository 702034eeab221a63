"""Pages of other origins: which of them may read what of ``/v2``."""

from __future__ import annotations

import pytest

from facetry.api.native.openapi import openapi_document
from tests.api.server import KeyHolder, product

pytestmark = pytest.mark.anyio

SHOP = "https://shop.example"
ALLOWED = ["/v2/search", "/v2/suggest"]
OPEN = {"/v2/search", "/v2/suggest", "/v2/events"}
OTHERS = [*sorted(openapi_document("1")["paths"].keys() - OPEN), "/v2/nothing", "/v2/search/x"]


@pytest.fixture
def opened(make_server, anyio_backend):
    """Return what makes a server with a shop that lets pages of some origins call it."""

    async def make(*origins):
        server = make_server(cors_origins=origins)
        _, client = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
        await client.post(product("S1", "S"))
        return server, KeyHolder(server, (await server.tenants.keys("shop")).search_key)

    return make


def told(answer):
    """Return what an answer says to a browser."""
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("path", ALLOWED)
async def test_an_origin_that_is_named_may_read(path, opened):
    _, front = await opened(SHOP, "http://localhost:3000")
    for origin in (SHOP, "http://localhost:3000"):
        for _ in range(3):
            answer = await front("GET", f"{path}?q=ring", headers={"origin": origin})
            assert answer.status == 200
            assert told(answer) == {
                "access-control-allow-origin": origin,
                "access-control-expose-headers": "ETag, Retry-After, X-Request-Id",
            }
            assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example.evil.test",
        "http://shop.example",
        "https://shop.example:8443",
        "https://SHOP.example",
        "https://shop.example/",
        "null",
        "*",
        "",
    ],
)
async def test_any_other_origin_may_not(origin, opened):
    _, front = await opened(SHOP)
    for _ in range(2):
        answer = await front("GET", "/v2/search", headers={"origin": origin})
        assert (answer.status, told(answer)) == (200, {})
        assert "Origin" in answer.headers["vary"]
    assert told(await front("OPTIONS", "/v2/search", headers={"origin": origin})) == {
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "Authorization, Content-Type",
        "access-control-max-age": "7200",
    }


async def test_answers_say_that_they_depend_on_the_origin_without_one(opened):
    _, front = await opened(SHOP)
    for _ in range(2):
        answer = await front("GET", "/v2/search")
        assert (told(answer), "Origin" in answer.headers["vary"]) == ({}, True)


async def test_a_browser_asks_first_without_a_key(opened):
    server, _ = await opened(SHOP)
    asking = {
        "origin": SHOP,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    for path in ALLOWED:
        answer = await server.call("OPTIONS", path, headers=asking)
        assert (answer.status, answer.body) == (200, b"")
        assert told(answer) == {
            "access-control-allow-origin": SHOP,
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "Authorization, Content-Type",
            "access-control-expose-headers": "ETag, Retry-After, X-Request-Id",
            "access-control-max-age": "7200",
        }


async def test_refusals_can_be_read_too(opened):
    server, front = await opened(SHOP)
    refused = [
        await server.call("GET", "/v2/search", headers={"origin": SHOP}),
        await front("POST", "/v2/search", {"limit": -1}, headers={"origin": SHOP}),
        await front("POST", "/v2/search", b"x" * (5 << 20), headers={"origin": SHOP}),
        await front("DELETE", "/v2/search", headers={"origin": SHOP}),
    ]
    assert [answer.status for answer in refused] == [401, 400, 413, 405]
    assert {told(answer)["access-control-allow-origin"] for answer in refused} == {SHOP}


@pytest.mark.parametrize("path", OTHERS)
async def test_nothing_else_is_open(path, opened):
    server, _ = await opened(SHOP, "*")
    holder = KeyHolder(server, "api-key-of-shop")
    for method in ("GET", "OPTIONS"):
        answer = await holder(method, path, headers={"origin": SHOP})
        assert told(answer) == {}
        assert method == "GET" or answer.status in {404, 405}
    assert told(await holder("GET", "/search/v1/search?q=x", headers={"origin": SHOP})) == {}


async def test_a_star_lets_all_read(opened):
    server, front = await opened("*")
    for headers in ({"origin": "https://anybody.example"}, {"origin": "null"}, {}):
        for _ in range(2):
            answer = await front("GET", "/v2/search", headers=headers)
            assert told(answer)["access-control-allow-origin"] == "*"
            assert "Origin" not in answer.headers["vary"]
    assert (await server.call("OPTIONS", "/v2/search")).status == 200


async def test_without_the_setting_nobody_may(opened):
    server, front = await opened()
    for _ in range(2):
        answer = await front("GET", "/v2/search", headers={"origin": SHOP})
        assert (told(answer), answer.headers["vary"]) == ({}, "x-access-token, Authorization, Accept-Encoding")
    assert (await server.call("OPTIONS", "/v2/search", headers={"origin": SHOP})).status == 405
