from __future__ import annotations

import asyncio
import gc
import logging
import os
from pathlib import Path
from shutil import rmtree

import pytest
from msgspec import structs

from facetry.domain.change import Delta
from facetry.domain.search.answering import answer
from facetry.domain.search.fields import Schema
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.text.naive import analysed
from facetry.engines.columns import files
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.text.found_texts import FoundText
from facetry.engines.columns.tuning import DEFAULT_TUNING, Tuning
from facetry.testing.search_samples import FACETS, TENANT, find, found, group, hold, pages, product, single

pytestmark = pytest.mark.anyio

SAVING = Tuning(saved_groups=4, unsaved_groups=8)
FOLDER = files.folder_name(TENANT)


def singles(start: int, end: int, **fields: object):
    return [single(f"{n:03}", **fields) for n in range(start, end)]


async def few_parts(index: ColumnsSearchIndex, most: int) -> None:
    """Wait until no more parts than these are left."""
    async with asyncio.timeout(5):
        while len(index._tenants[TENANT].snapshot.parts) > most:  # noqa: ASYNC110 - upkeep tells nobody
            await asyncio.sleep(0.005)


def segments(directory: Path) -> list[Path]:
    return sorted((directory / FOLDER).glob("*.segment"))


async def saved(directory: Path, count: int = 20) -> int:
    """Save an index of ``count`` groups and return its revision."""
    index = ColumnsSearchIndex(directory, tuning=SAVING)
    await index.rebuild(TENANT, pages(*singles(0, count)), 5, "en")
    revision = await hold(index, gone=["003"])
    await index.close()
    return revision


async def test_what_is_saved_is_there_after_a_restart(tmp_path):
    revision = await saved(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) == revision
    assert (await find(index, "item")).total == 19
    assert await index.group(TENANT, "003") is None
    assert await index.checkpoint(TENANT) == revision
    await index.close()
    assert len(segments(tmp_path)) == 1


async def test_a_change_of_nothing_builds_nothing_and_is_saved_by_its_revision(tmp_path):
    revision = await saved(tmp_path)
    files_before = segments(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert (await find(index, "item")).total == 19
    parts = index._tenants[TENANT].snapshot.parts
    for step in range(1, 21):
        await index.apply(TENANT, Delta(revision=revision + step), "en")
    assert index._tenants[TENANT].snapshot.parts is parts
    assert await index.checkpoint(TENANT) == revision + 20
    await index.close()
    assert segments(tmp_path) == files_before
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) == revision + 20
    assert (await find(index, "item")).total == 19
    await index.close()


async def test_the_smallest_index_is_not_saved(tmp_path):
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    revision = await hold(index, *singles(0, 3))
    assert await index.checkpoint(TENANT) == revision
    await index.close()
    assert not (tmp_path / FOLDER).exists()
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) is None
    await index.close()


async def test_a_few_unsaved_groups_are_left_to_the_change_log(tmp_path):
    revision = await saved(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    await hold(index, single("000", name="changed"), gone=["001"])
    await hold(index, single("new"))
    assert await index.checkpoint(TENANT) == revision
    await index.close()
    assert len(segments(tmp_path)) == 1
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) == revision
    changes = Delta(revision=9, groups=(single("000", name="changed"), single("new")), gone=("001",))
    await index.apply(TENANT, changes, "en")
    assert (await find(index, "item")).total == 18
    assert await found(index, "changed") == ["000"]
    await index.close()


async def test_a_few_unsaved_groups_do_not_hold_back_the_change_log_for_ever(tmp_path):
    revision = await saved(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=structs.replace(SAVING, unsaved_revisions=10))
    await hold(index, single("000", name="changed"))
    for number in range(9):
        await hold(index, single("001", name=f"version{number}"))
    assert await index.checkpoint(TENANT) == revision
    last = await hold(index, single("001", name="last"))
    assert await index.checkpoint(TENANT) == last
    await index.close()
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) == last
    assert [await found(index, word) for word in ("changed", "last", "version8")] == [["000"], ["001"], []]
    await index.close()


async def test_deletions_alone_move_the_checkpoint(tmp_path):
    await saved(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    revision = await hold(index, gone=["005", "006"])
    assert await index.checkpoint(TENANT) == revision
    assert await index.checkpoint(TENANT) == revision
    revision = await hold(index, gone=[f"{n:03}" for n in range(20)])
    assert await index.checkpoint(TENANT) == revision
    await index.close()
    assert segments(tmp_path) == []
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) == revision
    assert await found(index, "item") == []
    await index.close()


async def test_much_in_memory_is_saved_without_being_asked(tmp_path):
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    await hold(index, *singles(0, 9))
    task = index._tenants[TENANT]._task
    assert task is not None
    await task
    assert len(segments(tmp_path)) == 1
    await index.close()


async def test_a_rebuild_replaces_the_files(tmp_path):
    await saved(tmp_path)
    before = segments(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    await index.rebuild(TENANT, pages(single("only", name="ring")), 3, "en")
    assert await index.checkpoint(TENANT) == 3
    await index.close()
    after = segments(tmp_path)
    assert len(after) == 1
    assert after != before
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) == 3
    assert await found(index, "ring") == ["only"]
    await index.close()


@pytest.mark.parametrize("language", ["en", "de"])
async def test_what_is_built_anew_finds_the_same_after_a_restart(tmp_path, language):
    """The values of what is built anew have other codes than those in the files of before."""
    index = ColumnsSearchIndex(tmp_path, tuning=Tuning(saved_groups=1))
    await hold(index, single("z", color="red"))
    revision = await hold(index, *(blue := [single(group_id, color="blue") for group_id in "ab"]))
    assert await index.checkpoint(TENANT) == revision
    if language == "en":
        await index.rebuild(TENANT, pages(*blue, single("z", color="red")), revision, language)
    else:
        await index.apply(TENANT, Delta(revision=revision + 1, groups=(blue[0],)), language)
    before = await find(index, "item", facets=FACETS, language=language)
    await index.close()
    again = ColumnsSearchIndex(tmp_path)
    assert await find(again, "item", facets=FACETS, language=language) == before
    await again.close()


@pytest.mark.parametrize(
    "damage", ["cut", "gone", "altered", "newer", "manifest", "other tenant", "dead list", "other file"]
)
async def test_a_damaged_index_is_dropped_and_reported(tmp_path, caplog, damage):
    await saved(tmp_path)
    path, manifest = segments(tmp_path)[0], tmp_path / FOLDER / "manifest"
    content = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(content[:-100])
        case "gone":
            path.unlink()
        case "altered":
            path.write_bytes(content[:-3] + b"???")
        case "newer":
            path.write_bytes(content[:8] + b"\x63" + content[9:])
        case "manifest":
            manifest.write_bytes(manifest.read_bytes()[:-1])
        case "other tenant":
            files.save_manifest(manifest.parent, files.Manifest("other", "en", 5, (), {}))
        case "other file":
            (values,) = (tmp_path / FOLDER).glob("*.values")
            other = files.save_values(values.parent, files.open_values(values.parent, values.name))
            (values.parent / other).rename(values)
        case "dead list":
            part = files.SavedPart(path.name, 19, b"\x01")
            files.save_manifest(manifest.parent, files.Manifest(TENANT, "en", 5, (part,), {}))
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    with caplog.at_level(logging.WARNING):
        assert await index.revision(TENANT) is None
    assert "rebuilt from the store" in caplog.text
    assert not (tmp_path / FOLDER).exists()
    assert await found(index, "item") == []
    await index.rebuild(TENANT, pages(*singles(0, 20)), 6, "en")
    await index.close()
    assert len(segments(tmp_path)) == 1


@pytest.mark.parametrize("place", ["folder", "manifest", "segment", "stray"])
async def test_what_lies_where_no_such_thing_belongs_stops_nobody(tmp_path, place):
    revision = await saved(tmp_path)
    folder = tmp_path / FOLDER
    path = {"folder": folder, "manifest": folder / "manifest", "segment": segments(tmp_path)[0]}.get(place)
    if path == folder:
        rmtree(folder)
        folder.touch()
    else:
        path = path or folder / "stray"
        path.unlink(missing_ok=True)
        path.mkdir()
    follower = ColumnsSearchIndex(tmp_path, writer=False)
    assert await follower.revision(TENANT) == (revision if place == "stray" else None)
    await follower.close()
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) == (revision if place == "stray" else None)
    await index.rebuild(TENANT, pages(*singles(0, 6)), revision, "en")
    await index.close()
    again = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await again.revision(TENANT) == revision
    assert (await find(again, "item")).total == 6
    await again.close()


async def test_files_that_nobody_names_are_removed_by_the_writer(tmp_path):
    await saved(tmp_path)
    stray = tmp_path / FOLDER / "stray.segment.unfinished"
    stray.touch()
    follower = ColumnsSearchIndex(tmp_path, writer=False)
    await follower.revision(TENANT)
    await follower.close()
    assert stray.exists()
    index = ColumnsSearchIndex(tmp_path)
    await index.revision(TENANT)
    await index.close()
    assert not stray.exists()


async def test_a_full_disk_loses_nothing(tmp_path, monkeypatch, caplog):
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    revision = await hold(index, *singles(0, 6))

    def full(_descriptor: int) -> None:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert await index.checkpoint(TENANT) == revision
    assert "could not be saved" in caplog.text
    assert (await find(index, "item")).total == 6
    assert segments(tmp_path) == []
    assert await index.checkpoint(TENANT) == revision
    await index.close()
    assert len(segments(tmp_path)) == 1


async def test_a_forgotten_tenant_leaves_no_file(tmp_path):
    await saved(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    await index.forget(TENANT)
    assert not (tmp_path / FOLDER).exists()
    await index.close()
    assert not (tmp_path / FOLDER).exists()


async def test_who_asks_while_a_tenant_is_forgotten_opens_nothing_of_it(tmp_path):
    await saved(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    await hold(index, *singles(30, 40))
    saving = asyncio.ensure_future(index.checkpoint(TENANT))
    await asyncio.sleep(0)
    forgetting = asyncio.ensure_future(index.forget(TENANT))
    while not forgetting.done():
        await index.revision(TENANT)
        await asyncio.sleep(0)
    assert await index.revision(TENANT) is None
    await saving
    await index.close()


async def test_callers_at_the_same_time_share_one_opening(tmp_path):
    revision = await saved(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    answers = await asyncio.gather(*(index.revision(TENANT) for _ in range(5)), found(index, "item", limit=100))
    assert answers[:5] == [revision] * 5
    assert len(answers[5]) == 19
    await index.close()


async def test_a_follower_maps_what_the_writer_saved(tmp_path):
    revision = await saved(tmp_path)
    follower = ColumnsSearchIndex(tmp_path, writer=False, tuning=SAVING)
    assert await follower.revision(TENANT) == revision
    await hold(follower, single("new", name="ring"))
    assert await found(follower, "ring") == ["new"]
    assert await follower.checkpoint(TENANT) == revision
    await follower.forget("nobody")
    await follower.close()
    assert len(segments(tmp_path)) == 1


async def test_a_follower_turns_to_news_when_it_holds_much(tmp_path):
    writer = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    await writer.rebuild(TENANT, pages(*singles(0, 20)), 5, "en")
    await writer.checkpoint(TENANT)
    follower = ColumnsSearchIndex(tmp_path, writer=False, tuning=SAVING)
    assert await follower.revision(TENANT) == 5
    many = Delta(revision=6, groups=tuple(singles(100, 120, color="red")))
    for index in (writer, follower):
        await index.apply(TENANT, many, "en")
    assert await follower.revision(TENANT) == 6
    await writer.checkpoint(TENANT)
    last = Delta(revision=7, groups=(single("last", color="blue"),))
    await follower.apply(TENANT, last, "en")
    # The newer manifest is as far as revision 6; searches still see 7.
    assert await follower.revision(TENANT) == 6
    assert (await find(follower, "item")).revision == 7
    await follower.apply(TENANT, last, "en")
    result = await find(follower, "item", facets=FACETS)
    assert (result.revision, result.total) == (7, 41)
    assert await follower.revision(TENANT) == 7
    unsaved = follower._tenants[TENANT].unsaved_groups
    assert unsaved == 1
    await follower.close()
    await writer.close()


async def test_a_follower_sees_at_once_news_that_are_as_far_as_the_store(tmp_path):
    """Nothing is left to apply after them."""
    writer = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    await writer.rebuild(TENANT, pages(*singles(0, 20)), 5, "en")
    await writer.checkpoint(TENANT)
    follower = ColumnsSearchIndex(tmp_path, writer=False, tuning=SAVING)
    await follower.apply(TENANT, Delta(revision=6, groups=tuple(singles(100, 120))), "en")
    await writer.apply(TENANT, Delta(revision=7, groups=tuple(singles(100, 130))), "en")
    await writer.checkpoint(TENANT)
    assert await follower.revision(TENANT) == 7
    result = await find(follower, "item")
    assert (result.revision, result.total) == (7, 50)
    await follower.close()
    await writer.close()


async def test_a_follower_survives_damage_without_touching_it(tmp_path, caplog):
    await saved(tmp_path)
    path = segments(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-1])
    follower = ColumnsSearchIndex(tmp_path, writer=False)
    assert await follower.revision(TENANT) is None
    assert "rebuilt" in caplog.text
    await follower.rebuild(TENANT, pages(*singles(0, 3)), 6, "en")
    assert (await find(follower, "item")).total == 3
    await follower.close()
    assert path.exists()


async def test_a_map_outlives_its_file(tmp_path):
    await saved(tmp_path)
    follower = ColumnsSearchIndex(tmp_path, writer=False)
    assert (await find(follower, "item")).total == 19
    for path in segments(tmp_path):
        path.unlink()
    gc.collect()
    assert len((await find(follower, "item", limit=50)).hits) == 19
    await follower.close()


async def test_deaths_during_a_merge_in_the_background_count(tmp_path):
    """Merges run in a thread here; what is deleted or replaced meanwhile must not come back."""
    tuning = Tuning(tier_factor=2, tier_groups=2, inline_groups=0, saved_groups=2, unsaved_groups=10)
    index = ColumnsSearchIndex(tmp_path, tuning=tuning)
    living: dict[str, str] = {}
    for step in range(150):
        names = {f"{(step * 7 + n) % 60:02}": f"w{step}" for n in range(5)}
        gone = [f"{(step * 11 + n) % 60:02}" for n in range(3)]
        gone = [group_id for group_id in gone if group_id not in names]
        living = {group_id: name for group_id, name in (living | names).items() if group_id not in gone}
        await hold(index, *(single(group_id, name=name) for group_id, name in names.items()), gone=gone)
        if step % 3 == 0:
            await asyncio.sleep(0)
        held = await index.groups_after(TENANT, "", 100)
        assert {group.group_id: group.name for group in held} == living
    assert {hit.group.group_id for hit in (await find(index, " ".join(set(living.values())), limit=100)).hits} == set(
        living
    )
    await index.close()
    reopened = ColumnsSearchIndex(tmp_path, tuning=tuning)
    assert await reopened.revision(TENANT) == 150
    assert {group.group_id: group.name for group in await reopened.groups_after(TENANT, "", 100)} == living
    await reopened.close()


async def test_upkeep_that_fails_is_reported_and_tried_again(caplog):
    tuning = Tuning(tier_factor=2, tier_groups=2, inline_groups=0)
    index = ColumnsSearchIndex(None, tuning=tuning)
    await hold(index, single("1"))
    index._surroundings.upkeep.shutdown()
    await hold(index, single("2"))
    async with asyncio.timeout(5):
        while "upkeep of the search index failed" not in caplog.text:  # noqa: ASYNC110 - upkeep tells nobody
            await asyncio.sleep(0.005)
    assert await found(index, "item") == ["1", "2"]
    await index.close()


async def test_a_search_that_nobody_waits_for_ends_early():
    index = ColumnsSearchIndex(None, tuning=Tuning(inline_work=0, slice_work=1))
    await hold(index, *singles(0, 200))
    before = await find(index, "item")
    for _ in range(20):
        search = asyncio.ensure_future(find(index, "item", facets=FACETS))
        await asyncio.sleep(0)
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
    assert await find(index, "item") == before
    await index.close()


async def test_a_rebuild_of_many_groups_merges_on_the_way():
    tuning = Tuning(build_groups=2, tier_factor=2, tier_groups=2)
    index = ColumnsSearchIndex(None, tuning=tuning)
    groups = singles(0, 200, color="red")
    await index.rebuild(TENANT, pages(*groups, size=50), 5, "en")
    assert [part.count for part in index._tenants[TENANT].snapshot.parts] == [200]
    assert await index.groups_after(TENANT, "", 999) == groups
    await index.close()


async def test_closing_waits_for_what_is_being_opened(tmp_path):
    await saved(tmp_path)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    opening = asyncio.ensure_future(index.revision(TENANT))
    await asyncio.sleep(0)
    await index.close()
    assert await opening == 6


async def test_few_parts_are_kept_whatever_is_applied():
    index = ColumnsSearchIndex(None)
    for n in range(400):
        await hold(index, single(f"{n % 300:03}"))
        assert len(index._tenants[TENANT].snapshot.parts) < 2 * DEFAULT_TUNING.tier_factor
    await few_parts(index, DEFAULT_TUNING.tier_factor - 1)
    assert sum(part.count for part in index._tenants[TENANT].snapshot.parts) == 300
    await index.close()


async def test_small_parts_merge_when_the_change_is_answered():
    index = ColumnsSearchIndex(None, tuning=Tuning(tier_factor=2, tidy_seconds=0.01))
    for n in range(3):
        await hold(index, single(str(n)))
    assert [part.count for part in index._tenants[TENANT].snapshot.parts] == [1, 1, 1]
    before = await find(index, "item")
    await few_parts(index, 1)
    assert [part.count for part in index._tenants[TENANT].snapshot.parts] == [3]
    assert await find(index, "item") == before
    await index.close()


async def test_who_rests_or_stops_merges_nothing_later(tmp_path):
    index = ColumnsSearchIndex(tmp_path, tuning=Tuning(tier_factor=2, tidy_seconds=0.01))
    for n in range(3):
        await hold(index, single(str(n)))
    held = index._tenants[TENANT]
    assert await held.rest()
    rested = held.snapshot
    await asyncio.sleep(0.03)
    assert held.snapshot is rested
    assert [part.count for part in rested.parts] == [3]
    await hold(index, single("3"))
    await held.stop()
    stopped = held.snapshot
    await asyncio.sleep(0.03)
    assert held.snapshot is stopped
    assert [part.count for part in stopped.parts] == [3, 1]
    await index.close()


async def test_what_is_in_memory_becomes_one_part_when_no_change_comes():
    index = ColumnsSearchIndex(None, tuning=Tuning(settle_seconds=0.02))
    for n in range(4):
        await hold(index, single(str(n)))
    held = index._tenants[TENANT]
    assert [part.count for part in held.snapshot.parts] == [1, 1, 1, 1]
    before = await find(index, "item")
    await few_parts(index, 1)
    assert [part.count for part in held.snapshot.parts] == [4]
    assert await find(index, "item") == before
    await hold(index, single("9"))
    await index.close()
    await asyncio.sleep(0.03)
    assert [part.count for part in held.snapshot.parts] == [4, 1]


@pytest.mark.parametrize("shown", [0, 1])
async def test_the_cheapest_product_is_the_same_however_many_are_shown(shown):
    index = ColumnsSearchIndex(None)
    common = {"name": "ring", "brand": "Rio", "description": "A gold ring: gold."}
    silver = product("a1", color="silver", regular_price=5, **common)
    groups = [
        group("a", silver, product("a2", color="gold", regular_price=9, **common)),
        single("b", color="gold", regular_price=5, name="ring", brand="Rio"),
    ]
    revision = await hold(index, *groups)
    query = SearchQuery(text="gold ring", group_by=(Schema().field("brand"),), matched_products=shown)
    expected = answer(query, revision, analysed(groups, "en"))
    result = await index.search(TENANT, query)
    assert [hit.cheapest.sku for hit in result.hits] == ["b-1"]
    assert result.hits == expected.hits
    await index.close()


def sizes(index: ColumnsSearchIndex) -> dict[str, int]:
    return dict(index._tenants[TENANT].snapshot.dictionaries.sizes())


@pytest.mark.parametrize("is_saved", [True, False])
async def test_values_that_nobody_has_any_more_do_not_stay_for_ever(tmp_path, is_saved):
    tuning = Tuning(saved_groups=4, tier_factor=3, unused_values=20)
    index = ColumnsSearchIndex(tmp_path if is_saved else None, tuning=tuning)
    await hold(index, *(single(f"{n:03}", color=f"color {n}") for n in range(8)))
    await index.checkpoint(TENANT)
    for step in range(60):
        await hold(index, single(f"{step % 8:03}", name=f"item {step}", color=f"new {step}", currency="EUR"))
    assert sizes(index)["name"] == 61
    before = await find(index, "item", facets=FACETS, limit=20)
    revision = await index.checkpoint(TENANT)
    assert sizes(index)["name"] == sizes(index)["color"] == sizes(index)["group_id"] == 8
    assert await find(index, "item", facets=FACETS, limit=20) == before
    await hold(index, single("008", color="last"))
    after = await find(index, "item", facets=FACETS, limit=20)
    assert revision == before.revision
    await index.close()
    if is_saved:
        index = ColumnsSearchIndex(tmp_path, tuning=tuning)
        assert sizes_of_files(tmp_path) == 8
        await index.apply(TENANT, Delta(revision=after.revision, groups=(single("008", color="last"),)), "en")
        assert await find(index, "item", facets=FACETS, limit=20) == after
        await index.close()


def sizes_of_files(directory: Path) -> int:
    """Return how many names are in the files of dictionaries."""
    folder = directory / FOLDER
    return sum(len(files.open_values(folder, path.name).values["name"]) for path in folder.glob("*.values"))


async def test_closing_does_not_save_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("facetry.engines.columns.search_index.SAVING_SECONDS", -1.0)
    index = ColumnsSearchIndex(tmp_path, tuning=Tuning(saved_groups=1))
    await index.apply("t", Delta(revision=1, groups=(single("a"),)), "en")
    await index.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_what_texts_of_a_deleted_tenant_found_is_forgotten():
    index = ColumnsSearchIndex(None)
    await hold(index, single("1", name="ring"))
    gc.collect()

    def remembered() -> int:
        return sum(isinstance(one, FoundText) for one in gc.get_objects())

    before, ring = remembered(), SearchQuery(text="ring")
    assert (await index.search(TENANT, ring)).total == 1
    assert remembered() == before + 1
    await index.forget(TENANT)
    assert remembered() == before
    assert (await index.search(TENANT, ring)).total == 0
    await index.close()
