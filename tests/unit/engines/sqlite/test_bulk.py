"""Many rows are inserted with few statements, in their order."""

from __future__ import annotations

import apsw
import pytest

from facetry.domain.catalog import AllOrNone, DeleteGroup, DeleteProduct, Guarded, Once, PatchProduct, Refused
from facetry.domain.guarding import Condition
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.selling import SellProduct
from facetry.engines.sqlite.bulk import ROWS, insert_all
from facetry.testing.samples import TENANT, insert, put

INSERT = "INSERT INTO numbers (number, name) VALUES (?, ?)"


@pytest.mark.parametrize("count", [0, 1, ROWS - 1, ROWS, ROWS + 1, 3 * ROWS])
def test_every_row_is_inserted(count):
    rows = [(number, f"N{number}") for number in reversed(range(count))]
    with apsw.Connection(":memory:") as connection:
        connection.execute("CREATE TABLE numbers (number INTEGER, name TEXT)")
        insert_all(connection, INSERT, rows)
        assert connection.execute("SELECT number, name FROM numbers ORDER BY rowid").fetchall() == rows


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
