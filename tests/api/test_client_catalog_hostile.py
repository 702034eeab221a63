"""Odd values, echoes and orders of calls that could damage products, gemstones, listings and batches."""

import pytest

from tests.api.server import Server, product

pytestmark = pytest.mark.anyio


@pytest.fixture
def server(stored):
    return Server(**stored)


def ring(sku, /, **fields):
    return {"sku": sku, "title": f"Ring {sku}", "type": "ring", **fields}


async def only(office, sku, *names):
    (found,) = await office.ok("product_search", {"sku": sku, "fields": list(names)})
    return {name: found[name] for name in names}


@pytest.mark.parametrize("name", ["metals", "gemstones", "variations"])
@pytest.mark.parametrize("raw", [{}, [], "", None])
async def test_an_empty_list_of_objects_may_be_written_as_an_empty_object(office, name, raw):
    await office.ok("product_import", ring("A", **{name: raw}))
    await office.ok("product_update", {"sku": "A", name: raw})
    assert await only(office, "A", name) == {name: []}


@pytest.mark.parametrize("name", ["metals", "gemstones", "variations"])
@pytest.mark.parametrize("raw", [0, False])
async def test_what_is_no_list_of_objects_is_refused(office, name, raw):
    data = await office.refused(302 if name == "variations" else 303, "product_import", ring("A", **{name: raw}))
    assert ("missing" if name == "variations" else "errors") in data
    assert await office.ok("product_search") == []


@pytest.mark.parametrize(
    ("action", "raw"),
    [
        ("replace", 0),
        ("append", 0),
        ("update", 0),
        *((name, False) for name in ("replace", "append", "update", "remove")),
    ],
)
async def test_no_action_takes_what_is_no_list_of_objects(office, action, raw):
    await office.ok("product_import", ring("A", metals=[{"name": "gold"}]))
    await office.refused(303, "product_update", {"sku": "A", "metals": raw}, actions={"metals": action})
    assert await only(office, "A", "metals") == {"metals": [{"name": "gold"}]}


async def test_the_price_of_a_variation_is_in_the_currency_that_it_names(office):
    own = {"sku": "A-6", "field": "size", "value": "6", "price": "99 EUR"}
    await office.ok("product_import", ring("A", price=100, variations=[own]))
    assert await only(office, "A-6", "price", "currency") == {"price": 99, "currency": "EUR"}
    assert await only(office, "A", "price", "currency") == {"price": 100, "currency": "USD"}


async def test_two_records_of_a_call_change_both_pictures_of_a_report(office):
    await office.ok("gemstone_import", {"code": "D1", "name": "D1", "type": 2})
    records = [{"code": "D1", "certificate_image_1": "a"}, {"code": "D1", "certificate_image_2": "b"}]
    await office.ok("gemstone_update", records)
    names = ["certificate_image_1", "certificate_image_2"]
    assert await office.ok("gemstone_search", {"code": "D1", "fields": names}) == [dict(zip(names, "ab", strict=True))]


async def test_a_gemstone_that_is_sent_back_with_another_weight_keeps_the_prices_that_are_said(office):
    await office.ok("gemstone_import", {"code": "D1", "name": "D1", "type": 2, "carat": 1, "price_per_carat": 1000})
    (stone,) = await office.ok("gemstone_search", {"code": "D1", "fields": "all"})
    (changed,) = await office.ok("gemstone_update", stone | {"carat": 2})
    assert (changed["carat"], changed["price"], changed["price_per_carat"]) == (2, 1000, 1000)


async def test_what_php_writes_for_an_array_without_entries_is_empty(office):
    await office.ok("product_import", ring("A", additional={"style": "halo"}))
    await office.ok("product_update", {"sku": "A", "additional": []}, actions=[])
    assert await only(office, "A", "additional") == {"additional": {}}
    assert await office.ok("product_search", []) == [{"product_id": 1, "sku": "A"}]
    await office.ok("gemstone_import", {"code": "D1", "name": "D1", "type": 2, "details": {"note": "x"}})
    await office.ok("gemstone_update", {"code": "D1", "details": []})
    assert await office.ok("gemstone_search", []) == [{"gemstone_id": 1, "code": "D1"}]
    (stone,) = await office.ok("gemstone_search", {"code": "D1", "fields": "details"})
    assert stone == {"details": {}}


async def test_a_product_of_the_catalog_api_that_is_sent_back_as_it_came_is_the_same(office, shop):
    await shop.put(product("A", category=["Jewelry > Rings", "Gifts"], attributes={"style": "halo"}))
    before = (await shop.product("A")).json
    (record,) = await office.ok("product_search", {"sku": "A", "fields": "*"})
    await office.ok("product_update", record)
    assert (await shop.product("A")).json == before | {"currency": "USD"}
    assert await office.ok("product_search", {"sku": "A", "fields": "*"}) == [record]


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("product_import", [1] * 20_001),
        ("product_delete", ",".join(["1"] * 20_001)),
        ("product_delete", {"sku": ["1"] * 20_001}),
        ("product_search", {"product_id": ["1"] * 20_001}),
        ("gemstone_import", [1] * 20_001),
        ("gemstone_search", ",".join(["1"] * 20_001)),
        ("listing_delete", ",".join(["1"] * 20_001)),
        ("listing_search", {"sku": ["1"] * 20_001}),
    ],
)
async def test_more_records_than_a_call_may_name_are_refused_at_once(office, action, data):
    (error,) = (await office.refused(303, action, data))["errors"]
    assert "must be at most 20000" in error["message"]


async def test_the_variations_of_many_products_of_a_group_are_read_at_once(server, office):
    await office.ok("product_import", [ring(f"A{at}", model="M") for at in range(300)])
    own = {"sku": "A7-6", "field": "size", "value": "6", "price": None, "quantity": 0}
    await office.ok("product_update", {"sku": "A7", "variations": [own]})
    reads = []
    read = server.store.group

    async def counted(tenant, group_id):
        reads.append(group_id)
        return await read(tenant, group_id)

    server.store.group = counted
    found = await office.ok("product_search", {"fields": "variations"})
    assert reads == ["M"]
    assert {one["sku"]: one["variations"] for one in found if one["variations"]} == {"A7": [{"product_id": 301, **own}]}


async def test_variations_of_a_deleted_product_are_products_like_any_other(office):
    own = [{"sku": f"A-{size}", "field": "size", "value": size} for size in ("6", "7")]
    await office.ok("product_import", ring("A", variations=own))
    await office.ok("product_update", {"sku": "A", "title": "New"})
    assert await only(office, "A-6", "title", "parent_sku") == {"title": "New", "parent_sku": "A"}
    await office.ok("product_delete", {"sku": "A-7"})
    await office.ok("product_delete", {"sku": "A"})
    assert await only(office, "A-6", "size", "parent_sku", "variation") == {
        "size": "6",
        "parent_sku": None,
        "variation": None,
    }
    await office.ok("product_import", ring("A"))
    assert await only(office, "A", "variations") == {"variations": []}
    red = {"sku": "A-6-red", "field": "color", "value": "red"}
    (changed,) = await office.ok("product_update", {"sku": "A-6", "variations": [red]})
    assert [one["sku"] for one in changed["variations"]] == ["A-6-red"]


async def test_a_product_that_is_not_there_is_told_by_what_it_was_asked_for(office):
    for data, path in (({"product_id": [9]}, "product_id"), ({"sku": "NONE"}, "sku")):
        (error,) = (await office.refused(303, "product_update_listings", data))["errors"]
        assert error["path"] == path
