"""No tenant sees, counts, changes or deletes what is another's: every operation of the OpenAPI document is tried."""

import json
from urllib.parse import quote

import pytest

from facetry.api.catalog.openapi import openapi_document
from tests.api.server import product

pytestmark = pytest.mark.anyio

SKU, GROUP, WORD = "shop-sku", "shop-group", "zirconia"
ORDER, CUSTOMER = "shop-order", "shop-customer"
PLACED = {"orderID": ORDER, "customerID": CUSTOMER, "productQuantity": {SKU: 1}, "shippingAddress": {"city": WORD}}
OPERATIONS = [
    (method.upper(), path)
    for path, operations in openapi_document("1")["paths"].items()
    for method in operations
    if method != "parameters"
]


def owned(**fields):
    return product(SKU, GROUP, name=WORD, description=WORD, brand=WORD, color=WORD, searchKeywords=[WORD], **fields)


def calls(method, path):
    """Return every way to ask an operation for the objects of the shop, as target and body."""
    if "{" in path:
        head, _, tail = path.replace("{STATUS}", "CANCELED").partition("{")
        rest = tail.partition("}")[2]
        return [(head + quote(name, safe="") + rest, None) for name in (SKU, GROUP, WORD, ORDER, CUSTOMER)]
    if path.endswith("/orders"):
        return [(path, PLACED), (path, {**PLACED, "productQuantity": {WORD: 1}})]
    if path.endswith("/search"):
        fields = "&".join(f"qfield={f}" for f in ("name", "description", "brands", "colors", "productSKUs", "groupID"))
        return [(f"{path}?q={q}&{fields}&facets=true&debug=true", None) for q in (WORD, SKU, GROUP, "12.5")]
    if path.endswith("/login"):
        return [(f"{path}?id=shop&apiKey=api-key-of-rival", {"id": "shop", "apiKey": "api-key-of-rival"})]
    return [(path, product("rival-sku", "rival-group"))]


async def state(shop):
    """Return all that the shop has."""
    order = await shop("GET", f"/order/v1/orders/{ORDER}")
    assert order.json["success"] is True
    return (await shop.product(SKU)).body, (await shop.group(GROUP)).body, order.body


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_nothing_of_another_tenant_is_found_or_changed(server, shop, rival, method, path):
    await shop.post(owned())
    await shop("POST", "/order/v1/orders", PLACED)
    before = await state(shop)
    for target, body in calls(method, path):
        reply = await rival(method, target, body if method in {"POST", "PUT"} else None)
        assert reply.status == 200
        # What the rival itself asked for may be repeated, and nothing else may be told.
        told = json.dumps({k: v for k, v in reply.json.items() if k not in {"message", "debug"}})
        assert not any(text in told for text in (SKU, GROUP, WORD, ORDER, CUSTOMER))
        if path.endswith("/search"):
            assert reply.json["hits"]["total"]["value"] == 0
            assert reply.json["debug"]["explanation"] == []
            facets = reply.json["aggregations"].values()
            assert sum(b["doc_count"] for facet in facets for b in facet["buckets"]) == 0
    assert await state(shop) == before
    assert (await shop.search(q=WORD)).json["hits"]["total"]["value"] == 1


async def test_the_same_sku_in_two_tenants(shop, rival):
    await shop.post(owned())
    assert (await rival.post(owned(promotionPrice=1))).json["success"] is True
    assert (await rival("DELETE", f"/catalog/v1/productgroups/{GROUP}")).json["success"] is True
    assert (await shop.product(SKU)).json["promotionPrice"] == 10


async def test_statistics_of_words_are_a_tenants_own(shop, rival):
    await rival.post(product("1", name="ring"))
    alone = (await rival.search(q="ring")).json["hits"]
    for i in range(20):
        await shop.post(product(f"{i}", f"{i}", name="ring"))
    assert (await rival.search(q="ring", size=99)).json["hits"] == alone


async def test_kept_answers_are_a_tenants_own(shop, rival):
    await shop.post(owned())
    for path in (f"/catalog/v1/products/{SKU}", f"/catalog/v1/productgroups/{GROUP}", f"/search/v1/search?q={WORD}"):
        for _ in range(2):
            assert WORD in (await shop("GET", path)).body.decode().replace(f"q={WORD}", "")
            assert b"brand" not in (await rival("GET", path)).body
