import asyncio
import itertools

import pytest

from facetry.application.tenants import NewTenant
from facetry.domain.catalog import PutProduct
from facetry.domain.errors import StoreError
from facetry.engines.memory.leases import MemoryLeases
from facetry.worker import relaying
from facetry.worker.relaying import Lag, Relaying
from tests.unit.application.shop import Shop, content

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.open()
    return shop


async def commit(shop, *skus):
    """Write as a process does that dies before it has brought the index up."""
    await shop.store.write("t", [PutProduct(content(sku)) for sku in skus])


def relay_of(shop, leases=None, grace_seconds=0.0):
    return Relaying(shop.store, shop.index, shop.relay.reach, leases or MemoryLeases(), grace_seconds)


async def test_what_no_writer_brought_up_is_brought_up(shop):
    await commit(shop, "A1", "A2")
    relay = relay_of(shop)
    await relay.look()
    assert await shop.index.revision("t") == 2
    await relay.look()
    assert relay.lag == Lag()
    await commit(shop, "A3")
    await relay.look()
    assert await shop.index.revision("t") == 3


async def test_writers_are_left_their_time(shop):
    await commit(shop, "A1")
    relay = relay_of(shop, grace_seconds=60.0)
    await relay.look()
    assert await shop.index.revision("t") is None
    assert (relay.lag.tenants, relay.lag.revisions) == (1, 1)
    await shop.relay.reach("t")
    await relay.look()
    assert relay.lag == Lag()


async def test_two_do_not_bring_up_one_tenant(shop):
    held = {}
    await commit(shop, "A1")
    assert await MemoryLeases(held).take("relay:t", 60.0)
    await relay_of(shop, MemoryLeases(held)).look()
    assert await shop.index.revision("t") is None


async def test_the_lease_is_given_back(shop):
    held = {}
    await commit(shop, "A1")
    await relay_of(shop, MemoryLeases(held)).look()
    assert (await shop.index.revision("t"), held) == (1, {})


async def test_failures_are_tried_again_more_and_more_rarely(shop, monkeypatch, caplog):
    now, tries = [1000.0], []
    monkeypatch.setattr(relaying, "monotonic", lambda: now[0])
    await commit(shop, "A1")

    async def fail(tenant):
        tries.append(now[0])
        raise RuntimeError("refused")

    relay = Relaying(shop.store, shop.index, fail, MemoryLeases(), 0.0)
    for _ in range(4000):
        await relay.look()
        now[0] += 0.05
    pauses = [later - before for before, later in itertools.pairwise(tries)]
    for number, pause in enumerate(pauses):
        longest = min(30.0, 0.5 * 2**number)
        assert longest * 0.5 <= pause <= longest + 0.1, number
    assert 9 <= len(tries) <= 20
    assert relay.lag.seconds > 190
    assert "could not be brought up, try 3: refused" in caplog.text


async def test_a_tenant_that_takes_long_holds_up_nobody_and_is_begun_once(shop, monkeypatch):
    monkeypatch.setattr(relaying, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(relaying, "LEASE_SECONDS", 0.03)
    held, gate, begun = {}, asyncio.Event(), []
    await shop.tenants.create(NewTenant(name="Other", id="u"))
    await commit(shop, "A1")

    async def bring_up(tenant):
        begun.append(tenant)
        if tenant == "t":
            await gate.wait()
        await shop.relay.reach(tenant)

    relay = Relaying(shop.store, shop.index, bring_up, MemoryLeases(held), 0.0)
    running = asyncio.create_task(relay.run(0.005))
    await asyncio.sleep(0.1)
    assert sorted(begun) == ["t", "u"]
    assert not await MemoryLeases(held).take("relay:t", 1.0)
    assert await shop.index.revision("u") == 0
    gate.set()
    async with asyncio.timeout(5):
        while await shop.index.revision("t") != 1:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.001)
    running.cancel()


async def test_what_is_under_way_ends_with_it(shop, monkeypatch):
    monkeypatch.setattr(relaying, "PATIENCE_SECONDS", 0.01)
    ended = []

    async def bring_up(tenant):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(tenant)

    running = asyncio.create_task(Relaying(shop.store, shop.index, bring_up, MemoryLeases(), 0.0).run(0.001))
    await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.sleep(0.01)
    assert ended == ["t"]


async def test_parked_groups_are_counted(shop):
    async def parked(tenant):
        return {"G1": "too large", "G2": "too large"}

    shop.index.parked = parked
    await commit(shop, "A1")
    relay = relay_of(shop)
    await relay.look()
    await relay.look()
    assert relay.parked == 2
    await shop.store.delete_tenant("t")
    await relay.look()
    assert relay.parked == 0


async def test_an_index_that_vanished_is_noticed(shop, monkeypatch):
    await commit(shop, "A1")
    relay = Relaying(shop.store, shop.index, shop.relay.rebuild, MemoryLeases(), 0.0)
    await relay.look()
    await relay.look()
    await shop.index.forget("t")
    await relay.look()
    assert await shop.index.revision("t") is None
    monkeypatch.setattr(relaying, "FORGET_SECONDS", 0.0)
    await relay.look()
    assert await shop.index.revision("t") == 1


async def test_tenants_are_compared_in_turns(shop, monkeypatch):
    monkeypatch.setattr(relaying, "FORGET_SECONDS", 0.0)
    monkeypatch.setattr(relaying, "FORGOTTEN", 1)
    for name in ("u", "v"):
        await shop.tenants.create(NewTenant(name=name, id=name))
    relay, asked, revision = relay_of(shop), [], shop.index.revision
    await relay.look()

    async def ask(tenant):
        asked.append(tenant)
        return await revision(tenant)

    monkeypatch.setattr(shop.index, "revision", ask)
    await relay.look()
    asked.clear()
    for _ in range(6):
        await relay.look()
    assert sorted(asked) == ["t", "t", "u", "u", "v", "v"]


async def test_what_is_left_of_a_deleted_tenant_goes(shop):
    await commit(shop, "A1")
    relay = relay_of(shop)
    await relay.look()
    await relay.look()
    await shop.store.delete_tenant("t")
    await relay.look()
    assert await shop.index.revision("t") is None


async def test_an_index_that_cannot_be_asked_is_behind_with_all(shop, monkeypatch):
    await commit(shop, "A1", "A2")

    async def refuse(tenant):
        raise RuntimeError("away")

    monkeypatch.setattr(shop.index, "revision", refuse)
    relay = relay_of(shop, grace_seconds=60.0)
    await relay.look()
    assert relay.lag.revisions == 2


@pytest.mark.parametrize(
    ("failure", "said"), [(StoreError("gone"), "what the index lacks: gone"), (RuntimeError("bug"), "be compared")]
)
async def test_it_goes_on_after_failures(shop, monkeypatch, caplog, failure, said):
    await commit(shop, "A1")
    revisions, failures = shop.store.revisions, [failure]

    async def fail_once():
        if failures:
            raise failures.pop()
        return await revisions()

    monkeypatch.setattr(shop.store, "revisions", fail_once)
    running = asyncio.create_task(relay_of(shop).run(0.001))
    async with asyncio.timeout(5):
        while await shop.index.revision("t") is None:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.001)
    running.cancel()
    assert said in caplog.text
