"""What selling must do in any catalog store: stock never falls below nothing, and a repeat is harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from facetry.domain.catalog import AllOrNone, Outcome, PatchProduct, Refused, Write
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.order import Order, OrderLine
from facetry.domain.ordering import PlaceOrder
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.product import MAX_QUANTITY
from facetry.domain.record import RecordKind
from facetry.domain.sale import Sale
from facetry.domain.selling import SellProduct, Sold, SoldAction
from facetry.domain.trade import Trade
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import (
    OTHER,
    TENANT,
    all_records,
    done,
    gemstone,
    put,
    refusals,
    sale,
    the_group,
    the_product,
    the_record,
)

REVISE, REMOVE = SoldAction.REVISE, SoldAction.REMOVE
ACTIVE, SCHEDULED, ENDED = ListingStatus.ACTIVE, ListingStatus.SCHEDULED, ListingStatus.ENDED


async def stock(store: CatalogStore, sku: str = "R1") -> int:
    """Return how many pieces of a product there are."""
    return (await the_product(store, sku)).quantity


async def stones_left(store: CatalogStore, *codes: str) -> list[int]:
    """Return how many pieces of each gemstone there are."""
    stones = [await the_record(store, RecordKind.GEMSTONE, code) for code in codes]
    return [stone.quantity for stone in stones if isinstance(stone, Gemstone)]


async def offers(store: CatalogStore) -> list[tuple[int, ListingStatus]]:
    """Return quantity and status of every listing."""
    listings = await store.records_after(TENANT, RecordKind.LISTING, 0, 100)
    return [(one.quantity, one.status) for one in listings if isinstance(one, Listing)]


def offer(sku: str = "R1", quantity: int = 5, status: ListingStatus = ACTIVE) -> PutRecord:
    """Return the write that stores a small listing."""
    return PutRecord(Listing(sku=sku, channel=3000, quantity=quantity, status=status))


def winners(outcomes: Sequence[Outcome]) -> list[Sold]:
    """Return the sales among outcomes, all others of which must say that there is nothing left."""
    sold = [one for one in outcomes if isinstance(one, Sold)]
    assert [one.code for one in outcomes if isinstance(one, Refused)] == ["insufficient_stock"] * (
        len(outcomes) - len(sold)
    )
    return sold


class SalesConformance:
    """Selling pieces of a product."""

    async def test_a_sale_lowers_the_stock(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", quantity=5), put("R2", "G", quantity=5))
        assert await done(store, sale("R1", 2), SellProduct(ProductKey(2), 5)) == (Sold("R1", 1, 3), Sold("R2", 2, 0))
        group = await the_group(store, "G")
        assert [(product.quantity, product.joined) for product in group.products] == [(3, 1), (0, 2)]
        assert group.revision == await store.revision(TENANT) == 4
        assert await all_records(store) == []

    async def test_more_than_there_is_cannot_be_sold(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=2))
        receipt = await store.write(TENANT, [sale("R1", 3), sale("R1", 2), sale("R1", 1)])
        message = "product with SKU R1 has {} in stock, {} are wanted"
        assert receipt.outcomes == (
            Refused("insufficient_stock", message.format(2, 3), "R1", None, {"sku": "R1", "left": 2}),
            Sold("R1", 1, 0),
            Refused("insufficient_stock", message.format(0, 1), "R1", None, {"sku": "R1", "left": 0}),
        )

    async def test_a_sale_that_makes_no_sense_is_refused(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), put("\\", quantity=1))
        await done(store, put("R1", quantity=5), tenant=OTHER)
        assert await refusals(
            store,
            *(sale("R1", quantity) for quantity in (0, -1, MAX_QUANTITY + 1, 10**30)),
            *(sale("R1", order_ref=text) for text in ("\ud800", "a\x00b", "x" * 201)),
            *(sale("R9"), sale("r1"), sale("\ud800"), SellProduct(ProductKey(9), 1), SellProduct(ProductKey(2**70), 1)),
        ) == [
            *[("invalid_value", "quantity")] * 4,
            *[("invalid_value", "order_ref")] * 3,
            *(("product_not_found", name) for name in ("R9", "r1", "\ud800", "9", str(2**70))),
        ]
        assert await store.revision(OTHER) == 1

    async def test_the_stones_in_it_go_along(self, store: CatalogStore) -> None:
        parts = (
            {"code": "a", "quantity": 3},
            {"code": "b"},
            {"code": "none"},
            {"name": "x"},
            {"code": "c", "quantity": "2"},
        )
        await done(store, put("R1", quantity=9, gemstones=parts))
        await done(store, *(PutRecord(gemstone(code, quantity=7)) for code in "abc"))
        await done(store, sale("R1", 2))
        assert await stones_left(store, "a", "b", "c") == [1, 5, 7]
        await done(store, sale("R1"))
        assert await stones_left(store, "a", "b", "c") == [0, 4, 7]
        await refusals(store, sale("R1", 7))

    async def test_the_listings_follow_as_told(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), put("R2", quantity=5))
        await done(store, offer(), offer(status=SCHEDULED), offer(quantity=1, status=ENDED), offer("R2"))
        assert await done(store, sale("R1")) == (Sold("R1", 1, 4),)
        assert await offers(store) == [(5, ACTIVE), (5, SCHEDULED), (1, ENDED), (5, ACTIVE)]
        assert await done(store, sale("R1", action=REVISE)) == (Sold("R1", 1, 3, (1, 2)),)
        assert await offers(store) == [(3, ACTIVE), (3, SCHEDULED), (1, ENDED), (5, ACTIVE)]
        assert await done(store, sale("R1", 3, action=REVISE)) == (Sold("R1", 1, 0, (1, 2)),)
        assert await offers(store) == [(0, ENDED), (0, ENDED), (1, ENDED), (5, ACTIVE)]
        assert await done(store, sale("R2", action=REMOVE)) == (Sold("R2", 2, 4, (4,)),)
        assert (await offers(store))[3] == (0, ENDED)
        assert await done(store, sale("R2", action=REMOVE)) == (Sold("R2", 2, 3),)

    async def test_what_is_there_once_leaves_all_channels(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=2, trade=Trade(unrepeatable=True, auto_refill=True)), offer())
        assert await done(store, sale("R1", action=REVISE)) == (Sold("R1", 1, 1, (1,)),)
        assert await offers(store) == [(0, ENDED)]

    async def test_what_refills_itself_brings_its_listings_along(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=3, trade=Trade(auto_refill=True)), offer(quantity=1))
        assert await done(store, sale("R1")) == (Sold("R1", 1, 2, (1,)),)
        assert await offers(store) == [(2, ACTIVE)]

    async def test_the_same_sale_again_changes_nothing(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), put("R2", quantity=5), offer())
        first = sale("R1", 2, action=REVISE, order_ref="O 1 💍")
        (sold,) = await done(store, first)
        assert sold == Sold("R1", 1, 3, (1,))
        await done(store, sale("R1"), sale("R2", 2, order_ref="O 1 💍"), sale("R1", 1, order_ref="o 1 💍"))
        repeat = Sold("R1", 1, 3, (1,), is_repeat=True)
        assert await done(store, first, SellProduct(ProductKey(1), 2, order_ref="O 1 💍")) == (repeat, repeat)
        assert [await stock(store), await stock(store, "R2")] == [1, 3]
        assert await refusals(store, sale("R1", 1, order_ref="O 1 💍")) == [("invalid_value", "order_ref")]
        kept = await store.records_after(TENANT, RecordKind.SALE, 0, 9)
        assert kept[0] == Sale(id=1, reference="O 1 💍", sku="R1", quantity=2, left=3, listings=(1,))
        assert [record.id for record in kept] == [1, 2, 3]

    async def test_a_reference_is_its_tenants_own(self, store: CatalogStore) -> None:
        for name in (TENANT, OTHER):
            await done(store, put("R1", quantity=1), tenant=name)
            assert await done(store, sale("R1", order_ref="O"), tenant=name) == (Sold("R1", 1, 0),)

    async def test_a_refused_sale_may_be_tried_again_by_its_reference(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=1))
        assert await refusals(store, sale("R1", 2, order_ref="O")) == [("insufficient_stock", "R1")]
        await done(store, put("R1", quantity=2))
        assert await done(store, sale("R1", 2, order_ref="O")) == (Sold("R1", 1, 0),)


class RacesConformance:
    """Many who want the same at once."""

    async def test_the_last_piece_is_sold_once(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=1, gemstones=({"code": "a"},)), PutRecord(gemstone("a", quantity=1)))
        receipts = await asyncio.gather(*((store, peer)[n % 2].write(TENANT, [sale("R1")]) for n in range(60)))
        assert winners([receipt.outcomes[0] for receipt in receipts]) == [Sold("R1", 1, 0)]
        assert await stock(store) == await stock(peer) == 0
        assert await stones_left(store, "a") == [0]
        assert await store.revision(TENANT) == 3

    async def test_one_reference_sells_once_however_often_it_is_sent(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=40))
        receipts = await asyncio.gather(*(store.write(TENANT, [sale("R1", 3, order_ref="O")]) for _ in range(30)))
        sold = winners([receipt.outcomes[0] for receipt in receipts])
        assert {one.left for one in sold} == {37}
        assert sorted(one.is_repeat for one in sold) == [False] + [True] * 29
        assert await stock(store) == 37

    async def test_each_sale_is_told_what_it_left(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=50))
        receipts = await asyncio.gather(*(store.write(TENANT, [sale("R1")]) for _ in range(60)))
        left = [one.left for one in winners([receipt.outcomes[0] for receipt in receipts])]
        assert sorted(left) == list(range(50))

    async def test_edits_in_between_are_neither_lost_nor_oversold(
        self, store: CatalogStore, peer: CatalogStore
    ) -> None:
        await done(store, put("R1", quantity=4))
        await check_mixture(store, peer, calls=60, stock_before=4)


_MIXTURE: Sequence[tuple[Write, Callable[[int], int]]] = (
    (sale("R1"), lambda stock: stock - 1),
    (sale("R1", 2, order_ref="never twice the same {}"), lambda stock: stock - 2),
    (AllOrNone((sale("R1"), sale("R1", 2))), lambda stock: stock - 3),
    (PatchProduct(ProductKey(sku="R1"), ProductPatch(name="not of stock")), lambda stock: stock),
    (sale("R1"), lambda stock: stock - 1),
    (PatchProduct(ProductKey(sku="R1"), ProductPatch(quantity=3)), lambda _: 3),
    (sale("R1", 4), lambda stock: stock - 4),
    (PlaceOrder(Order(lines=(OrderLine(id=1, sku="R1", amount=2),))), lambda stock: stock - 2),
    (put("R1", quantity=6), lambda _: 6),
)
"""Writes that meet each other at one product, and the stock that each makes of the one before; below 0 for refused."""


async def check_mixture(store: CatalogStore, peer: CatalogStore, calls: int, stock_before: int) -> None:
    """Send many writes at once by two ways; their answers must be those that one after the other would give.

    Args:
        store: With a product R1.
        peer: Another way to the same catalog.
        calls: How many writes.
        stock_before: The stock of the product.
    """
    start = await store.revision(TENANT)
    steps = [_MIXTURE[n % len(_MIXTURE)] for n in range(calls)]
    receipts = await asyncio.gather(
        *((store, peer)[n % 2].write(TENANT, [_own(write, n)]) for n, (write, _) in enumerate(steps))
    )
    answered = list(zip(receipts, steps, strict=True))
    effects = {one.revision: after for one, (_, after) in answered if not isinstance(one.outcomes[0], Refused)}
    assert sorted(effects) == list(range(start + 1, start + 1 + len(effects)))
    stocks = {start: stock_before}
    for revision in sorted(effects):
        stocks[revision] = effects[revision](stocks[revision - 1])
    assert min(stocks.values()) >= 0
    # One that is refused names the revision that it was refused at: then there was too little.
    refused = [after(stocks[one.revision]) for one, (_, after) in answered if isinstance(one.outcomes[0], Refused)]
    assert not [left for left in refused if left >= 0]
    assert await stock(store) == stocks[max(stocks)]


def _own(write: Write, number: int) -> Write:
    """Return a write with a reference of its own, where it has one."""
    if isinstance(write, SellProduct) and write.order_ref:
        return msgspec.structs.replace(write, order_ref=write.order_ref.format(number))
    return write
