"""Connections to engines that are cut, lost or answer nobody any more: who asks waits a little, who stops soon ends."""

from __future__ import annotations

import asyncio
import re
import time

import pytest

from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.opening import open_database
from facetry.testing.search_samples import found, hold, single
from tests.api.server import product
from tests.engines.lucene_indexes import an_index, drop, new_prefix
from tests.engines.machines import own_engines
from tests.engines.mongodb_databases import own_database
from tests.engines.network_proxy import NetworkProxy
from tests.faults.machines import port_of, through
from tests.program import Program, done

AT_ONCE = 8
READ_SECONDS = 13.0
"""Without looks every other second a read waited for 14 seconds and more, for half a minute at worst."""


@pytest.mark.anyio
async def test_searches_survive_connections_that_are_cut(opensearch_url, anyio_backend):
    prefix = new_prefix()
    with NetworkProxy(port_of(opensearch_url)) as network:
        async with an_index(through(opensearch_url, network), prefix) as index:
            await hold(index, single("1", name="ring"))
            for pause in (0.0, 0.05):
                searches = [asyncio.ensure_future(found(index, "ring")) for _ in range(AT_ONCE)]
                await asyncio.sleep(pause)
                await asyncio.to_thread(network.cut)
                network.heal()
                assert await asyncio.gather(*searches) == [["1"]] * AT_ONCE
    await drop(opensearch_url, prefix)


@pytest.mark.slow
@pytest.mark.anyio
async def test_reads_are_over_soon_where_connections_are_lost_without_a_word(mongodb_url, anyio_backend):
    with own_database(mongodb_url) as url, NetworkProxy(port_of(url)) as network:
        there = f"{through(url, network)}/{url.rpartition('/')[2]}?directConnection=true"
        store = MongoCatalogStore(await open_database(there), NoMarks())
        await asyncio.gather(*(store.revisions() for _ in range(AT_ONCE)))
        await asyncio.to_thread(network.lose)
        begun = time.monotonic()
        assert await asyncio.gather(*(store.revisions() for _ in range(AT_ONCE))) == [{}] * AT_ONCE
        assert time.monotonic() - begun < READ_SECONDS
        await store.close()


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["cut", "stall"])
def test_a_stop_with_all_engines_gone_ends_in_time(mongodb_url, opensearch_url, redis_url, tmp_path, harm):
    with own_engines(mongodb_url, opensearch_url, redis_url) as flags:
        tenant = done("tenant", "create", "Shop", "--json", *flags).json
        with (
            NetworkProxy(port_of(mongodb_url)) as store,
            NetworkProxy(port_of(opensearch_url)) as index,
            NetworkProxy(port_of(redis_url)) as cache,
        ):
            networks = (store, index, cache)
            urls = [through(url, one) + _rest(url) for url, one in zip(flags[1::2], networks, strict=True)]
            urls[0] += "?directConnection=true"
            server = Program(tmp_path / "data", "--store", urls[0], "--search", urls[1], "--cache", urls[2])
            server.start()
            try:
                with server.connect(server.login(tenant)) as shop:
                    assert shop.post(product("A", name="uqgone")).json["success"]
                    assert shop.total("uqgone") == 1
                for one in networks:
                    getattr(one, harm)()
                assert server.stop() == 0
            finally:
                server.end()
                for one in networks:
                    one.heal()


def _rest(url: str) -> str:
    """Return what an address says behind its server."""
    place = url.partition("://")[2]
    return place[re.search("[/?]", place).start() :]
