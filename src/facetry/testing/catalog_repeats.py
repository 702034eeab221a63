"""What guarded, repeatable and relative writes must do in any catalog store."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from facetry.domain.as_read import AsRead
from facetry.domain.catalog import (
    AllOrNone,
    DeleteProduct,
    Effect,
    Guarded,
    Once,
    Outcome,
    PatchProduct,
    PutProduct,
    Refused,
    Repeated,
    Stored,
    Write,
)
from facetry.domain.gemstone import Gemstone
from facetry.domain.guarding import Condition, tag_of
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.product import MAX_QUANTITY
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.repeat import Repeat
from facetry.domain.repeating import KEPT_SECONDS
from facetry.domain.stocking import ChangeStock
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade import Trade
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import (
    OTHER,
    TENANT,
    all_records,
    content,
    done,
    gemstone,
    put,
    recorded,
    refusals,
    stored_product,
    the_product,
    the_record,
)

R1 = ProductKey(sku="R1")
NOW = 1_600_000_000.0


def patch(**fields: object) -> PatchProduct:
    """Return the write that changes a small product."""
    return PatchProduct(R1, ProductPatch(**fields))  # type: ignore[arg-type]  # any field of a patch


def once(write: Write, key: str = "k", digest: str = "d", time: float = NOW) -> Once:
    """Return a write that takes effect once."""
    return Once(key, digest, time, write)


def change(by: int, sku: str = "R1") -> ChangeStock:
    """Return the write that changes the stock of a product."""
    return ChangeStock(ProductKey(sku=sku), by)


async def repeated(store: CatalogStore, write: Once) -> Effect:
    """Do a write that must have been done before, and return what it did then."""
    (outcome,) = await done(store, write)
    assert isinstance(outcome, Repeated)
    return outcome.effect


def effects(outcomes: list[Outcome]) -> list[Outcome]:
    """Return the outcomes of writes that took effect."""
    return [one for one in outcomes if not isinstance(one, Refused)]


class GuardsConformance:
    """Writes that only take effect while a thing is as their writer has read it."""

    async def test_a_tag_holds_until_anything_changes(self, store: CatalogStore) -> None:
        (first,) = await done(store, put("R1", quantity=1))
        tag = tag_of(stored_product(first))
        assert tag == tag_of(await the_product(store, "R1"))
        await done(store, put("R2"), Guarded(Condition(R1, tags=("0" * 16, tag)), patch(quantity=2)))
        now = tag_of(await the_product(store, "R1"))
        (refused,) = (await store.write(TENANT, [Guarded(Condition(R1, tags=(tag,)), patch(quantity=3))])).outcomes
        message = f"changed meanwhile: its tag is {now} now, read it again"
        assert refused == Refused("changed_meanwhile", message, "", None, {"tag": now})
        assert (await the_product(store, "R1")).quantity == 2

    async def test_a_thing_must_be_there_or_must_not(self, store: CatalogStore) -> None:
        absent = Condition(R1, exists=False)
        assert await refusals(store, Guarded(Condition(R1), put("R1"))) == [("product_not_found", "R1")]
        await done(store, Guarded(absent, put("R1")), Guarded(Condition(R1), patch(quantity=1)))
        assert await refusals(store, Guarded(absent, put("R1"))) == [("changed_meanwhile", "")]
        by_id = ProductKey(1)
        await done(store, Guarded(Condition(by_id), DeleteProduct("R1")), Guarded(absent, put("R1")))
        assert await refusals(store, Guarded(Condition(by_id), patch(quantity=1))) == [("product_not_found", "1")]

    async def test_the_tenant_must_price_in_the_currency_that_is_named(self, store: CatalogStore) -> None:
        less, more = patch(quantity=1), patch(quantity=9)
        in_dollars, in_yen = (Condition(R1, currency=currency) for currency in ("USD", "JPY"))
        await done(store, put("R1"), Guarded(in_dollars, less))
        assert await refusals(store, Guarded(in_yen, more)) == [("invalid_value", "currency")]
        now = await store.tenant(TENANT)
        assert now is not None
        await store.replace_tenant(msgspec.structs.replace(now, settings=TenantSettings(currency="JPY")))
        assert await refusals(store, Guarded(in_dollars, less)) == [("invalid_value", "currency")]
        await done(store, Guarded(in_yen, more))
        assert (await the_product(store, "R1")).quantity == 9

    async def test_records_have_tags_too(self, store: CatalogStore) -> None:
        kind = RecordKind.GEMSTONE
        (made,) = await done(store, PutRecord(gemstone("a", quantity=1)))
        stone = recorded(made)
        tag, by_code = tag_of(stone), RecordKey(code="a")
        assert isinstance(stone, Gemstone)
        less = ChangeStock(by_code, -1)
        await done(store, Guarded(Condition(by_code, kind, (tag,)), less))
        assert await refusals(
            store,
            Guarded(Condition(RecordKey(stone.id), kind, (tag,)), less),
            Guarded(Condition(RecordKey(9), kind), less),
            Guarded(Condition(by_code, kind, exists=False), less),
        ) == [("changed_meanwhile", ""), ("record_not_found", "9"), ("changed_meanwhile", "")]

    async def test_of_many_with_one_tag_one_wins(self, store: CatalogStore, peer: CatalogStore) -> None:
        (first,) = await done(store, put("R1"))
        tag = tag_of(stored_product(first))
        writes = [Guarded(Condition(R1, tags=(tag,)), patch(quantity=n + 1)) for n in range(40)]
        receipts = await asyncio.gather(*((store, peer)[n % 2].write(TENANT, [one]) for n, one in enumerate(writes)))
        (winner,) = effects([receipt.outcomes[0] for receipt in receipts])
        assert stored_product(winner) == await the_product(store, "R1")

    async def test_what_is_written_back_as_it_is_read_is_as_it_was(self, store: CatalogStore) -> None:
        (first,) = await done(store, put("R1", metals=(), trade=Trade()))
        before = stored_product(first)
        whole = PutProduct(content("R1"), as_read=AsRead(currency="USD", id=1, price=50_000, in_stock=False))
        assert await done(store, whole) == (Stored(before, created=False),)
        wrong = PutProduct(content("R1", quantity=0), as_read=AsRead(in_stock=True))
        assert await refusals(store, wrong) == [("read_only", "in_stock")]
        assert await the_product(store, "R1") == before


class RepeatsConformance:
    """Writes with a key, whose repeat is harmless for a day."""

    async def test_a_repeat_does_nothing_and_says_what_was_done(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=5))
        (first,) = await done(peer, once(change(-1)))
        await done(store, patch(name="New"))
        assert await repeated(store, once(change(-1), time=NOW + KEPT_SECONDS)) == first
        assert await repeated(peer, once(change(-1))) == first
        assert stored_product(first).quantity == (await the_product(store, "R1")).quantity == 4

    async def test_a_key_is_for_one_request(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), once(change(-1)))
        assert await refusals(store, once(change(-2), digest="e")) == [("key_reused", "")]
        await done(store, once(change(-2), key="K", digest="e"))
        await done(store, put("R1", quantity=5), once(change(-1)), tenant=OTHER)
        assert (await the_product(store, "R1")).quantity == 2

    async def test_after_a_day_a_key_is_free(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), once(change(-1)))
        later = NOW + KEPT_SECONDS + 1
        (again,) = await done(store, once(change(-2), digest="e", time=later))
        assert stored_product(again).quantity == 2
        assert await repeated(store, once(change(-2), digest="e", time=later)) == again

    async def test_what_is_too_old_does_not_pile_up(self, store: CatalogStore) -> None:
        await done(store, put("R1"), *(once(change(1), f"old {n}") for n in range(9)))
        later = NOW + KEPT_SECONDS + 1
        await done(store, *(once(change(1), f"new {n}", time=later) for n in range(5)))
        assert len(await all_records(store)) == 5

    async def test_a_write_that_was_refused_is_not_remembered(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=1))
        assert await refusals(store, once(change(-2)), once(Guarded(Condition(R1, exists=False), put("R1")))) == [
            ("insufficient_stock", "R1"),
            ("changed_meanwhile", ""),
        ]
        await done(store, put("R1", quantity=2))
        (outcome,) = await done(store, once(change(-2), digest="another"))
        assert stored_product(outcome).quantity == 0

    async def test_a_repeat_need_not_hold_what_it_has_changed_itself(self, store: CatalogStore) -> None:
        (first,) = await done(store, put("R1", quantity=1))
        guarded = once(Guarded(Condition(R1, tags=(tag_of(stored_product(first)),)), patch(quantity=2)))
        (outcome,) = await done(store, guarded)
        assert await repeated(store, guarded) == outcome

    async def test_every_effect_comes_back_as_it_was(self, store: CatalogStore) -> None:
        writes = AllOrNone((put("R1"), put("R1", quantity=3), PutRecord(gemstone("a")), DeleteProduct("R1")))
        (outcome,) = await done(store, once(writes))
        assert await repeated(store, once(writes)) == outcome
        assert await store.counts(TENANT) == (0, 0)

    async def test_many_at_once_do_it_once(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=60))
        receipts = await asyncio.gather(*((store, peer)[n % 2].write(TENANT, [once(change(-1))]) for n in range(40)))
        kinds = [type(receipt.outcomes[0]) for receipt in receipts]
        assert (kinds.count(Stored), kinds.count(Repeated)) == (1, 39)
        assert (await the_product(store, "R1")).quantity == 59

    async def test_a_key_can_be_claimed_before_anything_is_done(self, store: CatalogStore, peer: CatalogStore) -> None:
        claim = PutRecord(Repeat(key="k", digest="a", time=NOW, effect=""))
        receipts = await asyncio.gather(*(one.write(TENANT, (claim,)) for one in (store, peer) * 5))
        outcomes = [outcome for receipt in receipts for outcome in receipt.outcomes]
        (claimed,) = [recorded(outcome) for outcome in outcomes if not isinstance(outcome, Refused)]
        assert {one.code for one in outcomes if isinstance(one, Refused)} == {"record_exists"}
        assert await refusals(peer, once(patch(name="Other"))) == [("key_reused", "")]
        ended = msgspec.structs.replace(claimed, effect="done")
        assert recorded((await done(peer, PutRecord(ended)))[0]) == ended
        assert await the_record(store, RecordKind.REPEAT, "k") == ended
        await done(store, DeleteRecord(RecordKind.REPEAT, RecordKey(claimed.id)))
        assert await refusals(peer, PutRecord(ended)) == [("record_not_found", str(claimed.id))]
        second = recorded((await done(peer, claim))[0])
        assert second.id > claimed.id
        assert await the_record(store, RecordKind.REPEAT, "k") == second


class StockConformance:
    """Stock that changes by a difference."""

    async def test_it_goes_up_and_down(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=1), PutRecord(gemstone("a", quantity=3)))
        up, stone = await done(store, change(4), ChangeStock(RecordKey(code="a"), -3, "lost"))
        assert stored_product(up) == await the_product(store, "R1")
        assert stored_product(up).quantity == 5
        assert recorded(stone) == await the_record(store, RecordKind.GEMSTONE, "a")
        assert recorded(stone).quantity == 0  # type: ignore[union-attr]  # it is a gemstone

    async def test_what_makes_no_sense_is_refused(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=1), PutRecord(gemstone("a", quantity=1)))
        assert await refusals(
            store,
            *(change(by) for by in (0, MAX_QUANTITY + 1, -(10**30), MAX_QUANTITY, -2)),
            *(ChangeStock(R1, 1, text) for text in ("\ud800", "a\x00b", "x" * 201)),
            *(change(1, sku) for sku in ("R9", "\ud800")),
            ChangeStock(RecordKey(code="a"), -2),
            *(ChangeStock(RecordKey(code=code), 1) for code in ("b", "\ud800")),
            Guarded(Condition(ProductKey(sku="\ud800")), change(1)),
        ) == [
            *[("invalid_value", "change")] * 4,
            ("insufficient_stock", "R1"),
            *[("invalid_value", "reason")] * 3,
            *(("product_not_found", sku) for sku in ("R9", "\ud800")),
            ("insufficient_stock", "a"),
            *(("record_not_found", code) for code in ("b", "\ud800")),
            ("product_not_found", "\ud800"),
        ]

    @pytest.mark.parametrize("refills", [True, False])
    async def test_listings_follow_where_they_are_refilled(self, store: CatalogStore, refills: bool) -> None:  # noqa: FBT001 - a parameter of a test
        await done(store, put("R1", quantity=2, trade=Trade(auto_refill=refills)))
        await done(store, PutRecord(Listing(sku="R1", channel=3000, quantity=2, status=ListingStatus.ACTIVE)))
        offers = []
        for by in (-1, -1, 3):
            await done(store, change(by))
            offer = await the_record(store, RecordKind.LISTING, 1)
            assert isinstance(offer, Listing)
            offers.append((offer.quantity, offer.status.value))
        stays = [(2, "active")] * 3
        assert offers == ([(1, "active"), (0, "ended"), (3, "active")] if refills else stays)

    async def test_it_is_never_below_nothing(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=150))
        receipts = await asyncio.gather(*((store, peer)[n % 2].write(TENANT, [change(-1)]) for n in range(200)))
        outcomes = [receipt.outcomes[0] for receipt in receipts]
        left = sorted(stored_product(one).quantity for one in effects(outcomes))
        assert left == [*range(150)]
        assert [one.code for one in outcomes if isinstance(one, Refused)] == ["insufficient_stock"] * 50
        assert (await the_product(store, "R1")).quantity == 0
