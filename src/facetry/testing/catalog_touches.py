"""What a listener must hear of writes, whichever process asks for them, and how changes are taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from facetry.domain.actor import OPERATOR, Actor
from facetry.domain.catalog import (
    AllOrNone,
    BulkWrite,
    Deleted,
    DeleteGroup,
    DeleteProduct,
    PatchProduct,
    Refused,
    Stored,
    Write,
)
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord
from facetry.domain.listing import Batch, Listing
from facetry.domain.offering import PutListing
from facetry.domain.order import Client, Order
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.stocking import ChangeStock
from facetry.domain.touching import Touch, TouchedRecord, what, why
from facetry.domain.trade import Trade, Variation
from facetry.domain.undoing import UndoChange
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import OTHER, TENANT, content, done, gemstone, put, refusals, sale, the_product

MAIN = Actor("main")
_decode_record: Callable[[bytes], Record] = msgspec.json.Decoder(Record).decode


class Told:
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.heard: list[tuple[str, Actor, Touch]] = []

    def __call__(self, tenant: str, by: Actor, touches: Any) -> None:  # noqa: ANN401 - a sequence of touches
        """Write down."""
        self.heard += [(tenant, by, touch) for touch in touches]

    def names(self) -> list[str]:
        """Return by whom and what each write was, its revision, and what became of the quantities of products."""
        return [_told(by, touch) for _, by, touch in self.heard]

    def records(self) -> list[tuple[str, ...]]:
        """Return of each write what became of records, as what tells them apart."""
        return [tuple(map(_told_record, touch.records)) for _, _, touch in self.heard]


def told_by(store: CatalogStore, peer: CatalogStore) -> Told:
    """Return a new listener to those of two stores on a catalog that do writes: one for both, or each its own."""
    told = Told()
    writers: list[Any] = [one for one in (store, *([] if peer is store else [peer])) if hasattr(one, "on_write")]
    for writer in writers:
        writer.on_write(told)
    return told


def patch(sku: str, **fields: Any) -> PatchProduct:  # noqa: ANN401 - any field of a patch
    """Return the write that changes some fields of a product."""
    return PatchProduct(ProductKey(sku=sku), ProductPatch(**fields))


def _told(by: Actor, touch: Touch) -> str:
    changes = [f"{sku} {_quantity(before)}>{_quantity(after)}" for sku, before, after in touch.products]
    return " ".join([by.name, what(touch.write), str(touch.revision), *changes])


def _told_record(touched: TouchedRecord) -> str:
    sides = (None if one is None else _decode_record(one) for one in (touched.before, touched.after))
    return f"{touched.kind.value} {touched.id} {'>'.join(map(_shown, sides))}"


def _shown(record: Record | None) -> str:
    match record:
        case None:
            return "-"
        case Gemstone():
            return f"{record.code}={record.quantity}"
        case Order():
            return record.customer
        case Listing():
            return str(record.quantity)
    return record.kind.value


def _quantity(document: bytes | None) -> str:
    return "-" if document is None else str(msgspec.json.decode(document, type=Product).quantity)


class TouchesConformance:
    """What listeners hear."""

    async def test_each_write_is_told_with_before_and_after(self, store: CatalogStore, peer: CatalogStore) -> None:
        told = told_by(store, peer)
        await store.write(TENANT, [put("R1", "G", quantity=5), put("R2", "G", quantity=1)], by=MAIN)
        await peer.write(TENANT, [sale("R1", 2)], by=Actor("other"))
        await store.write(TENANT, [ChangeStock(ProductKey(sku="R2"), 3, "found"), patch("R1", quantity=9)], by=MAIN)
        await store.write(TENANT, [DeleteGroup("G")])
        assert told.names() == [
            *("main update 1 R1 ->5", "main update 2 R2 ->1", "other sale 3 R1 5>3"),
            *("main stock 4 R2 1>4", "main update 5 R1 3>9", "operator update 6 R1 9>- R2 4>-"),
        ]
        assert [why(touch.write) for _, _, touch in told.heard] == ["", "", "", "found", "", ""]
        assert {tenant for tenant, _, _ in told.heard} == {TENANT}
        assert told.heard[-1][1] == OPERATOR

    async def test_documents_are_products_whole(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", name="Ring 💍", attributes={"a": 1}, metals=({"name": "gold"},)))
        before = await the_product(store, "R1")
        told = told_by(store, peer)
        await done(store, patch("R1", name="B"))
        ((_, _, touch),) = told.heard
        ((sku, old, new),) = touch.products
        assert old is not None
        assert new is not None
        found = [msgspec.json.decode(document, type=Product) for document in (old, new)]
        assert (sku, found) == ("R1", [before, await the_product(store, "R1")])

    async def test_what_was_refused_is_not_told(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=1))
        told = told_by(store, peer)
        both = AllOrNone((put("R2"), sale("R1"), DeleteProduct("R9")))
        await store.write(TENANT, [sale("R1", 5), both, put("R3", name=""), DeleteProduct("R9")])
        assert told.heard == []

    async def test_what_touches_only_the_books_is_not_told(self, store: CatalogStore, peer: CatalogStore) -> None:
        told = told_by(store, peer)
        await done(store, PutRecord(Batch(fields=("price",))))
        assert told.heard == []

    async def test_records_are_told_with_before_and_after(self, store: CatalogStore, peer: CatalogStore) -> None:
        told = told_by(store, peer)
        await done(store, PutRecord(gemstone("a", quantity=1)), PutRecord(Client(reference="K1")))
        await peer.write(TENANT, [ChangeStock(RecordKey(code="a"), 2, "found")], by=MAIN)
        await done(store, PutRecord(Order(reference="1", customer="K1", client_id=1, lines=())))
        await done(store, PatchRecord(RecordKind.CLIENT, RecordKey(1), {"reference": "K2"}))
        await done(store, DeleteRecord(RecordKind.GEMSTONE, RecordKey(1)))
        assert told.records() == [
            *(("gemstone 1 ->a=1",), ("client 1 ->client",), ("gemstone 1 a=1>a=3",), ("order 1 ->K1",)),
            *(("order 1 K1>K2", "client 1 client>client"), ("gemstone 1 a=3>-",)),
        ]
        assert told.names() == [
            *("operator record 1", "operator record 2", "main stock 3", "operator record 4"),
            *("operator record 5", "operator record 6"),
        ]

    async def test_a_record_is_told_once_of_a_write(self, store: CatalogStore, peer: CatalogStore) -> None:
        """From before its first change to after its last one, without what was refused in between."""
        await done(store, PutRecord(gemstone("a", quantity=1)), put("R1", quantity=5))
        told = told_by(store, peer)
        stock = partial(ChangeStock, RecordKey(code="a"))
        half = AllOrNone((stock(5), DeleteProduct("R9")))
        await store.write(TENANT, [BulkWrite((stock(1), half, stock(2))), AllOrNone((stock(9), sale("R9")))])
        assert told.records() == [("gemstone 1 a=1>a=4",)]
        assert told.names() == ["operator update 3"]

    async def test_what_a_sale_does_to_listings_is_told(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=5, trade=Trade(auto_refill=True)))
        await done(store, PutListing({"channel": 1}, ProductKey(sku="R1")))
        told = told_by(store, peer)
        await done(store, sale("R1", 2))
        assert (told.names(), told.records()) == (["operator sale 3 R1 5>3"], [("listing 1 5>3",)])

    async def test_a_bulk_tells_each_product_once(self, store: CatalogStore, peer: CatalogStore) -> None:
        """From before its first line about it to after its last one, without what was refused in between."""
        await done(store, put("R1", "G", quantity=1), put("R4", quantity=7))
        told = told_by(store, peer)
        # The third line is refused when it has changed something already, so all is done anew, and carefully.
        half = AllOrNone((patch("R2", quantity=8), DeleteProduct("R9")))
        lines: tuple[Write, ...] = (
            *(put("R1", "G", quantity=2), put("R2", "G", quantity=3), half, put("R1", "G", quantity=4)),
            *(put("R3", quantity=1), DeleteProduct("R3"), DeleteProduct("R4")),
        )
        await store.write(TENANT, [BulkWrite(lines)], by=MAIN)
        assert told.names() == ["main update 3 R1 1>4 R2 ->3 R3 ->- R4 7>-"]

    async def test_what_was_half_done_is_told_as_it_is(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), PutRecord(gemstone("a", quantity=1)))
        told = told_by(store, peer)
        half = AllOrNone((patch("R1", quantity=8), put("R2"), DeleteProduct("R9")))
        await store.write(TENANT, [patch("R1", quantity=6), half, patch("R1", quantity=7)])
        assert told.names() == ["operator update 3 R1 5>6", "operator update 4 R1 6>7"]

    async def test_what_follows_is_told_too(self, store: CatalogStore, peer: CatalogStore) -> None:
        stone: dict[str, Any] = {"code": "a", "color": "G"}
        await done(store, PutRecord(gemstone("a", color="G", quantity=1)), put("R1", gemstones=(stone,), quantity=1))
        told = told_by(store, peer)
        (found,) = await store.records(TENANT, Gemstone.kind, [RecordKey(code="a")])
        assert isinstance(found, Gemstone)
        await done(store, PutRecord(msgspec.structs.replace(found, color="E"), replaces=True))
        assert (told.names(), told.records()) == (["operator record 3 R1 1>1"], [("gemstone 1 a=1>a=1",)])

    async def test_tenants_are_told_apart(self, store: CatalogStore, peer: CatalogStore) -> None:
        told = told_by(store, peer)
        await done(store, put("R1", quantity=1))
        await done(store, put("R1", quantity=2), tenant=OTHER)
        heard = [(tenant, touch.products[0].after) for tenant, _, touch in told.heard]
        assert [(tenant, _quantity(after)) for tenant, after in heard] == [(TENANT, "1"), (OTHER, "2")]


class UndoingConformance:
    """Changes that are taken back."""

    async def test_fields_get_their_values_of_before(self, store: CatalogStore) -> None:
        full = {"attributes": {"a": 1, "b": "x", "c": True}, "metals": ({"name": "gold"},), "quantity": 3}
        before, after = await _changed(
            store,
            put("R1", "G", brand="A", trade=Trade(location="box"), **full),
            patch("R1", name="N", quantity=9, brand=None, group_id="H", attributes={"a": 2, "b": None, "d": 1}),
            patch("R1", trade=Trade(location="shelf", videos=("v",)), metals=()),
        )
        (outcome,) = await done(store, UndoChange("R1", 2, before, after))
        now = await the_product(store, "R1")
        assert isinstance(outcome, Stored)
        assert outcome.product == now
        assert msgspec.structs.replace(now, joined=1, number=0) == before
        assert now.product_id == before.product_id

    async def test_other_changes_since_then_stay(self, store: CatalogStore) -> None:
        before, after = await _changed(store, put("R1", attributes={"a": 1}), patch("R1", quantity=5, size="7"))
        await done(store, patch("R1", name="Later", attributes={"b": 2}))
        await done(store, UndoChange("R1", 2, before, after))
        now = await the_product(store, "R1")
        assert (now.quantity, now.size, now.name, now.attributes) == (0, None, "Later", {"a": 1, "b": 2})

    async def test_what_was_changed_again_is_kept_unless_forced(self, store: CatalogStore) -> None:
        before, after = await _changed(
            store,
            put("R1", quantity=1, attributes={"a/b": 1}),
            patch("R1", quantity=2, attributes={"a/b": 2}, size="7"),
        )
        await done(store, patch("R1", quantity=3, attributes={"a/b": 3}))
        undo = UndoChange("R1", 2, before, after)
        receipt = await store.write(TENANT, [undo])
        (outcome,) = receipt.outcomes
        assert isinstance(outcome, Refused)
        assert (outcome.code, [*outcome.fields["pointers"]]) == ("changed_since", ["/quantity", "/attributes/a~1b"])
        assert (await the_product(store, "R1")).size == "7"
        await done(store, msgspec.structs.replace(undo, is_forced=True))
        now = await the_product(store, "R1")
        assert (now.quantity, now.size, now.attributes) == (1, None, {"a/b": 1})

    async def test_what_is_as_before_already_is_no_conflict(self, store: CatalogStore) -> None:
        before, after = await _changed(store, put("R1", quantity=1), patch("R1", quantity=2, size="7"))
        await done(store, patch("R1", quantity=1))
        await done(store, UndoChange("R1", 2, before, after))
        now = await the_product(store, "R1")
        assert (now.quantity, now.size) == (1, None)

    async def test_rules_hold(self, store: CatalogStore) -> None:
        """What follows a patch of a parent follows an undo too."""
        of_parent = Trade(variation=Variation("R1", "size", "7"))
        await done(store, put("R1", "G", brand="A"), put("R2", "G", brand="A", size="7", trade=of_parent))
        before = await the_product(store, "R1")
        await done(store, patch("R1", brand="B"))
        assert (await the_product(store, "R2")).brand == "B"
        await done(store, UndoChange("R1", 3, before, await the_product(store, "R1")))
        assert [(await the_product(store, sku)).brand for sku in ("R1", "R2")] == ["A", "A"]

    async def test_a_creation(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        created = await the_product(store, "R1")
        await done(store, patch("R1", name="Other"))
        undo = UndoChange("R1", 1, None, created)
        assert await refusals(store, undo) == [("changed_since", "")]
        assert await refusals(store, UndoChange("R1", 1, None, None)) == [("changed_since", "")]
        await done(store, patch("R1", name=created.name))
        (outcome,) = await done(store, undo)
        assert outcome == Deleted(("R1",), group_gone=True)
        assert await refusals(store, undo) == [("product_not_found", "R1")]
        await done(store, put("R1", "G"))
        assert await refusals(store, undo) == [("changed_since", "")]
        await done(store, msgspec.structs.replace(undo, is_forced=True))
        assert await store.product(TENANT, "R1") is None

    async def test_a_deletion(self, store: CatalogStore) -> None:
        made = content("R1", "G", quantity=2, attributes={"a": 1}, gemstones=({"type": "diamond"},))
        await done(store, put("R1", "G", quantity=2, attributes={"a": 1}, gemstones=({"type": "diamond"},)))
        gone = await the_product(store, "R1")
        await done(store, DeleteProduct("R1"))
        undo = UndoChange("R1", 2, gone, None)
        (outcome,) = await done(store, undo)
        assert isinstance(outcome, Stored)
        assert outcome.created
        now = await the_product(store, "R1")
        assert (now.name, now.quantity, now.attributes) == (made.name, 2, {"a": 1})
        assert (now.gemstones, now.product_id) == (gone.gemstones, 2)
        await done(store, patch("R1", metals=({"name": "gold"},), trade=Trade(location="box")))
        assert await refusals(store, undo) == [("changed_since", "")]
        await done(store, msgspec.structs.replace(undo, is_forced=True))
        now = await the_product(store, "R1")
        assert (now.metals or (), now.trade or Trade()) == ((), Trade())

    async def test_of_what_is_not_there(self, store: CatalogStore) -> None:
        before, after = await _changed(store, put("R1"), patch("R1", quantity=2))
        await done(store, DeleteProduct("R1"))
        undo = UndoChange("R1", 2, before, after)
        wrong = msgspec.structs.replace(undo, sku="\ud800")
        assert await refusals(store, undo, wrong) == [("product_not_found", "R1"), ("product_not_found", "\ud800")]


async def _changed(store: CatalogStore, first: Write, *changes: Write) -> tuple[Product, Product]:
    """Return a product before and after changes."""
    await done(store, first)
    before = await the_product(store, "R1")
    await done(store, *changes)
    return before, await the_product(store, "R1")
