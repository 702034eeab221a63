"""Clicks and orders after a search, reported through ``/v2/events``."""

from __future__ import annotations

import asyncio
import time

import pytest

from facetry.application.access_keys import NewAccessKey
from facetry.domain.journal import SEARCH_COUNTS, EventLine, LineQuery, Ranking
from facetry.domain.tenant import Scope
from tests.api.server import KeyHolder, problem_of, product

pytestmark = pytest.mark.anyio

EVENTS = "/v2/events"
ORIGIN = "https://shop.example"


@pytest.fixture
def server(make_server):
    server = make_server(cors_origins=[ORIGIN])
    server.clock.time = time.time() + 60
    return server


@pytest.fixture
async def found(server, shop, owner):
    """Return the answer of a search."""
    await shop.post(product("S1", "A", name="Gold ring"))
    answer = await owner.search(q="Gold ring")
    server.log.flush()
    return answer


def event(found, kind="click", **fields):
    return {"type": kind, "search_id": found["search_id"], "group_id": "A", **fields}


async def counted(server):
    """Return searches, clicks and orders by query."""
    top = await server.journal.top("shop", SEARCH_COUNTS, Ranking())
    return {one.name: (one.numbers[0], *one.numbers[3:]) for one in top}


async def events(server):
    lines = await server.journal.lines("shop", EventLine, LineQuery())
    return [numbered.line for numbered in lines]


async def test_clicks_and_orders_are_joined_to_what_was_searched(server, found, front):
    reported = [event(found, position=1), event(found, position=3), event(found, "order", sku="S1")]
    for one in reported:
        answer = await front("POST", EVENTS, one)
        assert (answer.status, answer.body) == (204, b"")
    assert await counted(server) == {"gold ring": (1, 2, 1)}
    kept = [(one.type, one.search_id, one.query, one.group_id, one.sku, one.position) for one in await events(server)]
    assert sorted(kept) == [
        ("click", found["search_id"], "Gold ring", "A", "", 1),
        ("click", found["search_id"], "Gold ring", "A", "", 3),
        ("order", found["search_id"], "Gold ring", "A", "S1", 0),
    ]


async def test_they_stand_with_the_query(server, found, owner, front):
    await front("POST", EVENTS, event(found))
    (item,) = (await owner("GET", "/v2/searches/top")).json["items"]
    assert item == {"query": "gold ring", "searches": 1, "empty": 0, "hits": 1, "clicks": 1, "orders": 0}


async def test_one_of_several_searches_is_meant(server, shop, owner, front):
    await shop.post(product("S1", "A", name="Gold ring"))
    answer = await owner("POST", "/v2/search", {"searches": [{"q": "gold"}, {"q": "ring"}]})
    server.log.flush()
    assert (await front("POST", EVENTS, event(answer.json["results"][1]))).status == 204
    assert await counted(server) == {"gold": (1, 0, 0), "ring": (1, 1, 0)}


async def test_an_answer_from_memory_has_the_same_id(server, shop, front):
    await shop.post(product("S1", "A", name="Gold ring"))
    ids = {(await front("GET", "/v2/search?q=gold")).json["search_id"] for _ in range(3)}
    server.log.flush()
    (search_id,) = ids
    assert (await front("POST", EVENTS, event({"search_id": search_id}))).status == 204
    assert await counted(server) == {"gold": (3, 1, 0)}


async def test_the_search_may_still_be_on_its_way(server, shop, owner, front):
    """A program is quicker than the journal."""
    await shop.post(product("S1", "A", name="Gold ring"))
    answer = await owner.search(q="gold")
    reporting = asyncio.create_task(front("POST", EVENTS, event(answer)))
    await asyncio.sleep(0.02)
    server.log.flush()
    assert (await reporting).status == 204
    assert await counted(server) == {"gold": (1, 1, 0)}


async def test_a_search_without_words_is_counted_nowhere(server, shop, owner, front):
    await shop.post(product("S1", "A"))
    answer = await owner.search(filter="price > 0")
    server.log.flush()
    assert (await front("POST", EVENTS, event(answer))).status == 204
    assert (await counted(server), len(await events(server))) == ({}, 1)


class TestKeys:
    """A key makes a repeat harmless."""

    async def test_a_repeat_is_not_counted(self, server, found, front):
        named = {"idempotency-key": "click-1"}
        answers = [await front("POST", EVENTS, event(found), headers=named) for _ in range(3)]
        assert [answer.status for answer in answers] == [204] * 3
        assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true", "true"]
        assert await counted(server) == {"gold ring": (1, 1, 0)}

    async def test_without_a_key_each_counts(self, server, found, front):
        for _ in range(2):
            await front("POST", EVENTS, event(found))
        assert await counted(server) == {"gold ring": (1, 2, 0)}

    async def test_another_event_with_the_key_is_refused(self, server, found, front):
        named = {"idempotency-key": "click-1"}
        await front("POST", EVENTS, event(found), headers=named)
        problem = problem_of(await front("POST", EVENTS, event(found, position=2), headers=named), 409)
        assert problem["code"] == "key_reused"
        assert await counted(server) == {"gold ring": (1, 1, 0)}

    async def test_after_a_day_a_key_is_new(self, server, found, front):
        named = {"idempotency-key": "click-1"}
        await front("POST", EVENTS, event(found), headers=named)
        server.clock.time += 86_401
        assert "idempotency-replayed" not in (await front("POST", EVENTS, event(found), headers=named)).headers
        assert await counted(server) == {"gold ring": (1, 2, 0)}

    async def test_a_key_that_cannot_be_one_is_refused(self, server, found, front):
        problem_of(await front("POST", EVENTS, event(found), headers={"idempotency-key": "a b"}), 400)
        assert await events(server) == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"type": "look"}, "/type"),
        ({"search_id": 5}, "/search_id"),
        ({"search_id": "x" * 201}, "/search_id"),
        ({"position": 0}, "/position"),
        ({"position": "1"}, "/position"),
        ({"group_id": ""}, "/group_id"),
        ({"group": "A"}, "/group"),
        ({"group_id": None}, "/group_id"),
    ],
)
async def test_what_is_no_event_is_refused(server, found, front, changes, pointer):
    problem = problem_of(await front("POST", EVENTS, {**event(found), **changes}), 422)
    assert problem.get("pointer") == pointer
    assert await events(server) == []


async def test_an_event_needs_its_members(server, found, front):
    for name in ("type", "search_id"):
        document = {key: value for key, value in event(found).items() if key != name}
        problem_of(await front("POST", EVENTS, document), 422)
    for body, status in ((b"{", 400), (b"[]", 400), (b"\xff", 400)):
        problem_of(await front("POST", EVENTS, body), status)
    assert await events(server) == []


async def test_a_search_that_is_not_known_is_refused(server, found, front):
    problem = problem_of(await front("POST", EVENTS, {**event(found), "search_id": "nope"}), 404)
    assert (problem["code"], problem["detail"]) == ("record_not_found", "search nope not found")


async def test_access_keys_need_to_read(server, found):
    for scope, status in ((Scope.READ, 204), (Scope.WRITE, 403)):
        made = await server.access_keys.create("shop", NewAccessKey(name="k", scopes=(scope,)))
        assert (await KeyHolder(server, made.secret)("POST", EVENTS, event(found))).status == status


async def test_pages_of_other_origins_may_report(server, found, front):
    answer = await front("POST", EVENTS, event(found), headers={"origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    allowed = await front("OPTIONS", EVENTS, headers={"origin": ORIGIN})
    assert (allowed.status, allowed.headers["access-control-allow-methods"]) == (200, "GET, POST")
