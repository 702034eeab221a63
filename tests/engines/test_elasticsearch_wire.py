"""What the driver of Elasticsearch says and reads, before a server that is no OpenSearch: headers, versions, refreshes.

The server counts and sorts otherwise than Elasticsearch, so no search of ours is proven here; see ``CAPABILITIES.md``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version

import pytest

from facetry.domain.errors import IndexFailedError
from facetry.engines.elasticsearch.driver import ElasticsearchDriver
from facetry.engines.lucene.addresses import read_address
from facetry.engines.lucene.cluster import Cluster
from tests.engines.lucene_indexes import driver_at
from tests.real_servers import had
from tests.support import ROOT
from tools.engines.elasticsearch import WireServer
from tools.engines.fetching import old_elasticsearch_client

pytestmark = pytest.mark.anyio

TENANT, INDEX = "acme", "shop"
BODY = {"mappings": {"properties": {"tenant": {"type": "keyword"}}}, "aliases": {INDEX: {}}}
OF_TENANT = {"query": {"term": {"tenant": TENANT}}}


@pytest.fixture(scope="module")
def wire_url(tmp_path_factory) -> Iterator[str]:
    server = had(lambda: WireServer(tmp_path_factory.mktemp("elasticsearch")))
    server.process.start()
    yield server.url
    server.process.stop()


@pytest.fixture
async def cluster(wire_url) -> AsyncIterator[Cluster]:
    cluster = Cluster(driver_at(wire_url), INDEX)
    await cluster.ensure(BODY)
    yield cluster
    await cluster.drop()
    await cluster.driver.close()


async def found(cluster):
    return [hit["_source"] for hit in (await cluster.search(TENANT, OF_TENANT))["hits"]["hits"]]


async def test_an_index_is_made_once_and_dropped(cluster):
    await cluster.ensure(BODY)
    assert await cluster.aliases("*") == [INDEX]
    await cluster.drop()
    assert await cluster.aliases("*") == []


async def test_a_document_is_written_where_it_is_still_as_known(cluster):
    first = await cluster.put(TENANT, "one", {"tenant": TENANT}, None, is_refreshed=True)
    assert await cluster.put(TENANT, "one", {"tenant": "late"}, None, is_refreshed=True) is None
    second = await cluster.put(TENANT, "one", {"tenant": TENANT, "at": 2}, first, is_refreshed=True)
    assert await cluster.put(TENANT, "one", {"tenant": "late"}, first, is_refreshed=True) is None
    kept = await cluster.get(TENANT, "one")
    assert (kept.source, kept.place) == ({"tenant": TENANT, "at": 2}, second)
    assert await found(cluster) == [{"tenant": TENANT, "at": 2}]
    assert await cluster.get(TENANT, "two") is None


async def test_an_older_version_never_takes_a_newer_ones_place(cluster):
    lines = []
    for number, revision in enumerate((7, 6, 7)):
        lines.append({"index": {"_index": INDEX, "_id": "one", "version": revision, "version_type": "external_gte"}})
        lines.append({"tenant": TENANT, "number": number})
    reply = await cluster.driver.call("POST", "/_bulk", parameters={"routing": TENANT}, body=lines)
    assert [item["index"]["status"] for item in reply.body["items"]] == [201, 409, 200]
    await cluster.refresh()
    assert await found(cluster) == [{"tenant": TENANT, "number": 2}]


async def test_several_searches_are_one_request(cluster):
    await cluster.put(TENANT, "one", {"tenant": TENANT}, None, is_refreshed=True)
    calls = cluster.driver.calls
    answers = await cluster.searches(TENANT, [OF_TENANT, {"query": {"term": {"tenant": "other"}}}])
    assert [one["hits"]["total"]["value"] for one in answers] == [1, 0]
    assert cluster.driver.calls == calls + 1


async def test_a_server_that_is_no_elasticsearch_is_refused(opensearch_url):
    address = read_address(opensearch_url.replace("opensearch:", "elasticsearch:", 1), "elasticsearch")
    driver = ElasticsearchDriver(address)
    with pytest.raises(IndexFailedError, match="not Elasticsearch"):
        await driver.call("GET", "/", seconds=10)
    await driver.close()


@pytest.mark.skipif(version("elasticsearch").startswith("8."), reason="this is that client")
def test_the_oldest_client_that_is_promised_says_the_same():
    packages = had(old_elasticsearch_client)
    tests = [sys.executable, "-m", "pytest", "-q", "-m", "engines", "-p", "no:cacheprovider", __file__]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(packages), str(ROOT)])}
    done = subprocess.run(
        [*tests, "-k", "not no_elasticsearch"],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    # What is skipped there is this test, and that says which client it was.
    assert "4 passed, 1 skipped" in done.stdout, done.stdout[-3000:]
