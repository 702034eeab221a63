"""Who owns a data directory, who follows, and who is turned away."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat

import pytest

from facetry.domain.errors import StoreBusyError, StoreError
from facetry.engines.sqlite import opening
from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.follower import SqliteFollowerStore
from facetry.engines.sqlite.link import OwnerLink
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.ownership import acquire, holder
from facetry.testing.samples import TENANT, done, put, tenant_record

pytestmark = pytest.mark.anyio


async def test_the_first_owns_and_the_others_follow(tmp_path):
    first = await open_store(tmp_path / "data")
    second = await open_store(tmp_path / "data")
    assert (type(first), type(second)) == (SqliteCatalogStore, SqliteFollowerStore)
    await second.close()
    await first.close()
    third = await open_store(tmp_path / "data")
    assert type(third) is SqliteCatalogStore
    await third.close()


async def test_only_the_same_user_can_use_what_is_in_it(store, tmp_path):
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


async def test_a_long_path_can_be_shared_too(tmp_path):
    folder = tmp_path / ("d" * 150)
    owner = await open_store(folder)
    await owner.create_tenant(tenant_record(TENANT))
    follower = await open_store(folder, owner=False)
    await done(follower, put("R1"))
    assert await owner.counts(TENANT) == (1, 1)
    await follower.close()
    await owner.close()


async def test_who_must_own_is_turned_away_while_another_does(store, tmp_path):
    with pytest.raises(StoreBusyError, match=f"process {os.getpid()} owns data directory"):
        await open_store(tmp_path, owner=True)


async def test_who_must_follow_is_turned_away_without_an_owner(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "CONNECT_SECONDS", 0.05)
    with pytest.raises(StoreBusyError, match=r"nobody owns data directory .*; nothing was changed"):
        await open_store(tmp_path / "missing", owner=False)
    assert list(tmp_path.iterdir()) == []


async def test_nobody_follows_an_owner_that_is_alone(tmp_path):
    alone = await open_store(tmp_path, owner=True, is_shared=False)
    await alone.create_tenant(tenant_record(TENANT))
    await done(alone, put("R1"))
    link = OwnerLink(DataDirectory(tmp_path), connect_seconds=0.05)
    with pytest.raises(StoreBusyError, match=f"process {os.getpid()} owns data directory .* but does not answer"):
        await link.connected()
    await link.close()
    await alone.close()
    await (await open_store(tmp_path, owner=True)).close()


async def test_an_owner_that_is_ending_is_waited_for(tmp_path):
    lock = acquire(DataDirectory(tmp_path))
    asyncio.get_running_loop().call_later(0.2, lock.release)
    store = await open_store(tmp_path)
    assert type(store) is SqliteCatalogStore
    await store.close()


async def test_an_owner_that_hangs_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "CONNECT_SECONDS", 0.05)
    lock = acquire(DataDirectory(tmp_path))
    with pytest.raises(StoreBusyError, match=f"process {os.getpid()} owns data directory .* but does not answer"):
        await open_store(tmp_path)
    lock.release()
    lock.release()


async def test_a_failed_opening_lets_others_try(tmp_path):
    (tmp_path / "owner.sock").mkdir()
    with pytest.raises(StoreError, match=r"owner.sock cannot be made"):
        await open_store(tmp_path)
    (tmp_path / "owner.sock").rmdir()
    store = await open_store(tmp_path)
    assert type(store) is SqliteCatalogStore
    await store.close()


async def test_a_lock_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "owner.lock").mkdir()
    with pytest.raises(StoreError, match=r"owner.lock cannot be used: Is a directory"):
        await open_store(tmp_path)
    assert holder(DataDirectory(tmp_path)) is None


async def test_a_system_without_locks_is_told(tmp_path, monkeypatch):
    def refuse(descriptor, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StoreError, match=r"owner.lock cannot be locked: No locks available"):
        await open_store(tmp_path)


async def test_the_lock_names_its_holder(store, tmp_path):
    assert holder(DataDirectory(tmp_path)) == os.getpid()
