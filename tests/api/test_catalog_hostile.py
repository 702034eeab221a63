"""Hostile input to v1: strings that broke something before, in every field and path. No 500, nothing half-written."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest

from facetry.domain.product import identifier_problem
from tests.api.server import product
from tests.support import data_path

pytestmark = pytest.mark.anyio

OUR_OWN = [
    "constructor",
    "__proto__",
    "prototype",
    "toString",
    "hasOwnProperty",
    "../../etc/passwd",
    "a/b",
    "%00",
    "%2F",
    '{"$gt":""}',
    "\ud7ff",
    "\x00",
    "\u202e",
    "\ufeff",
    "'; DROP TABLE products; --",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "A" * 3000,
    "💍" * 60,
    "e\u0301",
    "\r\nx-injected: 1",
]
BODIES = [
    b"{" * 20_000,
    b"[" * 200_000,
    b'{"a":' * 50_000,
    b'{"a":1,"a":2}',
    b"\xff\xfe",
    b'{"sku":["x","x"]}',
    b"null",
    b"1e999",
    b'{"sku":{"$ne":1}}',
    b'{"regularPrice":1e999}',
    b'{"sku":"\\ud800"}',
    b"&" * 100_000,
    b"a[" * 50_000,
    b"%" * 100_000,
    b"--x\r\n" * 10_000,
    b"\x00" * 1000,
    b"x" * 1_200_000,
]
TYPES = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "garbage",
    "application/json; charset=\xff",
    "",
]


def naughty_strings():
    """Return the well-known list, whichever of its files is there."""
    folder = data_path("naughty-strings")
    (file, *_) = sorted(folder.glob("*.json*"))
    text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    strings = json.loads(text)
    return [base64.b64decode(s).decode() for s in strings] if "base64" in file.name else list(strings)


async def try_everywhere(shop, rival, text):
    """Send one string in every field and path; what is stored under it must be read back, and by its owner only."""
    named = {"name": text, "description": text, "color": text, "brand": text, "size": text, "currency": text}
    lists = {"searchKeywords": [text], "category": [text], "attributes": {"a": text, "b": [text]}}
    reply = await shop.post(product("plain", **{**named, **lists, "currency": "USD"}))
    assert reply.status in {200, 422}
    reply = await shop.post(product(text, text, **named, **lists, images=[text], active=text, quantity=text))
    assert reply.status == 422
    reply = await shop.post(product(text, text))
    assert reply.status == (422 if identifier_problem(text) else 200)
    path = quote(text, safe="")
    for kind in ("products", "productgroups"):
        shown = await shop("GET", f"/catalog/v1/{kind}/{path}")
        assert shown.status in {200, 404, 405}
        if reply.status == 200 and reply.json["success"]:
            assert shown.json["groupID"] == text
        assert "groupID" not in (await rival("GET", f"/catalog/v1/{kind}/{path}")).json
        assert (await shop("GET", f"/catalog/v1/{kind}/x", headers={"x-access-token": path})).status == 200
    for target in (f"/search/v1/search?q={path}&qfield={path}", f"/search/v1/search?{path}={path}&debug={path}"):
        assert (await shop("GET", target)).status in {200, 422}
    assert (await rival.search(q=text or "a", qfield=["name", "brands"])).json.get("hits", {"total": {"value": 0}})[
        "total"
    ]["value"] == 0
    assert (await shop("GET", f"/admin/v1/customers/login?id={path}&apiKey={path}")).status in {200, 422, 429}
    for name in ("plain", text):
        await shop("DELETE", f"/catalog/v1/products/{quote(name, safe='')}")


@pytest.mark.parametrize("text", OUR_OWN, ids=lambda text: ascii(text)[:30])
async def test_our_own_list(shop, rival, text):
    await try_everywhere(shop, rival, text)


async def test_the_well_known_list(shop, rival, server):
    strings = naughty_strings()
    assert len(strings) > 400
    for text in strings:
        await try_everywhere(shop, rival, text)
    assert await server.store.counts("shop") == (0, 0)


@pytest.mark.parametrize("content_type", TYPES)
async def test_bodies_that_are_no_product(shop, server, content_type):
    for body in BODIES:
        for send in (shop.post, shop.put):
            assert (await send(body, content_type=content_type)).status in {400, 413, 422}
    assert await server.store.revision("shop") == 0
