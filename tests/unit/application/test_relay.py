import asyncio

import msgspec
import pytest

from facetry.domain.catalog import DeleteProduct, PutProduct
from facetry.domain.errors import IndexBehindError
from facetry.domain.field_query import FieldQuery
from facetry.domain.keeping import PutRecord
from facetry.domain.order import Order
from facetry.domain.patching import ProductKey
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.rules import SearchRules
from facetry.domain.selling import SellProduct
from facetry.domain.tenant import TenantSettings
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio


async def found(shop, text):
    return [hit.group.group_id for hit in (await shop.search.match("t", FieldQuery(text=text))).hits]


async def test_what_another_process_wrote_is_found_by_the_next_search(shop):
    await shop.store.write("t", [PutProduct(content("A1", name="halo"))])
    assert await found(shop, "halo") == ["G"]


async def test_listeners_are_told_exactly_what_changed(shop):
    await shop.relay.settle("t")
    shop.notes.told.clear()
    await shop.store.write("t", [PutProduct(content("A1")), PutProduct(content("A2", group_id="H"))])
    await shop.store.write("t", [DeleteProduct("A2")])
    assert not shop.relay.is_settled("t")
    assert await shop.relay.settle("t") == 3
    assert shop.notes.told == [("t", ("A1", "A2"), ("G",), ("H",))]
    assert shop.relay.is_settled("t")
    await shop.relay.settle("t")
    assert len(shop.notes.told) == 1


async def test_a_changed_record_makes_listeners_forget(shop):
    await shop.relay.settle("t")
    shop.notes.told.clear()
    await shop.tenants.set_active("t", active=False)
    await shop.relay.settle("t")
    assert shop.notes.told[0] == ("t", "forget")


async def test_a_deleted_tenants_catalog_is_not_taken_for_that_of_the_next_one_with_its_id(shop):
    await shop.catalog.put_product("t", content("A1", name="halo"))
    await shop.tenants.delete("t")
    await shop.open()
    await shop.store.write("t", [PutProduct(content(f"B{i}", name="solitaire")) for i in range(3)])
    shop.notes.told.clear()
    assert await found(shop, "halo") == []
    assert await found(shop, "solitaire") == ["G"]
    assert ("t", "forget") in shop.notes.told
    assert (await shop.maintenance.verify("t")).differences == ()


async def test_nothing_is_settled_before_the_first_look(shop):
    assert not shop.relay.is_settled("t")


async def test_writers_at_once_share_one_step(shop):
    await shop.catalog.put_product("t", content("A0"))
    shop.index.applied = 0
    receipts = [await shop.store.write("t", [PutProduct(content(f"A{i}"))]) for i in range(5)]
    await asyncio.gather(*(shop.relay.confirm("t", receipt.revision) for receipt in receipts))
    assert shop.index.applied == 1
    assert await found(shop, "A4") == ["G"]


async def test_those_who_come_while_the_index_works_share_the_next_step(shop):
    await shop.catalog.put_product("t", content("A0"))
    shop.index.applied, shop.index.gate = 0, asyncio.Event()
    first = asyncio.create_task(shop.catalog.put_product("t", content("A1")))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(shop.catalog.put_product("t", content(f"B{i}"))) for i in range(5)]
    await asyncio.sleep(0.01)
    assert not any(task.done() for task in (first, *others))
    shop.index.gate.set()
    await asyncio.gather(first, *others)
    assert shop.index.applied == 2


async def test_one_who_goes_away_takes_no_neighbour_along(shop):
    await shop.catalog.put_product("t", content("A0"))
    shop.index.gate = asyncio.Event()
    gone, stays = (asyncio.create_task(shop.catalog.put_product("t", content(sku))) for sku in ("A1", "A2"))
    await asyncio.sleep(0.01)
    gone.cancel()
    shop.index.gate.set()
    assert (await stays).product.sku == "A2"
    assert gone.cancelled()


async def test_an_index_that_fails_leaves_the_write_and_catches_up(shop, caplog):
    await shop.catalog.put_product("t", content("A1"))
    shop.index.failure = RuntimeError("broken")
    with pytest.raises(IndexBehindError) as caught:
        await shop.catalog.put_product("t", content("A2", name="halo"))
    assert caught.value.revision == 2
    assert "could not be brought up to revision 2" in caplog.text
    assert (await shop.catalog.product("t", "A2")).name == "halo"
    shop.index.failure = None
    assert await found(shop, "A2") == ["G"]


async def test_a_slow_index_is_waited_for_only_so_long(impatient_shop):
    await impatient_shop.catalog.put_product("t", content("A1"))
    impatient_shop.index.gate = asyncio.Event()
    with pytest.raises(IndexBehindError):
        await impatient_shop.catalog.put_product("t", content("A2"))
    impatient_shop.index.gate.set()
    assert await found(impatient_shop, "A2") == ["G"]


async def test_a_late_failure_is_nobodys_surprise(impatient_shop):
    await impatient_shop.catalog.put_product("t", content("A1"))
    impatient_shop.index.gate = asyncio.Event()
    with pytest.raises(IndexBehindError):
        await impatient_shop.catalog.put_product("t", content("A2"))
    impatient_shop.index.failure = RuntimeError("broken")
    impatient_shop.index.gate.set()
    await asyncio.sleep(0.01)
    impatient_shop.index.failure = None
    assert await found(impatient_shop, "A2") == ["G"]


async def test_a_deleted_tenant_is_forgotten_by_the_index(shop):
    await shop.catalog.put_product("t", content("A1"))
    await shop.tenants.delete("t")
    await shop.relay.reach("t")
    assert await shop.index.groups_after("t", "", 10) == []
    assert await found(shop, "A1") == []


async def test_a_log_that_was_cut_leads_to_a_rebuild(shop):
    await shop.catalog.put_product("t", content("A1"))
    await shop.store.write("t", [PutProduct(content("A2", name="halo"))])
    await shop.store.write("t", [DeleteProduct("A1")])
    await shop.store.cut_log("t", 3)
    shop.notes.told.clear()
    assert await found(shop, "halo") == ["G"]
    assert await found(shop, "A1") == []
    assert ("t", "forget") in shop.notes.told


async def test_writes_made_during_a_rebuild_are_in_it(shop):
    for number in range(3):
        await shop.catalog.put_product("t", content(f"A{number}", group_id=f"G{number}"))
    rebuild = shop.index.rebuild

    async def with_writes_meanwhile(tenant, pages, revision, language, **more):
        async def interrupted():
            yield await anext(pages)
            await shop.catalog.put_product("t", content("B1", group_id="G9", name="halo"))
            await shop.catalog.delete_product("t", "A0")
            async for page in pages:
                yield page

        await rebuild(tenant, interrupted(), revision, language, **more)

    shop.index.rebuild = with_writes_meanwhile
    assert await shop.maintenance.reindex("t") == 5
    assert await found(shop, "halo") == ["G9"]
    assert await found(shop, "A0") == []
    assert (await shop.maintenance.verify("t")).differences == ()


async def test_other_settings_of_a_tenant_rebuild_its_index(shop):
    await shop.catalog.put_product("t", content("A1", name="Häuser"))
    record = await shop.tenants.get("t")
    settings = TenantSettings(language="de", currency="EUR")
    await shop.store.replace_tenant(msgspec.structs.replace(record, settings=settings))
    await shop.relay.reach("t")
    assert (await shop.search.match("t", FieldQuery(text="Haus", language="de"))).total == 1
    assert (await shop.maintenance.verify("t")).differences == ()


async def test_rules_and_types_of_attributes_rebuild_nothing(shop):
    await shop.catalog.put_product("t", content("A1"))
    rebuilt = []
    shop.index.rebuild = rebuilt.append
    record = await shop.tenants.get("t")
    definitions = (AttributeDefinition("carat", Kind.DECIMAL),)
    settings = msgspec.structs.replace(record.settings, attributes=definitions, rules=SearchRules(stop_words=("a",)))
    await shop.store.replace_tenant(msgspec.structs.replace(record, settings=settings))
    await shop.relay.reach("t")
    assert rebuilt == []


async def test_a_sale_brings_its_group_along_and_nothing_else(shop):
    await shop.catalog.write("t", [PutProduct(content("A1", quantity=3)), PutProduct(content("B1", group_id="H"))])
    shop.notes.told.clear()
    await shop.catalog.do("t", SellProduct(ProductKey(sku="A1"), 2, order_ref="O"))
    assert shop.notes.told == [("t", ("A1",), ("G",), ())]
    (group,) = [group for group in await shop.index.groups_after("t", "", 9) if group.group_id == "G"]
    assert [product.quantity for product in group.products] == [1]


async def test_records_alone_change_no_group_and_no_answer(shop):
    await shop.catalog.put_product("t", content("A1", name="halo"))
    shop.notes.told.clear()
    await shop.catalog.write("t", [PutRecord(Order(reference="O1")), PutRecord(Order(reference="O2"))])
    assert shop.notes.told == [("t", (), (), ())]
    assert await shop.index.revision("t") == await shop.store.revision("t") == 3
    assert shop.relay.is_settled("t")
    assert await found(shop, "halo") == ["G"]
    report = await shop.maintenance.verify("t")
    assert (report.groups, report.products, report.differences) == (1, 1, ())


async def test_a_catalog_of_records_alone_is_followed(shop):
    await shop.catalog.do("t", PutRecord(Order(reference="O1")))
    assert await shop.index.revision("t") == 1
    assert (await shop.maintenance.verify("t")).differences == ()
    await shop.catalog.put_product("t", content("A1", name="halo"))
    assert await found(shop, "halo") == ["G"]
