"""What was written last is told from memory exactly as it is read from the database."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.catalog import AllOrNone, DeleteGroup, DeleteProduct
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord
from facetry.domain.record import RecordKind
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.recent import RecentWrites, Written
from facetry.testing.samples import OTHER, TENANT, put

pytestmark = pytest.mark.anyio

STONE = PutRecord(Gemstone(code="D1", name="Diamond", type="diamond"))
MOVED = AllOrNone((put("R1", group_id="G1"), put("R1", group_id="G2")))


def written(before: int, groups: dict[str, list[tuple[object, ...]] | None]) -> Written:
    revision = before + 1
    return Written(before, revision, {f"S{revision}"}, groups, {(RecordKind.GEMSTONE, revision)})


def row(group_id: str, document: bytes = b"{}") -> tuple[object, ...]:
    return (group_id, "id", 1, "USD", document)


@pytest.fixture
async def follower(store, tmp_path):
    follower = await open_store(tmp_path)
    yield follower
    await follower.close()


@pytest.mark.parametrize(
    "calls",
    [
        [[put("R1"), put("R2", group_id="R1"), put("R3")]],
        [[put("R1")], [put("R1", name="Other"), put("R2")]],
        [[put("R1", group_id="G1")], [put("R2", group_id="G1")], [put("R1", group_id="G2")]],
        [[put("R1"), DeleteProduct("R1"), put("R1")], [DeleteGroup("R1")]],
        [[put("R1", group_id="G1")], [DeleteGroup("G1"), put("R2", group_id="G1")]],
        [[put("R1"), AllOrNone((put("R2"), DeleteProduct("R9"))), put("R3")], [put("R4")]],
        [[MOVED, STONE]],
        [[put("R1", is_main=True), put("R2", group_id="R1", is_main=True)]],
    ],
)
async def test_it_is_told_as_it_is_read(store, follower, calls):
    revisions = [(await store.write(TENANT, writes)).revision for writes in calls]
    for after in [0, *revisions]:
        told, read = await store.delta(TENANT, after, 100), await follower.delta(TENANT, after, 100)
        assert told == read
        assert msgspec.json.encode(told) == msgspec.json.encode(read)
    assert read.revision == revisions[-1]


async def test_new_groups_need_not_be_read(store, monkeypatch):
    await store.write(TENANT, [put("R1"), put("R2", group_id="R1")])
    monkeypatch.setattr(store, "_reads", None)
    (group,) = (await store.delta(TENANT, 0, 100)).groups
    assert group.product_skus == ("R1", "R2")


NEW = [put("R2"), put("R3"), put("R4")]


async def test_of_what_is_new_and_old_only_the_old_is_read(store, follower):
    await store.write(TENANT, [put("R1")])
    await store.write(TENANT, [put("R1", name="Second"), *NEW])
    assert store._recent.since(TENANT, 1).groups["R1"] is None
    delta = await store.delta(TENANT, 1, 100)
    assert [group.name for group in delta.groups] == ["Second", "Ring R2", "Ring R3", "Ring R4"]
    assert delta == await follower.delta(TENANT, 1, 100)


async def test_where_most_is_old_all_is_read(store):
    await store.write(TENANT, [put("R1"), put("R2")])
    await store.write(TENANT, [put("R1", name="Second"), put("R2", name="Second"), put("R3")])
    assert store._recent.since(TENANT, 0) is None
    assert store._recent.since(TENANT, 2) is None
    assert len((await store.delta(TENANT, 2, 100)).groups) == 3


async def test_what_is_known_is_not_told_with_what_came_later(store, follower, monkeypatch):
    await store.write(TENANT, [put("R1")])
    await store.write(TENANT, [put("R1", name="Second"), *NEW])
    with monkeypatch.context() as patch:
        patch.setattr(store._recent, "forget", lambda _: None)
        await store.write(TENANT, [put("R1", name="Third")])
    delta = await store.delta(TENANT, 1, 100)
    assert (delta.revision, delta.groups[0].name) == (6, "Third")
    assert delta == await follower.delta(TENANT, 1, 100)


async def test_more_groups_than_are_wanted_are_not_told(store):
    await store.write(TENANT, [put("R1"), put("R2")])
    assert await store.delta(TENANT, 0, 1) is None
    assert len((await store.delta(TENANT, 0, 2)).groups) == 2


async def test_another_currency_is_seen(store, follower):
    await store.write(TENANT, [put("R1", regular_price=10, currency="EUR"), put("R2", group_id="R1", regular_price=20)])
    record = await store.tenant(TENANT)
    assert (await store.delta(TENANT, 0, 9)).groups[0].regular_price_max == 10
    await store.replace_tenant(msgspec.structs.replace(record, settings=type(record.settings)(currency="EUR")))
    delta = await store.delta(TENANT, 0, 9)
    assert (delta.groups[0].regular_price_max, delta) == (20, await follower.delta(TENANT, 0, 9))


async def test_nothing_is_told_of_a_cut_log_or_a_deleted_tenant(store):
    for name in (TENANT, OTHER):
        await store.write(name, [put("R1")])
    await store.cut_log(TENANT, 1)
    assert await store.delta(TENANT, 0, 9) is None
    await store.delete_tenant(OTHER)
    assert (await store.delta(OTHER, 0, 9)).groups == ()


def test_units_that_follow_each_other_are_one():
    recent = RecentWrites()
    recent.keep("t", written(0, {"G": [row("G")], "H": [row("H")]}))
    recent.keep("t", written(1, {"G": None, "H": []}))
    assert recent.since("t", 0) == Written(
        0, 2, {"S1", "S2"}, {"G": None, "H": []}, {(RecordKind.GEMSTONE, 1), (RecordKind.GEMSTONE, 2)}
    )
    assert recent.since("t", 1) == written(1, {"G": None, "H": []})
    assert recent.since("t", 0) is None
    assert recent.since("t", 2) is None
    assert recent.since("u", 0) is None


def test_no_more_is_kept_than_there_is_room_for():
    recent = RecentWrites(10)
    recent.keep("t", written(0, {"G": [row("G", b"123456")]}))
    recent.keep("u", written(0, {"G": [row("G", b"1234")]}))
    assert recent.since("t", 0) is not None
    recent.keep("u", written(1, {"G": [row("G", b"1")]}))
    assert (recent.since("t", 0), recent.since("u", 0).size) == (None, 1)
    recent.keep("v", written(0, {"G": [row("G", b"12345678901")]}))
    assert (recent.since("u", 0), recent.since("v", 0)) == (None, None)


def test_what_was_seen_makes_room():
    recent = RecentWrites(10)
    recent.keep("t", written(0, {"G": [row("G", b"123456")]}))
    recent.keep("t", written(1, {"H": [row("H", b"1234")]}))
    recent.since("t", 1)
    recent.keep("t", written(2, {"I": [row("I", b"123456")]}))
    assert recent.since("t", 1).revision == 3
