"""Backups of a live catalog and the way back."""

from __future__ import annotations

import asyncio
import stat

import apsw
import pytest

from facetry.domain.errors import StoreError, StoreVersionError
from facetry.engines.sqlite.backup import BackupReport, backup, restore
from facetry.engines.sqlite.journal import SqliteJournal
from facetry.engines.sqlite.opening import open_store
from facetry.testing.journal import ids, request
from facetry.testing.samples import OTHER, TENANT, all_groups, done, put, snapshot

pytestmark = pytest.mark.anyio


@pytest.fixture
def data(tmp_path):
    return tmp_path


@pytest.fixture
def target(tmp_path_factory):
    return tmp_path_factory.mktemp("backups") / "monday"


async def fill(store):
    await done(store, *(put(f"R{n}", f"G{n // 4}") for n in range(200)))
    await done(store, put("R1", "G"), tenant=OTHER)


async def test_a_backup_can_be_restored(store, data, target):
    await fill(store)
    report = backup(data, target)
    size = (target / "catalog.sqlite3").stat().st_size
    assert report == BackupReport(tenants=2, products=201, groups=51, size_bytes=size)
    assert stat.S_IMODE((target / "catalog.sqlite3").stat().st_mode) == 0o600
    await done(store, put("later"))
    restored = target.parent / "restored"
    assert restore(target, restored) == report
    again = await open_store(restored)
    assert await again.counts(TENANT) == (200, 50)
    assert await all_groups(again, OTHER) == await all_groups(store, OTHER)
    assert await again.tenants() == await store.tenants()
    await again.close()
    assert [path.name for path in target.iterdir()] == ["catalog.sqlite3"]


async def test_journals_come_along(store, data, target):
    await fill(store)
    journal = SqliteJournal(data)
    journal.note(TENANT, request(1))
    journal.note("gone", request(2))
    await journal.tenants()
    await journal.forget("gone")
    backup(data, target)
    journal.note(TENANT, request(3))
    await journal.close()
    assert sorted(path.name for path in target.iterdir()) == ["catalog.sqlite3", "journal.db"]
    assert stat.S_IMODE((target / "journal.db").stat().st_mode) == 0o600
    restored = target.parent / "restored"
    restore(target, restored)
    again = SqliteJournal(restored)
    assert (await ids(again, TENANT), await again.tenants()) == ("r1", [TENANT])
    again.note(TENANT, request(4))
    assert await ids(again, TENANT) == "r4 r1"
    await again.close()


async def test_a_damaged_journal_is_told(store, data, target):
    await fill(store)
    (data / "journal.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        backup(data, target)
    assert [path.name for path in target.iterdir()] == ["catalog.sqlite3"]


async def test_a_backup_without_its_accounts_is_none(store, data, target):
    await fill(store)
    (data / "accounts.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        backup(data, target)
    assert list(target.iterdir()) == []


async def test_what_is_no_backup_leaves_nothing(store, data, target):
    backup(data, target)
    (target / "accounts.sqlite").write_bytes(b"accounts")
    (target / "catalog.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        restore(target, target.parent / "restored")
    assert list((target.parent / "restored").iterdir()) == []


async def test_a_backup_under_writes_is_of_one_moment(store, data, target):
    await fill(store)

    async def write():
        for n in range(150):
            await done(store, put(f"N{n}", "N"), put(f"M{n}", "M"))

    writing = asyncio.ensure_future(write())
    await asyncio.sleep(0.01)
    report = await asyncio.to_thread(backup, data, target)
    await writing
    restore(target, target.parent / "restored")
    again = await open_store(target.parent / "restored")
    revision, counts, groups = await snapshot(again)
    assert revision == counts[0]
    assert counts == (report.products - 1, report.groups - 1)
    assert sum(len(group.products) for group in groups) == counts[0]
    members = {group.group_id: len(group.products) for group in groups}
    assert members.get("N", 0) == members.get("M", 0)
    await again.close()


async def test_what_was_deleted_is_not_in_it(store, data, target):
    await done(store, put("R1", description="very secret text"))
    await store.delete_tenant(TENANT)
    backup(data, target)
    assert b"very secret text" not in (target / "catalog.sqlite3").read_bytes()


async def test_nothing_is_overwritten(store, data, target):
    target.mkdir()
    (target / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match="monday is not empty"):
        backup(data, target)
    with pytest.raises(StoreError, match="is not empty"):
        restore(data, data)
    assert [path.name for path in target.iterdir()] == ["notes.txt"]


def test_there_must_be_something_to_copy(target):
    for copy in (backup, restore):
        with pytest.raises(StoreError, match="nothing holds no catalog"):
            copy(target.parent / "nothing", target)
    assert not target.exists()


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
def test_what_is_no_catalog_is_not_restored(target, content):
    target.mkdir()
    (target / "catalog.sqlite3").write_bytes(content)
    with pytest.raises(StoreError):
        restore(target, target.parent / "restored")
    assert list((target.parent / "restored").iterdir()) == []
    with pytest.raises(StoreError):
        backup(target, target.parent / "copy")
    assert list((target.parent / "copy").iterdir()) == []


async def test_a_damaged_backup_is_not_restored(store, data, target):
    await fill(store)
    backup(data, target)
    path = target / "catalog.sqlite3"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :: 7] = b"\xaa" * len(content[len(content) // 2 :: 7])
    path.write_bytes(content)
    with pytest.raises(StoreError):
        restore(target, target.parent / "restored")
    assert list((target.parent / "restored").iterdir()) == []


async def test_a_newer_backup_is_not_restored(store, data, target):
    backup(data, target)
    with apsw.Connection(str(target / "catalog.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreVersionError, match="has schema version 99"):
        restore(target, target.parent / "restored")
