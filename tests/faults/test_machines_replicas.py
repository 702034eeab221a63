"""Engines of several servers of which one is killed under a mixed load: others take over, nothing is lost or wrong."""

from __future__ import annotations

import time

import pytest

from tests.faults.machines import Shared, harmed, machines_on, wait_until_up
from tests.program import HOST
from tests.real_servers import had
from tools.engines import fetching
from tools.engines.mongodb import MongoServer
from tools.engines.redis import RedisServer, Sentinels

pytestmark = [pytest.mark.engines, pytest.mark.slow]


@pytest.fixture
def store(tmp_path):
    store = had(lambda: MongoServer(tmp_path / "store"))
    store.process.start()
    yield store
    store.process.stop()


def test_a_node_of_the_index_is_killed(tmp_path, store, opensearch_cluster):
    cache = had(lambda: RedisServer(fetching.valkey(), tmp_path / "cache"))
    cache.process.start()
    nodes = ",".join(f"{HOST}:{node.port}" for node in opensearch_cluster.nodes)
    with machines_on(tmp_path, Shared(store, cache, f"opensearch://{nodes}")) as machines:
        wait_until_up(machines)
        with harmed(machines, after_seconds=10) as load:
            opensearch_cluster.manager().process.kill()
            time.sleep(1)
        assert {error[1] for error in load.errors} <= {"write", "search"}
    cache.process.stop()


def test_the_master_of_the_cache_is_killed(tmp_path, store, opensearch_url):
    cache = had(lambda: Sentinels(fetching.valkey(), tmp_path / "cache"))
    cache.start()
    with machines_on(tmp_path, Shared(store, cache, opensearch_url)) as machines:
        wait_until_up(machines)
        with harmed(machines, after_seconds=6) as load:
            cache.servers[0].process.kill()
            time.sleep(1)
        assert load.errors == []
    cache.stop()
