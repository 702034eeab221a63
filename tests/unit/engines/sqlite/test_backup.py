"""Backups of a live catalog and the way back."""

from __future__ import annotations

import asyncio
import hashlib
import json
import stat
import threading
import time

import apsw
import pytest

from facetry.domain.copying import REVISIONS_APART
from facetry.domain.errors import (
    RevisionTooOldError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreVersionError,
)
from facetry.engines.sqlite import backup as backups
from facetry.engines.sqlite.backup import BackupReport, backup, restore
from facetry.engines.sqlite.backup_contents import CONTENTS_FILE
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.journal import SqliteJournal
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.ownership import acquire
from facetry.testing.journal import ids, request
from facetry.testing.samples import OTHER, TENANT, all_groups, done, put, snapshot

pytestmark = pytest.mark.anyio


@pytest.fixture
def data(tmp_path):
    return tmp_path


@pytest.fixture
def target(tmp_path_factory):
    return tmp_path_factory.mktemp("backups") / "monday"


@pytest.fixture
def restored(target):
    return target.parent / "restored"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


async def fill(store):
    await done(store, *(put(f"R{n}", f"G{n // 4}") for n in range(200)))
    await done(store, put("R1", "G"), tenant=OTHER)


async def test_a_backup_can_be_restored(store, data, target, restored):
    await fill(store)
    report = backup(data, target)
    size = (target / "catalog.sqlite3").stat().st_size
    assert report == BackupReport(tenants=2, products=201, groups=51, size_bytes=size)
    assert stat.S_IMODE((target / "catalog.sqlite3").stat().st_mode) == 0o600
    await done(store, put("later"))
    assert restore(target, restored) == report
    again = await open_store(restored)
    assert await again.counts(TENANT) == (200, 50)
    assert await all_groups(again, OTHER) == await all_groups(store, OTHER)
    assert await again.tenants() == await store.tenants()
    await again.close()
    assert names(target) == ["backup.json", "catalog.sqlite3"]
    contents = json.loads((target / "backup.json").read_bytes())
    digest = hashlib.sha256((target / "catalog.sqlite3").read_bytes()).hexdigest()
    assert contents.pop("taken") == pytest.approx(time.time(), abs=60)
    assert contents == {"facetry_backup": 1, "files": {"catalog.sqlite3": digest}}


async def test_journals_come_along(store, data, target, restored):
    await fill(store)
    journal = SqliteJournal(data)
    journal.note(TENANT, request(1))
    journal.note("gone", request(2))
    await journal.tenants()
    await journal.forget("gone")
    backup(data, target)
    journal.note(TENANT, request(3))
    await journal.close()
    assert names(target) == ["backup.json", "catalog.sqlite3", "journal.db"]
    assert stat.S_IMODE((target / "journal.db").stat().st_mode) == 0o600
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
    assert names(target) == []


async def test_a_backup_without_its_accounts_is_none(store, data, target):
    await fill(store)
    (data / "accounts.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        backup(data, target)
    assert list(target.iterdir()) == []


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
    assert (revision - counts[0]) % 1000 == 0
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
    backup(data, target.parent / "tuesday")
    with pytest.raises(StoreError, match="is not empty"):
        restore(target.parent / "tuesday", data)
    assert names(target) == ["notes.txt"]


@pytest.mark.parametrize("name", ["copy", "index/../copy", ""])
async def test_no_backup_lies_in_its_own_directory(store, data, name):
    """There it would outlive neither the disk nor the deletion of a tenant."""
    before = names(data)
    with pytest.raises(StoreError, match="is in the data directory: keep the backup elsewhere, on another disk"):
        backup(data, data / name)
    assert names(data) == before


def test_there_must_be_something_to_copy(target):
    with pytest.raises(StoreError, match="nothing holds no catalog"):
        backup(target.parent / "nothing", target)
    with pytest.raises(StoreError, match="nothing holds no whole backup"):
        restore(target.parent / "nothing", target)
    assert not target.exists()


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
def test_what_is_no_catalog_is_not_copied(data, target, content):
    (data / "catalog.sqlite3").write_bytes(content)
    with pytest.raises(StoreError):
        backup(data, target)
    assert names(target) == []


async def whole(store, data, target):
    """Take a backup that has every file; one value of its catalog stands in it as it is."""
    await fill(store)
    await done(store, put("R1", description="as it was written"))
    (data / "journal.db").touch()
    (data / "accounts.sqlite").touch()
    backup(data, target, lambda: (target / "master.key").write_text("ab" * 32))
    return names(target)


async def test_a_backup_that_lacks_a_file_is_not_restored(store, data, target, restored):
    files = await whole(store, data, target)
    assert files == ["accounts.sqlite", "backup.json", "catalog.sqlite3", "journal.db", "master.key"]
    for name in files:
        (target / name).rename(target.parent / name)
        with pytest.raises(StoreError, match=f"{name} is missing"):
            restore(target, restored)
        assert not restored.exists() or names(restored) == ["owner.lock"]
        (target.parent / name).rename(target / name)
    assert restore(target, restored).products == 201
    assert names(restored) == [*(name for name in files if name != "backup.json"), "owner.lock"]


@pytest.mark.parametrize("name", ["accounts.sqlite", "backup.json", "catalog.sqlite3", "journal.db", "master.key"])
async def test_a_backup_that_was_cut_is_not_restored(store, data, target, restored, name):
    await whole(store, data, target)
    (target / "journal.db").write_bytes(b"journal")
    seal(target)
    content = (target / name).read_bytes()
    (target / name).write_bytes(content[: len(content) // 2] if content else b" ")
    with pytest.raises(StoreDamagedError, match=f"{name} was cut or altered"):
        restore(target, restored)
    assert not restored.exists() or names(restored) == ["owner.lock"]


async def test_another_letter_in_a_backup_is_seen(store, data, target, restored):
    await whole(store, data, target)
    file = target / "catalog.sqlite3"
    content = file.read_bytes()
    assert b"as it was written" in content
    file.write_bytes(content.replace(b"as it was written", b"as it was dreamed"))
    with pytest.raises(StoreDamagedError, match=r"catalog.sqlite3 was cut or altered since the backup was taken"):
        restore(target, restored)
    assert names(restored) == ["owner.lock"]


def seal(target, **changes):
    """Write the contents of a backup anew, as its maker would."""
    file = target / "backup.json"
    contents = json.loads(file.read_bytes())
    digests = {name: hashlib.sha256((target / name).read_bytes()).hexdigest() for name in contents["files"]}
    file.write_text(json.dumps({**contents, "files": digests, **changes}))


@pytest.mark.parametrize("files", [{"../catalog.sqlite3": ""}, {"journal.db": ""}, {"catalog.sqlite3": "", "/x": ""}])
async def test_contents_that_name_other_files_are_refused(store, data, target, restored, files):
    backup(data, target)
    seal(target, files=files)
    with pytest.raises(StoreDamagedError, match=r"backup.json was cut or altered: it names other files"):
        restore(target, restored)
    assert not restored.exists()


async def test_a_newer_backup_is_not_restored(store, data, target, restored):
    backup(data, target)
    with apsw.Connection(str(target / "catalog.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 99")
    seal(target)
    with pytest.raises(StoreVersionError, match="has schema version 99"):
        restore(target, restored)
    assert names(restored) == ["owner.lock"]
    seal(target, facetry_backup=2)
    with pytest.raises(StoreError, match="was written by a newer version of Facetry"):
        restore(target, restored)


async def test_two_backups_at_once_to_one_folder(store, data, target):
    await fill(store)
    begun, ended = threading.Event(), threading.Event()

    def first():
        backup(data, target, lambda: (begun.set(), ended.wait(30)))

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(30)
    with pytest.raises(StoreError, match="monday is not empty"):
        backup(data, target)
    ended.set()
    thread.join(30)
    assert names(target) == ["backup.json", "catalog.sqlite3"]


async def test_nothing_is_restored_into_a_directory_that_somebody_owns(store, data, target, restored):
    backup(data, target)
    restored.mkdir()
    lock = acquire(DataDirectory(restored))
    with pytest.raises(StoreBusyError, match="owns data directory"):
        restore(target, restored)
    lock.release()
    assert names(restored) == ["owner.lock"]
    restore(target, restored)


@pytest.mark.parametrize("steps", range(1, 8))
async def test_a_restore_that_was_cut_off_is_no_catalog(store, data, target, restored, monkeypatch, steps):
    """Whatever a kill leaves: nobody begins an empty catalog there, or one without its users and its key."""
    files = await whole(store, data, target)
    left = steps

    class KilledError(BaseException):
        pass

    def counted(step):
        def take(*values):
            nonlocal left
            left -= 1
            if left < 0:
                raise KilledError
            return step(*values)

        return take

    path = type(target)
    monkeypatch.setattr(backups, "copy_checked", counted(backups.copy_checked))
    monkeypatch.setattr(path, "rename", counted(path.rename))
    monkeypatch.setattr(path, "unlink", lambda *_, **__: None)
    with pytest.raises(KilledError):
        restore(target, restored)
    monkeypatch.undo()
    assert len(names(restored)) > 1
    with pytest.raises(StoreDamagedError, match=r"catalog.sqlite3 is missing or empty beside"):
        await open_store(restored)
    with pytest.raises(StoreError, match="is not empty"):
        restore(target, restored)
    assert names(target) == files


async def test_a_restore_that_fails_leaves_nothing_of_its_databases(store, data, target, restored, monkeypatch):
    await whole(store, data, target)

    def full(catalog, _):
        catalog.with_name(f"{catalog.name}-wal").touch()
        raise StoreFullError("no room left in the data directory")

    monkeypatch.setattr(backups, "_begin_logs", full)
    with pytest.raises(StoreFullError):
        restore(target, restored)
    assert names(restored) == ["owner.lock"]
    monkeypatch.undo()
    assert restore(target, restored).products == 201


async def test_who_followed_what_was_lost_starts_again(store, data, target, restored):
    await fill(store)
    backup(data, target)
    lost = [(await done(store, put("R1", description=f"lost {n}")), await store.revision(TENANT))[1] for n in range(3)]
    restore(target, restored)
    again = await open_store(restored)
    begun = await again.revision(TENANT)
    assert begun >= lost[0] - 1 + REVISIONS_APART
    for _ in range(4):
        await done(again, put("R2"))
    for since in (0, *lost, begun - 1):
        with pytest.raises(RevisionTooOldError):
            await again.changes(TENANT, since, 10)
    assert [one.sku for one in (await again.changes(TENANT, begun, 10)).products] == ["R2"]
    last = await again.revision(TENANT)
    await again.close()
    # Another restore of the same, a minute later, is above what was written to the first.
    contents = target / CONTENTS_FILE
    told = json.loads(contents.read_bytes())
    contents.write_text(json.dumps({**told, "taken": told["taken"] - 60}))
    restore(target, target.parent / "third")
    third = await open_store(target.parent / "third")
    assert await third.revision(TENANT) > last + 1_000_000
    await third.close()
