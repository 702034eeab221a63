import asyncio

import msgspec
import pytest

from facetry.domain.catalog import AllOrNone, DeleteProduct, PatchProduct, PutProduct, Stored
from facetry.domain.errors import (
    FacetryError,
    GroupNotFoundError,
    IndexBehindError,
    InsufficientStockError,
    InvalidValueError,
    ProductExistsError,
    ProductNotFoundError,
    RecordExistsError,
    RecordNotFoundError,
)
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.patching import ArrayAction, ProductKey, ProductPatch
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.selling import SellProduct
from facetry.domain.variations import PutVariation
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


async def test_every_refusal_becomes_its_own_error(shop):
    await shop.catalog.write(
        "t", [PutProduct(content("A1", quantity=3)), PutRecord(Gemstone(code="g", name="n", type="d"))]
    )

    async def error_of(write):
        with pytest.raises(FacetryError) as caught:
            await shop.catalog.do("t", write)
        return caught.value

    short = await error_of(SellProduct(ProductKey(sku="A1"), 5))
    assert (type(short), short.sku, short.left, short.at) == (InsufficientStockError, "A1", 3, None)
    unknown = await error_of(DeleteRecord(RecordKind.ORDER, RecordKey(7)))
    assert (type(unknown), unknown.kind, unknown.record) == (RecordNotFoundError, "order", "7")
    taken = await error_of(PutRecord(Gemstone(code="g", name="n", type="d")))
    assert (type(taken), taken.record, str(taken)) == (RecordExistsError, "g", "gemstone g exists already")
    at = await error_of(AllOrNone((SellProduct(ProductKey(sku="A1"), 3), SellProduct(ProductKey(sku="A1"), 1))))
    assert (type(at), at.left, at.at) == (InsufficientStockError, 0, 1)


async def test_one_write_is_done_and_found(shop):
    sold = await shop.catalog.do("t", PutProduct(content("A1", name="halo")))
    assert sold.created
    assert [group.group_id for group in await shop.index.groups_after("t", "", 9)] == ["G"]


@pytest.fixture
async def typed_shop(shop):
    record = await shop.tenants.get("t")
    definitions = (AttributeDefinition("carat", Kind.DECIMAL), AttributeDefinition("gemstones.depth", Kind.DECIMAL))
    settings = msgspec.structs.replace(record.settings, attributes=definitions)
    await shop.store.replace_tenant(msgspec.structs.replace(record, settings=settings))
    await shop.catalog.put_product("t", content("A1", attributes={"carat": 1}))
    return shop


def patch(**fields):
    return PatchProduct(ProductKey(sku="A1"), ProductPatch(**fields))


async def test_values_of_a_patch_must_fit_the_types(typed_shop):
    misfit = "is a decimal number; 'much' is not one"
    receipt = await typed_shop.catalog.write(
        "t",
        [
            patch(attributes={"carat": "much"}),
            patch(name="new", attributes={"carat": None, "other": "much"}),
            patch(gemstones=({"code": "x", "depth": "much"},)),
            patch(gemstones=({"code": "x", "depth": "much"},), actions={"gemstones": ArrayAction.REMOVE}),
            patch(quantity=3),
        ],
    )
    first, second, third, fourth, fifth = receipt.outcomes
    assert (first.code, first.message, first.subject) == ("invalid_value", misfit, "attributes.carat")
    assert third.subject == "gemstones.depth"
    assert [type(one) for one in (second, fourth, fifth)] == [Stored] * 3
    assert fifth.product.attributes == {"other": "much"}
    assert receipt.revision == 4


async def test_values_of_what_is_done_together_must_fit_the_types(typed_shop):
    together = AllOrNone((patch(quantity=3), AllOrNone((patch(name="n"), patch(attributes={"carat": "much"})))))
    receipt = await typed_shop.catalog.write("t", [together, AllOrNone((patch(quantity=4), DeleteProduct("A9")))])
    first, second = receipt.outcomes
    assert (first.code, first.subject, first.at) == ("invalid_value", "attributes.carat", 1)
    assert (second.code, second.at) == ("product_not_found", 1)
    assert receipt.revision == 1
    assert (await typed_shop.catalog.product("t", "A1")).quantity == 0


async def test_values_of_variations_must_fit_the_types(typed_shop):
    parent = ProductKey(sku="A1")
    writes = [PutVariation(parent, sku, "carat", value) for sku, value in (("V1", "much"), ("V2", "1.5"))]
    receipt = await typed_shop.catalog.write("t", [*writes, PutVariation(parent, "V3", "size", "much")])
    first, second, third = receipt.outcomes
    assert (first.code, first.subject) == ("invalid_value", "attributes.carat")
    assert second.product.attributes == {"carat": "1.5"}
    assert third.product.size == "much"


async def test_what_fits_and_what_has_no_types_is_done_together(typed_shop, shop):
    (outcome,) = (await typed_shop.catalog.write("t", [AllOrNone((patch(attributes={"carat": "1.5"}),))])).outcomes
    assert outcome.outcomes[0].product.attributes == {"carat": "1.5"}


async def test_products_are_found_by_id_and_sku_in_the_order_asked_for(shop):
    for sku in ("A1", "A2"):
        await shop.catalog.add_product("t", content(sku))
    keys = [ProductKey(2), ProductKey(sku="A1"), ProductKey(9), ProductKey(sku="A9"), ProductKey(1, "A2")]
    found = await shop.catalog.find_products("t", keys)
    assert [product and product.sku for product in found] == ["A2", "A1", None, None, "A1"]
    assert [product.sku for product in await shop.catalog.products_after("t", 1, 9)] == ["A2"]
    assert await shop.catalog.products_after("t", 0, 9, updated_from=2e9) == []
