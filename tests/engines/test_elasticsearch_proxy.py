"""The proxy before OpenSearch, asked by the official client of Elasticsearch."""

from __future__ import annotations

import secrets

import pytest
from elasticsearch import ApiError, AsyncElasticsearch

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(anyio_backend, elasticsearch_url):
    async with AsyncElasticsearch(f"http{elasticsearch_url.removeprefix('elasticsearch')}") as client:
        yield client


@pytest.fixture
async def index(client):
    name = f"facetry-test-{secrets.token_hex(4)}"
    await client.indices.create(index=name, settings={"number_of_shards": 1, "number_of_replicas": 0})
    yield name
    await client.indices.delete(index=name)


async def test_documents_are_written_and_found(client, index):
    lines = [{"index": {"_id": "1", "version": 7, "version_type": "external"}}, {"name": "ring"}]
    assert (await client.bulk(index=index, operations=lines, refresh=True))["errors"] is False
    found = await client.search(index=index, query={"match": {"name": "ring"}})
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]
    many = await client.msearch(index=index, searches=[{}, {"query": {"match_all": {}}}])
    assert many["responses"][0]["hits"]["total"] == {"value": 1, "relation": "eq"}


async def test_errors_come_back_as_they_are(client, index):
    with pytest.raises(ApiError, match="parsing_exception") as refused:
        await client.search(index=index, query={"no_such_query": {}})
    assert refused.value.meta.status == 400
    assert not await client.exists(index=index, id="none")


async def test_a_point_in_time_stays_as_it_was(client, index):
    await client.index(index=index, id="1", document={"name": "ring"}, refresh=True)
    opened = await client.open_point_in_time(index=index, keep_alive="1m")
    await client.index(index=index, id="2", document={"name": "chain"}, refresh=True)
    found = await client.search(pit={"id": opened["id"], "keep_alive": "1m"}, sort="_doc")
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]
    assert (await client.close_point_in_time(id=found["pit_id"]))["succeeded"] is True
