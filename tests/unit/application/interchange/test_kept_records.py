"""Records as lines of JSON."""

import json

import pytest

from facetry.application.interchange.exporting import ExportFormat, export_file
from facetry.application.interchange.kept_records import is_record, read_record, record_chunks
from facetry.application.records import Records
from facetry.domain.errors import InterchangeError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.order import Order, OrderLine
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.restoring import RestoreRecord

pytestmark = pytest.mark.anyio


async def lines(shop):
    chunks = [chunk async for _, chunk in record_chunks(Records(shop.store), "t")]
    return [json.loads(line) for line in b"".join(chunks).splitlines()]


async def test_what_means_something_here_only_is_told_otherwise(shop):
    stone = Gemstone(id=3, code="S", name="x", type="ruby")
    order = Order(reference="Q", client_id=9, lines=(OrderLine(id=1, sku="A"),))
    await shop.store.write("t", [RestoreRecord(stone), PutRecord(Order(reference="O"))])
    await shop.store.write("t", [RestoreRecord(Order(id=7, reference="P", order_date=1.0), stones={"S": 2})])
    assert await lines(shop) == [
        {"kind": "gemstone", "id": 3, "code": "S", "name": "x", "type": "ruby"},
        {"kind": "order", "id": 1, "reference": "O"},
        {"kind": "order", "id": 7, "reference": "P", "order_date": 1.0, "stones": {"S": 2}},
    ]
    # A client and a stone that are gone are not named any more.
    await shop.store.write("t", [DeleteRecord(RecordKind.GEMSTONE, RecordKey(3)), PutRecord(order)])
    told = await lines(shop)
    assert told[1:] == [
        {"kind": "order", "id": 7, "reference": "P", "order_date": 1.0},
        {"kind": "order", "id": 8, "reference": "Q", "lines": [{"id": 1, "sku": "A"}]},
    ]


def test_other_lines_are_products():
    assert [is_record({"kind": kind}) for kind in ("order", "batch", "", 5, None, ["order"])] == [True] + [False] * 5
    assert not is_record({"sku": "A"})
    # What a product says of itself, in a word that is a kind of records too.
    assert [is_record({"sku": "A", "kind": kind}) for kind in ("gemstone", "order", "client", "listing")] == [False] * 4
    assert is_record({"sku": "A", "kind": "listing", "channel": 1})


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        (
            {"kind": "order", "id": 1, "lines": [{"sku": "A"}]},
            "order",
            "Object missing required field `id` - at `$[0]`",
        ),
        ({"kind": "order", "id": 1, "stones": {"S": "x"}}, "order", "Expected `int`, got `str` - at `$.stones[...]`"),
        ({"kind": "listing", "id": 1, "sku": "A"}, "listing", "Object missing required field `channel`"),
        ({"kind": "client", "id": 1}, "kind", "must not be written with this key"),
        ({"kind": "order", "id": 1, "totals": 5}, "totals", "is no field of this kind of record"),
    ],
)
def test_what_cannot_be_read_is_told(values, field, reason):
    record = read_record(5, values, {"client"})
    (problem,) = record.problems
    assert (record.line, record.write, problem.field, problem.reason) == (5, None, field, reason)
    assert record.values == {"sku": f"{values['kind']} 1"}


async def test_a_table_has_no_place_for_records(shop, tmp_path):
    with pytest.raises(InterchangeError, match="records are exported as NDJSON only, not as CSV"):
        await export_file(shop.store, "t", tmp_path / "a.csv", with_records=True)
    with pytest.raises(InterchangeError):
        await export_file(shop.store, "t", tmp_path / "a", ExportFormat.CSV, with_records=True)
    assert [*tmp_path.iterdir()] == []
