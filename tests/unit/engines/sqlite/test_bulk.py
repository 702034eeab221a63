"""Many rows are inserted with few statements, in their order."""

from __future__ import annotations

import asyncio

import apsw
import pytest

from facetry.domain.catalog import (
    AllOrNone,
    BulkWrite,
    DeleteGroup,
    DeleteProduct,
    Guarded,
    Once,
    PatchProduct,
    Refused,
)
from facetry.domain.guarding import Condition
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.selling import SellProduct
from facetry.engines.sqlite.bulk import MANY, ROWS, WaitingRows, insert_all
from facetry.engines.sqlite.commit import GroupCommit
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import OTHER, TENANT, insert, put, snapshot, tenant_record

INSERT = "INSERT INTO numbers (number, name) VALUES (?, ?)"


@pytest.mark.parametrize("count", [0, 1, ROWS - 1, ROWS, ROWS + 1, 3 * ROWS])
def test_every_row_is_inserted(count):
    rows = [(number, f"N{number}") for number in reversed(range(count))]
    with apsw.Connection(":memory:") as connection:
        connection.execute("CREATE TABLE numbers (number INTEGER, name TEXT)")
        insert_all(connection, INSERT, rows)
        assert connection.execute("SELECT number, name FROM numbers ORDER BY rowid").fetchall() == rows


def test_only_many_rows_are_taken_to_be_inserted_elsewhere():
    with apsw.Connection(":memory:") as connection:
        connection.execute("CREATE TABLE numbers (number INTEGER, name TEXT)")
        waiting = WaitingRows(connection, INSERT)
        waiting.insert()
        for number in range(MANY - 1):
            waiting.add((number, "N"))
        assert (waiting.taken_if_many(), len(waiting)) == (None, MANY - 1)
        waiting.add((MANY - 1, "N"))
        work = waiting.taken_if_many()
        assert len(waiting) == 0
        waiting.add((MANY, "N"))
        work()
        assert connection.execute("SELECT count(*), max(number) FROM numbers").fetchone() == (MANY, MANY - 1)
        waiting.insert()
        assert connection.execute("SELECT max(number) FROM numbers").fetchone() == (MANY,)


@pytest.mark.anyio
async def test_flags_are_cleared_wherever_the_flagged_product_is_by_then(store):
    await store.write(TENANT, [put("OLD", group_id="G0", is_main=True), put("NEW", group_id="G1", is_main=True)])
    groups = MANY // 2 + 10
    first = [put(f"A{number}", group_id=f"G{number}", is_main=True) for number in range(groups)]
    second = [put(f"B{number}", group_id=f"G{number}", is_main=number % 2 == 0) for number in range(groups)]
    last = [put("A0", group_id="G2", is_main=True), put("B4", group_id="G4"), put("C4", group_id="G4", is_main=True)]
    removed = [DeleteProduct("A7"), put("C7", group_id="G7", is_main=True)]
    outcome = (await store.write(TENANT, [BulkWrite((*first, *second, *last, *removed))])).outcomes[0]
    assert not [one for one in outcome.outcomes if isinstance(one, Refused)]
    found = [await store.group(TENANT, f"G{number}") for number in range(groups)]
    flagged = [[product.sku for product in group.products if product.is_main] for group in found]
    assert flagged == [
        ["B0"],
        ["A1"],
        ["A0"],
        ["A3"],
        ["C4"],
        ["A5"],
        ["B6"],
        ["C7"],
        *([f"{'B' if number % 2 == 0 else 'A'}{number}"] for number in range(8, groups)),
    ]


@pytest.mark.anyio
async def test_writes_see_what_those_before_them_in_a_long_list_did(store):
    await store.write(TENANT, [put("OLD"), put("OUT", group_id="OLD")])
    writes = [
        *(insert(f"R{number}") for number in range(ROWS + 5)),
        insert("R3"),
        SellProduct(ProductKey(sku="R4"), 1),
        put("R5", name="Second"),
        PatchProduct(ProductKey(sku="R5"), ProductPatch(quantity=7)),
        SellProduct(ProductKey(sku="R5"), 2),
        DeleteProduct("R6"),
        insert("R6", name="Again"),
        DeleteProduct("OUT"),
        DeleteProduct("OUT"),
        insert("R\0"),
        insert("\ud800"),
        AllOrNone((insert("S1"), insert("S2", group_id="S1"))),
        AllOrNone(()),
        insert("M1", group_id="M", is_main=True),
        insert("M2", group_id="M", is_main=True),
        SellProduct(ProductKey(10), 1),
        DeleteGroup("S1"),
        insert("S1"),
        Guarded(Condition(ProductKey(sku="S1")), put("S1", name="Guarded")),
        Once("key", "digest", 1.0, insert("T1")),
    ]
    outcomes = (await store.write(TENANT, writes)).outcomes
    refused = {at: outcome.code for at, outcome in enumerate(outcomes) if isinstance(outcome, Refused)}
    first = ROWS + 5
    short, exists, gone, invalid = "insufficient_stock", "product_exists", "product_not_found", "invalid_value"
    assert refused == {
        first: exists,
        first + 1: short,
        first + 8: gone,
        first + 9: invalid,
        first + 10: invalid,
        first + 15: short,
    }
    assert [(await store.product(TENANT, sku)).name for sku in ("R5", "R6", "S1")] == ["Second", "Again", "Guarded"]
    assert (await store.product(TENANT, "R5")).quantity == 5
    assert [(await store.product(TENANT, sku)).is_main for sku in ("M1", "M2")] == [False, True]
    assert await store.counts(TENANT) == (1 + first + 2 + 1 + 1, 1 + first + 1 + 1 + 1)


def bulk_of(number: int) -> BulkWrite:
    """Return a bulk that changes some of what the one before it wrote; every third is refused at its end."""
    written = range(number, 200 + number)
    some = [put(f"P{at % 300}", f"G{at % 70}", name=f"{number}", is_main=at % 9 == 0) for at in written]
    removed = [DeleteProduct(f"P{at}") for at in range(number, 200, 7)]
    last = [DeleteProduct("NONE")] if number % 3 == 0 else []
    return BulkWrite((*some, *removed, *last), is_atomic=True)


async def told(store):
    revision, counts, groups = await snapshot(store)
    products = [product for group in groups for product in group.products]
    return revision, counts, [(one.sku, one.group_id, one.name, one.is_main, one.joined) for one in products]


@pytest.mark.anyio
async def test_bulks_that_begin_anew_leave_what_they_would_have_left_otherwise(store, tmp_path, monkeypatch):
    other = await open_store(tmp_path / "other")
    await other.create_tenant(tenant_record(TENANT))
    anew = []
    puts_off = GroupCommit._puts_off

    def watched(self, *given):
        anew.append(puts_off(self, *given))
        return anew[-1]

    monkeypatch.setattr(GroupCommit, "_puts_off", watched)

    async def bulks():
        return [(await store.write(TENANT, [bulk_of(number)])).outcomes for number in range(12)]

    task = asyncio.create_task(bulks())
    count = 0
    while not task.done():
        await store.write(OTHER, [put(f"S{count}")])
        count += 1
        await asyncio.sleep(0.002)
    alone = [(await other.write(TENANT, [bulk_of(number)])).outcomes for number in range(12)]
    refused = [isinstance(outcomes[0], Refused) for outcomes in await task]
    assert refused == [isinstance(outcomes[0], Refused) for outcomes in alone] == [n % 3 == 0 for n in range(12)]
    assert await told(store) == await told(other)
    assert (await store.counts(OTHER))[0] == count
    assert True in anew
    await other.close()
