"""What the pages of a copy that follows a catalog must hold, in any catalog store."""

from __future__ import annotations

import asyncio

from facetry.domain.catalog import AllOrNone, DeleteGroup, DeleteProduct, Once
from facetry.domain.errors import RevisionTooOldError
from facetry.domain.feed import PAGE_REVISIONS, PART_OF, Changes
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord
from facetry.domain.listing import Listing
from facetry.domain.order import Client, Order
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.sale import Sale
from facetry.domain.stocking import ChangeStock
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import (
    OTHER,
    TENANT,
    all_groups,
    all_records,
    done,
    error_of,
    gemstone,
    names,
    put,
    sale,
    tenant_record,
    the_product,
    the_record,
)

_GEMSTONE, _LISTING = RecordKind.GEMSTONE, RecordKind.LISTING


class Copy:
    """A catalog as it is known from pages of changes alone."""

    def __init__(self) -> None:
        """Begin at the beginning of a catalog, without anything."""
        self.revision = 0
        self.products: dict[str, Product] = {}
        self.groups: set[str] = set()
        self.records: dict[tuple[RecordKind, int], Record] = {}

    def take(self, changes: Changes) -> None:
        """Take over a page."""
        assert changes.since == self.revision
        self.products |= {product.sku: product for product in changes.products}
        for sku in changes.gone_products:
            self.products.pop(sku, None)
        self.groups |= set(changes.groups)
        self.groups -= set(changes.gone_groups)
        self.records |= {(record.kind, record.id): record for record in changes.records}
        for one in changes.gone_records:
            self.records.pop(one, None)
        self.revision = changes.revision

    async def follow(self, store: CatalogStore, limit: int = 100) -> int:
        """Take over all pages up to now, and return how many there were."""
        count = 0
        while True:
            page = await store.changes(TENANT, self.revision, limit)
            self.take(page)
            count += 1
            if not page.more:
                return count


async def followed_records(store: CatalogStore) -> list[Record]:
    """Return all records of the kinds that copies have."""
    return [record for record in await all_records(store) if record.kind in PART_OF]


async def assert_same(copy: Copy, store: CatalogStore) -> None:
    """Check that a copy is what the store holds."""
    assert copy.revision == await store.revision(TENANT)
    assert copy.groups == set(names(await all_groups(store)))
    products = await store.products_after(TENANT, 0, 10_000)
    assert sorted(copy.products.values(), key=lambda one: one.product_id) == products
    records = await followed_records(store)
    order = {kind: place for place, kind in enumerate(RecordKind)}
    assert sorted(copy.records.values(), key=lambda one: (order[one.kind], one.id)) == records


class ChangesConformance:
    """Pages of changes: a copy that takes them over is the catalog, at each revision at which no page follows."""

    async def test_nothing_changed(self, store: CatalogStore) -> None:
        assert await store.changes(TENANT, 0, 10) == Changes(since=0, revision=0, read_at=0)
        await done(store, put("R1", "G"))
        page = await store.changes(TENANT, 1, 10)
        assert page == Changes(since=1, revision=1, read_at=1)
        assert (page.is_empty, page.more) == (True, False)

    async def test_what_was_touched_comes_as_it_is_now(self, store: CatalogStore) -> None:
        await done(store, put("R2", "G"), put("R1", "G"), put("R3", "H"), PutRecord(gemstone("D1")))
        await done(store, put("R1", "H", name="new"), PatchRecord(_GEMSTONE, RecordKey(1), {"color": "G"}))
        page = await store.changes(TENANT, 0, 10)
        products = tuple([await the_product(store, sku) for sku in ("R1", "R2", "R3")])
        stone = await the_record(store, _GEMSTONE, 1)
        assert stone is not None
        expected = Changes(since=0, revision=6, read_at=6, products=products, groups=("G", "H"), records=(stone,))
        assert page == expected
        assert not page.is_empty

    async def test_what_is_gone_is_named(self, store: CatalogStore) -> None:
        listings = [PutRecord(Listing(sku="R1", channel=1100, external_id=text)) for text in "ab"]
        await done(store, put("R1", "G"), put("R2", "H"), put("R3", "H"), *listings, put("R4", "I"))
        since = await store.revision(TENANT)
        await done(store, DeleteProduct("R1"), DeleteGroup("H"), DeleteRecord(_LISTING, RecordKey(1)))
        page = await store.changes(TENANT, since, 10)
        assert (page.gone_products, page.gone_groups) == (("R1", "R2", "R3"), ("G", "H"))
        assert (page.products, page.groups) == ((), ())
        assert (_LISTING, 1) in page.gone_records
        assert page.revision == since + 3

    async def test_what_went_and_came_again_lives(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), DeleteProduct("R1"), put("R1", "G"))
        page = await store.changes(TENANT, 0, 10)
        assert page.products == (await the_product(store, "R1"),)
        assert (page.gone_products, page.groups, page.gone_groups) == ((), ("G",), ())

    async def test_both_groups_of_a_product_that_moves_come(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"), put("R3", "K"))
        await done(store, put("R1", "H"), put("R3", "H"))
        page = await store.changes(TENANT, 3, 10)
        assert (page.groups, page.gone_groups) == (("G", "H"), ("K",))
        assert [product.sku for product in page.products] == ["R1", "R3"]

    async def test_a_product_that_loses_its_flag_comes(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", is_main=True), put("R2", "G", is_main=True))
        page = await store.changes(TENANT, 1, 10)
        assert [(product.sku, product.is_main) for product in page.products] == [("R1", False), ("R2", True)]

    async def test_a_page_ends_between_two_revisions(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "H"), put("R3", "G"), put("R1", "G", name="new"))
        first = await store.changes(TENANT, 0, 3)
        assert (first.revision, first.read_at, first.more) == (1, 4, True)
        assert first.products == (await the_product(store, "R1"),)
        second = await store.changes(TENANT, 1, 3)
        assert (second.revision, [one.sku for one in second.products], second.groups) == (2, ["R2"], ("H",))
        third = await store.changes(TENANT, 2, 3)
        assert (third.revision, [one.sku for one in third.products], third.more) == (4, ["R1", "R3"], False)
        assert (await store.changes(TENANT, 0, 5)).revision == 4

    async def test_one_revision_that_touches_more_comes_whole(self, store: CatalogStore) -> None:
        await done(store, AllOrNone(tuple(put(f"R{n}", "G") for n in range(50))), put("R1", "H"))
        first = await store.changes(TENANT, 0, 10)
        assert (first.revision, len(first.products), first.groups) == (1, 50, ("G",))
        assert next(one for one in first.products if one.sku == "R1").group_id == "H"
        await done(store, DeleteGroup("G"))
        last = await store.changes(TENANT, 2, 10)
        assert (len(last.gone_products), last.gone_groups, last.more) == (49, ("G",), False)

    async def test_how_the_server_keeps_its_books_never_comes(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", quantity=5))
        await done(store, sale("R1"), Once("k", "d", 1.0, ChangeStock(ProductKey(sku="R1"), -1)))
        await done(store, PutRecord(Sale(reference="x", sku="R1", quantity=1, left=0)))
        page = await store.changes(TENANT, 1, 10)
        assert (page.revision, page.records, page.gone_records) == (4, (), ())
        assert [(one.sku, one.quantity) for one in page.products] == [("R1", 3)]
        assert (await store.changes(TENANT, 3, 10)).is_empty

    async def test_orders_and_clients_come_too(self, store: CatalogStore) -> None:
        await done(store, PutRecord(Order(reference="W-1")), PutRecord(Client(name="Ada")))
        page = await store.changes(TENANT, 0, 10)
        client, order = await the_record(store, RecordKind.CLIENT, 1), await the_record(store, RecordKind.ORDER, 1)
        assert page.records == (client, order)

    async def test_many_revisions_that_touch_the_same_are_in_several_pages(self, store: CatalogStore) -> None:
        for start in range(0, PAGE_REVISIONS + 10, 1000):
            count = min(1000, PAGE_REVISIONS + 10 - start)
            await done(store, *(put("R1", "G", quantity=start + n) for n in range(count)))
        page = await store.changes(TENANT, 0, 10)
        assert (page.revision, page.read_at) == (PAGE_REVISIONS, PAGE_REVISIONS + 10)
        assert [product.quantity for product in page.products] == [PAGE_REVISIONS + 9]

    async def test_too_old_and_future_revisions_are_refused(self, store: CatalogStore) -> None:
        await done(store, *(put(f"R{n}", "G") for n in range(5)))
        await store.cut_log(TENANT, 3)
        for revision in (-1, 0, 2, 6):
            error = await error_of(store.changes(TENANT, revision, 10))
            assert isinstance(error, RevisionTooOldError)
            assert (error.revision, error.oldest, error.last) == (revision, 3, 5)
        assert (await store.changes(TENANT, 3, 10)).revision == 5
        assert isinstance(await error_of(store.changes("nobody", 1, 10)), RevisionTooOldError)
        assert await store.changes("nobody", 0, 10) == Changes(since=0, revision=0, read_at=0)

    async def test_a_tenant_that_comes_again_starts_again(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"))
        await store.delete_tenant(TENANT)
        await store.create_tenant(tenant_record(TENANT))
        for revision in (0, 1, 2):
            assert isinstance(await error_of(store.changes(TENANT, revision, 10)), RevisionTooOldError)
        assert (await store.changes(TENANT, 3, 10)).is_empty

    async def test_tenants_hear_nothing_of_each_other(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), PutRecord(gemstone("D1")))
        await done(store, put("R2", "H"), tenant=OTHER)
        page = await store.changes(OTHER, 0, 10)
        assert ([one.sku for one in page.products], page.groups, page.records) == (["R2"], ("H",), ())

    async def test_what_one_process_commits_the_other_reads(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(peer, put("R1", "G"))
        assert [one.sku for one in (await store.changes(TENANT, 0, 10)).products] == ["R1"]
        await done(store, DeleteProduct("R1"))
        assert (await peer.changes(TENANT, 1, 10)).gone_products == ("R1",)

    async def test_pages_add_up_to_the_catalog_while_others_write(self, store: CatalogStore) -> None:
        async def churn(writer: int) -> None:
            for n in range(20):
                sku = f"R{(n * 5) % 9}"
                await done(store, put(f"R{n % 9}", f"G{(n * writer) % 7}"), PutRecord(gemstone(f"D{writer}-{n}")))
                await store.write(TENANT, [DeleteProduct(sku), DeleteRecord(_GEMSTONE, RecordKey(n * writer))])
                await done(store, AllOrNone(tuple(put(f"A{n}-{m}", f"G{m % 3}") for m in range(4))))

        copy = Copy()
        writers = [asyncio.ensure_future(churn(writer)) for writer in range(1, 4)]
        while not all(writer.done() for writer in writers):
            await copy.follow(store, limit=7)
            await asyncio.sleep(0)
        await asyncio.gather(*writers)
        await copy.follow(store, limit=7)
        await assert_same(copy, store)
        again = Copy()
        assert await again.follow(store, limit=7) > 1
        await assert_same(again, store)
