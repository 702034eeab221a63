"""kill -9 in the middle of writing: nothing acknowledged is lost and nothing has to be repaired."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

import apsw
import pytest

from facetry.domain.group import GroupIdentity, derive_group
from facetry.engines.sqlite.backup import backup, restore
from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, all_groups, done, put, tenant_record
from tests.support import ROOT

pytestmark = pytest.mark.anyio

WRITER = Path(__file__).with_name("store_writer.py")


class Writer:
    """A process of ``store_writer``, what it acknowledged, and its sudden end."""

    def __init__(self, folder: Path, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, WRITER, folder, name], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def role(self) -> str:
        """Wait until it has opened the store and return which one."""
        return self.process.stdout.readline().strip()

    def kill_after(self, seconds: float) -> list[str]:
        time.sleep(seconds)
        self.process.kill()
        # The last line may be cut off by the end; what is not whole was not acknowledged.
        lines = self.process.stdout.read().split("\n")[:-1]
        self.process.stdout.close()
        self.process.wait()
        return lines


@pytest.fixture
async def folder(tmp_path):
    store = await open_store(tmp_path)
    await store.create_tenant(tenant_record(TENANT))
    await store.close()
    return tmp_path


def check_integrity(folder: Path) -> None:
    connection = apsw.Connection(str(folder / "catalog.sqlite3"))
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


async def check_catalog(folder: Path, acknowledged: list[str], *, is_restored: bool = False) -> None:
    """Open what the crash left and compare it with what was acknowledged, and groups with their products."""
    store = await open_store(folder)
    assert type(store) is SqliteCatalogStore
    groups = await all_groups(store)
    skus = [product.sku for group in groups for product in group.products]
    assert len(skus) == len(set(skus))
    assert set(acknowledged) <= set(skus)
    assert await store.counts(TENANT) == (len(skus), len(groups))
    for group in groups:
        identity = GroupIdentity(group.group_id, group.object_id, group.revision)
        assert group == derive_group(identity, group.products)
        assert group.products
    movers = [sku for sku in skus if sku.endswith("-moving")]
    # Each unit of work is one new product and one move: both or none.
    if not is_restored:
        assert await store.revision(TENANT) == 2 * (len(skus) - len(movers))
        delta = await store.delta(TENANT, 0, 10**6)
        assert {group.group_id: group for group in delta.groups} == {group.group_id: group for group in groups}
    await store.close()
    check_integrity(folder)


async def crash_rounds(folder: Path, rounds: int, seed: int) -> None:
    pauses = random.Random(seed)
    acknowledged = []
    for number in range(rounds):
        writer = Writer(folder, f"w{number}")
        assert writer.role() == "SqliteCatalogStore"
        acknowledged += writer.kill_after(pauses.uniform(0.1, 0.4))
        await check_catalog(folder, acknowledged)
    assert len(acknowledged) >= 5 * rounds


async def test_a_killed_owner_loses_nothing(folder):
    await crash_rounds(folder, 2, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_an_owner_killed_again_and_again_loses_nothing(folder, seed):
    await crash_rounds(folder, 12, seed=100 + seed)


async def test_a_killed_owner_is_succeeded(folder):
    """A follower outlives its owner: it reads on, and writes again as soon as there is a new one."""
    writer = Writer(folder, "w")
    assert await asyncio.to_thread(writer.role) == "SqliteCatalogStore"
    follower = await open_store(folder, owner=False)
    await done(follower, put("before", "F"))
    acknowledged = await asyncio.to_thread(writer.kill_after, 0.1)
    assert await follower.product(TENANT, "before") is not None
    mark = follower.mark(TENANT)
    owner = await open_store(folder, owner=True)
    await done(follower, put("after", "F"))
    assert follower.mark(TENANT) != mark
    assert set(acknowledged) <= set(await owner.products(TENANT, acknowledged))
    await follower.close()
    await owner.close()


async def test_a_killed_follower_harms_nobody(folder):
    owner = await open_store(folder, owner=True)
    writer = Writer(folder, "w")
    assert await asyncio.to_thread(writer.role) == "SqliteFollowerStore"
    acknowledged = await asyncio.to_thread(writer.kill_after, 0.2)
    assert len(acknowledged) >= 5
    await done(owner, put("after", "F"))
    assert set(await owner.products(TENANT, acknowledged)) == set(acknowledged)
    await owner.close()


async def test_what_a_crash_left_can_be_backed_up(folder, tmp_path_factory):
    writer = Writer(folder, "w")
    assert writer.role() == "SqliteCatalogStore"
    acknowledged = writer.kill_after(0.2)
    backups = tmp_path_factory.mktemp("backups")
    backup(folder, backups / "a")
    restore(backups / "a", backups / "b")
    await check_catalog(backups / "b", acknowledged, is_restored=True)


async def test_processes_race_for_ownership(folder):
    acknowledged = []
    for turn in range(3):
        writers = [Writer(folder, f"t{turn}{name}") for name in "abc"]
        roles = sorted(writer.role() for writer in writers)
        await asyncio.sleep(0.1)
        for writer in reversed(writers):
            acknowledged += writer.kill_after(0)
        assert roles == ["SqliteCatalogStore", "SqliteFollowerStore", "SqliteFollowerStore"]
    await check_catalog(folder, acknowledged)
