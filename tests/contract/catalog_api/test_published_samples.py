"""Every sample of the published text, key by key in its order, from a server that holds the same products."""

import json
from pathlib import Path

import pytest

from facetry.api.catalog import samples as documented
from facetry.api.catalog.openapi import openapi_document

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text())
VOLATILE = {"token", "_id", "took", "max_score", "_score"}
PARLE = [
    ("images", "https://homepages.cae.wisc.edu/~ece533/images/fruits.png"),
    ("searchKeywords", "Biscuit"),
    ("category", "Food>Snacks>Biscuit"),
    ("isMain", "true"),
    ("sku", "9398111"),
    ("name", "Parle-G"),
    ("description", "biscuits"),
    ("groupID", "B39408"),
    ("regularPrice", "5.99"),
    ("promotionPrice", "2.99"),
    ("quantity", "38780"),
    ("color", "Brown"),
    ("brand", "Parle"),
    ("size", "Normal"),
    ("active", "true"),
]
KRACKJACK = {
    "images": "https://homepages.cae.wisc.edu/~ece533/images/boat.png",
    "isMain": "false",
    "sku": "9398474",
    "name": "Krackjack",
    "regularPrice": "7.99",
    "promotionPrice": "5.99",
    "quantity": "4435",
    "brand": "HIL",
    "size": "Square",
}


def altered(form, **changes):
    return [(name, changes.get(name, value)) for name, value in form]


def pinned(value):
    """Return a reply as text, in its key order, without what differs from call to call."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {pinned(v) if k not in VOLATILE else '*'}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(pinned(v) for v in value) + "]"
    return json.dumps(value)


async def stocked(shop):
    """Leave the shop as it is when the published text reads it."""
    await shop.post(altered(PARLE, regularPrice="7.99"))
    await shop.post(altered(PARLE, **KRACKJACK))


@pytest.fixture
async def stocked_shop(shop):
    await stocked(shop)
    return shop


@pytest.mark.anyio
async def test_login(server, shop):
    reply = await server.call("GET", "/admin/v1/customers/login?id=conte&apiKey=api-key-of-conte")
    assert pinned(reply.json) == pinned(PUBLISHED["login"])
    assert await server.tokens.session(reply.json["token"])


@pytest.mark.anyio
async def test_login_with_a_wrong_key(server, shop):
    reply = await server.call("GET", "/admin/v1/customers/login?id=conte&apiKey=wrong")
    assert (reply.status, pinned(reply.json)) == (200, pinned(PUBLISHED["login_refused"]))


@pytest.mark.anyio
async def test_a_token_that_is_not_valid(server):
    reply = await server.call("GET", "/catalog/v1/products/1", headers={"x-access-token": "x"})
    assert (reply.status, pinned(reply.json)) == (200, pinned(PUBLISHED["token_not_valid"]))


@pytest.mark.anyio
async def test_a_product_is_stored_and_updated(shop):
    stored = (await shop.post(PARLE)).json
    assert list(stored) == ["success", "code", "reponse", "response"]
    assert stored.pop("response") == stored["reponse"]
    assert pinned(stored) == pinned(PUBLISHED["product_stored"])
    updated = (await shop.put(altered(PARLE, regularPrice="7.99"))).json
    assert list(updated) == ["success", "code", "message", "reponse", "response"]
    assert updated.pop("response") == updated["reponse"]
    assert pinned(updated) == pinned(PUBLISHED["product_updated"])


@pytest.mark.anyio
async def test_a_product_is_shown(shop):
    await shop.post(altered(PARLE, **{**KRACKJACK, "isMain": "true"}))
    assert pinned((await shop.product("9398474")).json) == pinned(PUBLISHED["product"])
    reply = await shop.product("93984746")
    assert (reply.status, pinned(reply.json)) == (200, pinned(PUBLISHED["product_not_found"]))


@pytest.mark.anyio
async def test_a_product_is_deleted(stocked_shop):
    await stocked_shop.post(altered(PARLE, sku="9398473", isMain="false"))
    reply = await stocked_shop("DELETE", "/catalog/v1/products/9398473")
    assert (reply.status, pinned(reply.json)) == (200, pinned(PUBLISHED["product_deleted"]))
    reply = await stocked_shop("DELETE", "/catalog/v1/products/9398473")
    assert (reply.status, pinned(reply.json)) == (200, pinned(PUBLISHED["product_does_not_exist"]))


@pytest.mark.anyio
async def test_a_group_is_shown(stocked_shop):
    assert pinned((await stocked_shop.group("B39408")).json) == pinned(PUBLISHED["group"])
    reply = await stocked_shop.group("B3940866")
    assert (reply.status, pinned(reply.json)) == (200, pinned(PUBLISHED["group_not_found"]))


@pytest.mark.anyio
async def test_a_group_is_deleted(stocked_shop):
    reply = await stocked_shop("DELETE", "/catalog/v1/productgroups/B39408")
    assert (reply.status, pinned(reply.json)) == (200, pinned(PUBLISHED["group_deleted"]))
    reply = await stocked_shop("DELETE", "/catalog/v1/productgroups/9398473")
    assert (reply.status, pinned(reply.json)) == (200, pinned(PUBLISHED["group_does_not_exist"]))


@pytest.mark.anyio
async def test_a_search(stocked_shop):
    found = (await stocked_shop.search(q="Biscuit")).json
    assert pinned(found) == pinned(PUBLISHED["found"])
    (hit,) = found["hits"]["hits"]
    assert hit["_id"] == "B39408"
    assert hit["_score"] == found["hits"]["max_score"] > 0


def test_the_documentation_shows_the_published_samples():
    shown = documented.__dict__
    pairs = [
        ("NOT_LOGGED_IN", "login_refused"),
        ("LOGGED_IN", "login"),
        ("TOKEN_REFUSED", "token_not_valid"),
        ("GROUP", "group"),
        ("FOUND", "found"),
    ]
    assert [pinned(shown[name]) for name, _ in pairs] == [pinned(PUBLISHED[sample]) for _, sample in pairs]
    text = json.dumps(openapi_document("1"))
    for sample in ("product_not_found", "product_deleted", "product_does_not_exist", "group_not_found"):
        assert json.dumps(PUBLISHED[sample]) in text
