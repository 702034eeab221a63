"""What gemstones in products, listings and batches must do in any catalog store."""

from __future__ import annotations

from typing import Any

from facetry.domain.batching import QueueBatch, WorkBatch
from facetry.domain.catalog import AllOrNone, DeleteProduct, Outcome
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord, Recorded
from facetry.domain.listing import Batch, BatchStatus, Listing, ListingStatus
from facetry.domain.offering import PutListing
from facetry.domain.patching import ProductKey
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import TENANT, done, gemstone, put, recorded, refusals, sale, the_product, the_record

GEMSTONE, LISTING, BATCH = RecordKind.GEMSTONE, RecordKind.LISTING, RecordKind.BATCH


def offered(sku: str, **changes: Any) -> PutListing:  # noqa: ANN401 - any field of a listing
    """Return the write that offers a product on a channel."""
    return PutListing({"channel": 3000, **changes}, ProductKey(sku=sku))


def batch_of(outcome: Outcome) -> Batch:
    """Return the batch of an outcome that must have one."""
    batch = recorded(outcome)
    assert isinstance(batch, Batch)
    return batch


async def touched(store: CatalogStore, after: int) -> list[tuple[str, int]]:
    """Return kind and id of the records that the change log names after a revision."""
    delta = await store.delta(TENANT, after, 100)
    assert delta is not None
    return [(kind.value, number) for kind, number in delta.records]


class OffersConformance:
    """Gemstones in products, listings, batches, and the records that the change log names."""

    async def test_products_follow_their_gemstones(self, store: CatalogStore) -> None:
        await done(store, PutRecord(gemstone("a", clarity="VS1")), PutRecord(gemstone("b")))
        for sku, code in (("R1", "a"), ("R2", "b"), ("R3", "a")):
            await done(store, put(sku, gemstones=({"code": code, "clarity": "VS2"}, {"name": "x"})))
        await done(store, PatchRecord(GEMSTONE, RecordKey(code="a"), {"clarity": "IF", "code": "c"}))
        found = {sku: (await the_product(store, sku)).gemstones for sku in ("R1", "R2", "R3")}
        followed = ({"code": "c", "clarity": "IF"}, {"name": "x"})
        assert found == {"R1": followed, "R2": ({"code": "b", "clarity": "VS2"}, {"name": "x"}), "R3": followed}
        assert await refusals(store, DeleteRecord(GEMSTONE, RecordKey(1))) == [("record_in_use", "c")]
        delta = await store.delta(TENANT, 5, 10)
        assert delta is not None
        assert delta.skus == ("R1", "R3")

    async def test_the_log_names_the_records_that_were_touched(self, store: CatalogStore) -> None:
        await done(store, PutRecord(gemstone("a")), PutRecord(gemstone("b")), put("R1", quantity=3))
        await done(store, offered("R1"))
        assert await touched(store, 0) == [("gemstone", 1), ("gemstone", 2), ("listing", 1)]
        assert await touched(store, 2) == [("listing", 1)]
        await refusals(store, PutRecord(gemstone("a")), AllOrNone((PutRecord(gemstone("c")), DeleteProduct("R9"))))
        assert await touched(store, 4) == []
        both = AllOrNone((DeleteRecord(GEMSTONE, RecordKey(2)), PutRecord(gemstone("d")), DeleteProduct("R1")))
        await done(store, both)
        assert await touched(store, 4) == [("gemstone", 2), ("gemstone", 3), ("listing", 1)]

    async def test_a_product_is_put_on_offer(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=3))
        (outcome,) = await done(store, offered("R1", external_id="E"))
        first = Listing(
            id=1, sku="R1", product_id=1, channel=3000, external_id="E", price=50_000, quantity=3, title="Ring R1"
        )
        assert outcome == Recorded(first, created=True)
        (again,) = await done(store, PutListing({"channel": 3000, "external_id": "E", "quantity": 1}))
        assert isinstance(again, Recorded)
        assert (again.record.id, again.created) == (1, False)
        new = PutListing({"channel": 3000, "external_id": "E"}, ProductKey(sku="R1"), is_new=True)
        assert await refusals(store, new) == [("record_exists", "E")]
        assert await refusals(
            store,
            offered("R9"),
            offered("\ud800"),
            PutListing({"channel": 3000}),
            PutListing({}, None, 9),
            offered("R1", channel=0),
        ) == [
            ("product_not_found", "R9"),
            ("product_not_found", "\ud800"),
            ("invalid_value", "product_id"),
            ("record_not_found", "9"),
            ("invalid_value", "channel"),
        ]

    async def test_listings_end_with_their_product(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=3), put("R2", quantity=3))
        await done(store, offered("R1"), offered("R2"), DeleteProduct("R1"))
        found = [await the_record(store, LISTING, number) for number in (1, 2)]
        kept = [(one.status, one.quantity) for one in found if isinstance(one, Listing)]
        assert kept == [(ListingStatus.ENDED, 0), (ListingStatus.ACTIVE, 3)]

    async def test_a_batch_is_done_step_by_step(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=3), *(offered("R1") for _ in range(3)))
        await done(store, put("R1", quantity=5, regular_price=70_000))
        (outcome,) = await done(store, QueueBatch((ProductKey(1),), created=1.5))
        assert batch_of(outcome).status is BatchStatus.QUEUED
        assert await store.records_after(TENANT, BATCH, 0, 9, "open") == [batch_of(outcome)]
        (outcome,) = await done(store, WorkBatch(1, 2))
        assert (batch_of(outcome).status, batch_of(outcome).pending) == (BatchStatus.IN_PROGRESS, 1)
        (outcome,) = await done(store, WorkBatch(1, 2))
        assert batch_of(outcome).status is BatchStatus.SUCCESS
        assert await store.records_after(TENANT, BATCH, 0, 9, "open") == []
        listings = await store.records_after(TENANT, LISTING, 0, 9, "R1")
        assert [(one.price, one.quantity) for one in listings if isinstance(one, Listing)] == [(70_000, 5)] * 3
        assert await refusals(store, WorkBatch(1, 2), QueueBatch((ProductKey(9),)), QueueBatch()) == [
            ("record_not_found", "1"),
            ("product_not_found", "9"),
            ("invalid_value", "product_id"),
        ]

    async def test_another_process_offers_and_sells(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(peer, put("R1", quantity=3), offered("R1"), QueueBatch((ProductKey(1),)))
        await done(peer, WorkBatch(1, 5), sale("R1", 3))
        batch = await the_record(store, BATCH, 1)
        assert isinstance(batch, Batch)
        assert batch.status is BatchStatus.SUCCESS
        assert await touched(store, 0) == [("batch", 1), ("listing", 1)]
