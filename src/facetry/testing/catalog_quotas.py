"""What any catalog store must do with quotas of products and bytes, and with what counts against them."""

from __future__ import annotations

import asyncio

import msgspec

from facetry.domain.catalog import (
    AllOrNone,
    Brief,
    BulkDone,
    BulkWrite,
    DeleteGroup,
    DeleteProduct,
    PatchProduct,
    Refused,
    Stored,
    error_of,
)
from facetry.domain.errors import QuotaExceededError
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.quotas import Quotas, Usage, size_of
from facetry.domain.selling import SellProduct
from facetry.domain.stocking import ChangeStock
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import OTHER, TENANT, all_groups, done, put, refusals


async def allow(store: CatalogStore, quotas: Quotas, tenant: str = TENANT) -> None:
    """Give a tenant quotas."""
    record = await store.tenant(tenant)
    assert record is not None
    settings = msgspec.structs.replace(record.settings, quotas=quotas)
    await store.replace_tenant(msgspec.structs.replace(record, settings=settings))


async def counted(store: CatalogStore, tenant: str = TENANT) -> Usage:
    """Return what a tenant has, by looking at each product."""
    products = [product for group in await all_groups(store, tenant) for product in group.products]
    return Usage(len(products), sum(map(size_of, products)))


def rename(sku: str, name: str) -> PatchProduct:
    """Return the write that gives a product another name."""
    return PatchProduct(ProductKey(sku=sku), ProductPatch(name=name))


class QuotasConformance:
    """Usage is counted with every write, and what there is no room for is refused and changes nothing."""

    async def test_usage_is_what_looking_at_each_product_finds(self, store: CatalogStore, peer: CatalogStore) -> None:
        assert await store.usage(TENANT) == await store.usage("nobody") == Usage(0, 0)
        writes = [
            (put("A", "G", is_main=True, quantity=9), put("B", "G"), put("C", "H")),
            (put("A", "G", description="larger"), put("B", "I", is_main=True)),
            (put("D", "I", is_main=True),),
            (
                rename("C", "n"),
                ChangeStock(ProductKey(sku="A"), 991),
                SellProduct(ProductKey(sku="A"), 995, order_ref="O"),
            ),
            (put("E", "G"), DeleteProduct("E"), put("E", "H"), put("E", "J", name="other")),
            (AllOrNone((put("F"), DeleteProduct("nothing"))),),
            (BulkWrite((put("K"), put("A", name="new"), put("L", regular_price=-1), DeleteProduct("C"))),),
            (BulkWrite((put("M"), AllOrNone((put("N"), DeleteProduct("nothing"))), put("O"))),),
            (BulkWrite((put("P"), DeleteProduct("nothing")), is_atomic=True),),
            (DeleteGroup("I"), DeleteProduct("A")),
        ]
        for batch in writes:
            await store.write(TENANT, batch)
            usage = await store.usage(TENANT)
            assert usage == await counted(store) == await peer.usage(TENANT), batch
            assert usage.products == (await store.counts(TENANT))[0]
        assert usage.products == 4
        assert await store.usage(OTHER) == Usage(0, 0)

    async def test_as_many_products_as_the_quota_says(self, store: CatalogStore) -> None:
        await allow(store, Quotas(products=2))
        receipt = await store.write(TENANT, [put("A"), put("B"), put("C"), put("A", name="again")])
        assert [type(outcome) for outcome in receipt.outcomes] == [Stored, Stored, Refused, Stored]
        assert await store.usage(TENANT) == await counted(store)
        assert await refusals(store, put("C"), put("D")) == [("quota_exceeded", "")] * 2
        await done(store, put("C", name="another tenant's"), tenant=OTHER)
        await done(store, DeleteProduct("A"), put("C"))
        assert (await store.usage(TENANT)).products == 2

    async def test_a_refusal_says_what_is_used_up(self, store: CatalogStore) -> None:
        await allow(store, Quotas(products=0, bytes=9))
        refused = (await store.write(TENANT, [put("A")])).outcomes[0]
        assert isinstance(refused, Refused)
        error = error_of(refused)
        assert isinstance(error, QuotaExceededError)
        assert (error.quota, error.limit, error.wait_seconds) == ("products", 0, None)
        assert error.message == "the quota of 0 products is used up"

    async def test_as_many_bytes_as_the_quota_says(self, store: CatalogStore) -> None:
        """To the byte, for what is new and for what grows; what shrinks or stays is always welcome."""
        await done(store, put("A"), put("B"))
        used = (await store.usage(TENANT)).bytes
        await allow(store, Quotas(bytes=used))
        assert (
            await refusals(store, put("C"), rename("A", "Ring AA"), put("B", description="x"))
            == [("quota_exceeded", "")] * 3
        )
        await done(store, rename("A", "Ring "), rename("B", "Ring BB"))
        assert await store.usage(TENANT) == Usage(2, used)
        await allow(store, Quotas(bytes=used + 1))
        await done(store, rename("A", "Ring A"))
        assert await store.usage(TENANT) == Usage(2, used + 1)

    async def test_who_has_too_much_may_still_shrink_and_sell(self, store: CatalogStore) -> None:
        """A quota may be set below what is there: then nothing comes, but all may go and be sold."""
        await done(store, put("A", "G", quantity=9, is_main=True), put("B", "G"), put("C"))
        await allow(store, Quotas(products=1, bytes=1))
        assert await refusals(store, put("D"), rename("A", "longer than before")) == [("quota_exceeded", "")] * 2
        await done(store, rename("A", "short"), SellProduct(ProductKey(sku="A"), 1, order_ref="O"))
        await done(store, ChangeStock(ProductKey(sku="A"), 5), DeleteProduct("C"), DeleteGroup("G"))
        assert await store.usage(TENANT) == Usage(0, 0)

    async def test_a_bulk_is_refused_line_by_line(self, store: CatalogStore) -> None:
        await allow(store, Quotas(products=3))
        bulk = BulkWrite((put("A"), put("B"), put("C"), put("D"), DeleteProduct("A"), put("E"), put("F")))
        effect = (await done(store, bulk))[0]
        assert isinstance(effect, BulkDone)
        assert [isinstance(one, Brief) for one in effect.outcomes] == [True, True, True, False, True, True, False]
        assert (await store.usage(TENANT)).products == 3

    async def test_all_or_none_leaves_no_part_behind(self, store: CatalogStore) -> None:
        await allow(store, Quotas(products=2))
        writes = AllOrNone((put("A"), put("B"), put("C"))), BulkWrite((put("A"), put("B"), put("C")), is_atomic=True)
        assert await refusals(store, *writes) == [("quota_exceeded", "")] * 2
        assert await store.usage(TENANT) == Usage(0, 0)

    async def test_exact_with_many_writers(self, store: CatalogStore, peer: CatalogStore) -> None:
        """Forty writers of two processes, alone and in bulk, get exactly what there is."""
        await allow(store, Quotas(products=25))
        alone = [(store, peer)[n % 2].write(TENANT, [put(f"A{n}", f"G{n % 3}")]) for n in range(20)]
        bulks = [
            (store, peer)[n % 2].write(TENANT, [BulkWrite(tuple(put(f"B{n}-{m}") for m in range(4)))])
            for n in range(20)
        ]
        receipts = await asyncio.gather(*alone, *bulks)
        outcomes = [outcome for receipt in receipts for outcome in receipt.outcomes]
        lines = [
            one for outcome in outcomes for one in (outcome.outcomes if isinstance(outcome, BulkDone) else (outcome,))
        ]
        assert sum(not isinstance(line, Refused) for line in lines) == 25
        assert await store.usage(TENANT) == await counted(store)
        assert (await store.usage(TENANT)).products == 25

    async def test_a_deleted_tenant_leaves_nothing_used(self, store: CatalogStore) -> None:
        record = await store.tenant(TENANT)
        assert record is not None
        await done(store, put("A"))
        await store.delete_tenant(TENANT)
        assert await store.usage(TENANT) == Usage(0, 0)
        await store.create_tenant(record)
        assert await store.usage(TENANT) == Usage(0, 0)
