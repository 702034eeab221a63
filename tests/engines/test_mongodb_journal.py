"""Journals in MongoDB."""

from __future__ import annotations

import asyncio
import math

import pytest

from facetry.domain.errors import StoreError
from facetry.domain.journal import SEARCH_COUNTS, Count, LineQuery, Ranking, RequestLine, Retention, SearchLine, Span
from facetry.engines.mongodb.journal import MongoJournal
from facetry.engines.mongodb.opening import open_database
from facetry.testing.journal import NOW, TODAY, JournalConformance, ids, request, searches

pytestmark = pytest.mark.anyio


@pytest.fixture
async def journal(database):
    journal = MongoJournal(database)
    yield journal
    await journal.close()


class TestMongo(JournalConformance):
    pass


async def test_processes_write_to_the_same_journals(journal, url):
    """Each line once, in an order that pages can follow; counts of the same name come together."""
    database = await open_database(url)
    peer = MongoJournal(database)
    for number in range(100):
        for one in (journal, peer):
            one.note("acme", request(0, id=f"r{number}"))
            one.count("acme", searches("ring", 1, 2))
    mine, theirs = await asyncio.gather(ids(journal, limit=1000), ids(peer, limit=1000))
    assert {*mine.split(), *theirs.split()} == {f"r{number}" for number in range(100)}
    found = await journal.lines("acme", RequestLine, LineQuery(limit=1000))
    assert len({numbered.number for numbered in found}) == 200
    assert await peer.top("acme", SEARCH_COUNTS, Ranking()) == [Count(SEARCH_COUNTS, 0, "ring", (200, 400, 0, 0, 0))]
    await peer.close()
    await database.client.close()


async def test_threads_may_note(journal):
    await asyncio.gather(*(asyncio.to_thread(journal.note, "acme", request(number)) for number in range(20)))
    assert len((await ids(journal)).split()) == 20


async def test_what_is_noted_is_written_soon_without_anybody_asking(journal, database):
    journal.note("acme", request(1))
    await asyncio.sleep(0.5)
    assert await database["journal_requests"].count_documents({}) == 1


async def test_what_nothing_can_store_is_counted(journal):
    journal.note_all("acme", [request(1, error="\ud800"), request(2, size=2**70), request(3, error="x" * (9 << 20))])
    journal.count("acme", searches("\ud800", 1))
    journal.count("acme", searches("much", 2**70))
    journal.note("acme", request(4))
    assert await ids(journal) == "r4"
    assert await journal.sums("acme", SEARCH_COUNTS, Span(), 60) == []
    assert journal.dropped == 5


async def test_ties_of_a_day_stand_in_the_order_of_their_names(journal):
    for name in ("c", "a", "b"):
        journal.count("acme", searches(name, 2))
    top = await journal.top("acme", SEARCH_COUNTS, Ranking(limit=2, by_day=True))
    assert [(one.time, one.name) for one in top] == [(TODAY, "a"), (TODAY, "b")]


async def test_lines_of_a_newer_version_are_read(journal, database):
    journal.note("acme", SearchLine(id="s1", time=NOW, query="ring"))
    await journal.tenants()
    await database["journal_searches"].update_one({"i": "s1"}, {"$set": {"f.later": 1}, "$unset": {"f.hits": ""}})
    assert await journal.line("acme", SearchLine, "s1") == SearchLine(id="s1", time=NOW, query="ring")


async def test_what_has_no_end_is_kept(journal):
    journal.note("acme", request(1))
    journal.count("acme", searches("ring", 1))
    kept = {"requests": Retention(), "search_counts": Retention()}
    assert await journal.trim(kept, math.inf) == 0
    assert await ids(journal) == "r1"


async def test_a_server_that_is_away_costs_lines_and_nothing_else(url, caplog):
    database = await open_database(url)
    journal = MongoJournal(database)
    await database.client.close()
    for number in range(3):
        journal.note("acme", request(number))
        await asyncio.sleep(0.25)
    assert journal.dropped == 3
    assert len(caplog.records) == 1
    with pytest.raises(StoreError):
        await ids(journal)
    await journal.close()
