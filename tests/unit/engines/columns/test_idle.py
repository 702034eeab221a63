from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from pathlib import Path

import pytest

from facetry.domain.change import Delta
from facetry.engines.columns import files
from facetry.engines.columns.idle import IdleTenants
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import Tuning
from facetry.testing.search_samples import OTHER, TENANT, find, found, hold, pages, single

pytestmark = pytest.mark.anyio

QUICK = Tuning(saved_groups=100, idle_seconds=0.02)
FOLDER = files.folder_name(TENANT)


def held(index: ColumnsSearchIndex) -> set[str]:
    return set(index._tenants)


async def gone(index: ColumnsSearchIndex, tenant: str) -> None:
    for _ in range(2000):
        if tenant not in held(index):
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{tenant} is still there")


async def test_an_idle_tenant_is_saved_let_go_and_opened_again(tmp_path: Path):
    index = ColumnsSearchIndex(tmp_path, tuning=QUICK)
    await index.rebuild(TENANT, pages(*(single(f"{n:03}") for n in range(5))), 5, "en")
    revision = await hold(index, single("new"), gone=["003"])
    before = weakref.ref(index._tenants[TENANT])
    await gone(index, TENANT)
    gc.collect()
    assert before() is None
    assert await index.revision(TENANT) == revision
    assert (await find(index, "item")).total == 5
    later = await hold(index, single("later"))
    await gone(index, TENANT)
    assert await index.revision(TENANT) == later
    assert await found(index, "later") == ["later"]
    await index.close()


@pytest.mark.parametrize("count", [0, 3])
async def test_what_was_built_anew_at_the_same_revision_is_saved_before_it_is_let_go(tmp_path: Path, count: int):
    index = ColumnsSearchIndex(tmp_path, tuning=QUICK)
    await index.rebuild(TENANT, pages(single("a", name="wrong")), 5, "en")
    await gone(index, TENANT)
    await index.rebuild(TENANT, pages(*(single(f"{n}", name="right") for n in range(count))), 5, "de")
    await gone(index, TENANT)
    assert await index.revision(TENANT) == 5
    assert await found(index, "right", language="de") == [f"{n}" for n in range(count)]
    assert await found(index, "wrong", language="de") == []
    await index.close()


async def test_a_tenant_in_use_stays(tmp_path: Path):
    index = ColumnsSearchIndex(tmp_path, tuning=QUICK)
    await hold(index, single("a"))
    await index.apply(OTHER, Delta(revision=1, groups=(single("b"),)), "en")
    for _ in range(30):
        await index.revision(TENANT)
        await asyncio.sleep(0.004)
    assert TENANT in held(index)
    await gone(index, OTHER)
    await index.close()


async def test_what_cannot_be_saved_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / FOLDER).write_text("in the way")
    index = ColumnsSearchIndex(tmp_path, tuning=QUICK)
    index._tenants.clear()
    with caplog.at_level(logging.CRITICAL):
        await index.rebuild(TENANT, pages(single("a")), 5, "en")
        (tmp_path / FOLDER).write_text("in the way")
        await asyncio.sleep(0.1)
    assert held(index) == {TENANT}
    assert await found(index, "item") == ["a"]
    await index.close()


async def test_in_memory_nothing_is_let_go():
    index = ColumnsSearchIndex(None, tuning=QUICK)
    await hold(index, single("a"))
    await asyncio.sleep(0.1)
    assert held(index) == {TENANT}
    await index.close()


async def test_a_change_while_it_is_saved_keeps_it(tmp_path: Path):
    index = ColumnsSearchIndex(tmp_path, tuning=Tuning(idle_seconds=60))
    await hold(index, single("a"))
    saving = asyncio.create_task(index._let_go(TENANT, lambda: len(changes) == 0))
    changes: list[asyncio.Task[int]] = []
    await asyncio.sleep(0)
    changes.append(asyncio.create_task(hold(index, single("b"))))
    assert await saving is False
    await changes[0]
    assert held(index) == {TENANT}
    assert (await find(index, "item")).total == 2
    await index.close()


async def test_a_follower_lets_go_of_what_the_files_hold(tmp_path: Path):
    owner = ColumnsSearchIndex(tmp_path, tuning=Tuning(saved_groups=1))
    await owner.rebuild(TENANT, pages(single("a")), 5, "en")
    await owner.checkpoint(TENANT)
    follower = ColumnsSearchIndex(tmp_path, writer=False, tuning=QUICK)
    assert await follower.revision(TENANT) == 5
    await gone(follower, TENANT)
    change = Delta(revision=6, groups=(single("b"),))
    await follower.apply(TENANT, change, "en")
    await asyncio.sleep(0.1)
    assert held(follower) == {TENANT}
    await owner.apply(TENANT, change, "en")
    assert await owner.checkpoint(TENANT) == 6
    await gone(follower, TENANT)
    assert (await find(follower, "item")).total == 2
    await follower.close()
    await owner.close()


async def test_a_follower_without_files_keeps_what_it_holds(tmp_path: Path):
    index = ColumnsSearchIndex(tmp_path, writer=False, tuning=QUICK)
    await hold(index, single("a"))
    await asyncio.sleep(0.1)
    assert held(index) == {TENANT}
    await index.close()


async def test_a_failure_is_told_and_tried_again(caplog: pytest.LogCaptureFixture):
    tried: list[str] = []
    again = asyncio.Event()

    async def let_go(tenant: str, is_idle) -> bool:
        assert is_idle()
        tried.append(tenant)
        if len(tried) == 1:
            raise OSError("the disk is gone")
        again.set()
        return True

    idle = IdleTenants(0.02, let_go)
    idle.used("a")
    await again.wait()
    await idle.stop()
    assert tried == ["a", "a"]
    assert "could not be let go" in caplog.text


async def test_stopping_waits_for_what_is_under_way():
    begun, ended = asyncio.Event(), asyncio.Event()

    async def let_go(tenant: str, is_idle) -> bool:
        begun.set()
        await asyncio.sleep(0.02)
        assert not is_idle()
        ended.set()
        return False

    idle = IdleTenants(0.02, let_go)
    idle.used("a")
    await begun.wait()
    await idle.stop()
    assert ended.is_set()
