"""Batches over what was read ahead do what the reference engine does, and change documents as they must."""

from __future__ import annotations

import asyncio

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from facetry.domain.catalog import AllOrNone, BulkWrite, DeleteGroup, DeleteProduct, PatchProduct, Refused
from facetry.domain.change import Receipt
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.quotas import Quotas, Usage
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.mongodb.documents import decode_product, decode_record
from facetry.engines.mongodb.needs import needs_of
from facetry.engines.mongodb.reading import Reading
from facetry.engines.mongodb.state import State
from facetry.engines.mongodb.unit import Unit
from facetry.engines.mongodb.view import Catalog
from facetry.testing.samples import TENANT, all_records, put, tenant_record
from tests.property.test_store_engines import plain
from tests.property.writes import START, WRITES
from tests.unit.engines.mongodb.documents_in_memory import Database

pytestmark = pytest.mark.anyio
CATALOG = ObjectId()


def beginning(**fields):
    return State(
        tenant="t", catalog=CATALOG, mark=1, revision=0, last_ids={}, currency="USD", **{"quotas": Quotas(), **fields}
    )


class Batches:
    """Does batches one after the other, on documents in memory."""

    def __init__(self, **fields):
        self.database = Database()
        self.state = beginning(**fields)
        self.rounds = 0

    async def write(self, *requests):
        """Do one batch of several callers and return what each is answered."""
        catalog = Catalog()
        writes = [write for request in requests for write in request]
        needs = needs_of(writes, self.state.linked, self.state.last_ids)
        self.rounds = 0
        while needs is not None:
            self.rounds += 1
            assert self.rounds < 20
            await Reading(self.database, CATALOG, None).add(catalog, needs)
            unit = Unit(self.state, catalog)
            dones = [await unit.do(request) for request in requests]
            needs = unit.missing
        unit.finish()
        self.database.take(unit.operations())
        if unit.changed:
            self.state = unit.state
        return [done.answer for done in dones]

    def products(self):
        documents = sorted(self.database["products"].documents, key=lambda one: one["i"])
        return [decode_product(one["d"]) for one in documents]

    def records(self):
        documents = sorted(self.database["records"].documents, key=lambda one: (one["k"], one["i"]))
        return [decode_record(one["d"]) for one in documents]

    def groups(self):
        return {one["g"]: (one["o"], one["r"], one["n"]) for one in self.database["groups"].documents}


@given(st.lists(st.lists(WRITES, max_size=4), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_writes_do_what_they_do_to_the_reference(batches):
    asyncio.run(compare([list(START), *batches]))


async def compare(batches):
    memory, mongo = MemoryCatalogStore(), Batches()
    await memory.create_tenant(tenant_record(TENANT))
    for writes in batches:
        expected = await memory.write(TENANT, writes)
        (answer,) = await mongo.write(writes)
        assert isinstance(answer, Receipt)
        assert (answer.revision, plain(answer.outcomes)) == (expected.revision, plain(expected.outcomes))
        assert plain(mongo.products()) == plain(await memory.products_after(TENANT, 0, 1000))
        by_kind = sorted(await all_records(memory), key=lambda one: (one.kind.value, one.id))
        assert plain(mongo.records()) == plain(by_kind)
        state = mongo.state
        assert (state.usage.products, state.groups) == await memory.counts(TENANT)
        assert state.usage == await memory.usage(TENANT)
        groups = await memory.groups_after(TENANT, "", 1000)
        stored = {name: (revision, size) for name, (_, revision, size) in mongo.groups().items()}
        assert stored == {group.group_id: (group.revision, len(group.products)) for group in groups}


async def test_new_products_are_read_for_once():
    batches = Batches()
    await batches.write([put("R1", "G"), put("R2", "G")], [put("R3", "H")])
    assert batches.rounds == 1
    assert [(name, one.finds) for name, one in batches.database.items() if one.finds] == [
        ("products", 1),
        ("groups", 1),
    ]


async def test_a_bulk_that_changes_products_is_read_for_in_few_rounds():
    batches = Batches()
    await batches.write([BulkWrite(tuple(put(f"R{n}", f"G{n}", is_main=True) for n in range(50)))])
    assert batches.rounds == 1
    await batches.write([BulkWrite(tuple(put(f"R{n}", f"H{n}", is_main=True, quantity=1) for n in range(50)))])
    assert batches.rounds == 2
    patches = (PatchProduct(ProductKey(id=n), ProductPatch(group_id="G")) for n in range(1, 51))
    await batches.write([BulkWrite(tuple(patches))])
    # By their ids the products, then the groups that they leave, then whatever stands by their SKUs.
    assert batches.rounds == 3
    assert batches.groups().keys() == {"G"}
    assert batches.groups()["G"][2] == 50


async def test_a_group_that_lives_keeps_its_object_id_and_one_made_anew_has_another():
    batches = Batches()
    await batches.write([put("R1", "G"), put("S1", "H")])
    before = batches.groups()
    await batches.write([put("R2", "G"), DeleteProduct("R1"), DeleteGroup("H"), put("S2", "H")])
    after = batches.groups()
    assert after["G"] == (before["G"][0], 4, 1)
    assert after["H"][0] != before["H"][0]
    assert after["H"][1:] == (6, 1)


async def test_callers_of_one_batch_are_apart():
    batches = Batches()
    failed = AllOrNone((put("R2"), DeleteProduct("R9")))
    first, second, third = await batches.write([put("R1")], [failed], [put("R3")])
    assert (first.revision, second.revision, third.revision) == (1, 1, 2)
    assert isinstance(second.outcomes[0], Refused)
    assert [product.sku for product in batches.products()] == ["R1", "R3"]
    assert batches.state.joined == 2


async def test_what_no_rule_foresees_undoes_its_caller_alone():
    batches = Batches()
    first, second, third = await batches.write([put("R1")], [put("R2"), "no write"], [put("R3")])
    assert isinstance(second, KeyError)
    assert (first.revision, third.revision) == (1, 2)
    assert [product.sku for product in batches.products()] == ["R1", "R3"]
    assert [row["r"] for row in batches.database["changes"].documents] == [1, 2]


async def test_quotas_count_what_is_stored():
    batches = Batches(quotas=Quotas(products=1))
    (answer,) = await batches.write([put("R1"), put("R2"), put("R1", name="longer than before")])
    assert [getattr(one, "code", None) for one in answer.outcomes] == [None, "quota_exceeded", None]
    (stored,) = batches.database["products"].documents
    assert batches.state.usage == Usage(1, len(stored["d"]))


async def test_rows_of_the_log_name_what_was_touched():
    batches = Batches()
    await batches.write([put("R1", "G"), put("R1", "H")])
    rows = [{name: row[name] for name in "rsgk"} for row in batches.database["changes"].documents]
    assert rows == [{"r": 1, "s": ["R1"], "g": ["G"], "k": []}, {"r": 2, "s": ["R1"], "g": ["H", "G"], "k": []}]
    assert {row["t"] for row in batches.database["changes"].documents} == {CATALOG}


async def test_what_comes_and_goes_in_one_batch_is_no_change():
    batches = Batches()
    await batches.write([put("R1", "G"), DeleteProduct("R1")])
    assert [name for name, one in batches.database.items() if one.documents] == ["changes"]
    assert (batches.state.revision, batches.state.mark, batches.state.groups) == (2, 2, 0)


async def test_refusals_change_nothing():
    batches = Batches()
    before = batches.state
    await batches.write([DeleteProduct("R1"), DeleteGroup("\ud800")])
    assert batches.state is before
