"""Paths of v1: matched raw, segments decoded once, the kept answer the same as the first."""

from urllib.parse import quote

import pytest

from tests.api.server import product

pytestmark = pytest.mark.anyio

ODD_NAMES = [
    "a/",
    "a",
    "a//b",
    "a/b",
    "%2F",
    "%252F",
    "%",
    "a b",
    "a+b",
    "?x=1",
    "#",
    "ä",
    "💍",
    "...",
    "a;b",
    "{SKU}",
    "\\",
]


@pytest.mark.parametrize("kind", ["products", "productgroups"])
async def test_odd_names_are_each_their_own(shop, kind):
    for name in ODD_NAMES:
        assert (await shop.post(product(name, name, name=f"named {name}"))).json["success"] is True
    for name in ODD_NAMES:
        path = f"/catalog/v1/{kind}/{quote(name, safe='')}"
        replies = [
            await shop("GET", target) for target in (path, path, path + "/", path + "/", path + "?", path + "?x=1")
        ]
        bodies = {reply.body for reply in replies}
        assert len(bodies) == 1
        assert replies[0].json["name"] == f"named {name}"
    for name in ODD_NAMES:
        path = f"/catalog/v1/{kind}/{quote(name, safe='')}"
        assert (await shop("DELETE", path)).json["success"] is True
        assert (await shop("GET", path)).json["success"] is False


async def test_kept_and_fresh_answers_are_the_same_with_their_headers(shop):
    await shop.post(product("1", name="n" * 250, description="d" * 2048))
    for path in (
        "/catalog/v1/products/1",
        "/catalog/v1/products/2",
        "/catalog/v1/productgroups/1",
        "/search/v1/search?q=ring",
    ):
        for options in ({}, {"headers": {"accept-encoding": "gzip"}}):
            for method in ("GET", "HEAD"):
                first, second = [await shop(method, path, **options) for _ in range(2)]
                assert first.headers.pop("x-request-id") != second.headers.pop("x-request-id")
                assert first == second
                assert (first.body == b"") == (method == "HEAD")


async def test_an_entity_tag_saves_the_body(shop):
    await shop.post(product("1"))
    tag = (await shop.product("1")).headers["etag"]
    unchanged = await shop("GET", "/catalog/v1/products/1", headers={"if-none-match": tag})
    assert (unchanged.status, unchanged.body) == (304, b"")
    await shop.put(product("1", name="changed"))
    changed = await shop("GET", "/catalog/v1/products/1", headers={"if-none-match": tag})
    assert (changed.status, changed.json["name"]) == (200, "changed")


async def test_answers_may_not_be_shared(shop):
    reply = await shop.product("1")
    assert reply.headers["cache-control"] == "private, no-cache"
    assert reply.headers["vary"] == "x-access-token, Authorization, Accept-Encoding"


@pytest.mark.parametrize("segment", [".", "..", "%2E%2E", "A" * 3000, "%00", "%20a"])
async def test_names_that_no_product_can_have_are_not_found(shop, segment):
    for kind, message in (("products", "Product with SKU"), ("productgroups", "Product Group with ID")):
        for method, end in (("GET", "not found ..."), ("DELETE", "does not exist ...")):
            reply = await shop(method, f"/catalog/v1/{kind}/{segment}")
            assert reply.status == 200
            assert reply.json["message"].startswith(message)
            assert reply.json["message"].endswith(end)


@pytest.mark.parametrize("segment", ["%", "%2", "%zz", "%FF", "%ED%A0%80", "\xff"])
async def test_segments_that_are_no_text(shop, segment):
    for kind, name in (("products", "SKU"), ("productgroups", "PGID")):
        reply = await shop("GET", f"/catalog/v1/{kind}/{segment}")
        assert reply.status == 422
        (error,) = reply.json["errors"]
        assert list(error) == ["value", "msg", "param", "location"]
        assert (error["value"], error["param"], error["location"]) == (segment, name, "params")


@pytest.mark.parametrize(
    "path",
    ["/catalog/v1/products//a", "//catalog/v1/products/a", "/catalog/v1/products/a//", "/catalog//v1/products/a"],
)
async def test_empty_segments_name_nothing(shop, path):
    await shop.post(product("a"))
    assert (await shop("GET", path)).status == 404


async def test_a_trailing_slash_is_accepted_everywhere(shop, server):
    assert (await shop("POST", "/catalog/v1/products/", product("1"))).json["success"] is True
    assert (await shop("GET", "/search/v1/search/?q=ring")).json["hits"]["total"]["value"] == 1
    reply = await server.call("GET", "/admin/v1/customers/login/?id=shop&apiKey=api-key-of-shop")
    assert reply.json["success"] is True
