"""What writing to any catalog store must do."""

from __future__ import annotations

import asyncio

from facetry.domain.catalog import Deleted, DeleteGroup, DeleteProduct, PutProduct, Refused, Stored
from facetry.domain.errors import TenantNotFoundError
from facetry.domain.product import Product, ProductContent, stored
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import (
    OTHER,
    TENANT,
    all_groups,
    content,
    done,
    error_of,
    insert,
    names,
    put,
    refusals,
    snapshot,
    stored_product,
    the_group,
    the_product,
)

ODD_TEXTS = (
    "constructor",
    "__proto__",
    "prototype",
    "null",
    "a/b",
    "a/",
    "a",
    "A",
    "%2F",
    "%252F",
    "' OR 1=1 --",
    '"; DROP TABLE products; --',
    "é",
    "e\u0301",
    "💍",
    "\u202eright to left",
    "\ufeffmark",
    "\uffff",
    "\U0010ffff",
    "[1]",
    "{}",
    "0",
    "00",
    "1e3",
    "Z͑ͫ̓a",
    "日本語",
)


class WritesConformance:
    """One unit of work: what it stores, what it refuses, and what it leaves alone."""

    async def test_a_new_product_is_stored_as_sent(self, store: CatalogStore) -> None:
        (outcome,) = await done(store, insert("R1", "G"))
        product = stored_product(outcome)
        assert outcome == Stored(product, created=True)
        assert len(bytes.fromhex(product.object_id)) == 12
        sent = content("R1", "G", promotion_price=50_000)
        assert product == stored(sent, product.object_id, product.joined)
        assert await store.product(TENANT, "R1") == product
        assert await store.revision(TENANT) == 1
        assert await store.counts(TENANT) == (1, 1)

    async def test_what_is_left_out_gets_its_default(self, store: CatalogStore) -> None:
        await done(store, PutProduct(ProductContent(sku="R1", name="Ring")))
        product = await the_product(store, "R1")
        assert (product.group_id, product.regular_price, product.promotion_price) == ("R1", None, None)
        group = await the_group(store, "R1")
        assert (group.regular_price_min, group.promotion_price_max, group.images) == (None, None, ())

    async def test_every_field_comes_back(self, store: CatalogStore) -> None:
        everything = ProductContent(
            sku="R1",
            name="Ring\x00 with \t odd \u2028 text 💍",
            group_id="G",
            description="x" * 1_000_000,
            regular_price=10**15,
            promotion_price=1,
            images=("a.jpg", "", "b.jpg"),
            search_keywords=("gold", "gold"),
            category=("A", "B>C"),
            quantity=2**53,
            color="",
            brand="B",
            size="7½",
            active=False,
            is_main=True,
            currency="EUR",
            attributes={"": None, "n": 10**30, "f": 0.1 + 0.2, "b": True, "l": ["x", 1, 1.5, None, False], "t": "\x7f"},
        )
        (outcome,) = await done(store, PutProduct(everything))
        product = await the_product(store, "R1")
        assert product == stored(everything, product.object_id, product.joined)
        assert stored_product(outcome) == product
        assert (await the_group(store, "G")).products == (product,)

    async def test_identifiers_are_exact(self, store: CatalogStore) -> None:
        await done(store, *(insert(text, text, name=f"named {text}") for text in ODD_TEXTS))
        assert await store.counts(TENANT) == (len(ODD_TEXTS), len(ODD_TEXTS))
        for text in ODD_TEXTS:
            assert (await the_product(store, text)).name == f"named {text}"
            assert (await the_group(store, text)).product_skus == (text,)
        assert set(await store.products(TENANT, ODD_TEXTS)) == set(ODD_TEXTS)
        outcomes = await done(store, *(DeleteProduct(text) for text in ODD_TEXTS))
        assert outcomes == tuple(Deleted((text,), group_gone=True) for text in ODD_TEXTS)
        assert await store.counts(TENANT) == (0, 0)

    async def test_nothing_is_found_by_what_cannot_be_stored(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        for text in ("", "r1", "R1 ", "R1\x00", "\ud800", "x" * 100_000):
            assert await store.product(TENANT, text) is None
            assert await store.group(TENANT, text) is None
            assert await store.products(TENANT, [text, "R1"]) == {"R1": await the_product(store, "R1")}

    async def test_a_taken_sku_is_refused_where_it_must_be_new(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        assert await refusals(store, insert("R1", "H", name="Other")) == [("product_exists", "R1")]

    async def test_replacing_keeps_identity_and_place(self, store: CatalogStore) -> None:
        first, _ = await done(store, put("R1", "G"), put("R2", "G"))
        (outcome,) = await done(store, put("R1", "G", name="Better ring"))
        old, new = stored_product(first), stored_product(outcome)
        assert outcome == Stored(new, created=False)
        assert (new.object_id, new.joined, new.name) == (old.object_id, old.joined, "Better ring")
        assert (await the_group(store, "G")).product_skus == ("R1", "R2")
        assert await store.counts(TENANT) == (2, 1)

    async def test_a_product_moves_between_groups_in_one_step(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"), put("R3", "H"))
        old = await the_product(store, "R1")
        (outcome,) = await done(store, put("R1", "H"))
        assert stored_product(outcome).object_id == old.object_id
        assert (await the_group(store, "G")).product_skus == ("R2",)
        assert (await the_group(store, "H")).product_skus == ("R3", "R1")
        await done(store, put("R2", "H"))
        assert await store.group(TENANT, "G") is None
        assert (await the_group(store, "H")).product_skus == ("R3", "R1", "R2")
        assert await store.counts(TENANT) == (3, 1)

    async def test_each_write_sees_the_ones_before_it(self, store: CatalogStore) -> None:
        writes = (insert("R1", "G"), insert("R1", "H"), DeleteProduct("R1"), insert("R1", "H"), DeleteGroup("G"))
        receipt = await store.write(TENANT, writes)
        kinds = [type(outcome) for outcome in receipt.outcomes]
        assert kinds == [Stored, Refused, Deleted, Stored, Refused]
        assert receipt.revision == await store.revision(TENANT) == 3
        assert names(await all_groups(store)) == ["H"]

    async def test_a_refused_write_leaves_its_neighbours_alone(self, store: CatalogStore) -> None:
        receipt = await store.write(TENANT, [put("R1"), put("R2", name=""), DeleteProduct("R9"), put("R3")])
        assert receipt.outcomes[1] == Refused("invalid_value", "must not be empty", "name", fields={"field": "name"})
        not_found = "product with SKU R9 not found"
        assert receipt.outcomes[2] == Refused("product_not_found", not_found, "R9", fields={"sku": "R9"})
        assert receipt.revision == 2
        assert await store.counts(TENANT) == (2, 2)

    async def test_what_breaks_a_rule_is_refused(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G", is_main=True))
        assert await refusals(
            store,
            put("", "G"),
            put("x" * 51),
            put("R1", " G"),
            put("\ud800"),
            put("R1", "G\ud800"),
            put("R1", "G", name="\udfff", is_main=True),
            put("R1", attributes={"key \ud800": 1}),
            put("R1", attributes={"n": float("nan")}),
            put("R1", attributes={"n": [1, float("-inf")]}),
            put("R2", "G", regular_price=0, is_main=True),
            put("R2", "G", quantity=-1),
        ) == [
            ("invalid_value", subject)
            for subject in (
                *("sku", "sku", "groupID", "sku", "groupID", "product", "product", "attributes", "attributes"),
                *("regularPrice", "quantity"),
            )
        ]

    async def test_what_is_not_there_cannot_be_deleted(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        assert await refusals(store, DeleteProduct("G"), DeleteGroup("R1"), DeleteProduct("\ud800")) == [
            ("product_not_found", "G"),
            ("group_not_found", "R1"),
            ("product_not_found", "\ud800"),
        ]
        assert await refusals(store, DeleteGroup("\udc80")) == [("group_not_found", "\udc80")]

    async def test_a_write_that_cannot_be_sent_leaves_its_neighbours_alone(self, store: CatalogStore) -> None:
        receipt = await store.write(TENANT, [put("R1"), put("R2", name="\ud800"), DeleteProduct("\ud800"), put("R3")])
        kinds = [type(outcome) for outcome in receipt.outcomes]
        assert kinds == [Stored, Refused, Refused, Stored]
        assert [stored_product(receipt.outcomes[at]).sku for at in (0, 3)] == ["R1", "R3"]

    async def test_the_last_product_takes_its_group_with_it(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"))
        assert await done(store, DeleteProduct("R1")) == (Deleted(("R1",), group_gone=False),)
        assert await done(store, DeleteProduct("R2")) == (Deleted(("R2",), group_gone=True),)
        assert await store.group(TENANT, "G") is None
        assert await store.counts(TENANT) == (0, 0)

    async def test_a_group_is_deleted_with_its_products(self, store: CatalogStore) -> None:
        await done(store, put("R2", "G"), put("R1", "G"), put("R3", "H"))
        assert await done(store, DeleteGroup("G")) == (Deleted(("R2", "R1"), group_gone=True),)
        assert await store.products(TENANT, ["R1", "R2", "R3"]) == {"R3": await the_product(store, "R3")}
        assert await store.counts(TENANT) == (1, 1)

    async def test_no_writes_change_nothing(self, store: CatalogStore) -> None:
        await done(store, put("R1"))
        receipt = await store.write(TENANT, [])
        assert (receipt.revision, receipt.outcomes) == (1, ())

    async def test_a_thousand_products_are_one_unit(self, store: CatalogStore) -> None:
        receipt = await store.write(TENANT, [put(f"R{n}", f"G{n // 8}") for n in range(1000)])
        assert [stored_product(outcome).sku for outcome in receipt.outcomes] == [f"R{n}" for n in range(1000)]
        assert receipt.revision == 1000
        assert await store.counts(TENANT) == (1000, 125)
        assert (await the_group(store, "G124")).product_skus == tuple(f"R{n}" for n in range(992, 1000))

    async def test_an_unknown_tenant_cannot_be_written_to(self, store: CatalogStore) -> None:
        for name in ("nobody", "", "ACME", "\ud800"):
            error = await error_of(store.write(name, [put("R1")]))
            assert isinstance(error, TenantNotFoundError)
            assert error.tenant == name
            assert await snapshot(store, name) == (0, (0, 0), [])


class ConcurrencyConformance:
    """Many writers at once: none is lost, none is doubled, whoever is cancelled."""

    async def test_sixty_products_at_once_make_one_group(self, store: CatalogStore) -> None:
        receipts = await asyncio.gather(*(store.write(TENANT, [insert(f"R{n}", "G")]) for n in range(60)))
        assert sorted(receipt.revision for receipt in receipts) == list(range(1, 61))
        group = await the_group(store, "G")
        assert sorted(group.product_skus) == sorted(f"R{n}" for n in range(60))
        assert group.revision == 60
        by_revision = sorted(receipts, key=lambda receipt: receipt.revision)
        assert group.product_skus == tuple(stored_product(receipt.outcomes[0]).sku for receipt in by_revision)

    async def test_one_sku_is_stored_once(self, store: CatalogStore) -> None:
        receipts = await asyncio.gather(*(store.write(TENANT, [insert("R1", f"G{n}")]) for n in range(8)))
        outcomes = [receipt.outcomes[0] for receipt in receipts]
        (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
        assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == ["product_exists"] * 7
        assert await store.counts(TENANT) == (1, 1)
        assert await store.product(TENANT, "R1") == winner.product

    async def test_each_of_many_writers_gets_its_own_answer(self, store: CatalogStore) -> None:
        receipts = await asyncio.gather(*(store.write(TENANT, [put(f"R{n}", f"G{n % 7}")]) for n in range(400)))
        assert [stored_product(receipt.outcomes[0]).sku for receipt in receipts] == [f"R{n}" for n in range(400)]
        assert await store.counts(TENANT) == (400, 7)
        assert await store.revision(TENANT) == 400

    async def test_moves_in_opposite_directions_lose_nothing(self, store: CatalogStore) -> None:
        skus = [f"R{n}" for n in range(12)]
        await done(store, *(put(sku, "GH"[n % 2]) for n, sku in enumerate(skus)))
        for turn in range(6):
            await asyncio.gather(*(store.write(TENANT, [put(sku, "GH"[(n + turn) % 2])]) for n, sku in enumerate(skus)))
            groups = await all_groups(store)
            assert sorted(sku for group in groups for sku in group.product_skus) == sorted(skus)
            assert await store.counts(TENANT) == (12, 2)

    async def test_a_unit_of_work_is_not_interleaved(self, store: CatalogStore) -> None:
        units = [[put(f"R{unit}-{n}", "G") for n in range(20)] for unit in range(10)]
        await asyncio.gather(*(store.write(TENANT, unit) for unit in units))
        order = [sku.split("-")[0] for sku in (await the_group(store, "G")).product_skus]
        assert [order[at : at + 20] for at in range(0, 200, 20)] == [[order[at]] * 20 for at in range(0, 200, 20)]

    async def test_tenants_write_beside_each_other(self, store: CatalogStore) -> None:
        writers = [store.write((TENANT, OTHER)[n % 2], [put(f"R{n // 2}", "G")]) for n in range(40)]
        await asyncio.gather(*writers)
        assert (await store.revision(TENANT), await store.revision(OTHER)) == (20, 20)
        assert await store.counts(OTHER) == (20, 1)

    async def test_cancelled_callers_leave_whole_writes_or_none(self, store: CatalogStore) -> None:
        tasks = [asyncio.ensure_future(store.write(TENANT, [put(f"R{n}", "G")])) for n in range(60)]
        for n, task in enumerate(tasks):
            if n % 3 == 0:
                await asyncio.sleep(0)
                task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        answered = [f"R{n}" for n, result in enumerate(results) if not isinstance(result, BaseException)]
        await done(store, put("last", "G"))
        kept: dict[str, Product] = await store.products(TENANT, [f"R{n}" for n in range(60)])
        assert set(answered) <= set(kept)
        assert await store.revision(TENANT) == len(kept) + 1
        assert sorted((await the_group(store, "G")).product_skus) == sorted([*kept, "last"])
