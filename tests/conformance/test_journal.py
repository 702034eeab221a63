"""The conformance suite of the journals over every engine."""

from __future__ import annotations

import pytest

from facetry.domain.journal import REQUEST_COUNTS, Count, LineQuery, RequestLine, Span
from facetry.engines.memory.journal import MAX_LINES, MemoryJournal
from facetry.engines.sqlite.journal import SqliteJournal
from facetry.testing.journal import JournalConformance, request


class TestMemory(JournalConformance):
    @pytest.fixture
    def journal(self):
        return MemoryJournal()


@pytest.mark.anyio
async def test_a_server_that_never_stops_does_not_grow(anyio_backend, monkeypatch):
    monkeypatch.setattr("facetry.engines.memory.journal.MAX_COUNTS", 3)
    journal = MemoryJournal()
    for number in range(5):
        journal.count("acme", Count(REQUEST_COUNTS, number, "native", (1,)))
    for number in range(MAX_LINES + 5):
        journal.note("acme", request(number))
    assert [one.time for one in await journal.sums("acme", REQUEST_COUNTS, Span(), 1)] == [2, 3, 4]
    assert len(await journal.lines("acme", RequestLine, LineQuery(limit=MAX_LINES * 2))) == MAX_LINES


class TestSqlite(JournalConformance):
    @pytest.fixture
    async def journal(self, tmp_path, anyio_backend):
        journal = SqliteJournal(tmp_path)
        yield journal
        await journal.close()
