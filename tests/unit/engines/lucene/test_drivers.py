"""Drivers over the official clients: what they send, and what becomes of what goes wrong."""

from __future__ import annotations

import pytest

from facetry.domain.errors import IndexAwayError, IndexFailedError, SearchTimeoutError
from facetry.engines.elasticsearch.driver import ElasticsearchDriver
from facetry.engines.elasticsearch.opening import open_index as open_elasticsearch
from facetry.engines.lucene.addresses import Address
from facetry.engines.lucene.driver import Reply
from facetry.engines.opensearch.driver import OpenSearchDriver
from facetry.engines.opensearch.opening import open_index as open_opensearch
from tests.unit.engines.lucene.answering import answering

DRIVERS = {"opensearch": OpenSearchDriver, "elasticsearch": ElasticsearchDriver}
OPENINGS = {"opensearch": open_opensearch, "elasticsearch": open_elasticsearch}
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("engine", DRIVERS)]


def driver_of(engine, *ports, credentials=None):
    return DRIVERS[engine](Address(tuple(f"http://127.0.0.1:{port}" for port in ports), credentials, "x", None))


async def test_requests_are_json_with_credentials(engine):
    async with answering(lambda _: (200, {"n": 1})) as server:
        driver = driver_of(engine, server.port, credentials=("me", "secret"))
        assert await driver.call("POST", "/x/_search", parameters={"routing": "a b"}, body={"é": 1}) == Reply(
            200, {"n": 1}
        )
        assert (await driver.call("POST", "/_bulk", body=[{"a": 1}, {"b": 2}])).status == 200
        assert (await driver.call("GET", "/x", body={"odd": "\ud800"})).status == 200
        assert driver.calls == 3
        await driver.close()
        await driver.close()
    one, many, odd = server.asked[-3:]
    assert (one.method, one.body.decode()) == ("POST", '{"é":1}')
    assert one.target.replace("%20", "+") == "/x/_search?routing=a+b"
    assert one.headers["authorization"] == "Basic bWU6c2VjcmV0"
    assert "json" in one.headers["content-type"]
    assert many.body == b'{"a":1}\n{"b":2}\n'
    assert "ndjson" in many.headers["content-type"]
    assert odd.body == b'{"odd": "\\ud800"}'


@pytest.mark.parametrize("status", [400, 404, 409, 429, 500])
async def test_refusals_are_answers(engine, status):
    error = {"error": {"type": "a", "reason": "b"}, "status": status}
    async with answering(lambda asked: (status, error) if asked.target != "/" else (200, {})) as server:
        driver = driver_of(engine, server.port)
        assert await driver.call("POST", "/x", body={}) == Reply(status, error)
        await driver.close()


async def test_what_is_not_there_is_an_answer(engine):
    async with answering(lambda asked: (404, {"found": False}) if "_doc" in asked.target else (404, {})) as server:
        driver = driver_of(engine, server.port)
        assert await driver.call("GET", "/x/_doc/1") == Reply(404, {"found": False})
        assert (await driver.call("HEAD", "/_alias/x")).status == 404
        await driver.close()
    async with answering(lambda _: (200, {})) as server:
        driver = driver_of(engine, server.port)
        assert (await driver.call("HEAD", "/_alias/x")).status == 200
        await driver.close()


async def test_another_node_is_asked_where_one_is_away(engine):
    async with answering(lambda _: None) as away, answering(lambda _: (200, {"n": 1})) as server:
        driver = driver_of(engine, away.port, server.port)
        replies = [await driver.call("GET", "/x") for _ in range(4)]
        assert replies == [Reply(200, {"n": 1})] * 4
        await driver.close()


async def test_nobody_answers(engine):
    async with answering(lambda _: None) as away:
        driver = driver_of(engine, away.port)
        with pytest.raises(IndexFailedError, match=r"^no node of "):
            await driver.call("GET", "/x")
        await driver.close()


async def test_nobody_answers_in_time(engine):
    async with answering(lambda _: 5.0) as slow:
        driver = driver_of(engine, slow.port)
        with pytest.raises(SearchTimeoutError):
            await driver.call("GET", "/x", seconds=0.05)
        await driver.close()


async def test_an_answer_that_is_no_json_is_no_answer(engine):
    async with answering(lambda _: (200, b"<html>")) as server:
        driver = driver_of(engine, server.port)
        with pytest.raises(IndexFailedError, match=r"^no node of "):
            await driver.call("GET", "/x")
        await driver.close()


async def test_an_index_is_opened_by_its_url(engine):
    def answer(asked):
        return (404, {}) if asked.method == "HEAD" else (200, {})

    async with answering(answer) as server:
        index = await OPENINGS[engine](f"{engine}://127.0.0.1:{server.port}/shop")
        assert index.capabilities.is_shared
        await index.close()
    made = server.asked[-1]
    assert (made.method, made.target) == ("PUT", "/shop-groups-1-000001")
    assert b'"shop-groups-1":{}' in made.body


async def test_an_index_that_is_away_may_be_opened_all_the_same(engine, caplog):
    async with answering(lambda _: None) as away:
        index = await OPENINGS[engine](f"{engine}://127.0.0.1:{away.port}", may_be_away=True)
        with pytest.raises(IndexAwayError):
            await index.revision("t")
        await index.close()
    assert "the search index does not answer, all else goes on without it" in caplog.text


async def test_an_index_that_cannot_be_opened_is_closed(engine):
    async with answering(lambda _: None) as away:
        with pytest.raises(IndexFailedError):
            await OPENINGS[engine](f"{engine}://127.0.0.1:{away.port}")
