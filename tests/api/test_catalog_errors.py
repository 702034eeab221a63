"""Everything that goes wrong beside v1's own refusals: clear JSON with the request id, and nothing changed."""

import gzip
import logging

import pytest

from facetry.domain.errors import (
    CommitUnknownError,
    InvalidValueError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    TenantNotFoundError,
)
from tests.api.server import product

pytestmark = pytest.mark.anyio


def told(reply):
    """Return a failure without its request id, which must be the header's."""
    document = reply.json
    assert document.pop("requestId") == reply.headers["x-request-id"]
    return document


@pytest.mark.parametrize(
    "path",
    [
        "/catalog/v1",
        "/catalog/v1/nothing",
        "/catalog/v1/products/a/b",
        "/catalog/v1/productgroups",
        "/catalog/v1x",
        "/catalog/v10/products/1",
        "/admin/v1/customers",
        "/search/v1",
        "/search/v1/search/x",
    ],
)
async def test_unknown_paths(shop, path):
    for method in ("GET", "POST", "DELETE"):
        reply = await shop(method, path)
        assert reply.status == 404
        assert told(reply) == {"success": False, "code": "INVALID", "message": "There is nothing at this path"}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/catalog/v1/products", "POST, PUT"),
        ("HEAD", "/catalog/v1/products", "POST, PUT"),
        ("POST", "/catalog/v1/products/1", "DELETE, GET, HEAD"),
        ("OPTIONS", "/catalog/v1/productgroups/1", "DELETE, GET, HEAD"),
        ("DELETE", "/search/v1/search", "GET, HEAD"),
        ("PUT", "/admin/v1/customers/login", "GET, HEAD, POST"),
        ("TRACE", "/admin/v1/customers/login", "GET, HEAD, POST"),
    ],
)
async def test_methods_that_a_path_does_not_take(shop, method, path, allowed):
    reply = await shop(method, path)
    assert (reply.status, reply.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert told(reply) == {"success": False, "code": "INVALID", "message": f"This path takes {allowed}"}


async def test_a_body_that_cannot_be_read(shop, server):
    reply = await shop.post(b'{"sku":1,"sku":2}', content_type="application/json")
    assert reply.status == 400
    assert told(reply) == {
        "success": False,
        "code": "INVALID",
        "message": 'The request cannot be read: malformed JSON: key "sku" stands twice in one object',
    }
    assert (await shop.put(b"sku=%FF")).status == 400
    assert await server.store.revision("shop") == 0


async def test_a_body_that_is_too_long(shop):
    reply = await shop.post(b"x" * ((1 << 20) + 1))
    assert reply.status == 413
    assert told(reply)["code"] == "INVALID"
    assert (await shop.post(b"x" * (1 << 20))).status == 422


async def test_a_body_that_is_compressed(shop, server):
    reply = await shop("POST", "/catalog/v1/products", gzip.compress(b"{}"), headers={"content-encoding": "gzip"})
    assert reply.status == 415
    assert told(reply) == {
        "success": False,
        "code": "INVALID",
        "message": "The body is compressed: please send it without Content-Encoding",
    }
    assert await server.store.revision("shop") == 0


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (
            StoreFullError("disk full at /var/lib"),
            "There is no room left to store this; nothing was changed, reads go on",
        ),
        (
            CommitUnknownError("gone"),
            "It is not known whether this was stored; repeating the same call is safe",
        ),
        (StoreBusyError("locked"), "The store could not do this; nothing was changed, please try again"),
        (StoreError("i/o error"), "The store could not do this; nothing was changed, please try again"),
    ],
)
async def test_a_store_that_fails(shop, server, failure, message):
    await shop.post(product("1"))
    server.store.failure = failure
    for reply in (
        await shop.post(product("2")),
        await shop.put(product("1")),
        await shop("DELETE", "/catalog/v1/products/1"),
        await shop("DELETE", "/catalog/v1/productgroups/G1"),
    ):
        assert reply.status == 500
        assert told(reply) == {"success": False, "code": "ERROR", "message": message}
    assert (await shop.product("1")).json["sku"] == "1"


async def test_an_index_that_is_behind(shop, server):
    await shop.post(product("0"))
    server.index.failure = RuntimeError("no index")
    reply = await shop.post(product("1"))
    assert reply.status == 500
    assert told(reply) == {
        "success": False,
        "code": "ERROR",
        "message": "The change is stored, not yet searchable; repeating the same call is safe",
        "revision": 2,
    }
    assert list(reply.json) == ["success", "code", "message", "revision", "requestId"]
    assert (await shop.product("1")).json["sku"] == "1"
    server.index.failure = None
    assert (await shop.post(product("1"))).json["success"] is True
    assert (await shop.post(product("1"))).json["success"] is False


async def test_an_error_that_nobody_expected(shop, server, caplog):
    server.store.failure = RuntimeError("secret detail in /etc")
    with caplog.at_level(logging.ERROR):
        reply = await shop.post(product("1"))
    assert reply.status == 500
    assert told(reply) == {
        "success": False,
        "code": "ERROR",
        "message": "Something went wrong on our side, please try again",
    }
    assert "secret detail" in caplog.text


async def test_a_rule_of_the_domain_that_the_table_does_not_know(shop, server):
    server.store.failure = InvalidValueError("quantity", "must not be odd")
    reply = await shop.post(product("1"))
    assert (reply.status, reply.json) == (
        422,
        {"errors": [{"msg": "must not be odd", "param": "quantity", "location": "body"}]},
    )


async def test_a_tenant_that_goes_while_it_writes(shop, server):
    server.store.failure = TenantNotFoundError("shop")
    assert (await shop.post(product("1"))).json["apiResponseKeyCode"] == "INVALID"


async def test_lone_surrogates_are_shown_as_they_were_sent(shop):
    reply = await shop.post(b'{"sku":"\\ud800"}', content_type="application/json")
    assert reply.status == 422
    assert b'{"errors":[{"value":"\\ud800","msg":' in reply.body
