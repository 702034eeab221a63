"""kill -9 of processes that write to MongoDB: nothing acknowledged is lost, nothing is half done."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from facetry.domain.errors import StoreError
from facetry.domain.group import GroupIdentity, derive_group
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.opening import open_database
from facetry.testing.samples import TENANT, all_groups, done, put, tenant_record
from tests.engines.mongodb_databases import url_of
from tests.real_servers import had
from tests.support import ROOT
from tools.engines.mongodb import MongoServer

pytestmark = pytest.mark.anyio

WRITER = Path(__file__).with_name("mongodb_writer.py")


class Writer:
    """A process of ``mongodb_writer``, what it acknowledged, and its sudden end."""

    def __init__(self, url: str, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, WRITER, url, name], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert self.process.stdout.readline() == "open\n"

    def kill_after(self, seconds: float) -> list[str]:
        time.sleep(seconds)
        self.process.kill()
        # The last line may be cut off by the end; what is not whole was not acknowledged.
        lines = self.process.stdout.read().split("\n")[:-1]
        self.process.stdout.close()
        self.process.wait()
        return lines


async def opened(url: str) -> MongoCatalogStore:
    return MongoCatalogStore(await open_database(url), NoMarks())


async def check_catalog(store: MongoCatalogStore, acknowledged: list[str], extra: int, repeated: int = 0) -> None:
    """Compare what is there with what was acknowledged, and groups with their products.

    So many units of work may have been done twice.
    """
    groups = await all_groups(store)
    skus = [product.sku for group in groups for product in group.products]
    assert len(skus) == len(set(skus))
    assert set(acknowledged) <= set(skus)
    assert await store.counts(TENANT) == (len(skus), len(groups))
    for group in groups:
        identity = GroupIdentity(group.group_id, group.object_id, group.revision)
        assert group == derive_group(identity, group.products)
    movers = [sku for sku in skus if sku.endswith("-moving")]
    # Each unit of work is one new product and one move: both or none.
    units, rest = divmod(await store.revision(TENANT) - extra, 2)
    assert 0 <= units - (len(skus) - len(movers) - extra) <= repeated
    assert rest == 0
    delta = await store.delta(TENANT, 0, 10**6)
    assert {group.group_id: group for group in delta.groups} == {group.group_id: group for group in groups}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start a server of our own: what killed processes leave open would stand in the way of others."""
    server = had(lambda: MongoServer(tmp_path_factory.mktemp("mongodb")))
    server.process.start()
    yield server
    server.process.stop()


@pytest.fixture
def url(server, request):
    return url_of(server.url, request.function.__name__[:30])


async def test_killed_writers_lose_nothing_and_stop_nobody(url):
    store = await opened(url)
    await store.create_tenant(tenant_record(TENANT))
    acknowledged = []
    for number in range(3):
        first, second = [await asyncio.to_thread(Writer, url, f"{name}{number}") for name in "ab"]
        acknowledged += await asyncio.to_thread(first.kill_after, 0.6)
        # What the killed one had begun stands in nobody's way for long.
        began = time.monotonic()
        await done(store, put(f"between{number}", "B"))
        assert time.monotonic() - began < 15
        acknowledged += await asyncio.to_thread(second.kill_after, 0.3)
        await check_catalog(store, acknowledged, extra=number + 1)
    assert len(acknowledged) >= 15
    await store.close()


async def test_a_killed_server_loses_nothing(server, url):
    store = await opened(url)
    await store.create_tenant(tenant_record(TENANT))
    acknowledged, lost = [], []
    over = asyncio.Event()

    async def write(name: str) -> None:
        number = 0
        while not over.is_set():
            unit = [put(f"{name}-{number}", f"G{number % 50}"), put(f"{name}-moving", f"M{number % 2}-{name}")]
            try:
                await store.write(TENANT, unit)
                acknowledged.append(f"{name}-{number}")
            except StoreError as error:
                lost.append(error)
            number += 1

    writers = [asyncio.ensure_future(write(f"w{number}")) for number in range(4)]
    await asyncio.sleep(0.5)
    await asyncio.to_thread(server.process.kill)
    before = len(acknowledged)
    await asyncio.to_thread(server.process.start)
    for _ in range(100):
        await asyncio.sleep(0.1)
        if len(acknowledged) > before + 4:
            break
    over.set()
    await asyncio.gather(*writers)
    assert before > 0
    assert len(acknowledged) > before + 4
    # What was under way when the server went may have failed, and may have been done: either way all or nothing of it.
    assert len(lost) <= 4
    # This server forgets which commits it has done, so that those are repeated of which it did not tell before it went.
    await check_catalog(store, acknowledged, extra=0, repeated=len(writers))
    await store.close()
