"""Products of v1: stored, replaced, shown and deleted, in every encoding."""

from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from facetry.domain.product import ProductContent
from tests.api.server import product

pytestmark = pytest.mark.anyio


def as_form(fields):
    """Return a product's fields as pairs of a form."""
    pairs = []
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, str(v).lower() if isinstance(v, bool) else str(v)) for v in values]
    return pairs


def as_multipart(fields):
    part = '--edge\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return ("".join(part.format(*pair) for pair in as_form(fields)) + "--edge--\r\n").encode()


async def test_all_encodings_store_the_same_product(shop):
    fields = product("", images=["http://a/1", "http://a/2"], color="Rosé", currency="EUR")
    del fields["sku"]
    await shop.post({"sku": "json", **fields})
    await shop.post(as_form({"sku": "form", **fields}))
    await shop.post(as_multipart({"sku": "parts", **fields}), content_type="multipart/form-data; boundary=edge")
    await shop.post(urlencode(as_form({"sku": "bare", **fields})).encode())
    shown = [(await shop.product(sku)).json for sku in ("json", "form", "parts", "bare")]
    for document in shown:
        del document["_id"], document["sku"]
    assert shown[0] == fields | {"isMain": False}
    assert shown == [shown[0]] * 4


async def test_optional_fields_come_last_and_only_if_given(shop):
    bare = (await shop.post(product("1", color="", attributes=None))).json["reponse"]
    keys = ["images", "searchKeywords", "category", "isMain", "sku", "name", "description", "groupID"]
    keys += ["regularPrice", "promotionPrice", "quantity"]
    assert list(bare) == [*keys, "active"]
    full = await shop.post(
        product("2", currency="inr", attributes={"b": 1, "a": ["x", 2.5]}, size="7", brand="Ax", color="Red")
    )
    assert list(full.json["reponse"]) == [*keys, "color", "brand", "size", "active", "currency", "attributes"]
    assert full.json["reponse"]["currency"] == "INR"
    assert full.json["reponse"]["attributes"] == {"b": 1, "a": ["x", 2.5]}


async def test_attributes_of_a_form(shop):
    fields = [*as_form(product("1")), ("attributes[stone]", "ruby"), ("attributes[tag]", "a"), ("attributes[tag]", "b")]
    assert (await shop.post(fields)).json["reponse"]["attributes"] == {"stone": "ruby", "tag": ["a", "b"]}
    fields = [*as_form(product("2")), ("attributes", '{"carat": 0.5, "certified": true}')]
    assert (await shop.post(fields)).json["reponse"]["attributes"] == {"carat": 0.5, "certified": True}


async def test_prices_print_as_the_shortest_number(shop):
    reply = await shop.post(product("1", regularPrice="8.0", promotionPrice=0.1 + 0.2))
    assert b'"regularPrice":8,"promotionPrice":0.3,' in reply.body


async def test_a_sku_that_is_taken(shop):
    await shop.post(product("1"))
    reply = await shop.post(product("1", name="Another"))
    assert (reply.status, reply.json) == (
        200,
        {
            "success": False,
            "code": "INVALID",
            "message": "Product with SKU 1 already exists, please use PUT to update it ...",
        },
    )
    assert (await shop.product("1")).json["name"] == "Ring 1"


async def test_case_makes_another_sku(shop):
    await shop.post(product("72802A"))
    assert (await shop.post(product("72802a"))).json["success"] is True
    assert (await shop.product("72802a")).json["sku"] == "72802a"


async def test_put_stores_a_new_product_like_post(shop):
    reply = await shop.put(product("1"))
    assert list(reply.json) == ["success", "code", "reponse", "response"]


async def test_put_replaces_and_keeps_the_object_id(shop):
    await shop.post(product("1", color="Red", attributes={"a": 1}))
    before = (await shop.product("1")).json
    reply = await shop.put(product("1", name="New"))
    assert reply.json["message"] == "Product Updated"
    after = (await shop.product("1")).json
    assert after["_id"] == before["_id"]
    assert after["name"] == "New"
    assert after.keys() & {"color", "attributes"} == set()


async def test_put_moves_a_product_between_groups(shop):
    await shop.post(product("1", "A"))
    await shop.put(product("1", "B"))
    assert (await shop.group("A")).json["message"] == "Product Group with ID A not found ..."
    assert (await shop.group("B")).json["productSKUs"] == ["1"]


async def test_what_a_get_gave_can_be_put_again(shop, server):
    await shop.post(product("1", quantity=1, attributes={"a": [None]}))
    record = await server.catalog.product("shop", "1")
    await server.catalog.put_product("shop", replace(record, quantity=0))
    shown = (await shop.product("1")).json
    assert shown["quantity"] == 0
    assert (await shop.put(shown)).json["message"] == "Product Updated"
    assert (await shop.product("1")).json == shown
    assert (await shop.put({**shown, "quantity": "0"})).status == 200


@pytest.mark.parametrize("sku", ["1", "unknown", "", None])
async def test_put_takes_no_zero_where_there_is_none(shop, sku):
    await shop.post(product("1", quantity=5))
    reply = await shop.put(product(sku, quantity=0))
    assert reply.status == 422
    assert [e["msg"] for e in reply.json["errors"] if e["param"] == "quantity"] == ["must be at least 1"]
    assert (await shop.product("1")).json["quantity"] == 5


async def test_post_never_takes_zero(shop):
    assert (await shop.post(product("1", quantity=0))).status == 422


async def test_the_flag_is_echoed_as_sent_and_the_last_flagged_is_main(shop):
    await shop.post(product("1"))
    assert (await shop.product("1")).json["isMain"] is False
    assert (await shop.group("G1")).json["products"]["1"]["isMain"] is True
    await shop.post(product("2", isMain=True))
    await shop.post(product("3", isMain=True, name="Main"))
    assert (await shop.product("2")).json["isMain"] is False
    group = (await shop.group("G1")).json
    assert [p["isMain"] for p in group["products"].values()] == [False, False, True]
    assert group["name"] == "Main"


async def test_deletion_says_what_becomes_of_the_group(shop):
    await shop.post(product("1"))
    await shop.post(product("2"))
    first = (await shop("DELETE", "/catalog/v1/products/1")).json
    assert first["message"] == "Product with SKU 1 deleted and the product group is updated ..."
    last = (await shop("DELETE", "/catalog/v1/products/2")).json
    assert last["message"] == "Product with SKU 2 deleted and the product group is deleted with it ..."
    assert (await shop.group("G1")).json["success"] is False


async def test_a_refused_product_changes_nothing(shop, server):
    await shop.post(product("1"))
    assert (await shop.put(product("1", name="", isMain=True))).status == 422
    assert (await shop.product("1")).json["name"] == "Ring 1"
    assert await server.store.revision("shop") == 1


async def test_a_product_of_another_api_may_lack_what_v1_demands(shop, server):
    await server.catalog.put_product("shop", ProductContent(sku="1", name="bare"))
    shown = (await shop.product("1")).json
    assert shown.keys() & {"regularPrice", "promotionPrice", "currency"} == set()
    assert (shown["images"], shown["description"], shown["quantity"], shown["groupID"]) == ([], "", 0, "1")
    group = (await shop.group("1")).json
    assert not any(key.endswith(("Min", "Max")) for key in group)
    assert list(group["products"]["1"]) == [
        "sku",
        "images",
        "searchKeywords",
        "quantity",
        "active",
        "category",
        "attributes",
        "isMain",
    ]
