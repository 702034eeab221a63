import asyncio

import pytest

from facetry.domain.errors import (
    GroupNotFoundError,
    IndexBehindError,
    InvalidValueError,
    ProductExistsError,
    ProductNotFoundError,
)
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio


async def test_a_new_product_is_stored_once(shop):
    stored = await shop.catalog.add_product("t", content("A1"))
    assert stored.created
    assert await shop.catalog.product("t", "A1") == stored.product
    with pytest.raises(ProductExistsError, match="SKU A1 exists"):
        await shop.catalog.add_product("t", content("A1", name="other"))
    assert (await shop.catalog.product("t", "A1")).name == "ring A1"


async def test_a_product_is_replaced_in_place(shop):
    first = await shop.catalog.put_product("t", content("A1"))
    second = await shop.catalog.put_product("t", content("A1", name="other"))
    assert (first.created, second.created) == (True, False)
    assert second.product.object_id == first.product.object_id
    assert second.product.joined == first.product.joined


async def test_what_is_not_there_is_named(shop):
    with pytest.raises(ProductNotFoundError, match="SKU X not found"):
        await shop.catalog.product("t", "X")
    with pytest.raises(ProductNotFoundError, match="SKU X not found"):
        await shop.catalog.delete_product("t", "X")
    with pytest.raises(GroupNotFoundError, match="ID X not found"):
        await shop.catalog.group("t", "X")
    with pytest.raises(GroupNotFoundError, match="ID X not found"):
        await shop.catalog.delete_group("t", "X")


async def test_a_value_that_breaks_a_rule_is_refused_by_field(shop):
    with pytest.raises(InvalidValueError) as caught:
        await shop.catalog.put_product("t", content("A1", quantity=-1))
    assert (caught.value.field, caught.value.message) == ("quantity", "must not be negative")
    assert await shop.store.revision("t") == 0


async def test_deleting_says_whether_the_group_went_too(shop):
    for sku in ("A1", "A2"):
        await shop.catalog.add_product("t", content(sku))
    assert not (await shop.catalog.delete_product("t", "A1")).group_gone
    assert (await shop.catalog.delete_product("t", "A2")).group_gone


async def test_deleting_a_group_takes_its_products(shop):
    for sku in ("A1", "A2"):
        await shop.catalog.add_product("t", content(sku))
    assert (await shop.catalog.delete_group("t", "G")).skus == ("A1", "A2")
    assert await shop.store.counts("t") == (0, 0)


async def test_a_group_is_found_by_its_id_and_else_by_one_of_its_skus(shop):
    await shop.catalog.add_product("t", content("A1"))
    await shop.catalog.add_product("t", content("G", group_id="OTHER"))
    assert (await shop.catalog.group("t", "G")).product_skus == ("A1",)
    assert (await shop.catalog.group("t", "A1")).group_id == "G"


async def test_the_identical_repeat_of_an_unconfirmed_post_succeeds(shop):
    await shop.catalog.put_product("t", content("A0"))
    shop.index.failure = RuntimeError("broken")
    with pytest.raises(IndexBehindError):
        await shop.catalog.add_product("t", content("A1"))
    shop.index.failure = None
    with pytest.raises(ProductExistsError):
        await shop.catalog.add_product("t", content("A1", name="another"))
    assert (await shop.catalog.add_product("t", content("A1"))).created
    with pytest.raises(ProductExistsError):
        await shop.catalog.add_product("t", content("A1"))


async def test_repeats_at_once_of_an_unconfirmed_post_succeed(shop):
    await shop.catalog.put_product("t", content("A0"))
    shop.index.failure = RuntimeError("broken")
    with pytest.raises(IndexBehindError):
        await shop.catalog.add_product("t", content("A1"))
    shop.index.failure, shop.index.gate = None, asyncio.Event()
    repeats = [asyncio.ensure_future(shop.catalog.add_product("t", content("A1"))) for _ in range(2)]
    await asyncio.sleep(0.01)
    shop.index.gate.set()
    assert [stored.created for stored in await asyncio.gather(*repeats)] == [True, True]


async def test_posts_at_once_of_one_sku_store_it_once(shop):
    results = await asyncio.gather(
        *(shop.catalog.add_product("t", content("A1", name=f"name {i}")) for i in range(8)), return_exceptions=True
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert sum(isinstance(result, ProductExistsError) for result in results) == 7
