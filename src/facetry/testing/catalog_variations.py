"""What variations of products, and gemstones set in them, must do in any catalog store."""

from __future__ import annotations

import msgspec

from facetry.domain.catalog import AllOrNone, Deleted, DeleteProduct, PatchProduct, PutProduct
from facetry.domain.gemstone import Gemstone
from facetry.domain.patching import ProductKey, ProductPatch, TradePatch
from facetry.domain.product import Part, ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.trade import Trade, Variation
from facetry.domain.variations import PutVariation
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import TENANT, done, put, refusals, the_product


class VariationsConformance:
    """Products of one group that follow their parent, and the gemstones in products."""

    async def test_a_variation_is_stored_changed_and_follows(self, store: CatalogStore) -> None:
        parent = ProductKey(sku="R1")
        first, second = PutVariation(parent, "R1-6", "size", "6", quantity=2), PutVariation(parent, "R1-7", "size", "7")
        await done(store, AllOrNone((put("R1", "G", regular_price=100), first, second)))
        await done(store, PutVariation(ProductKey(1), "R1-7", "size", "7.5", price=150))
        trade = TradePatch(location="safe", unrepeatable=True)
        await done(
            store, PatchProduct(parent, ProductPatch(name="New", regular_price=200, quantity=9, trade_changes=trade))
        )
        six, seven = await the_product(store, "R1-6"), await the_product(store, "R1-7")
        assert (six.product_id, six.group_id, six.name, six.size, six.quantity) == (2, "G", "New", "6", 2)
        assert (six.regular_price, seven.regular_price, seven.size) == (200, 150, "7.5")
        assert six.trade == Trade(location="safe", unrepeatable=True, variation=Variation("R1", "size", "6"))
        assert await refusals(
            store, PutVariation(parent, "R1", "size", "1"), msgspec.structs.replace(first, is_new=True)
        ) == [
            ("product_exists", "R1"),
            ("product_exists", "R1-6"),
        ]

    async def test_gemstones_in_products_are_made_and_told_in_full(self, store: CatalogStore) -> None:
        part: Part = {"code": "D1", "type": "ruby", "quantity": 2}
        await done(store, PutProduct(ProductContent(sku="R1", name="Ring", quantity=3, gemstones=(part,)), mounts=True))
        (stone,) = await store.records(TENANT, RecordKind.GEMSTONE, [RecordKey(code="D1")])
        assert stone == Gemstone(id=1, code="D1", name="D1", type="ruby", quantity=6)
        await done(store, PutProduct(ProductContent(sku="R2", name="Ring", gemstones=({"code": "D1"},)), mounts=True))
        assert (await the_product(store, "R2")).gemstones == ({"type": "ruby", "code": "D1"},)

    async def test_a_product_is_removed_by_its_id(self, store: CatalogStore) -> None:
        await done(store, put("R1"), put("R2"))
        assert await done(store, DeleteProduct("", 2)) == (Deleted(("R2",), group_gone=True),)
        assert await refusals(store, DeleteProduct("R2", 1), DeleteProduct("", 2)) == [
            ("invalid_value", "sku"),
            ("product_not_found", "2"),
        ]
