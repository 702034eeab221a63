"""Real servers for tests, as a plugin of pytest: a user's, named by the environment, or our own, started once a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest

from tests.engines.elasticsearch_proxy import ElasticsearchProxy
from tests.support import ROOT, require
from tools.engines import fetching
from tools.engines.fetching import MissingError
from tools.engines.mongodb import MongoServer
from tools.engines.opensearch import Cluster, Node
from tools.engines.process import HOST
from tools.engines.redis import RedisCluster, RedisServer, Sentinels

START_SECONDS = 300
"""How long a test may take that also starts a server, and fetches it if it never was there."""
FOLDER = ROOT / "tests" / "engines"
ENGINES = ("OPENSEARCH", "ELASTICSEARCH", "MONGODB", "REDIS")
PROGRAMS = {"valkey": fetching.valkey, "redis": fetching.redis}
T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of ``tests/engines``; give what is marked time, and let it reach the servers of the user."""
    named = [given(engine) for engine in ENGINES]
    hosts = sorted({host for url in named if url for host in hosts_of(url)} | {HOST, "::1"})
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.engines)
        if not item.get_closest_marker("engines"):
            continue
        item.add_marker(pytest.mark.allow_hosts(hosts))
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(START_SECONDS))


def given(engine: str) -> str | None:
    """Return the address of a server that the environment names."""
    return os.environ.get(f"FACETRY_TEST_{engine}_URL") or None


def hosts_of(url: str) -> list[str]:
    """Return the machines that an address names, also several."""
    return [part.rpartition("@")[2].rpartition(":")[0] for part in urlsplit(url).netloc.split(",")]


def had(make: Callable[[], T]) -> T:
    """Return what is made; the test is skipped by name where a server cannot be had."""
    try:
        return make()
    except MissingError as error:
        require("servers", False, str(error))
        raise


@pytest.fixture(scope="session")
def opensearch_url(tmp_path_factory) -> Iterator[str]:
    """Return the address of one OpenSearch for all; each test takes a prefix of its own, and drops it."""
    if url := given("OPENSEARCH"):
        yield url
        return
    node = had(lambda: Node(tmp_path_factory.mktemp("opensearch")))
    node.process.start()
    yield node.url
    node.process.stop()


@pytest.fixture(scope="session")
def elasticsearch_url(request) -> Iterator[str]:
    """Return the address of a user's Elasticsearch, or of the one OpenSearch behind a proxy that speaks like one."""
    if url := given("ELASTICSEARCH"):
        yield url
        return
    with ElasticsearchProxy(request.getfixturevalue("opensearch_url")) as proxy:
        yield proxy.url


@pytest.fixture(scope="session")
def mongodb_url(tmp_path_factory) -> Iterator[str]:
    """Return the address of one server for all; each test takes a database of its own, and drops it."""
    if url := given("MONGODB"):
        yield url
        return
    server = had(lambda: MongoServer(tmp_path_factory.mktemp("mongodb")))
    server.process.start()
    yield server.url
    server.process.stop()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory) -> Iterator[str]:
    """Return the address of one Valkey for all; each test takes tenants of its own."""
    if url := given("REDIS"):
        yield url
        return
    server = had(lambda: RedisServer(fetching.valkey(), tmp_path_factory.mktemp("valkey")))
    server.process.start()
    yield server.url
    server.process.stop()


@pytest.fixture(scope="module")
def opensearch_cluster(tmp_path_factory) -> Iterator[Cluster]:
    """Return three nodes in processes of their own, for one module."""
    cluster = had(lambda: Cluster(tmp_path_factory.mktemp("opensearch-cluster")))
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module", params=PROGRAMS)
def redis_program(request) -> Path:
    """Return the program of a server, once Valkey and once Redis."""
    return had(PROGRAMS[request.param])


@pytest.fixture(scope="module")
def redis_server(redis_program, tmp_path_factory) -> Iterator[RedisServer]:
    """Return a single server for one module, which may kill it, once of Valkey and once of Redis."""
    server = RedisServer(redis_program, tmp_path_factory.mktemp("redis"))
    server.process.start()
    yield server
    server.process.stop()


@pytest.fixture(scope="module")
def redis_sentinels(redis_program, tmp_path_factory) -> Iterator[Sentinels]:
    """Return a master and a follower under three sentinels, for one module."""
    sentinels = Sentinels(redis_program, tmp_path_factory.mktemp("sentinels"))
    sentinels.start()
    yield sentinels
    sentinels.stop()


@pytest.fixture(scope="module")
def redis_cluster(redis_program, tmp_path_factory) -> Iterator[RedisCluster]:
    """Return a cluster of three masters and three followers, for one module."""
    cluster = RedisCluster(redis_program, tmp_path_factory.mktemp("redis-cluster"))
    cluster.start()
    yield cluster
    cluster.stop()
