"""What bulks of writes must do in any catalog store."""

from __future__ import annotations

import asyncio

from facetry.domain.as_read import AsRead
from facetry.domain.catalog import (
    Brief,
    BulkDone,
    BulkWrite,
    DeleteProduct,
    IfExists,
    Once,
    Outcome,
    PutProduct,
    Refused,
    Repeated,
    Write,
)
from facetry.domain.record import RecordKind
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import (
    TENANT,
    all_records,
    content,
    done,
    insert,
    put,
    refusals,
    snapshot,
    the_group,
    the_product,
    the_record,
)

_LATE = PutProduct(
    content("LATE", gemstones=({"code": "S1", "type": "diamond"},)),
    mounts=True,
    as_read=AsRead(price=1),
    if_exists=IfExists.REPLACE,
)
"""What is refused only when its gemstone is made and it is stored itself."""


def briefs(outcome: Outcome) -> tuple[Brief | str, ...]:
    """Return what a bulk that was done answered; of what was refused the code."""
    assert isinstance(outcome, BulkDone)
    return tuple(one.code if isinstance(one, Refused) else one for one in outcome.outcomes)


async def bulk(store: CatalogStore, *writes: Write | Refused) -> tuple[Brief | str, ...]:
    """Do a bulk and return what each write answered."""
    (outcome,) = await done(store, BulkWrite(writes))
    return briefs(outcome)


class BulksConformance:
    """Many writes of products in one revision, each on its own or all or none."""

    async def test_each_write_of_a_bulk_answers_in_short(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        writes = (
            put("R2", "G"),
            put("R1", "H"),
            DeleteProduct("R2"),
            DeleteProduct("R9"),
            insert("R1"),
            put("R3", "H"),
        )
        assert await bulk(store, *writes) == (
            Brief(2, created=True),
            Brief(1),
            Brief(),
            "product_not_found",
            "product_exists",
            Brief(4, created=True),
        )
        assert await store.revision(TENANT) == 2
        assert await store.counts(TENANT) == (2, 1)
        group = await the_group(store, "H")
        assert (group.product_skus, group.revision) == (("R1", "R3"), 2)

    async def test_a_bulk_is_one_change(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        await bulk(store, put("R1", "H"), put("R2", "J"), DeleteProduct("R2"), DeleteProduct("R9"))
        delta = await store.delta(TENANT, 1, 100)
        assert delta is not None
        assert (delta.revision, delta.skus, delta.gone) == (2, ("R1", "R2"), ("G", "J"))
        assert [group.group_id for group in delta.groups] == ["H"]

    async def test_what_is_refused_late_is_undone_alone(self, store: CatalogStore) -> None:
        found = await bulk(store, put("R1", "G"), _LATE, put("R2", "G"), _LATE, put("R3", "G"))
        assert found == (
            Brief(1, created=True),
            "read_only",
            Brief(2, created=True),
            "read_only",
            Brief(3, created=True),
        )
        assert await all_records(store) == []
        assert await store.product(TENANT, "LATE") is None
        assert await store.counts(TENANT) == (3, 1)
        delta = await store.delta(TENANT, 0, 100)
        assert delta is not None
        assert (delta.skus, delta.records) == (("R1", "R2", "R3"), ())

    async def test_later_writes_see_earlier_ones(self, store: CatalogStore) -> None:
        writes = [put(f"R{n}", f"G{n // 2}", is_main=True) for n in range(450)]
        found = await bulk(store, *writes, *(put(f"R{n}", "ALL") for n in range(450)))
        assert found[450:] == tuple(Brief(brief.product_id) for brief in found[:450] if isinstance(brief, Brief))
        assert len((await the_group(store, "ALL")).product_skus) == 450
        assert await store.counts(TENANT) == (450, 1)

    async def test_what_was_refused_before_stands_in_its_place(self, store: CatalogStore) -> None:
        refused = Refused("malformed_body", "no JSON")
        assert await bulk(store, refused, put("R1")) == ("malformed_body", Brief(1, created=True))
        assert await refusals(store, BulkWrite((put("R2"), refused), is_atomic=True)) == [("malformed_body", "")]

    async def test_an_atomic_bulk_is_done_as_a_whole_or_not_at_all(self, store: CatalogStore) -> None:
        writes = (put("R1", "G"), insert("R1"), put("R2", "G"))
        receipt = await store.write(TENANT, (BulkWrite(writes, is_atomic=True), BulkWrite((_LATE,), is_atomic=True)))
        assert [(one.code, one.at) for one in receipt.outcomes if isinstance(one, Refused)] == [
            ("product_exists", 1),
            ("read_only", 0),
        ]
        assert await snapshot(store) == (0, (0, 0), [])
        assert await all_records(store) == []
        (outcome,) = await done(store, BulkWrite((put("R1", "G"), put("R1", "H")), is_atomic=True))
        assert briefs(outcome) == (Brief(1, created=True), Brief(1))

    async def test_a_bulk_with_a_key_is_done_once(self, store: CatalogStore, peer: CatalogStore) -> None:
        once = Once("K", "digest", 1e9, BulkWrite((put("R1"), DeleteProduct("R9"), put("R2"))))
        (first,) = await done(store, once)
        await done(store, DeleteProduct("R1"))
        for again in (store, peer):
            (outcome,) = await done(again, once)
            assert isinstance(outcome, Repeated)
            assert outcome.effect == first
            assert await again.product(TENANT, "R1") is None
        assert briefs(first) == (Brief(1, created=True), "product_not_found", Brief(2, created=True))
        record = await the_record(store, RecordKind.REPEAT, "K")
        assert record is not None
        assert "Ring" not in repr(record)

    async def test_bulks_at_once_do_not_mix(self, store: CatalogStore, peer: CatalogStore) -> None:
        async def one(number: int) -> None:
            side = peer if number % 2 else store
            for turn in range(3):
                found = await bulk(side, *(put(f"R{number}-{n}", "ALL", quantity=turn) for n in range(40)))
                assert {brief.created for brief in found if isinstance(brief, Brief)} == {turn == 0}

        await asyncio.gather(*map(one, range(6)))
        assert await store.counts(TENANT) == (240, 1)
        assert await store.revision(TENANT) == 18
        assert (await the_product(store, "R5-39")).quantity == 2
