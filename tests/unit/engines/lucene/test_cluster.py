"""What answers of a cluster mean, told by a made-up driver."""

from __future__ import annotations

import pytest

from facetry.domain.errors import IndexAwayError, IndexDamagedError, IndexFailedError, SearchError
from facetry.engines.lucene.cluster import PATIENCE_SECONDS, Cluster, Found, Place
from facetry.engines.lucene.driver import Reply

pytestmark = pytest.mark.anyio
GONE = {"type": "index_not_found_exception", "reason": "no such index"}
WHOLE = {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": []}}


class ToldDriver:
    """Answers what it was told, and remembers what it was asked."""

    def __init__(self, *replies):
        self.calls = 0
        self.asked = []
        self._replies = [*replies]

    async def call(self, method, path, *, parameters=None, body=None, seconds=None):
        self.calls += 1
        self.asked.append((method, path, parameters, body, seconds))
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def close(self):
        pass


def cluster(*replies):
    """Return a cluster that answers with these, or fails with those that are errors."""
    return Cluster(ToldDriver(*(one if isinstance(one, Exception) else Reply(*one) for one in replies)), "x")


async def test_several_searches_are_one_request():
    asked = cluster((200, {"responses": [WHOLE, WHOLE | {"took": 1}]}))
    assert await asked.searches("acme", [{"size": 1}, {"size": 2}], 5.0) == [WHOLE, WHOLE | {"took": 1}]
    header = {"index": "x", "routing": "acme"}
    assert asked.driver.asked == [("POST", "/_msearch", None, [header, {"size": 1}, header, {"size": 2}], 5.0)]


async def test_a_search_goes_to_the_shard_of_its_tenant():
    asked = cluster((200, WHOLE))
    assert await asked.search("acme", {"size": 1}) == WHOLE
    parameters = {"routing": "acme", "allow_partial_search_results": "false"}
    assert asked.driver.asked == [("POST", "/x/_search", parameters, {"size": 1}, PATIENCE_SECONDS)]


async def test_a_question_that_reached_nobody_is_asked_once_more():
    asked = cluster(IndexAwayError("cut"), (200, WHOLE))
    assert await asked.search("acme", {"size": 1}) == WHOLE
    first, again = asked.driver.asked
    assert first[:4] == again[:4]
    assert PATIENCE_SECONDS - 1 < again[4] < first[4] == PATIENCE_SECONDS


async def test_it_is_asked_twice_at_most_and_not_where_no_time_is_left():
    for seconds, calls in ((None, 2), (0.1, 1)):
        asked = cluster(IndexAwayError("cut"), IndexAwayError("away"))
        with pytest.raises(IndexAwayError):
            await asked.search("acme", {}, seconds)
        assert asked.driver.calls == calls


async def test_a_write_that_reached_nobody_is_for_its_writer():
    asked = cluster(IndexAwayError("cut"), (200, {"items": []}))
    with pytest.raises(IndexAwayError):
        await asked.bulk("acme", [{}])
    assert asked.driver.calls == 1


@pytest.mark.parametrize(
    ("reply", "error", "text"),
    [
        ({"error": GONE, "status": 404}, IndexDamagedError, "the search index is not there"),
        (
            {"error": {"type": "a", "reason": "b", "root_cause": [{"type": "c", "reason": "d"}]}, "status": 400},
            IndexFailedError,
            "the search engine answered 400: c: d",
        ),
        ({"error": {"type": "too_many_clauses"}, "status": 400}, SearchError, "asks for more than"),
        ({"error": {"type": "too_many_nested_clauses"}, "status": 400}, SearchError, "asks for more than"),
        (WHOLE | {"timed_out": True}, IndexFailedError, "a part of the search index did not answer"),
        (WHOLE | {"_shards": {"failed": 1}}, IndexFailedError, "a part of the search index did not answer"),
    ],
)
async def test_a_search_that_fails_among_others_is_an_error(reply, error, text):
    with pytest.raises(error, match=f"^{text}"):
        await cluster((200, {"responses": [WHOLE, reply]})).searches("acme", [{}, {}])


@pytest.mark.parametrize(
    ("status", "body", "error", "text"),
    [
        (404, {"error": GONE}, IndexDamagedError, "the search index is not there"),
        (503, {"error": {"type": "a", "reason": "b"}}, IndexFailedError, "the search engine answered 503: a: b"),
        (401, {}, IndexFailedError, "the search engine answered 401: nothing"),
        (502, {"error": "bad gateway"}, IndexFailedError, "the search engine answered 502: bad gateway"),
        (
            400,
            {"error": {"type": "a", "reason": "b", "caused_by": {"type": "c", "reason": "d"}}},
            IndexFailedError,
            "the search engine answered 400: c: d",
        ),
    ],
)
async def test_a_request_that_fails_is_an_error(status, body, error, text):
    refused = (status, body)
    asked = cluster(*[refused] * 6)
    for request in (
        asked.searches("acme", []),
        asked.search("acme", {}),
        asked.bulk("acme", []),
        asked.put("acme", "1", {}, None, is_refreshed=False),
        asked.delete_by_query("acme", {}),
        asked.refresh(),
    ):
        with pytest.raises(error, match=f"^{text}$"):
            await request


async def test_writes_tell_what_became_of_each():
    items = [{"index": {"status": 201}}, {"index": {"status": 409, "error": {"type": "version_conflict"}}}]
    asked = cluster((200, {"items": items}), (200, {"items": [{"index": {"status": 404, "error": GONE}}]}))
    assert await asked.bulk("acme", [{}, {}]) == [items[0]["index"], items[1]["index"]]
    parameters = {"routing": "acme", "require_alias": "true"}
    assert asked.driver.asked == [("POST", "/x/_bulk", parameters, [{}, {}], None)]
    with pytest.raises(IndexDamagedError):
        await asked.bulk("acme", [{}])


async def test_a_document_is_written_where_it_is_as_known():
    written = {"_seq_no": 7, "_primary_term": 2}
    asked = cluster((201, written), (200, written), (409, {"error": {"type": "conflict"}}))
    assert await asked.put("acme", "a/b", {"n": 1}, None, is_refreshed=True) == Place(7, 2)
    assert await asked.put("acme", "1", {}, Place(3, 1), is_refreshed=False) == Place(7, 2)
    assert await asked.put("acme", "1", {}, Place(3, 1), is_refreshed=False) is None
    common = {"routing": "acme", "require_alias": "true"}
    first, second, _ = asked.driver.asked
    assert first[:3] == ("PUT", "/x/_doc/a%2Fb", common | {"refresh": "true", "op_type": "create"})
    assert second[2] == common | {"refresh": "false", "if_seq_no": "3", "if_primary_term": "1"}


async def test_a_document_is_read_or_is_not_there():
    found = {"_source": {"n": 1}, "_seq_no": 7, "_primary_term": 2}
    asked = cluster((200, found), (404, {"found": False}), (404, {"error": GONE}))
    assert await asked.get("acme", "1") == Found({"n": 1}, Place(7, 2))
    assert await asked.get("acme", "1") is None
    with pytest.raises(IndexDamagedError):
        await asked.get("acme", "1")


async def test_the_index_is_made_once():
    exists = (400, {"error": {"type": "resource_already_exists_exception", "reason": "x"}})
    slow, bad = (408, {"timed_out": True}), (400, {"error": "bad"})
    unheard, there = (200, {"indices": {}}), (200, {"indices": {"x-000001": {}}})
    asked = cluster((200, {}), there, (404, {}), (200, {}), (404, {}), exists, unheard, slow, (404, {}), bad)
    for _ in range(3):
        await asked.ensure({"a": 1})
    # What another process has made is waited for, but not for ever.
    assert [one[:2] for one in asked.driver.asked] == [
        *(("HEAD", "/_alias/x"), ("GET", "/_cluster/health/x")),
        *(("HEAD", "/_alias/x"), ("PUT", "/x-000001")),
        *(("HEAD", "/_alias/x"), ("PUT", "/x-000001")),
        *(("GET", "/_cluster/health/x"), ("GET", "/_cluster/health/x")),
    ]
    with pytest.raises(IndexFailedError, match="400: bad"):
        await asked.ensure({})


async def test_documents_are_removed_by_query():
    asked = cluster((200, {"deleted": 3}), (200, {}))
    assert await asked.delete_by_query("acme", {"match_all": {}}) == 3
    parameters = {"routing": "acme", "conflicts": "proceed", "refresh": "true"}
    assert asked.driver.asked[0] == ("POST", "/x/_delete_by_query", parameters, {"query": {"match_all": {}}}, None)
    await asked.refresh()
