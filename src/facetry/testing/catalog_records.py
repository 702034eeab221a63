"""What keeping records must do in any catalog store."""

from __future__ import annotations

from typing import Any

import msgspec

from facetry.domain.catalog import DeleteProduct
from facetry.domain.change import Delta
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord, Recorded, Removed
from facetry.domain.listing import Batch, BatchStatus, Listing, ListingStatus, ListingTask
from facetry.domain.order import Address, Client, Order, OrderLine, OrderStatus
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.sale import Sale
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import (
    OTHER,
    TENANT,
    all_records,
    done,
    gemstone,
    put,
    record_key,
    recorded,
    refusals,
    snapshot,
    tenant_record,
    the_record,
)

GEMSTONE, LISTING, ORDER, CLIENT = RecordKind.GEMSTONE, RecordKind.LISTING, RecordKind.ORDER, RecordKind.CLIENT
_FULL_RECORDS: tuple[Record, ...] = (
    gemstone(
        "Ünï 💍",
        creation="natural",
        carat=0.1 + 0.2,
        quantity=2**53 - 1,
        quantity_alert=0,
        is_unique=True,
        is_real=False,
        cost=1,
        price=10**15,
        certificate_images=("a", ""),
        details={"depth": 61.5, "big": 10**30, "none": None, "yes": True, "text": "\x00 null"},
    ),
    Listing(sku="R1", channel=1100, external_id="", status=ListingStatus.SCHEDULED, price=5, quantity=3, url="u"),
    Batch(
        status=BatchStatus.WARNINGS,
        fields=("price",),
        tasks=(ListingTask(1, 2, is_done=True, message="m"),),
        created=0.1,
    ),
    Order(
        reference="O-1",
        client_id=7,
        status=OrderStatus.SHIPPED,
        order_date=1.5,
        due_date=0.0,
        address=Address(first_name="é", country="IL"),
        discount_rate=0.5,
        is_gift=True,
        lines=(OrderLine(id=1, sku="R1", amount=2, price=0, comment="c"), OrderLine(id=2, sku="")),
    ),
    Client(reference="C-1", name="\u202eX", tags=("a",), discount=12.5, created=1e9),
    Sale(reference="S", sku="R1", quantity=1, left=0, listings=(1, 2)),
)


def listing(sku: str, **fields: Any) -> Listing:  # noqa: ANN401 - any field of a listing
    """Return a small listing."""
    return Listing(sku=sku, channel=3000, **fields)


def stones(*codes: str) -> list[PutRecord]:
    """Return the writes that store small gemstones."""
    return [PutRecord(gemstone(code)) for code in codes]


class RecordsConformance:
    """Records: their ids, codes and links, and what is refused."""

    async def test_every_field_of_every_kind_comes_back(self, store: CatalogStore) -> None:
        outcomes = await done(store, *map(PutRecord, _FULL_RECORDS))
        kept = [msgspec.structs.replace(record, id=1) for record in _FULL_RECORDS]
        assert outcomes == tuple(Recorded(record, created=True) for record in kept)
        assert await all_records(store) == kept
        for record in kept:
            assert await the_record(store, record.kind, 1) == record
            if record.unique:
                assert await the_record(store, record.kind, record.unique) == record

    async def test_ids_count_from_one_in_each_kind_and_tenant(self, store: CatalogStore) -> None:
        await done(store, *stones("a", "b"), PutRecord(listing("R1")), *stones("c"))
        await done(store, *stones("a"), tenant=OTHER)
        assert [(record.kind, record.id) for record in await all_records(store)] == [
            *((GEMSTONE, 1), (GEMSTONE, 2), (GEMSTONE, 3)),
            (LISTING, 1),
        ]
        assert [record.id for record in await all_records(store, OTHER)] == [1]

    async def test_an_id_is_never_used_again(self, store: CatalogStore) -> None:
        await done(store, *stones("a", "b"))
        assert await done(store, DeleteRecord(GEMSTONE, RecordKey(2))) == (Removed(GEMSTONE, 2),)
        (outcome,) = await done(store, *stones("b"))
        assert recorded(outcome).id == 3
        assert await the_record(store, GEMSTONE, 2) is None
        assert await the_record(store, GEMSTONE, "b") == recorded(outcome)

    async def test_a_refused_record_spends_no_id(self, store: CatalogStore) -> None:
        await done(store, *stones("a"))
        assert await refusals(store, *stones("a", "")) == [("record_exists", "a"), ("invalid_value", "code")]
        (outcome,) = await done(store, *stones("b"))
        assert recorded(outcome).id == 2

    async def test_records_are_found_in_the_order_asked_for(self, store: CatalogStore) -> None:
        a, b, c = [recorded(outcome) for outcome in await done(store, *stones("a", "B", "5"))]
        keys = [record_key(key) for key in (3, "B", 9, "b", 1, "5", 1, "", 0, -1, 2**70, "\ud800", "a\x00", 5)]
        found = await store.records(TENANT, GEMSTONE, keys)
        assert found == [c, b, None, None, a, c, a, *[None] * 7]
        assert await store.records(TENANT, GEMSTONE, []) == []
        assert await store.records(TENANT, LISTING, keys[:2]) == [None, None]
        assert await store.records(OTHER, GEMSTONE, keys[:2]) == [None, None]
        assert await store.records("nobody", GEMSTONE, keys[:2]) == [None, None]

    async def test_records_are_read_page_by_page(self, store: CatalogStore) -> None:
        await done(store, *(PutRecord(listing(f"R{n % 3}")) for n in range(25)))
        await done(store, DeleteRecord(LISTING, RecordKey(4)))
        ids = [*range(1, 4), *range(5, 26)]
        for page in (1, 7, 24, 100):
            assert [record.id for record in await all_records(store, page=page)] == ids
        assert await store.records_after(TENANT, LISTING, 25, 10) == []
        assert await store.records_after(TENANT, LISTING, 2**70, 10) == []
        assert await store.records_after(OTHER, LISTING, 0, 10) == []

    async def test_records_are_found_by_what_they_name(self, store: CatalogStore) -> None:
        await done(store, *(PutRecord(listing(sku)) for sku in ("R1", "R2", "R1", "r1", "R1")))

        async def linked(link: str, after: int = 0, limit: int = 10) -> list[int]:
            return [record.id for record in await store.records_after(TENANT, LISTING, after, limit, link)]

        assert [await linked("R1"), await linked("R1", 1), await linked("R1", 1, 1)] == [[1, 3, 5], [3, 5], [3]]
        await done(store, PatchRecord(LISTING, RecordKey(3), {"sku": "R2"}), DeleteRecord(LISTING, RecordKey(5)))
        assert [await linked(link) for link in ("R1", "R2", "r1", "R3", "\ud800")] == [[1], [2, 3], [4], [], []]

    async def test_records_are_read_newest_first(self, store: CatalogStore) -> None:
        await done(store, *(PutRecord(listing(f"R{n % 3}")) for n in range(25)))
        await done(store, DeleteRecord(LISTING, RecordKey(4)), PutRecord(listing("R9")))

        async def before(record_id: int, limit: int, link: str = "", kind: RecordKind = LISTING) -> list[int]:
            found = await store.records_before(TENANT, kind, record_id, limit, link)
            return [record.id for record in found]

        assert await before(0, 3) == [26, 25, 24]
        assert await before(24, 2) == [23, 22]
        assert await before(6, 10) == [5, 3, 2, 1]
        assert [await before(1, 10), await before(5, 0), await before(2**70, 1)] == [[], [], [26]]
        assert [await before(0, 3, "R0"), await before(19, 10, "R0")] == [[25, 22, 19], [16, 13, 10, 7, 1]]
        assert [await before(0, 9, link) for link in ("R9", "r9", "\ud800")] == [[26], [], []]
        assert await before(0, 9, kind=GEMSTONE) == []
        assert await store.records_before(OTHER, LISTING, 0, 9) == []
        assert await store.records_before("nobody", LISTING, 0, 9) == []

    async def test_a_link_goes_with_what_it_says(self, store: CatalogStore) -> None:
        (outcome,) = await done(store, PutRecord(Batch()))
        batch = recorded(outcome)
        assert await store.records_after(TENANT, RecordKind.BATCH, 0, 9, "open") == [batch]
        await done(store, PatchRecord(RecordKind.BATCH, RecordKey(1), {"status": "success"}))
        assert await store.records_after(TENANT, RecordKind.BATCH, 0, 9, "open") == []

    async def test_a_code_is_exact_and_unique_in_its_kind(self, store: CatalogStore) -> None:
        await done(store, *stones("a", "A", "é", "e\u0301"))
        await done(store, PutRecord(Client(reference="a")), PutRecord(Order(reference="a")))
        assert await refusals(store, PutRecord(gemstone("A")), PutRecord(Client(reference="a"))) == [
            ("record_exists", "A"),
            ("record_exists", "a"),
        ]
        orders = await done(store, PutRecord(Order()), PutRecord(Order()))
        assert [recorded(outcome).id for outcome in orders] == [2, 3]

    async def test_a_record_is_replaced_by_id_or_by_code(self, store: CatalogStore) -> None:
        await done(store, *stones("a", "b"))
        by_code = PutRecord(gemstone("b", name="new"), replaces=True)
        by_id = PutRecord(gemstone("c", id=1, name="other"))
        outcomes = await done(store, by_code, by_id, PutRecord(gemstone("a"), replaces=True))
        assert [(recorded(one).id, one.created) for one in outcomes if isinstance(one, Recorded)] == [
            *((2, False), (1, False), (3, True))
        ]
        assert [(one.id, one.unique) for one in await all_records(store)] == [(1, "c"), (2, "b"), (3, "a")]
        assert await refusals(store, PutRecord(gemstone("b", id=1)), PutRecord(gemstone("x", id=9))) == [
            ("record_exists", "b"),
            ("record_not_found", "9"),
        ]

    async def test_a_record_is_changed_where_it_is_spoken_of(self, store: CatalogStore) -> None:
        await done(store, PutRecord(gemstone("a", carat=1.5, images=("x",), quantity=3)))
        changes = {"code": "b", "carat": None, "images": ["y", "z"]}
        (outcome,) = await done(store, PatchRecord(GEMSTONE, RecordKey(code="a"), changes))
        changed = gemstone("b", id=1, name="Stone a", images=("y", "z"), quantity=3)
        assert outcome == Recorded(changed, created=False)
        assert await store.records(TENANT, GEMSTONE, [RecordKey(code="a"), RecordKey(code="b")]) == [None, changed]

    async def test_changes_that_break_a_rule_are_refused(self, store: CatalogStore) -> None:
        await done(store, *stones("a", "b"))
        changes: list[dict[str, Any]] = [
            *({"weight": 1}, {"record": "listing"}, {"carat": "heavy"}, {"name": None}, {"code": "b"}),
            *({"code": ""}, {"name": "\ud800"}, {"carat": float("nan")}, {"quantity": -1}, {"quantity": 2**53}),
        ]
        patches = [PatchRecord(GEMSTONE, RecordKey(1), change) for change in changes]
        subjects = ["weight", "record", "gemstone", "gemstone", "b", "code", "gemstone", "gemstone"]
        codes = ["record_exists" if subject == "b" else "invalid_value" for subject in subjects]
        assert await refusals(store, *patches) == [
            *zip(codes, subjects, strict=True),
            *[("invalid_value", "quantity")] * 2,
        ]

    async def test_what_breaks_a_rule_is_refused(self, store: CatalogStore) -> None:
        await done(store, *stones("a"))
        writes = [
            PutRecord(gemstone("b", name="\udfff")),
            PutRecord(gemstone("b", carat=float("inf"))),
            PutRecord(gemstone("b", details={"depth": float("nan")})),
            PutRecord(gemstone("x" * 51)),
            PutRecord(gemstone("b", quantity=-1)),
            PutRecord(listing("R1", quantity=2**53)),
            PutRecord(Order(reference="a\x00b")),
            PutRecord(Order(discount_rate=float("-inf"))),
            PutRecord(Client(reference="x" * 201)),
        ]
        assert await refusals(store, *writes) == [
            ("invalid_value", subject)
            for subject in (
                *("gemstone", "gemstone", "gemstone", "code", "quantity", "quantity", "reference", "order"),
                "reference",
            )
        ]

    async def test_what_is_not_there_is_named(self, store: CatalogStore) -> None:
        await done(store, *stones("a"), PutRecord(listing("R1")))
        keys = (RecordKey(9), RecordKey(code="A"), RecordKey(code="\ud800"), RecordKey(2**70), RecordKey())
        deletions = [DeleteRecord(GEMSTONE, key) for key in keys]
        patches = [PatchRecord(GEMSTONE, key, {}) for key in keys]
        names = [("record_not_found", name) for name in ("9", "A", "\ud800", str(2**70), "")]
        assert await refusals(store, *deletions) == names
        assert await refusals(store, *patches) == names
        assert await refusals(store, DeleteRecord(ORDER, RecordKey(1))) == [("record_not_found", "1")]

    async def test_a_gemstone_in_use_is_kept(self, store: CatalogStore) -> None:
        await done(store, *stones("a", "b"))
        await done(store, put("R1", gemstones=({"code": "a"}, {"code": "a"})), put("R2", gemstones=({"code": "a"},)))
        kept, gone = DeleteRecord(GEMSTONE, RecordKey(code="a")), DeleteRecord(GEMSTONE, RecordKey(code="b"))
        await done(store, gone)
        assert await refusals(store, kept) == [("record_in_use", "a")]
        await done(store, put("R1", gemstones=({"code": "b"}, {"name": "no code"})))
        assert await refusals(store, kept) == [("record_in_use", "a")]
        await done(store, DeleteProduct("R2"))
        assert await done(store, kept) == (Removed(GEMSTONE, 1),)

    async def test_records_touch_no_product_but_the_log(self, store: CatalogStore) -> None:
        await done(store, put("R1"))
        _, counts, groups = await snapshot(store)
        receipt = await store.write(TENANT, [*stones("a"), PutRecord(Client()), DeleteRecord(CLIENT, RecordKey(1))])
        assert receipt.revision == 4
        assert await snapshot(store) == (4, counts, groups)
        assert await store.delta(TENANT, 1, 0) == Delta(revision=4, records=((CLIENT, 1), (GEMSTONE, 1)))
        assert await store.delta(TENANT, 3, 0) == Delta(revision=4, records=((CLIENT, 1),))

    async def test_another_tenant_has_records_of_its_own(self, store: CatalogStore) -> None:
        await done(store, *stones("a"), PutRecord(listing("R1")))
        await done(store, *stones("a", "b"), tenant=OTHER)
        await done(store, DeleteRecord(GEMSTONE, RecordKey(code="a")), tenant=OTHER)
        assert await the_record(store, GEMSTONE, "a") == gemstone("a", id=1)
        assert await refusals(store, DeleteRecord(GEMSTONE, RecordKey(2))) == [("record_not_found", "2")]
        assert await store.records_after(OTHER, LISTING, 0, 9, "R1") == []

    async def test_a_deleted_tenant_leaves_no_records(self, store: CatalogStore) -> None:
        await done(store, put("R1", gemstones=({"code": "a"},)), *stones("a"), PutRecord(listing("R1")))
        await store.delete_tenant(TENANT)
        assert await all_records(store) == []
        await store.create_tenant(tenant_record(TENANT))
        assert await all_records(store) == []
        assert await the_record(store, GEMSTONE, "a") is None
        outcomes = await done(store, *stones("a"), DeleteRecord(GEMSTONE, RecordKey(1)))
        assert outcomes == (Recorded(gemstone("a", id=1), created=True), Removed(GEMSTONE, 1))

    async def test_what_a_peer_writes_is_there(self, store: CatalogStore, peer: CatalogStore) -> None:
        mark = peer.mark(TENANT)
        await done(store, *stones("a"))
        await peer.look(TENANT)
        assert peer.mark(TENANT) != mark
        assert await all_records(peer) == [gemstone("a", id=1)]
        await done(peer, PatchRecord(GEMSTONE, RecordKey(1), {"quantity": 2}))
        assert await all_records(store) == [gemstone("a", id=1, quantity=2)]
