import asyncio

import pytest

from facetry.domain.field_query import FieldQuery
from facetry.worker.upkeep import Upkeep
from tests.unit.application.shop import Shop, content

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.open()
    return shop


async def write(shop, count):
    for number in range(count):
        await shop.catalog.put_product("t", content(f"A{number}"))


async def test_the_log_is_cut_behind_the_checkpoint_but_for_some_revisions(shop):
    await write(shop, 10)
    await Upkeep(shop.store, shop.index, log_kept=4).look()
    assert await shop.store.delta("t", 5, 100) is None
    assert (await shop.store.delta("t", 6, 100)).revision == 10


async def test_a_short_log_is_left_alone(shop):
    await write(shop, 3)
    await Upkeep(shop.store, shop.index, log_kept=3).look()
    assert (await shop.store.delta("t", 0, 100)).revision == 3


async def test_a_tenant_without_an_index_is_left_alone(shop):
    await Upkeep(shop.store, shop.index, log_kept=0).look()
    assert await shop.index.revision("t") is None


async def test_what_did_not_change_is_not_looked_at_again(shop):
    await write(shop, 2)
    upkeep = Upkeep(shop.store, shop.index, log_kept=0)
    await upkeep.look()
    shop.index.checkpoints = 0
    await upkeep.look()
    assert shop.index.checkpoints == 0
    await write(shop, 1)
    await upkeep.look()
    assert shop.index.checkpoints == 1


async def test_a_failure_is_logged_and_the_next_look_tries_again(shop, caplog):
    shop.index.disk_failure = RuntimeError("no room")
    running = asyncio.create_task(Upkeep(shop.store, shop.index, log_kept=1).run(pause_seconds=0.001))
    await asyncio.sleep(0)
    await write(shop, 5)
    async with asyncio.timeout(10):
        while "upkeep failed" not in caplog.text:  # noqa: ASYNC110 - upkeep tells only the log
            await asyncio.sleep(0.002)
        shop.index.disk_failure = None
        while await shop.store.delta("t", 3, 100) is not None:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.002)
    running.cancel()
    assert (await shop.search.match("t", FieldQuery(text="ring"))).total == 1


async def test_what_did_not_change_since_the_start_is_left_alone(shop):
    await write(shop, 5)
    shop.index.checkpoints = 0
    running = asyncio.create_task(Upkeep(shop.store, shop.index, log_kept=1).run(pause_seconds=0.001))
    await asyncio.sleep(0.02)
    running.cancel()
    assert shop.index.checkpoints == 0
