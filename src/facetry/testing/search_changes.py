"""How changes get into any search index, and what it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import msgspec

from facetry.domain.change import Delta
from facetry.domain.group import ProductGroup
from facetry.domain.record import RecordKind
from facetry.ports.search_index import SearchIndex
from facetry.testing.search_samples import (
    FACETS,
    OTHER,
    TENANT,
    find,
    found,
    group,
    hold,
    pages,
    product,
    single,
    values,
)


class ChangesConformance:
    """What a delta changes."""

    async def test_what_is_applied_is_found_at_its_revision(self, index: SearchIndex) -> None:
        assert await index.revision(TENANT) is None
        await index.apply(TENANT, Delta(revision=7, groups=(single("1", name="ring"),)), "en")
        assert await index.revision(TENANT) == 7
        result = await find(index, "ring")
        assert (result.revision, result.total) == (7, 1)
        assert result.hits[0].group == single("1", name="ring")

    async def test_a_replaced_group_is_found_by_its_new_words_only(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring", color="red"), single("2", name="ring", color="red"))
        await hold(index, group("1", product("new", name="chain", color="blue")))
        assert await found(index, "ring") == ["2"]
        assert await found(index, "1-1") == []
        assert await found(index, "new chain") == ["1"]
        assert values(await find(index, "ring chain", facets=FACETS), "colors") == ({"blue": 1, "red": 1}, 0)

    async def test_a_deleted_group_is_gone_until_it_is_added_again(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring"), single("2", name="ring"))
        await hold(index, gone=["1", "never"])
        assert await found(index, "ring") == ["2"]
        assert await index.group(TENANT, "1") is None
        await hold(index, gone=["1"])
        await hold(index, single("1", name="ring again"))
        best_first = ["2", "1"] if index.capabilities.exact_relevance else ["1", "2"]
        assert await found(index, "ring") == best_first

    async def test_a_change_of_nothing_raises_the_revision_alone(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring", color="red"), single("2", name="ring"), gone=["3"])
        before = await find(index, "ring", facets=FACETS)
        delta = Delta(revision=before.revision + 5, records=((RecordKind.ORDER, 1),))
        await index.apply(TENANT, delta, "en")
        assert await index.revision(TENANT) == before.revision + 5
        after = await find(index, "ring", facets=FACETS)
        assert after == msgspec.structs.replace(before, revision=before.revision + 5)
        await index.apply(TENANT, Delta(revision=before.revision + 4, gone=("1",)), "en")
        assert await found(index, "ring") == ["1", "2"]
        await hold(index, gone=["1"])
        assert await found(index, "ring") == ["2"]
        # What turns to another language is analysed anew, with or without a change.
        await index.apply(TENANT, Delta(revision=(await index.revision(TENANT) or 0) + 1), "de")
        assert await found(index, "ring", language="de") == ["2"]

    async def test_a_change_of_nothing_may_be_the_first_one(self, index: SearchIndex) -> None:
        await index.apply(TENANT, Delta(revision=3), "en")
        assert await index.revision(TENANT) == 3
        assert await index.groups_after(TENANT, "", 9) == []

    async def test_a_group_replaced_many_times_is_there_once(self, index: SearchIndex) -> None:
        for n in range(40):
            await hold(index, single("1", name=f"ring {n}"), single(f"x{n}", name="other"))
        assert await found(index, "ring") == ["1"]
        assert (await find(index, "other")).total == 40
        assert await found(index, "38", "name") == []

    async def test_everything_can_be_deleted(self, index: SearchIndex) -> None:
        ids = [str(n) for n in range(30)]
        await hold(index, *(single(group_id, color="red") for group_id in ids))
        revision = await hold(index, gone=ids)
        result = await find(index, "item", facets=FACETS)
        assert (result.total, result.revision) == (0, revision)
        assert values(result, "colors") == ({}, 0)
        assert await index.groups_after(TENANT, "", 10) == []

    async def test_a_delta_that_comes_twice_or_late_changes_nothing(self, index: SearchIndex) -> None:
        old = Delta(revision=1, groups=(single("1", name="ring"),))
        new = Delta(revision=2, groups=(single("2", name="ring"),), gone=("1",))
        for delta in (old, new, new, old):
            await index.apply(TENANT, delta, "en")
        assert await found(index, "ring") == ["2"]
        assert await index.revision(TENANT) == 2

    async def test_an_empty_delta_moves_the_revision(self, index: SearchIndex) -> None:
        await hold(index, single("1"))
        await index.apply(TENANT, Delta(revision=99), "en")
        assert await index.revision(TENANT) == 99
        assert await found(index, "item") == ["1"]

    async def test_a_large_delta_is_applied_as_a_whole(self, index: SearchIndex) -> None:
        await hold(index, *(single(str(n), name="old") for n in range(500)))
        change = asyncio.ensure_future(hold(index, *(single(str(n), name="new") for n in range(500))))
        seen = set()
        while not change.done():
            result = await find(index, "old new")
            seen.add((result.total, (await find(index, "old")).total in {0, 500}))
            await asyncio.sleep(0)
        await change
        assert seen <= {(500, True)}
        assert ((await find(index, "old")).total, (await find(index, "new")).total) == (0, 500)

    async def test_concurrent_deltas_all_count(self, index: SearchIndex) -> None:
        deltas = [Delta(revision=n, groups=(single(f"{n:02}"),)) for n in range(1, 41)]
        await asyncio.gather(*(index.apply(TENANT, delta, "en") for delta in deltas))
        assert (await find(index, "item")).total == 40

    async def test_tenants_are_apart(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring", color="red"))
        await hold(index, single("1", name="chain"), single("2", name="ring"), tenant=OTHER)
        assert await found(index, "ring") == ["1"]
        assert await found(index, "chain") == []
        assert await found(index, "ring", tenant=OTHER) == ["2"]
        assert values(await find(index, "ring", facets=FACETS, tenant=OTHER), "colors") == ({}, 0)
        assert await index.revision("nobody") is None
        assert [held.group_id for held in await index.groups_after(OTHER, "", 9)] == ["1", "2"]


class KeepingConformance:
    """Reading what is held, rebuilding, forgetting."""

    async def test_groups_are_read_as_they_were_applied(self, index: SearchIndex) -> None:
        ids = ["b", "a", "é", "\U0001f48d", "Z", "10", "9"]
        groups = {group_id: single(group_id, attributes={"a": [1, 2.5, None, True, 10**30]}) for group_id in ids}
        for group_id in ids:
            await hold(index, groups[group_id])
        await hold(index, gone=["a"])
        rest = sorted(set(ids) - {"a"})
        assert await index.groups_after(TENANT, "", 100) == [groups[group_id] for group_id in rest]
        assert await index.groups_after(TENANT, "9", 2) == [groups["Z"], groups["b"]]
        assert await index.groups_after(TENANT, "\U0001f48d", 2) == []
        assert await index.groups_after("nobody", "", 2) == []
        assert await index.group(TENANT, "é") == groups["é"]
        assert [await index.group(TENANT, missing) for missing in ("a", "zz", "")] == [None, None, None]
        assert await index.group("nobody", "é") is None

    async def test_a_rebuild_replaces_everything(self, index: SearchIndex) -> None:
        await hold(index, single("old", name="ring", color="red"), single("both", name="ring"))
        rebuilt = [single(f"new {n}", name="ring") for n in range(9)]
        await index.rebuild(TENANT, pages(single("both", name="chain"), *rebuilt), 50, "en")
        assert await index.revision(TENANT) == 50
        result = await find(index, "ring", facets=FACETS)
        assert (result.total, result.revision) == (9, 50)
        assert values(result, "colors") == ({}, 0)
        assert await index.group(TENANT, "old") is None

    async def test_a_rebuild_may_go_back_to_an_older_revision(self, index: SearchIndex) -> None:
        await index.apply(TENANT, Delta(revision=90, groups=(single("1"),)), "en")
        await index.rebuild(TENANT, pages(single("2")), 5, "en")
        assert await index.revision(TENANT) == 5
        assert await found(index, "item") == ["2"]

    async def test_a_rebuild_of_nothing_is_an_empty_index(self, index: SearchIndex) -> None:
        await index.rebuild(TENANT, pages(), 3, "en")
        assert await index.revision(TENANT) == 3
        assert await found(index, "item") == []

    async def test_searches_and_deltas_go_on_during_a_rebuild(self, index: SearchIndex) -> None:
        start = await hold(index, single("1", name="ring"), single("2", name="ring"))
        deltas = [Delta(revision=start + 1, groups=(single("3", name="ring"),), gone=("1",))]

        async def slow_pages() -> AsyncIterator[Sequence[ProductGroup]]:
            yield [single("1", name="ring")]
            assert await found(index, "ring") == ["1", "2"]
            await index.apply(TENANT, deltas[0], "en")
            assert await found(index, "ring") == ["2", "3"]
            yield [single("2", name="ring")]

        await index.rebuild(TENANT, slow_pages(), start, "en")
        revision = await index.revision(TENANT)
        # Where groups are replaced one by one, what was applied meanwhile stays.
        assert revision == start or (revision == start + 1 and not index.capabilities.snapshots)
        await index.apply(TENANT, deltas[0], "en")
        assert await found(index, "ring") == ["2", "3"]
        assert await index.revision(TENANT) == start + 1

    async def test_a_rebuild_that_fails_changes_nothing(self, index: SearchIndex) -> None:
        await hold(index, single("1"))

        async def broken_pages() -> AsyncIterator[Sequence[ProductGroup]]:
            yield [single("2")]
            raise OSError("the store is gone")

        with suppress(OSError):
            await index.rebuild(TENANT, broken_pages(), 9, "en")
        assert await found(index, "item") == ["1"]
        assert await index.revision(TENANT) == 1

    async def test_a_forgotten_tenant_has_nothing(self, index: SearchIndex) -> None:
        await hold(index, *(single(str(n)) for n in range(9)))
        await hold(index, single("1"), tenant=OTHER)
        await index.checkpoint(TENANT)
        for _ in range(2):
            await index.forget(TENANT)
            assert await index.revision(TENANT) is None
            assert await found(index, "item") == []
        assert await found(index, "item", tenant=OTHER) == ["1"]
        await hold(index, single("2"))
        assert await found(index, "item") == ["2"]

    async def test_a_checkpoint_changes_nothing_that_is_seen(self, index: SearchIndex) -> None:
        assert await index.checkpoint(TENANT) == 0
        for n in range(40):
            await hold(index, single(f"{n:02}", name="ring" * (n % 3)), gone=[f"{n - 20:02}"])
            if n % 7 == 0:
                before = await find(index, "ring", facets=FACETS, limit=100)
                assert await index.checkpoint(TENANT) <= n + 1
                assert await find(index, "ring", facets=FACETS, limit=100) == before
        assert await index.checkpoint(TENANT) == await index.checkpoint(TENANT)

    async def test_searches_see_each_change_whole_while_it_is_made(self, index: SearchIndex) -> None:
        """Every state of the catalog has 20 groups of one word, which changes with every delta."""
        await hold(index, *(single(f"{n:02}", name="word0") for n in range(20)))

        async def change() -> None:
            for step in range(1, 30):
                await hold(index, *(single(f"{n:02}", name=f"word{step}") for n in range(20)))
                await asyncio.sleep(0)

        changing = asyncio.ensure_future(change())
        last = 0
        while not changing.done():
            result = await find(index, " ".join(f"word{step}" for step in range(30)), facets=FACETS, limit=100)
            words = {hit.group.name for hit in result.hits}
            assert (result.total, len(result.hits), len(words)) == (20, 20, 1)
            assert result.revision >= last
            last = result.revision
            await asyncio.sleep(0)
        await changing

    async def test_closing_twice_is_harmless(self, index: SearchIndex) -> None:
        await hold(index, single("1"))
        await index.close()
        await index.close()
