"""What ids of products, changes of parts of one, and writes that belong together must do in any catalog store."""

from __future__ import annotations

import asyncio
import time

from facetry.domain.catalog import AllDone, AllOrNone, DeleteGroup, DeleteProduct, PatchProduct, Refused, Stored
from facetry.domain.keeping import DeleteRecord, PutRecord, Recorded
from facetry.domain.listing import Listing
from facetry.domain.order import Order
from facetry.domain.patching import ArrayAction, ProductKey, ProductPatch
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.trade import ProductType, Trade, Variation
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import (
    OTHER,
    TENANT,
    all_records,
    done,
    gemstone,
    insert,
    put,
    recorded,
    refusals,
    sale,
    snapshot,
    stored_product,
    the_group,
    the_product,
)


def patch(sku: str, **fields: object) -> PatchProduct:
    """Return the write that changes some fields of a product."""
    return PatchProduct(ProductKey(sku=sku), ProductPatch(**fields))  # type: ignore[arg-type]


async def ids(store: CatalogStore) -> dict[str, int]:
    """Return the id of every product by SKU."""
    return {product.sku: product.product_id for product in await store.products_after(TENANT, 0, 1000)}


class GradesConformance:
    """Grades that are said of a gemstone which the product has already."""

    async def test_a_diamond_gets_no_grade_that_is_none(self, store: CatalogStore) -> None:
        stones = ({"code": "D", "type": "diamond", "color": "G"}, {"code": "R", "type": "ruby"})
        await done(store, put("R1", gemstones=stones))
        before = await snapshot(store)
        changes = ({"code": "R", "color": "Teal"}, {"code": "D", "color": "Teal"})
        update = {"gemstones": ArrayAction.UPDATE}
        receipt = await store.write(TENANT, [patch("R1", gemstones=changes, actions=update)])
        (refused,) = receipt.outcomes
        assert isinstance(refused, Refused)
        assert (refused.code, refused.subject) == ("invalid_value", "gemstones[1].color")
        assert await snapshot(store) == before
        changes = ({"code": "R", "color": "Teal"}, {"code": "D", "color": "H"})
        await done(store, patch("R1", gemstones=changes, actions=update))
        now = ({**stones[0], "color": "H"}, {**stones[1], "color": "Teal"})
        assert (await the_product(store, "R1")).gemstones == now


class ProductIdsConformance:
    """The numbers of products."""

    async def test_ids_count_from_one_and_stay(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"), put("R3", "H"))
        assert await ids(store) == {"R1": 1, "R2": 2, "R3": 3}
        await done(store, put("R1", "H"), put("R2", "G", name="new"), put("R1", "G"), put("R1", "J"))
        assert await ids(store) == {"R1": 1, "R2": 2, "R3": 3}
        (outcome,) = await done(store, patch("R3", group_id="K"))
        assert stored_product(outcome).product_id == 3
        assert (await the_group(store, "K")).products[0].product_id == 3

    async def test_an_id_is_never_used_again(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"))
        await done(store, put("R1", "H"), DeleteProduct("R2"), DeleteGroup("H"))
        await done(store, put("R2", "G"), put("R1", "G"))
        now = await ids(store)
        assert len(set(now.values()) | {1, 2}) == 4
        assert min(now.values()) > 2

    async def test_a_refused_product_spends_no_id(self, store: CatalogStore) -> None:
        await done(store, put("R1"))
        await refusals(store, insert("R1"), AllOrNone((put("R2"), put("R3"), insert("R1"))))
        await done(store, put("R2"))
        assert await ids(store) == {"R1": 1, "R2": 2}

    async def test_products_are_found_by_id(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"))
        await done(store, put("R1", "H"))
        first, second = await the_product(store, "R1"), await the_product(store, "R2")
        assert await store.products_by_id(TENANT, [2, 3, 1, 0, -1, 2**70, 1]) == {2: second, 1: first}
        assert await store.products_by_id(TENANT, []) == {}
        assert await store.products_by_id(OTHER, [1]) == {}
        assert await store.products_by_id("nobody", [1]) == {}

    async def test_products_are_read_page_by_page(self, store: CatalogStore) -> None:
        await done(store, *(put(f"R{n}", f"G{n % 7}") for n in range(30)))
        await done(store, *(put(f"R{n}", "moved") for n in range(0, 30, 2)), DeleteProduct("R3"))
        expected = [n + 1 for n in range(30) if n != 3]
        for page in (1, 7, 29, 100):
            found: list[Product] = []
            while rest := await store.products_after(TENANT, found[-1].product_id if found else 0, page):
                assert len(rest) <= page
                found.extend(rest)
            assert [product.product_id for product in found] == expected
        assert await store.products_after(TENANT, 2**70, 10) == []
        assert await store.products_after(OTHER, 0, 10) == []

    async def test_products_are_read_by_the_time_of_their_last_write(self, store: CatalogStore) -> None:
        before = time.time()
        await done(store, put("R1"), put("R2"), put("R3", quantity=5), put("R4"))
        await asyncio.sleep(0.02)
        between = time.time()
        await asyncio.sleep(0.02)
        await done(store, put("R2", name="new"), sale("R3"), patch("R4", group_id="J"))
        await refusals(store, put("R1", name=""))

        async def found(after: int = 0, limit: int = 9, **times: float) -> list[str]:
            products = await store.products_after(TENANT, after, limit, **times)
            return [product.sku for product in products]

        assert await found(updated_from=between) == ["R2", "R3", "R4"]
        assert await found(updated_to=between) == ["R1"]
        assert await found(updated_from=before, updated_to=time.time()) == ["R1", "R2", "R3", "R4"]
        assert await found(2, 1, updated_from=between) == ["R3"]
        assert await found(updated_from=time.time() + 60) == []
        assert await found(updated_from=between, updated_to=before) == []


class PatchesConformance:
    """Changing a product where something is said of it."""

    async def test_what_is_left_out_stays(self, store: CatalogStore) -> None:
        trade = Trade(product_type=ProductType.SET, auto_refill=True, variation=Variation("R0", "size", "7"))
        parent, before = await done(
            store,
            put("R0", "G"),
            put("R1", "G", attributes={"a": 1}, gemstones=({"code": "x", "carat": 0.5},), trade=trade, images=("i",)),
        )
        (outcome,) = await done(store, patch("R1", name="New", quantity=3))
        old, new = stored_product(before), stored_product(outcome)
        assert outcome == Stored(new, created=False)
        assert (new.name, new.quantity) == ("New", 3)
        assert (new.attributes, new.gemstones, new.trade, new.images) == (
            *(old.attributes, old.gemstones, trade),
            ("i",),
        )
        assert (new.object_id, new.product_id, new.joined) == (old.object_id, old.product_id, old.joined)
        assert await the_product(store, "R1") == new
        assert (await the_group(store, "G")).products == (stored_product(parent), new)

    async def test_variations_follow_their_parent_until_it_goes(self, store: CatalogStore) -> None:
        trade = Trade(location="safe", variation=Variation("R0", "size", "7"))
        variation = put("R1", "G", name="Ring", trade=trade, size="7")
        await done(store, put("R0", "G", name="Ring"), variation, put("R2", "G", name="Ring"))
        await done(store, patch("R0", name="New", group_id="H"))
        followed = await the_product(store, "R1")
        assert (followed.name, followed.group_id, followed.size, followed.trade) == ("New", "H", "7", trade)
        assert (await the_product(store, "R2")).group_id == "G"
        await done(store, DeleteProduct("R0"))
        assert (await the_product(store, "R1")).trade == Trade(location="safe")
        await done(store, put("R0", "H"), patch("R0", name="Newer"))
        assert (await the_product(store, "R1")).name == "New"

    async def test_what_is_empty_overwrites_and_lists_are_merged_as_told(self, store: CatalogStore) -> None:
        await done(store, put("R1", color="red", gemstones=({"code": "x", "carat": 0.5},), attributes={"a": 1, "b": 2}))
        await done(
            store,
            patch(
                "R1",
                color=None,
                attributes={"a": None, "c": 3},
                gemstones=({"code": "x", "color": "D"}, {"code": "y"}),
                actions={"gemstones": ArrayAction.UPDATE},
            ),
        )
        product = await the_product(store, "R1")
        assert (product.color, product.attributes) == (None, {"b": 2, "c": 3})
        assert product.gemstones == ({"code": "x", "carat": 0.5, "color": "D"}, {"code": "y"})

    async def test_a_product_is_found_by_id_where_one_is_given(self, store: CatalogStore) -> None:
        await done(store, put("R1"), put("R2"))
        await done(store, PatchProduct(ProductKey(2), ProductPatch(name="second")))
        await done(store, PatchProduct(ProductKey(2, "R2"), ProductPatch(brand="B")))
        assert await refusals(store, PatchProduct(ProductKey(2, "R1"), ProductPatch(name="x"))) == [
            ("invalid_value", "sku")
        ]
        second = await the_product(store, "R2")
        assert (second.name, second.brand) == ("second", "B")
        assert (await the_product(store, "R1")).name == "Ring R1"

    async def test_a_patch_that_breaks_a_rule_is_refused(self, store: CatalogStore) -> None:
        await done(store, put("R1"))
        writes = [
            *(patch("R1", name=""), patch("R1", quantity=-1), patch("R1", group_id=" G"), patch("R1", name="\ud800")),
            *(patch("R1", attributes={"n": float("nan")}), patch("R9", name="x"), patch("\ud800", name="x")),
            PatchProduct(ProductKey(2**70), ProductPatch(name="x")),
        ]
        assert await refusals(store, *writes) == [
            *(("invalid_value", subject) for subject in ("name", "quantity", "groupID", "product", "product")),
            *(("product_not_found", subject) for subject in ("R9", "\ud800", str(2**70))),
        ]


class AllOrNoneConformance:
    """Writes that belong together."""

    async def test_all_is_one_write_of_one_revision(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", quantity=5), put("R2", "H"))
        unit = AllOrNone(
            (sale("R1", 2), put("R3", "G"), DeleteProduct("R2"), PutRecord(Order(reference="O")), put("R4", "J"))
        )
        receipt = await store.write(TENANT, [unit])
        (outcome,) = receipt.outcomes
        assert isinstance(outcome, AllDone)
        kinds = [type(one).__name__ for one in outcome.outcomes]
        assert kinds == ["Sold", "Stored", "Deleted", "Recorded", "Stored"]
        assert receipt.revision == await store.revision(TENANT) == 3
        assert await store.counts(TENANT) == (3, 2)
        delta = await store.delta(TENANT, 2, 10)
        assert delta is not None
        assert (delta.revision, delta.skus, delta.gone) == (3, ("R1", "R2", "R3", "R4"), ("H",))
        assert [(group.group_id, group.revision) for group in delta.groups] == [("G", 3), ("J", 3)]

    async def test_none_leaves_everything_as_it_was(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", quantity=5, gemstones=({"code": "a"},)), put("R2", "H"))
        await done(store, PutRecord(gemstone("a", quantity=9)), PutRecord(Listing(sku="R1", channel=1, quantity=5)))
        before, delta = await snapshot(store), await store.delta(TENANT, 0, 10)
        unit = AllOrNone(
            (
                *(sale("R1"), put("R2", "G", quantity=4, is_main=True), DeleteGroup("G"), put("R2", "K", quantity=4)),
                *(PutRecord(gemstone("b")), DeleteRecord(RecordKind.LISTING, RecordKey(1)), put("R3", "H")),
                *(sale("R2"), patch("R2", quantity=8), DeleteProduct("R9")),
            )
        )
        receipt = await store.write(TENANT, [unit])
        not_found = "product with SKU R9 not found"
        assert receipt.outcomes == (Refused("product_not_found", not_found, "R9", 9, {"sku": "R9"}),)
        assert receipt.revision == 4
        assert await snapshot(store) == before
        assert await store.delta(TENANT, 0, 10) == delta
        assert [record.id for record in await all_records(store)] == [1, 1]
        outcomes = await done(store, put("R4"), PutRecord(gemstone("c")))
        assert (stored_product(outcomes[0]).product_id, recorded(outcomes[1]).id) == (3, 2)

    async def test_neighbours_of_a_refused_one_stand(self, store: CatalogStore) -> None:
        receipt = await store.write(
            TENANT, [put("R1"), AllOrNone((put("R2", "R1"), DeleteProduct("R9"))), put("R3", "R1"), AllOrNone(())]
        )
        assert [type(one).__name__ for one in receipt.outcomes] == ["Stored", "Refused", "Stored", "AllDone"]
        assert receipt.revision == 3
        assert await store.counts(TENANT) == (2, 1)
        assert (await the_group(store, "R1")).product_skus == ("R1", "R3")
        assert await ids(store) == {"R1": 1, "R3": 2}

    async def test_what_comes_and_goes_within_leaves_no_group(self, store: CatalogStore) -> None:
        moving = AllOrNone((put("R1", "G"), put("R1", "H")))
        passing = AllOrNone((put("R2", "J"), DeleteProduct("R2")))
        back = AllOrNone((put("R1", "K"), put("R1", "H")))
        await done(store, moving, passing, back)
        assert await store.counts(TENANT) == (1, 1)
        delta = await store.delta(TENANT, 0, 10)
        assert delta is not None
        assert [group.group_id for group in delta.groups] == ["H"]
        assert delta.gone == ("G", "J", "K")
        assert await ids(store) == {"R1": 1}

    async def test_what_is_wrong_by_itself_is_told_first(self, store: CatalogStore) -> None:
        await done(store, put("R1"))
        receipt = await store.write(TENANT, [AllOrNone((DeleteProduct("R9"), sale("R1"), put("R2", name="")))])
        (outcome,) = receipt.outcomes
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.subject, outcome.at) == ("invalid_value", "name", 2)

    async def test_the_place_in_nested_ones_is_that_in_the_outermost(self, store: CatalogStore) -> None:
        nested = AllOrNone((put("R1"), AllOrNone((put("R2"), put("R3"), DeleteProduct("R9"))), put("R4")))
        receipt = await store.write(TENANT, [nested])
        (outcome,) = receipt.outcomes
        assert isinstance(outcome, Refused)
        assert (outcome.subject, outcome.at) == ("R9", 1)
        assert await store.counts(TENANT) == (0, 0)
        inner = AllOrNone((PutRecord(gemstone("a")),))
        (done_all,) = await done(store, AllOrNone((inner, put("R1"))))
        assert isinstance(done_all, AllDone)
        assert done_all.outcomes[0] == AllDone((Recorded(gemstone("a", id=1), created=True),))

    async def test_several_sales_take_all_or_nothing(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=2), put("R2", quantity=2))
        assert await refusals(store, AllOrNone((sale("R1", 2), sale("R2", 3)))) == [("insufficient_stock", "R2")]
        assert await refusals(store, AllOrNone((sale("R1"), sale("R1"), sale("R1")))) == [("insufficient_stock", "R1")]
        units = [AllOrNone((sale("R1"), sale("R2"))) for _ in range(5)]
        receipts = await asyncio.gather(*(store.write(TENANT, [unit]) for unit in units))
        assert sorted(type(receipt.outcomes[0]).__name__ for receipt in receipts) == ["AllDone"] * 2 + ["Refused"] * 3
        assert [(await the_product(store, sku)).quantity for sku in ("R1", "R2")] == [0, 0]
