"""Several processes on one index: what one writes, refuses, builds or loses, the others see."""

from __future__ import annotations

import asyncio

import pytest

from facetry.domain.change import Delta
from facetry.domain.errors import IndexDamagedError, SearchTimeoutError
from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.filters import Has
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import Suggestions, SuggestQuery
from facetry.domain.search.values import HIGHEST, number_of
from facetry.engines.lucene import search_index
from facetry.engines.lucene.mapping import FORMAT
from facetry.engines.lucene.search_index import LuceneSearchIndex
from facetry.testing.search_samples import OTHER, TENANT, find, found, group, hold, pages, product, single
from tests.engines.lucene_indexes import driver_at, drop, new_prefix

pytestmark = pytest.mark.anyio
WEIGHT = (AttributeDefinition("weight", Kind.INTEGER),)


@pytest.fixture
async def two(opensearch_url):
    """Return the indexes of two processes."""
    prefix = new_prefix()
    indexes = [LuceneSearchIndex(driver_at(opensearch_url), prefix, shards=1) for _ in range(2)]
    await asyncio.gather(*(index.ensure() for index in indexes))
    yield indexes
    for index in indexes:
        await index.close()
    await drop(opensearch_url, prefix)


def heavier(grams, attributes=()):
    """Return the search for what weighs more."""
    field = Schema(attributes).field("weight")
    return SearchQuery(
        filter=Has(field, ranges=((number_of(field, str(grams)), HIGHEST),)), attributes=attributes, language="en"
    )


async def ids(index, query):
    """Return the ids of the groups found."""
    return sorted(hit.group.group_id for hit in (await index.search(TENANT, query)).hits)


async def remove_index(index):
    """Remove the index itself, as somebody may do by hand."""
    alias = index._cluster.index
    await index._driver.call("DELETE", f"/{alias}-000001")


async def test_a_field_that_is_new_to_one_process_is_known_to_the_other(two):
    one, other = two
    await hold(one, single("1", attributes={"weight": 5}))
    assert await ids(other, heavier(1)) == ["1"]
    await hold(one, single("2", attributes={"size": 1}))
    await hold(one, single("3", attributes={"size": 1, "depth": 2}))
    assert await found(other, "item") == ["1", "2", "3"]
    # The other one knows no slot of these yet, and has to keep the ones that are there.
    await hold(other, single("4", attributes={"weight": 7, "depth": 3, "height": 4}))
    assert await ids(one, heavier(6)) == ["4"]
    assert await ids(one, heavier(4)) == ["1", "4"]
    assert await one.known_fields(TENANT) == {f"attributes.{name}" for name in ("weight", "size", "depth", "height")}


async def test_writers_at_once_lose_nothing(two):
    groups = [single(f"{n:02}", attributes={f"a{n}": n, "weight": n}) for n in range(1, 17)]
    # As the store tells them: each with all that the index may not have yet.
    deltas = [Delta(revision=number, groups=tuple(groups[:number])) for number in range(1, 17)]
    await asyncio.gather(*(two[number % 2].apply(TENANT, delta, "en") for number, delta in enumerate(deltas)))
    for index in two:
        assert [one.group_id for one in await index.groups_after(TENANT, "", 99)] == [f"{n:02}" for n in range(1, 17)]
        assert await ids(index, heavier(9)) == [f"{n:02}" for n in range(9, 17)]
        assert await index.revision(TENANT) == 16


class HeldUp:
    """A driver whose refreshes wait until they are let go; what was written is stored by then."""

    def __init__(self, driver):
        self._driver = driver
        self.has_written, self.may_refresh = asyncio.Event(), asyncio.Event()
        self.calls = 0

    async def call(self, method, path, *, parameters=None, **options):
        if method != "PUT" or (parameters or {}).get("refresh") != "true":
            return await self._driver.call(method, path, parameters=parameters, **options)
        reply = await self._driver.call(method, path, parameters={**parameters, "refresh": "false"}, **options)
        self.has_written.set()
        await self.may_refresh.wait()
        await self._driver.call("POST", path.replace("/_doc/", "/_refresh ").partition(" ")[0])
        return reply

    async def close(self):
        await self._driver.close()


async def test_what_another_process_has_written_is_searchable_before_it_is_confirmed(two, opensearch_url):
    one, other = two
    driver = HeldUp(driver_at(opensearch_url))
    slow = LuceneSearchIndex(driver, one._cluster.index.partition("-groups-")[0], shards=1)
    await one.apply(TENANT, Delta(revision=1, groups=(single("1", name="old"),)), "en")
    newer = Delta(revision=2, groups=(single("1", name="new"),))
    driver.may_refresh.clear()
    writing = asyncio.create_task(slow.apply(TENANT, newer, "en"))
    await driver.has_written.wait()
    # The state says so already, and the one who wrote it still waits.
    assert await other.revision(TENANT) == 2
    await other.apply(TENANT, newer, "en")
    assert (await found(other, "new"), await found(other, "old")) == (["1"], [])
    driver.may_refresh.set()
    await writing
    await slow.close()


async def test_late_writes_replace_nothing(two):
    one, other = two
    old = Delta(revision=3, groups=(single("1", name="old"), single("2", name="old")))
    await other.apply(TENANT, Delta(revision=2, groups=(single("2"),)), "en")
    await one.apply(TENANT, Delta(revision=5, groups=(single("1", name="new"),), gone=("2",)), "en")
    # A writer that was held up between reading the state and writing has its documents refused one by one.
    state = await other._states.read(TENANT)
    writer = search_index.GroupWriter(other._cluster, TENANT, state, ())
    assert await writer.write(search_index.Batch(3, old.groups)) == {}
    await other.apply(TENANT, old, "en")
    assert (await found(one, "old"), await found(one, "new")) == ([], ["1"])
    assert await other.revision(TENANT) == 5


async def test_a_group_that_the_engine_refuses_is_parked_and_the_others_go_on(two):
    one, other = two
    await hold(one, single("1", name="ring"), single("2", name="ring"))
    await hold(one, single("1", name="ring", attributes={"x" * 40_000: "no term may be so long"}), single("3"))
    assert await found(other, "ring item") == ["2", "3"]
    assert list(await other.parked(TENANT)) == ["1"]
    assert await one.group(TENANT, "1") is None
    await hold(other, single("1", name="ring again"))
    assert await found(one, "ring") == ["1", "2"]
    assert await one.parked(TENANT) == {}
    await one.rebuild(TENANT, pages(single("1", attributes={"y" * 40_000: "x"})), 3, "en")
    assert list(await other.parked(TENANT)) == ["1"]
    assert await one.parked("nobody") == {}


async def test_an_attribute_of_another_type_is_compared_anew(two):
    one, other = two
    await hold(one, single("1", attributes={"weight": "12"}), single("2", attributes={"weight": "1.5"}))
    assert await ids(other, heavier(1)) == ["1", "2"]
    await one.apply(TENANT, Delta(revision=2), "en", attributes=WEIGHT)
    state = await other._states.read(TENANT)
    assert [slot.key for slot in state.slots if "weight" in slot.key] == ["attributes.weight:integer"]
    assert all(slot.is_filled for slot in state.slots)
    assert state.retired == frozenset()
    assert await ids(other, heavier(1, WEIGHT)) == ["1"]


async def test_of_two_rebuilds_the_last_one_counts(two):
    one, other = two
    await hold(one, single("1"), single("gone"))
    begun, done = asyncio.Event(), asyncio.Event()

    async def slow():
        yield [single("1", name="slow")]
        begun.set()
        await done.wait()
        yield [single("2", name="slow"), single("3", name="slow")]

    first = asyncio.create_task(one.rebuild(TENANT, slow(), 1, "en"))
    await begun.wait()

    async def quick():
        yield [single("1", name="quick"), single("2", name="quick")]
        done.set()
        await first
        assert (await found(other, "quick"), await found(other, "slow item")) == (["1", "2"], ["3"])
        yield [single("3", name="quick")]

    await other.rebuild(TENANT, quick(), 1, "en")
    assert (await found(one, "quick"), await found(one, "slow item")) == (["1", "2", "3"], [])
    state = await one._states.read(TENANT)
    assert (state.revision, state.epoch, state.is_complete, state.is_building) == (1, 3, True, False)


async def test_a_change_under_way_when_a_rebuild_begins_is_written_again(two):
    one, other = two
    await hold(one, single("1", name="old"))

    async def rebuilt():
        # Read before the change, written after it.
        page = [single("1", name="old")]
        await other.apply(TENANT, Delta(revision=2, groups=(single("1", name="new"),)), "en")
        assert await found(one, "new") == ["1"]
        yield page

    await one._states.known(TENANT)
    await one.rebuild(TENANT, rebuilt(), 1, "en")
    assert await found(other, "new") == ["1"]
    assert await other.revision(TENANT) == 2


async def test_a_first_build_that_fails_is_no_index(two):
    one, other = two

    async def broken():
        yield [single("1")]
        raise OSError("the store is gone")

    with pytest.raises(OSError, match="the store"):
        await one.rebuild(TENANT, broken(), 4, "en")
    assert await other.revision(TENANT) is None
    assert not (await other._states.read(TENANT)).is_building
    await other.rebuild(TENANT, pages(single("3")), 4, "en")
    assert await found(one, "item") == ["3"]


async def test_an_index_that_is_removed_comes_back_by_a_rebuild(two):
    one, other = two
    await hold(one, single("1", name="ring"))
    await hold(one, single("1", name="ring"), tenant=OTHER)
    assert await found(other, "ring") == ["1"]
    await remove_index(one)
    with pytest.raises(IndexDamagedError):
        await found(other, "ring")
    # It is there again, and empty: nobody takes it for the whole.
    with pytest.raises(IndexDamagedError):
        await hold_next(one)
    assert [await index.revision(TENANT) for index in two] == [None, None]
    await other.rebuild(TENANT, pages(single("1", name="ring"), single("2", name="ring")), 2, "en")
    assert await found(one, "ring") == ["1", "2"]
    assert await one.revision(OTHER) is None


async def hold_next(index):
    """Apply a change to what this process believes to be there."""
    await index.apply(TENANT, Delta(revision=2, groups=(single("2", name="ring"),)), "en")


async def test_an_index_that_is_removed_is_missed_by_writers_and_by_whoever_asks(two):
    one, other = two
    await hold(one, single("1"))
    await remove_index(one)
    with pytest.raises(IndexDamagedError):
        await hold_next(one)
    await remove_index(one)
    assert await other.revision(TENANT) is None
    await one.rebuild(TENANT, pages(single("1")), 1, "en")
    await remove_index(one)
    with pytest.raises(IndexDamagedError):
        await one.groups_after(TENANT, "", 9)


async def test_what_is_gone_is_remembered_for_a_while(two, monkeypatch):
    one, other = two
    await hold(one, single("1"), single("2"))
    await hold(one, gone=["1"])
    count = f"/{one._cluster.index}/_count"
    everything = {"query": {"exists": {"field": "gone"}}}
    assert await one.checkpoint(TENANT) == 2
    assert (await one._driver.call("POST", count, body=everything)).body["count"] == 1
    monkeypatch.setattr(search_index, "KEPT_GONE_SECONDS", -10)
    assert await other.checkpoint(TENANT) == 2
    assert (await one._driver.call("POST", count, body=everything)).body["count"] == 0
    assert await found(one, "item") == ["2"]


async def test_a_write_is_two_calls_and_a_search_is_one(two):
    one, other = two
    await hold(one, single("1", name="ring"), single("2", name="ring"))
    before = one._driver.calls
    await one.apply(TENANT, Delta(revision=2, groups=(single("3", name="ring"),), gone=("1",)), "en")
    assert one._driver.calls - before == 2
    before = one._driver.calls
    await one.apply(TENANT, Delta(revision=3), "en")
    assert one._driver.calls - before == 1
    await found(other, "ring")
    before = other._driver.calls
    await found(other, "ring", offset=1, explain=True)
    assert other._driver.calls - before == 1


async def test_a_large_change_comes_in_parcels(two, monkeypatch):
    one, other = two
    monkeypatch.setattr("facetry.engines.lucene.applying.PARCEL_BYTES", 20_000)
    many = [group(f"{n:03}", *(product(f"{n}-{k}", description="word " * 20) for k in range(3))) for n in range(30)]
    before = one._driver.calls
    await one.apply(TENANT, Delta(revision=1, groups=tuple(many), gone=("x",)), "en")
    assert one._driver.calls - before > 6
    assert await other.groups_after(TENANT, "", 99) == many


async def test_what_another_process_forgot_is_missed_once(two):
    one, other = two
    await hold(one, single("1", name="ring"))
    assert await found(other, "ring") == ["1"]
    await one.forget(TENANT)
    with pytest.raises(IndexDamagedError):
        await found(other, "ring")
    assert await found(other, "ring") == []
    assert (await other.search(TENANT, SearchQuery(text="ring"))).total == 0
    assert await other.suggest(TENANT, SuggestQuery(text="ri")) == Suggestions()
    assert await other.known_fields(TENANT) == frozenset()


async def test_a_tenant_made_anew_at_once_is_not_taken_for_the_one_before(two):
    one, other = two
    for _ in range(3):
        # The epochs of what is forgotten are higher than those that its namesake begins with.
        for _ in range(3):
            await one.rebuild(TENANT, pages(single("1"), single("2")), 1, "en")
        await one.forget(TENANT)
        await other.apply(TENANT, Delta(revision=1, groups=(single("2"),)), "en")
        assert await found(other, "item") == ["2"]
        await other.forget(TENANT)


async def test_nobody_searches_after_the_deadline(two):
    with pytest.raises(SearchTimeoutError):
        await two[0].search(TENANT, SearchQuery(), deadline=0.0)


async def test_a_text_of_very_many_words_finds_what_has_any(two):
    await hold(two[0], single("1", name="w7"), single("2", name="other"), single("3", name="w390 w0"))
    result = await find(two[1], " ".join(f"w{number}" for number in range(200)), "name", "description", "category")
    assert [hit.group.group_id for hit in result.hits] == ["1", "3"]
    assert 0.0 < result.hits[0].score < 1.0


async def test_another_format_is_another_index(two):
    assert two[0]._cluster.index.endswith(f"-groups-{FORMAT}")
