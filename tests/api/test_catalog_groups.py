"""Product groups of v1: always the derivation of their products."""

import pytest

from tests.api.server import product

pytestmark = pytest.mark.anyio


async def test_a_group_in_its_key_order(shop):
    await shop.post(product("a", color="Red", regularPrice=30, promotionPrice=20, searchKeywords=["x", "y"]))
    await shop.post(
        product("b", color="Blue", brand="Ax", size="7", isMain=True, searchKeywords=["y", "z"], active=False)
    )
    reply = await shop.group("G1")
    group = reply.json
    assert list(group) == [
        "_id",
        "productSKUs",
        "colors",
        "brands",
        "sizes",
        "images",
        "searchKeywords",
        "category",
        "groupID",
        "name",
        "description",
        "regularPriceMin",
        "regularPriceMax",
        "promotionPriceMin",
        "promotionPriceMax",
        "active",
        "products",
    ]
    assert (group["colors"], group["searchKeywords"], group["name"]) == (["Red", "Blue"], ["x", "y", "z"], "Ring b")
    assert (group["regularPriceMin"], group["regularPriceMax"]) == (12.5, 30)
    assert (group["promotionPriceMin"], group["promotionPriceMax"]) == (10, 20)
    assert group["active"] is True
    assert list(group["products"]) == ["a", "b"]


async def test_prices_of_the_main_products_currency(shop):
    await shop.post(product("a", currency="EUR", regularPrice=1000))
    await shop.post(product("b", isMain=True))
    await shop.post(product("c", currency="USD", regularPrice=99))
    group = (await shop.group("G1")).json
    assert (group["regularPriceMin"], group["regularPriceMax"]) == (12.5, 99)


async def test_a_group_is_found_by_one_of_its_skus(shop):
    await shop.post(product("a", "G"))
    await shop.post(product("b", "a"))
    assert (await shop.group("b")).json["groupID"] == "a"
    assert (await shop.group("a")).json["productSKUs"] == ["b"]
    await shop("DELETE", "/catalog/v1/productgroups/a")
    assert (await shop.group("a")).json["groupID"] == "G"


async def test_a_kept_answer_follows_every_change(shop):
    await shop.post(product("a", "G"))
    for _ in range(2):
        assert (await shop.group("a")).json["groupID"] == "G"
        assert (await shop.group("H")).json["success"] is False
    await shop.post(product("b", "G"))
    assert (await shop.group("a")).json["productSKUs"] == ["a", "b"]
    await shop.put(product("a", "H"))
    assert (await shop.group("a")).json["productSKUs"] == ["a"]
    assert (await shop.group("H")).json["productSKUs"] == ["a"]
    await shop.post(product("c", "a"))
    assert (await shop.group("a")).json["productSKUs"] == ["c"]


async def test_deletion_goes_by_the_id_alone_and_takes_the_products(shop):
    await shop.post(product("a", "G"))
    await shop.post(product("b", "G"))
    assert (await shop("DELETE", "/catalog/v1/productgroups/a")).json["success"] is False
    assert (await shop("DELETE", "/catalog/v1/productgroups/G")).json["success"] is True
    assert [(await shop.product(sku)).json["success"] for sku in "ab"] == [False, False]
    assert (await shop.search(q="ring")).json["hits"]["total"]["value"] == 0


async def test_hostile_names_are_plain_keys(shop):
    skus = ["constructor", "__proto__", "prototype", "toString", "0", "-1"]
    for sku in skus:
        assert (await shop.post(product(sku, "__proto__"))).json["success"] is True
    group = (await shop.group("__proto__")).json
    assert list(group["products"]) == group["productSKUs"] == skus
    for sku in skus:
        assert (await shop.product(sku)).json["sku"] == sku
