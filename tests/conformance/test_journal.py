"""The conformance suite of the journals over every engine."""

from __future__ import annotations

import pytest

from facetry.engines.memory.journal import MemoryJournal
from facetry.engines.sqlite.journal import SqliteJournal
from facetry.testing.journal import JournalConformance


class TestMemory(JournalConformance):
    @pytest.fixture
    def journal(self):
        return MemoryJournal()


class TestSqlite(JournalConformance):
    @pytest.fixture
    async def journal(self, tmp_path, anyio_backend):
        journal = SqliteJournal(tmp_path)
        yield journal
        await journal.close()
