"""The conformance suite of accounts over the engines that need no server."""

from __future__ import annotations

import pytest

from facetry.engines.memory.accounts import MemoryAccounts
from facetry.engines.sqlite.accounts import SqliteAccounts
from facetry.testing.accounts import AccountsConformance


class TestMemory(AccountsConformance):
    @pytest.fixture
    def accounts(self):
        return MemoryAccounts()

    @pytest.fixture
    def peer(self, accounts):
        return accounts


class TestSqlite(AccountsConformance):
    @pytest.fixture
    async def accounts(self, tmp_path, anyio_backend):
        accounts = SqliteAccounts(tmp_path)
        yield accounts
        await accounts.close()

    @pytest.fixture
    async def peer(self, tmp_path, anyio_backend):
        peer = SqliteAccounts(tmp_path)
        yield peer
        await peer.close()
