"""A full disk: writes fail, reads go on, nothing is damaged, and it works again once there is room."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import apsw
import pytest

from facetry.domain.catalog import DeleteGroup
from facetry.domain.errors import StoreFullError
from facetry.engines.sqlite.backup import backup, restore
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import OTHER, TENANT, all_groups, done, error_of, put, snapshot, tenant_record
from tests.support import require

pytestmark = pytest.mark.anyio

SIZE = 6 << 20


@pytest.fixture
def disk(tmp_path):
    """Yield a folder on a disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder]
    try:
        mounted = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    require("servers", mounted, "mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Use up the disk but for some bytes."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            file.truncate(max(0, file.tell() - leave))
    return ballast


def big(number):
    return put(f"B{number}", f"B{number}", description="x" * 20_000)


def check_integrity(folder: Path) -> None:
    connection = apsw.Connection(str(folder / "catalog.sqlite3"))
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


async def fill_by_writing(store):
    """Write until there is no room, and return how many products were stored."""
    number = 0
    while True:
        receipts = await asyncio.gather(
            *(store.write(TENANT, [big(number + n)]) for n in range(8)), return_exceptions=True
        )
        failed = [receipt for receipt in receipts if isinstance(receipt, BaseException)]
        number += 8 - len(failed)
        if failed:
            assert {type(error) for error in failed} == {StoreFullError}
            return number


@pytest.mark.parametrize("owner", [True, False])
async def test_writes_fail_and_reads_go_on(disk, owner):
    owning = await open_store(disk / "data")
    for name in (TENANT, OTHER):
        await owning.create_tenant(tenant_record(name))
    store = owning if owner else await open_store(disk / "data", owner=False)
    await done(store, put("R1", "G"))
    ballast = fill(disk, leave=1 << 20)
    stored = await fill_by_writing(store)
    assert stored >= 16
    before = await snapshot(store)
    assert before[:2] == (stored + 1, (stored + 1, stored + 1))
    mark = store.mark(TENANT)
    for call in (
        store.write(TENANT, [big(10**6 + n) for n in range(100)]),
        store.write(TENANT, [big(n) for n in range(100)]),
    ):
        assert type(await error_of(call)) is StoreFullError
    assert (await snapshot(store), store.mark(TENANT)) == (before, mark)
    assert await store.product(TENANT, "R1") is not None
    assert await store.tenant(OTHER) == tenant_record(OTHER)
    ballast.unlink()
    assert (await store.write(TENANT, [put("R2", "G")])).revision == stored + 2
    await done(store, *(DeleteGroup(f"B{n}") for n in range(stored // 2)))
    groups = await all_groups(store)
    await store.close()
    await owning.close()
    check_integrity(disk / "data")
    again = await open_store(disk / "data")
    assert await all_groups(again) == groups
    await again.close()


async def test_closing_and_opening_on_a_full_disk_loses_nothing(disk):
    store = await open_store(disk / "data")
    await store.create_tenant(tenant_record(TENANT))
    fill(disk, leave=2 << 20)
    stored = await fill_by_writing(store)
    assert stored >= 16
    ballast = fill(disk)
    await store.close()
    check_integrity(disk / "data")
    ballast.unlink()
    again = await open_store(disk / "data")
    assert await again.counts(TENANT) == (stored, stored)
    await done(again, big(10**6))
    await again.close()


async def test_a_backup_to_a_full_disk_leaves_nothing(disk, tmp_path):
    store = await open_store(tmp_path / "data")
    await store.create_tenant(tenant_record(TENANT))
    await done(store, *(big(n) for n in range(400)))
    with pytest.raises(StoreFullError):
        backup(tmp_path / "data", disk / "backup")
    assert list((disk / "backup").iterdir()) == []
    await store.close()
    backup(tmp_path / "data", tmp_path / "backup")
    with pytest.raises(StoreFullError):
        restore(tmp_path / "backup", disk / "restored")
    assert [path.name for path in (disk / "restored").iterdir()] == ["owner.lock"]
