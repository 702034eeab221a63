"""Machines whose engines, network and neighbours fail under a mixed load: nothing acknowledged is lost or wrong."""

from __future__ import annotations

import sys
import time
import urllib.request

import pytest

from tests.faults.machines import BEFORE_SECONDS, SEARCH, Load, Shared, harmed, machines_on, wait_until_up
from tests.program import wait_until
from tests.real_servers import had
from tools.engines import fetching
from tools.engines.mongodb import MongoServer
from tools.engines.redis import RedisServer, said

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def machines(tmp_path_factory, opensearch_url):
    folder = tmp_path_factory.mktemp("machines")
    store = had(lambda: MongoServer(folder / "store"))
    cache = had(lambda: RedisServer(fetching.valkey(), folder / "cache"))
    store.process.start()
    cache.process.start()
    with machines_on(folder, Shared(store, cache, opensearch_url)) as machines:
        yield machines
    host = opensearch_url.partition("://")[2].rpartition("@")[2]
    request = urllib.request.Request(f"http://{host}/{machines.prefix}-*", method="DELETE")
    urllib.request.urlopen(request).close()
    cache.process.stop()
    store.process.stop()


@pytest.fixture(autouse=True)
def _unharmed(machines):
    wait_until_up(machines)


def test_without_harm_nothing_fails(machines):
    with harmed(machines) as load:
        time.sleep(1)
    assert load.errors == []


def test_a_machine_is_killed(machines):
    one = machines.serving[0]
    with harmed(machines) as load:
        one.kill()
        time.sleep(1)
        one.start()
    assert {error[2] for error in load.errors} == {0}


@pytest.mark.slow
def test_the_store_is_killed(machines):
    with harmed(machines, after_seconds=6) as load:
        machines.store.process.kill()
        time.sleep(1)
        machines.store.process.start()
    # Whether a call waits it out or fails, none can be answered meanwhile.
    assert load.gaps["write"] > 0.9


@pytest.mark.slow
def test_the_cache_is_killed(machines):
    with harmed(machines) as load:
        machines.cache.process.kill()
        time.sleep(4)
        machines.cache.process.start()
    assert load.errors == []


@pytest.mark.slow
def test_a_machine_is_cut_off_from_the_cache(machines):
    with harmed(machines) as load:
        machines.to_cache.cut()
        time.sleep(4)
        machines.to_cache.heal()
    assert load.errors == []


@pytest.mark.slow
def test_the_cache_says_nothing_to_one_machine(machines):
    with harmed(machines) as load:
        machines.to_cache.stall()
        time.sleep(4)
        machines.to_cache.heal()
    assert load.errors == []


@pytest.mark.slow
def test_the_cache_forgets_everything(machines):
    with harmed(machines) as load:
        for _ in range(20):
            assert said(machines.cache.port, "FLUSHALL").startswith("+OK")
            time.sleep(0.1)
    assert load.errors == []


@pytest.mark.slow
def test_a_machine_is_cut_off_from_the_store(machines):
    before = machines.to_store.connections
    with harmed(machines, after_seconds=6) as load:
        machines.to_store.cut()
        time.sleep(2)
        machines.to_store.heal()
    assert machines.to_store.connections > before
    assert {error[2] for error in load.errors} <= {0}


@pytest.mark.slow
def test_a_machine_is_cut_off_from_the_index(machines):
    with harmed(machines, after_seconds=6) as load:
        machines.to_index.cut()
        time.sleep(2)
        machines.to_index.heal()
    # A read of the store does not need the index.
    assert {error[1:3] for error in load.errors} <= {("write", 0), ("search", 0)}


@pytest.mark.slow
def test_connections_are_lost_without_a_word(machines):
    # The store is looked at every other second and has five to answer; a write to the index is given a minute.
    with harmed(machines, after_seconds=70, calm_seconds=65):
        for network in machines.networks:
            network.lose()


@pytest.mark.slow
def test_a_slow_network_slows_and_does_no_more(machines):
    with harmed(machines) as load:
        for network in machines.networks:
            network.latency_seconds = 0.05
        time.sleep(5)
        for network in machines.networks:
            network.heal()
    assert load.errors == []


@pytest.mark.slow
def test_the_index_is_deleted_by_hand(machines, opensearch_url):
    address = f"http://{opensearch_url.partition('://')[2]}"
    with Load(machines) as load:
        time.sleep(BEFORE_SECONDS)
        request = urllib.request.Request(f"{address}/{machines.prefix}-*", method="DELETE")
        urllib.request.urlopen(request).close()
        time.sleep(6)
    sys.stdout.write(f"{load.summary()}\n")
    # While it is built anew a search finds what is there by then; reads of the store know nothing of it.
    assert [told for told in load.wrong if f": {SEARCH} of" not in told] == []
    wait_until(lambda: load.lost() == [], 30, "an index with everything in it")
