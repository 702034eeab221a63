"""No read misses what was acknowledged before it began, whoever wrote it and whichever layer answers."""

from __future__ import annotations

import asyncio
import json
import random

import pytest

from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.http.answer import EVERYTHING, Answer, product_tag
from facetry.testing.samples import put
from tests.unit.http.stage import Stage

pytestmark = pytest.mark.anyio

SKUS = ("a", "b", "c")


class Versions:
    """A router whose products count their writes in their quantity: one product, or the sum of all, as one answer."""

    def __init__(self, stage):
        self.stage = stage
        stage.handler = self.answer

    async def answer(self, scope, receive, exchange):
        tenant, name = exchange.session.tenant, scope["path"].rpartition("/")[2]
        revision = await self.stage.relay.settle(tenant)
        # Whatever reads in more than one step can be overtaken between them.
        await asyncio.sleep(random.choice((0, 0, 0.001)))
        skus = SKUS if name == "all" else (name,)
        found = await self.stage.store.products(tenant, skus)
        await asyncio.sleep(random.choice((0, 0, 0.001)))
        body = json.dumps({sku: product.quantity for sku, product in found.items()}).encode()
        tags = (EVERYTHING,) if name == "all" else (product_tag(name),)
        return Answer(body=body, cache_key=name, tags=tags, revision=revision)


class Race:
    """Writers that acknowledge and readers that hold every answer against what was acknowledged before."""

    def __init__(self, writer, readers, token):
        self.writer = writer
        self.readers = readers
        self.token = token
        self.acknowledged = dict.fromkeys(SKUS, 0)
        self.reads = 0
        self.done = False

    async def write(self, sku, times):
        for number in range(1, times + 1):
            receipt = await self.writer.store.write("shop", [put(sku, quantity=number)])
            await self.writer.relay.confirm("shop", receipt.revision)
            self.acknowledged[sku] = number
            await asyncio.sleep(random.choice((0, 0.0005, 0.003)))

    async def read(self, stage, name):
        while not self.done:
            before = dict(self.acknowledged)
            given = await stage.call("GET", f"/p/{name}", token=self.token)
            seen = json.loads(given.body)
            for sku in SKUS if name == "all" else (name,):
                assert seen.get(sku, 0) >= before[sku], (name, sku)
            self.reads += 1
            await asyncio.sleep(0)

    async def run(self, times):
        readers = [asyncio.create_task(self.read(stage, name)) for stage in self.readers for name in (*SKUS, "all") * 2]
        await asyncio.gather(*(self.write(sku, times) for sku in SKUS))
        self.done = True
        await asyncio.gather(*readers)


def hits(stage):
    return stage.hot._metrics.counter("facetry_hot_hits_total")._values[0]


@pytest.fixture(params=["memory", "sqlite", "sqlite and a follower"])
async def stages(request, tmp_path, anyio_backend):
    """The stage that writes, and all that read."""
    if request.param == "memory":
        stores = [MemoryCatalogStore()]
    else:
        stores = [await open_store(tmp_path, owner=True)]
        if request.param != "sqlite":
            stores.append(await open_store(tmp_path, owner=False))
    stages = [Stage(store=store) for store in stores]
    for stage in stages:
        Versions(stage)
    yield stages
    for stage in reversed(stages):
        stage.writer.close()
        await stage.store.close()


async def test_every_read_holds_what_was_acknowledged_before_it(stages):
    random.seed(7)
    token = await stages[0].add_tenant("shop")
    race = Race(stages[0], stages, token)
    await race.run(times=60)
    for stage in stages:
        # The layer took part: a test in which it answered nothing would prove nothing.
        assert hits(stage) > 20
        assert stage.calls > 20
    assert race.reads > 200


async def test_a_follower_sees_a_write_and_a_rotated_key_at_once(stages):
    writer, reader = stages[0], stages[-1]
    token = await writer.add_tenant("shop")
    for number in range(1, 4):
        receipt = await writer.store.write("shop", [put("a", quantity=number)])
        await writer.relay.confirm("shop", receipt.revision)
        for _ in range(3):
            given = await reader.call("GET", "/p/a", token=token)
            assert given.body == b'{"a": %d}' % number
    assert hits(reader) > 2
    await writer.tenants.set_active("shop", active=False)
    assert await reader.tokens.session(token) is None
    assert reader.hot.find(token.encode(), b"/p/a", b"") is None
