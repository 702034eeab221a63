"""The accounts' file: private, durable, versioned."""

from __future__ import annotations

import apsw
import pytest

from facetry.domain.errors import StoreError, StoreVersionError
from facetry.engines.sqlite.account_tables import VERSION, open_accounts
from facetry.engines.sqlite.accounts import SqliteAccounts
from facetry.engines.sqlite.directory import DataDirectory
from facetry.testing.accounts import session, user

pytestmark = pytest.mark.anyio


async def test_the_file_is_readable_by_its_owner_only(tmp_path):
    accounts = SqliteAccounts(tmp_path)
    assert not DataDirectory(tmp_path).accounts.exists()
    await accounts.add_user(user())
    files = sorted(path for path in tmp_path.iterdir() if path.name.startswith("accounts.sqlite"))
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600] * len(files)
    await accounts.close()
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.sqlite"]


async def test_what_was_written_is_there_after_closing(tmp_path):
    accounts = SqliteAccounts(tmp_path)
    await accounts.add_user(user())
    await accounts.add_session(session())
    await accounts.close()
    again = SqliteAccounts(tmp_path)
    assert await again.session(session().digest) == (session(), user())
    await again.close()
    with pytest.raises(StoreError, match="closed"):
        await again.user("u1")


async def test_commits_reach_the_disk_and_deleted_users_leave_no_trace(tmp_path):
    connection = open_accounts(DataDirectory(tmp_path).accounts)
    assert connection.pragma("synchronous") == 2
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("secure_delete") == 1
    assert connection.pragma("user_version") == VERSION
    connection.close()


async def test_a_file_of_a_newer_version_is_refused_and_stays_as_it_is(tmp_path):
    path = DataDirectory(tmp_path).accounts
    open_accounts(path).close()
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", VERSION + 1)
    connection.close()
    accounts = SqliteAccounts(tmp_path)
    with pytest.raises(StoreVersionError, match="newer version"):
        await accounts.users("t")
    await accounts.close()


async def test_a_directory_that_is_not_there_is_told(tmp_path):
    accounts = SqliteAccounts(tmp_path / "none")
    with pytest.raises(StoreError, match="cannot be used"):
        await accounts.users("t")
    await accounts.close()


async def test_a_damaged_file_is_told(tmp_path):
    DataDirectory(tmp_path).accounts.write_bytes(b"no database" * 1000)
    accounts = SqliteAccounts(tmp_path)
    with pytest.raises(StoreError):
        await accounts.users("t")
    await accounts.close()


async def test_each_question_is_answered_by_an_index(tmp_path):
    connection = open_accounts(DataDirectory(tmp_path).accounts)
    for sql in (
        "SELECT doc FROM users WHERE tenant = ? ORDER BY email",
        "SELECT doc FROM users WHERE email = ? ORDER BY tenant",
        "SELECT doc FROM users WHERE link = ? AND link <> x''",
        "SELECT doc FROM sessions WHERE user = ? ORDER BY created DESC",
    ):
        (plan,) = {row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", ("x",))}
        assert plan.startswith("SEARCH"), plan
    connection.close()
