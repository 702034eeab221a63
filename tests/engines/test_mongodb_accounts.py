"""Accounts in MongoDB."""

from __future__ import annotations

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.mongodb.accounts import MongoAccounts
from facetry.engines.mongodb.opening import open_database
from facetry.testing.accounts import AccountsConformance, session, user

pytestmark = pytest.mark.anyio


class TestMongo(AccountsConformance):
    @pytest.fixture
    def accounts(self, database):
        return MongoAccounts(database)

    @pytest.fixture
    async def peer(self, url, anyio_backend):
        database = await open_database(url)
        yield MongoAccounts(database)
        await database.client.close()


async def test_each_question_is_answered_by_an_index(database):
    accounts = MongoAccounts(database)
    await accounts.add_user(user(link=b"l" * 32))
    await accounts.add_session(session())
    wanted = {
        "users": ({"e": "u1@example.com"}, {"l": b"l" * 32}, {"t": "t"}),
        "user_sessions": ({"u": "u1"},),
    }
    for name, filters in wanted.items():
        for one in filters:
            plan = await database.command("explain", {"find": name, "filter": one}, verbosity="queryPlanner")
            assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


async def test_a_server_that_is_away_is_told(url):
    database = await open_database(url)
    accounts = MongoAccounts(database)
    await database.client.close()
    with pytest.raises(StoreError):
        await accounts.session(b"x" * 32)
    with pytest.raises(StoreError):
        await accounts.add_user(user())
