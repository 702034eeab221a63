"""What reading groups and changes from any catalog store must answer."""

from __future__ import annotations

import asyncio

import msgspec

from facetry.domain.catalog import DeleteGroup, DeleteProduct
from facetry.domain.change import Delta
from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.tenant import TenantSettings
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import (
    OTHER,
    TENANT,
    all_groups,
    done,
    flags,
    names,
    put,
    stored_product,
    the_group,
    the_product,
)


class MainProductConformance:
    """Exactly one product of a group is main: the one flagged last, else the one that joined first."""

    async def test_without_a_flag_the_earliest_is_main(self, store: CatalogStore) -> None:
        await done(store, put("R2", "G"), put("R1", "G"))
        group = await the_group(store, "G")
        assert (group.main_sku, group.name, flags(group)) == ("R2", "Ring R2", {"R2": False, "R1": False})

    async def test_the_one_flagged_last_is_main(self, store: CatalogStore) -> None:
        first, second = await done(store, put("R1", "G", is_main=True), put("R2", "G", is_main=True))
        assert (stored_product(first).is_main, stored_product(second).is_main) == (True, True)
        group = await the_group(store, "G")
        assert (group.main_sku, flags(group)) == ("R2", {"R1": False, "R2": True})
        assert not (await the_product(store, "R1")).is_main
        await done(store, put("R1", "G", is_main=True))
        assert flags(await the_group(store, "G")) == {"R1": True, "R2": False}

    async def test_a_flag_clears_no_other_groups(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", is_main=True), put("R2", "H", is_main=True))
        assert (await the_product(store, "R1")).is_main

    async def test_taking_the_flag_back_makes_the_earliest_main(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G", is_main=True), put("R2", "G"))
        assert (await the_group(store, "G")).main_sku == "R1"

    async def test_without_its_main_product_the_earliest_is_main(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"), put("R3", "G", is_main=True), DeleteProduct("R3"))
        assert (await the_group(store, "G")).main_sku == "R1"

    async def test_a_main_product_that_moves_takes_its_flag_along(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G", is_main=True), put("R3", "H", is_main=True))
        await done(store, put("R2", "H", is_main=True))
        assert (await the_group(store, "G")).main_sku == "R1"
        group = await the_group(store, "H")
        assert (group.main_sku, flags(group)) == ("R2", {"R3": False, "R2": True})

    async def test_who_comes_back_joins_last(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"), put("R1", "H"), put("R1", "G"))
        group = await the_group(store, "G")
        assert (group.main_sku, group.product_skus) == ("R2", ("R2", "R1"))

    async def test_clearing_a_flag_counts_as_a_change_of_that_product(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", is_main=True), put("R2", "G", is_main=True))
        delta = await store.delta(TENANT, 1, 10)
        assert delta is not None
        assert sorted(delta.skus) == ["R1", "R2"]


class GroupsConformance:
    """Groups are the derivation of their products, in a fixed order, each tenant's apart."""

    async def test_a_group_is_the_derivation_of_its_products(self, store: CatalogStore) -> None:
        await done(
            store,
            put("R1", "G", color="gold", search_keywords=("a", "b"), regular_price=7, category=("A", "B")),
            put("R2", "G", color="silver", search_keywords=("b", "c"), regular_price=3, is_main=True),
            put("R3", "G", color="gold", regular_price=1, currency="EUR", active=False),
        )
        group = await the_group(store, "G")
        products = [await the_product(store, sku) for sku in ("R3", "R1", "R2")]
        assert group == derive_group(GroupIdentity("G", group.object_id, 3), products, "USD")
        assert (group.colors, group.search_keywords) == (("gold", "silver"), ("a", "b", "c"))
        assert (group.regular_price_min, group.regular_price_max) == (3, 7)

    async def test_prices_follow_the_tenants_currency(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", regular_price=7), put("R2", "G", regular_price=3, currency="EUR"))
        assert (await the_group(store, "G")).regular_price_min == 7
        record = await store.tenant(TENANT)
        assert record is not None
        await store.replace_tenant(msgspec.structs.replace(record, settings=TenantSettings(currency="EUR")))
        assert (await the_group(store, "G")).regular_price_min == 3
        assert [group.regular_price_min for group in await all_groups(store)] == [3]

    async def test_object_id_stays_while_the_group_lives(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        first = await the_group(store, "G")
        await done(store, put("R2", "G"), DeleteProduct("R1"))
        second = await the_group(store, "G")
        assert (second.object_id, second.revision) == (first.object_id, 3)
        assert len(bytes.fromhex(first.object_id)) == 12

    async def test_a_group_that_comes_again_is_another_one(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        ids = [(await the_group(store, "G")).object_id]
        await done(store, DeleteProduct("R1"))
        await done(store, put("R1", "G"))
        ids.append((await the_group(store, "G")).object_id)
        await done(store, DeleteGroup("G"), put("R1", "G"))
        ids.append((await the_group(store, "G")).object_id)
        await done(store, put("R1", "H"), put("R1", "G"))
        ids.append((await the_group(store, "G")).object_id)
        assert len(set(ids)) == 4

    async def test_a_groups_revision_is_that_of_its_last_write(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "H"), put("R3", "I"))
        await done(store, put("R1", "H"), put("R3", "I", name="x"), put("R4", "J"))
        assert {g.group_id: g.revision for g in await all_groups(store)} == {"H": 4, "I": 5, "J": 6}

    async def test_groups_ascend_by_code_point(self, store: CatalogStore) -> None:
        ids = ["10", "9", "B", "a", "aa", "é", "\uffff", "\U0001f48d"]
        await done(store, *(put(f"R{n}", group_id) for n, group_id in enumerate(reversed(ids))))
        assert names(await all_groups(store, page=3)) == ids
        assert names(await store.groups_after(TENANT, "B!", 2)) == ["a", "aa"]
        assert await store.groups_after(TENANT, "\U0001f48d", 5) == []
        assert await store.groups_after(TENANT, "", 0) == []

    async def test_paging_while_others_write_gives_each_living_group_once(self, store: CatalogStore) -> None:
        await done(store, *(put(f"R{n}", f"G{n:03}") for n in range(200)))

        async def churn() -> None:
            for n in range(40):
                await done(store, put(f"N{n}", f"G{n * 5:03}x"), put(f"R{n}", f"G{n:03}", name="new"))

        writer = asyncio.ensure_future(churn())
        seen = names(await all_groups(store, page=7))
        await writer
        assert len(seen) == len(set(seen))
        assert seen == sorted(seen)
        assert {f"G{n:03}" for n in range(200)} <= set(seen)

    async def test_tenants_see_nothing_of_each_other(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", name="ours"))
        await done(store, put("R1", "G", name="theirs"), put("R2", "G"), tenant=OTHER)
        assert (await the_group(store, "G")).product_skus == ("R1",)
        assert (await the_product(store, "R1")).name == "ours"
        assert await store.product(TENANT, "R2") is None
        assert await store.products(TENANT, ["R2"]) == {}
        assert (await store.counts(TENANT), await store.counts(OTHER)) == ((1, 1), (2, 1))
        assert (await store.revision(TENANT), await store.revision(OTHER)) == (1, 2)
        await done(store, DeleteGroup("G"))
        theirs = await store.group(OTHER, "G")
        assert theirs is not None
        assert theirs.product_skus == ("R1", "R2")


class DeltaConformance:
    """The change log: what a consumer is told, and when it has to start again."""

    async def test_nothing_changed(self, store: CatalogStore) -> None:
        assert await store.delta(TENANT, 0, 10) == Delta(revision=0)
        await done(store, put("R1", "G"))
        assert await store.delta(TENANT, 1, 10) == Delta(revision=1)
        assert await store.delta("nobody", 0, 10) == Delta(revision=0)

    async def test_revisions_of_all_tenants(self, store: CatalogStore) -> None:
        assert await store.revisions() == {OTHER: 0, TENANT: 0}
        await done(store, put("R1", "G"), put("R2", "G"))
        assert await store.revisions() == {OTHER: 0, TENANT: 2}
        await store.delete_tenant(OTHER)
        assert await store.revisions() == {TENANT: 2}

    async def test_touched_groups_come_whole_as_they_are_now(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "H"), put("R3", "I"))
        await done(store, put("R2", "H", name="new"), put("R4", "G"), put("R4", "G", name="newer"))
        assert await store.delta(TENANT, 3, 2) == Delta(
            revision=6, groups=(await the_group(store, "G"), await the_group(store, "H")), skus=("R2", "R4")
        )

    async def test_groups_that_live_no_more_are_named(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "H"), put("R3", "H"), put("R4", "I"))
        await done(store, put("R1", "H"), DeleteGroup("I"))
        delta = await store.delta(TENANT, 4, 10)
        assert delta == Delta(revision=6, groups=(await the_group(store, "H"),), gone=("G", "I"), skus=("R1", "R4"))

    async def test_a_group_that_went_and_came_again_is_told_as_living(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        await done(store, DeleteGroup("G"), put("R2", "G"))
        delta = await store.delta(TENANT, 1, 10)
        assert delta == Delta(revision=3, groups=(await the_group(store, "G"),), skus=("R1", "R2"))
        await done(store, DeleteGroup("G"))
        delta = await store.delta(TENANT, 1, 10)
        assert delta == Delta(revision=4, gone=("G",), skus=("R1", "R2"))

    async def test_more_groups_than_the_limit_mean_starting_again(self, store: CatalogStore) -> None:
        await done(store, *(put(f"R{n}", f"G{n}") for n in range(3)), *(put("R0", "G0") for _ in range(5)))
        assert await store.delta(TENANT, 0, 2) is None
        full = await store.delta(TENANT, 0, 3)
        assert full is not None
        assert names(full.groups) == ["G0", "G1", "G2"]
        late = await store.delta(TENANT, 3, 1)
        assert late is not None
        assert (names(late.groups), late.skus) == (["G0"], ("R0",))

    async def test_the_future_means_starting_again(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        assert await store.delta(TENANT, 2, 10) is None
        assert await store.delta("nobody", 1, 10) is None
        assert await store.delta(TENANT, -1, 10) is None

    async def test_a_cut_log_means_starting_again_for_who_is_older(self, store: CatalogStore) -> None:
        await done(store, *(put(f"R{n}", f"G{n}") for n in range(4)), DeleteGroup("G1"))
        await store.cut_log(TENANT, 3)
        assert await store.delta(TENANT, 2, 10) is None
        after = await store.delta(TENANT, 3, 10)
        assert after == Delta(revision=5, groups=(await the_group(store, "G3"),), gone=("G1",), skus=("R1", "R3"))
        await store.cut_log(TENANT, 3)
        await store.cut_log(TENANT, 1)
        assert await store.delta(TENANT, 3, 10) == after
        assert await store.delta(TENANT, 2, 10) is None

    async def test_cutting_beyond_the_end_cuts_to_the_end(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), DeleteGroup("G"))
        await store.cut_log(TENANT, 1000)
        assert await store.delta(TENANT, 1, 10) is None
        assert await store.delta(TENANT, 2, 10) == Delta(revision=2)
        await done(store, put("R2", "G"))
        assert await store.delta(TENANT, 2, 10) == Delta(
            revision=3, groups=(await the_group(store, "G"),), skus=("R2",)
        )

    async def test_cutting_touches_nothing_else(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        before, mark = await all_groups(store), store.mark(TENANT)
        await store.cut_log(TENANT, 1)
        await store.cut_log("nobody", 1)
        await store.cut_log("\ud800", 1)
        assert (await all_groups(store), store.mark(TENANT)) == (before, mark)
        assert await store.revision(TENANT) == 1

    async def test_a_long_log_is_cut_and_read(self, store: CatalogStore) -> None:
        for _ in range(5):
            await done(store, *(put(f"R{n}", f"G{n % 5}") for n in range(1000)))
        await store.cut_log(TENANT, 4500)
        assert await store.delta(TENANT, 4499, 10) is None
        delta = await store.delta(TENANT, 4500, 5)
        assert delta is not None
        assert (delta.revision, len(delta.skus), len(delta.groups)) == (5000, 500, 5)
        assert len(delta.groups[0].products) == 200

    async def test_deltas_add_up_to_the_catalog_while_others_write(self, store: CatalogStore) -> None:
        async def churn(writer: int) -> None:
            for n in range(25):
                await done(store, put(f"R{n % 9}", f"G{(n * writer) % 7}"))
                await store.write(TENANT, [DeleteProduct(f"R{(n * 3) % 9}")])

        held: dict[str, ProductGroup] = {}
        revision = 0
        writers = [asyncio.ensure_future(churn(writer)) for writer in range(1, 5)]
        running = True
        while running:
            running = not all(writer.done() for writer in writers)
            delta = await store.delta(TENANT, revision, 100)
            assert delta is not None
            held.update((group.group_id, group) for group in delta.groups)
            for group_id in delta.gone:
                held.pop(group_id, None)
            revision = delta.revision
            await asyncio.sleep(0)
        await asyncio.gather(*writers)
        assert sorted(held.values(), key=lambda group: group.group_id) == await all_groups(store)
