"""Listings and their batches, over the reference engine's view."""

import msgspec
import pytest

from facetry.domain.batching import MAX_TASKS, QueueBatch, WorkBatch
from facetry.domain.catalog import DeleteGroup, DeleteProduct, PatchProduct, PutProduct
from facetry.domain.errors import (
    InvalidValueError,
    ProductNotFoundError,
    RecordExistsError,
    RecordNotFoundError,
)
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.listing import BatchStatus, Listing, ListingStatus, ListingTask
from facetry.domain.money import MAX_PRICE
from facetry.domain.offering import PutListing
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.performing import perform
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.selling import SellProduct, SoldAction, give_back, take_stock
from facetry.domain.stones_taken import StonesTaken
from facetry.domain.trade import Trade
from facetry.engines.memory.catalog import MemoryCatalog

LISTING, BATCH = RecordKind.LISTING, RecordKind.BATCH
ACTIVE, SCHEDULED, ENDED = ListingStatus
R1 = ProductKey(sku="R1")


@pytest.fixture
def view():
    view = MemoryCatalog()
    put(view, "R1", group_id="G", quantity=5, regular_price=100, description="d", images=("i",))
    return view


def put(view, sku, **fields):
    return perform(view, PutProduct(ProductContent(sku=sku, name=f"Ring {sku}", **fields)))


def offer(view, product=R1, listing_id=0, **changes):
    return perform(view, PutListing({"channel": 3000, **changes} if product else changes, product, listing_id)).record


def offers(view):
    found = view.records_after(LISTING, 0, 100, "")
    return [(one.id, one.status, one.quantity) for one in found]


def refill(view, **fields):
    trade = Trade(**{"auto_refill": True, **fields})
    perform(view, PatchProduct(R1, ProductPatch(trade=trade)))


def edit(view, quantity):
    perform(view, PatchProduct(R1, ProductPatch(quantity=quantity)))


def sell(view, quantity, action=SoldAction.NO_ACTION):
    return perform(view, SellProduct(R1, quantity, action))


class TestOffering:
    def test_a_new_listing_offers_what_the_product_is(self, view):
        assert offer(view) == Listing(
            id=1,
            sku="R1",
            product_id=1,
            channel=3000,
            price=100,
            quantity=5,
            title="Ring R1",
            description="d",
            images=("i",),
        )

    def test_what_is_said_counts_and_none_is_the_products(self, view):
        listing = offer(view, price=7, quantity=None, title="t", status="scheduled")
        assert (listing.price, listing.quantity, listing.title, listing.status) == (7, 5, "t", SCHEDULED)
        assert offer(view, None, 1, price=None).price == 100

    def test_a_known_one_keeps_what_is_left_out(self, view):
        first = offer(view, account_id="me", external_id="E", price=7)
        again = offer(view, None, channel=3000, account_id="me", external_id="E", quantity=2)
        assert again == msgspec.structs.replace(first, quantity=2)
        put(view, "R2", regular_price=9)
        moved = offer(view, ProductKey(sku="R2"), external_id="E", account_id="me")
        assert (moved.id, moved.sku, moved.product_id, moved.price) == (1, "R2", 2, 7)

    def test_what_ends_offers_nothing_and_what_begins_again_the_stock(self, view):
        offer(view, quantity=3)
        assert offer(view, None, 1, status="ended").quantity == 0
        assert offer(view, None, 1, status="active").quantity == 5
        assert offer(view, None, 1, status="ended", quantity=2).quantity == 2
        assert offer(view, None, 1, status="active", quantity=1).quantity == 1
        assert offer(view, None, 1, status="scheduled").quantity == 1

    def test_a_listing_needs_a_product(self, view):
        for product in (ProductKey(sku="no"), ProductKey(9), ProductKey(sku="\ud800")):
            with pytest.raises(ProductNotFoundError):
                offer(view, product)
        with pytest.raises(InvalidValueError, match="is needed for a new listing"):
            offer(view, None, channel=3000, external_id="new")
        assert offers(view) == []

    def test_an_ended_one_may_be_of_a_product_that_is_gone(self, view):
        offer(view)
        perform(view, DeleteProduct("R1"))
        assert offer(view, None, 1, url="u").url == "u"
        assert offer(view, None, 1, price=None, quantity=None).quantity == 0
        with pytest.raises(ProductNotFoundError, match="R1"):
            offer(view, None, 1, status="active")

    def test_the_channels_name_is_unique_on_the_account(self, view):
        offer(view, external_id="E")
        offer(view, external_id="F")
        offer(view, external_id="E", account_id="other")
        offer(view, external_id="E", channel=1000)
        with pytest.raises(RecordExistsError, match="listing E exists already"):
            offer(view, None, 2, external_id="E")
        assert len(offers(view)) == 4

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"account_id": "a\x00"}, "account_id"),
            ({"external_id": "x" * 201}, "external_id"),
            ({"url": "x" * 2001}, "url"),
            ({"channel": 0}, "channel"),
            ({"price": -1}, "price"),
            ({"price": MAX_PRICE + 1}, "price"),
            ({"quantity": -1}, "quantity"),
            ({"title": "\ud800"}, "listing"),
            ({"status": "lost"}, "listing"),
            ({"color": "red"}, "color"),
        ],
    )
    def test_what_breaks_a_rule_is_refused(self, view, changes, field):
        with pytest.raises(InvalidValueError) as caught:
            offer(view, **changes)
        assert caught.value.field == field
        with pytest.raises(RecordNotFoundError, match="listing 9 not found"):
            offer(view, None, 9, price=1)


class TestFollowing:
    def test_listings_end_with_their_product(self, view):
        put(view, "R2", group_id="G", quantity=1)
        for sku in ("R1", "R2"):
            offer(view, ProductKey(sku=sku))
        perform(view, DeleteProduct("R1"))
        assert offers(view) == [(1, ENDED, 0), (2, ACTIVE, 1)]
        perform(view, DeleteGroup("G"))
        assert offers(view) == [(1, ENDED, 0), (2, ENDED, 0)]

    def test_without_refill_only_a_sale_that_says_so_changes_them(self, view):
        offer(view)
        edit(view, 9)
        sell(view, 1)
        give_back(view, view.product("R1"), 1, StonesTaken(view))
        assert offers(view) == [(1, ACTIVE, 5)]
        assert sell(view, 1, SoldAction.REVISE).listings == (1,)
        assert offers(view) == [(1, ACTIVE, 8)]

    def test_a_refilled_product_takes_its_listings_along(self, view):
        offer(view, quantity=1)
        offer(view, status="scheduled", channel=1000)
        offer(view, status="ended", channel=1100)
        refill(view)
        assert offers(view) == [(1, ACTIVE, 5), (2, SCHEDULED, 5), (3, ENDED, 0)]
        assert sell(view, 2).listings == (1, 2)
        edit(view, 7)
        assert offers(view) == [(1, ACTIVE, 7), (2, SCHEDULED, 7), (3, ENDED, 0)]

    def test_what_ran_out_comes_back_with_the_next_pieces(self, view):
        refill(view)
        offer(view)
        offer(view, status="scheduled", channel=1000)
        assert sell(view, 5).listings == (1, 2)
        assert offers(view) == [(1, ENDED, 0), (2, ENDED, 0)]
        give_back(view, view.product("R1"), 2, StonesTaken(view))
        assert offers(view) == [(1, ACTIVE, 2), (2, SCHEDULED, 2)]
        take_stock(view, view.product("R1"), 2, StonesTaken(view))
        edit(view, 3)
        assert offers(view) == [(1, ACTIVE, 3), (2, SCHEDULED, 3)]

    def test_what_was_ended_otherwise_does_not(self, view):
        refill(view)
        for _ in range(3):
            offer(view)
        offer(view, None, 1, status="ended")
        sell(view, 5)
        offer(view, None, 2, status="ended")
        edit(view, 4)
        assert offers(view) == [(1, ENDED, 0), (2, ENDED, 0), (3, ACTIVE, 4)]
        sell(view, 4)
        assert [one.returns_as for one in view.linked(LISTING, "R1")] == [None, None, ACTIVE]
        edit(view, 1)
        assert sell(view, 1, SoldAction.REMOVE).listings == (3,)
        edit(view, 1)
        assert offers(view)[2] == (3, ENDED, 0)

    def test_what_waits_for_stock_ends_for_good_when_all_are_removed(self, view):
        refill(view)
        offer(view)
        sell(view, 5)
        perform(view, DeleteProduct("R1"))
        put(view, "R1", quantity=3, trade=Trade(auto_refill=True))
        edit(view, 4)
        assert offers(view) == [(1, ENDED, 0)]

    def test_an_unrepeatable_product_is_never_refilled(self, view):
        offer(view)
        refill(view, unrepeatable=True)
        assert offers(view) == [(1, ACTIVE, 5)]
        assert sell(view, 1).listings == (1,)
        edit(view, 9)
        assert offers(view) == [(1, ENDED, 0)]


def queue(view, *skus, **wish):
    return perform(view, QueueBatch(tuple(ProductKey(sku=sku) for sku in skus), **wish)).record


def work(view, limit=10, batch=1):
    return perform(view, WorkBatch(batch, limit)).record


class TestBatches:
    def test_listings_on_offer_are_queued_each_once(self, view):
        put(view, "R2")
        for product, status in ((R1, "active"), (R1, "ended"), (ProductKey(2), "scheduled"), (R1, "active")):
            offer(view, product, status=status)
        batch = perform(view, QueueBatch((R1, ProductKey(1), ProductKey(2)), created=1.5)).record
        assert batch.tasks == (ListingTask(1, 1), ListingTask(4, 1), ListingTask(3, 2))
        assert (batch.status, batch.created, batch.pending, batch.failed) == (BatchStatus.QUEUED, 1.5, 3, ())

    def test_channels_and_listings_choose(self, view):
        for channel in (1000, 1100, 3000):
            offer(view, channel=channel)
        assert [task.listing for task in queue(view, "R1", channels=(1100, 3000)).tasks] == [2, 3]
        assert [task.listing for task in queue(view, listings=(3, 1, 3)).tasks] == [3, 1]
        assert [task.listing for task in queue(view, "R1", listings=(3, 1), channels=(1000,)).tasks] == [1]

    def test_what_cannot_be_queued_is_refused(self, view):
        put(view, "R2")
        offer(view)
        for wish, error in (
            (QueueBatch(), InvalidValueError),
            (QueueBatch((R1,), fields=("color",)), InvalidValueError),
            (QueueBatch((R1, ProductKey(9))), ProductNotFoundError),
            (QueueBatch((ProductKey(sku="\ud800"),)), ProductNotFoundError),
            (QueueBatch((R1,), listings=(9,)), RecordNotFoundError),
            (QueueBatch((ProductKey(sku="R2"),), listings=(1,)), InvalidValueError),
        ):
            with pytest.raises(error):
                perform(view, wish)
        assert view.records_after(BATCH, 0, 9, "") == []

    def test_too_many_are_refused(self, view):
        for _ in range(MAX_TASKS + 1):
            view.save_record(Listing(id=view.next_id(LISTING), sku="R1", channel=1))
        with pytest.raises(InvalidValueError, match="have 10001 listings, one batch takes 10000"):
            queue(view, "R1")

    def test_a_batch_without_listings_is_done(self, view):
        assert queue(view, "R1").status is BatchStatus.SUCCESS
        with pytest.raises(RecordNotFoundError, match="open batch 1 not found"):
            work(view)

    def test_the_work_is_done_step_by_step(self, view):
        for _ in range(3):
            offer(view, price=1, quantity=1, title="old", description="old", images=[])
        queue(view, "R1")
        first = work(view, 2)
        assert (first.status, first.pending, first.links) == (BatchStatus.IN_PROGRESS, 1, ("open",))
        assert [one.price for one in view.linked(LISTING, "R1")] == [100, 100, 1]
        done = work(view, 2)
        assert (done.status, done.pending, done.links) == (BatchStatus.SUCCESS, 0, ())
        listing = view.record(LISTING, RecordKey(3))
        assert (listing.price, listing.quantity, listing.title) == (100, 5, "Ring R1")
        assert (listing.description, listing.images) == ("d", ("i",))

    @pytest.mark.parametrize("field", ["price", "quantity", "title", "description", "images"])
    def test_only_the_named_fields_change(self, view, field):
        old = offer(view, price=1, quantity=1, title="old", description="old", images=[])
        queue(view, "R1", fields=(field, field))
        work(view)
        new = view.record(LISTING, RecordKey(1))
        assert [name for name in Listing.__struct_fields__ if getattr(old, name) != getattr(new, name)] == [field]

    def test_no_stock_ends_a_listing(self, view):
        offer(view)
        edit(view, 0)
        queue(view, "R1")
        work(view)
        assert offers(view) == [(1, ENDED, 0)]

    def test_what_cannot_be_done_is_told(self, view):
        put(view, "R2", quantity=1)
        for product in (R1, R1, ProductKey(sku="R2"), R1):
            offer(view, product)
        queue(view, "R1", "R2")
        perform(view, DeleteRecord(LISTING, RecordKey(1)))
        offer(view, None, 2, status="ended")
        view.remove(view.product("R2"))
        batch = work(view)
        assert batch.status is BatchStatus.WARNINGS
        assert {task.listing: task.message for task in batch.tasks} == {
            1: "the listing was deleted",
            2: "the listing has ended",
            3: "the product was deleted",
            4: "",
        }

    def test_where_nothing_could_be_done_it_ends_in_errors(self, view):
        offer(view)
        queue(view, "R1")
        perform(view, DeleteProduct("R1"))
        assert work(view).status is BatchStatus.ERRORS

    def test_a_paused_batch_is_left_alone(self, view):
        offer(view)
        batch = queue(view, "R1")
        perform(view, PutRecord(msgspec.structs.replace(batch, status=BatchStatus.PAUSED)))
        with pytest.raises(RecordNotFoundError):
            work(view)
        with pytest.raises(RecordNotFoundError):
            work(view, batch=7)
