"""Users and sessions are damaged by SQL, found, and mended where their documents tell what is right."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor

import apsw
import msgspec
import pytest

from facetry.domain.errors import StoreDamagedError
from facetry.domain.fault import Fault
from facetry.engines.sqlite.account_checking import account_faults, mend_accounts
from facetry.engines.sqlite.account_tables import check_accounts, open_accounts
from facetry.engines.sqlite.accounts import SqliteAccounts
from facetry.engines.sqlite.directory import DataDirectory
from facetry.testing.accounts import session, user

pytestmark = pytest.mark.anyio

ONE = user()
OTHER = msgspec.structs.replace(ONE, id="u2", email="other@example.com", link=b"")
UNREADABLE = "the document cannot be read"
DIFFERS = "the columns differ from the document"


@pytest.fixture
async def path(tmp_path):
    accounts = SqliteAccounts(tmp_path)
    for one in (ONE, OTHER):
        await accounts.add_user(one)
    await accounts.add_session(session())
    await accounts.close()
    return DataDirectory(tmp_path).accounts


def change(path, sql):
    connection = apsw.Connection(str(path))
    connection.execute(sql).fetchall()
    assert connection.total_changes() > 0
    connection.close()


async def held(path):
    accounts = SqliteAccounts(path.parent)
    found = [*await accounts.users(ONE.tenant)], [*await accounts.sessions(ONE.id)]
    by_name = [await accounts.users_by_email(one.email) for one in (ONE, OTHER)]
    await accounts.close()
    return found, by_name


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET tenant = 'nobody' WHERE id = 'u1'",
        "UPDATE users SET email = 'x@example.com' WHERE id = 'u1'",
        "UPDATE users SET link = X'01' WHERE id = 'u1'",
        "UPDATE users SET version = 9 WHERE id = 'u1'",
    ],
)
async def test_columns_of_a_user_are_taken_from_the_document(path, sql):
    assert account_faults(path) == []
    before = await held(path)
    change(path, sql)
    assert account_faults(path) == [Fault("accounts", "user u1", DIFFERS)]
    mend_accounts(path)
    assert account_faults(path) == []
    assert await held(path) == before


async def test_names_that_were_changed_for_one_another_are_mended(path):
    before = await held(path)
    change(
        path,
        f"UPDATE users SET email = 'x' WHERE id = 'u1'; UPDATE users SET email = '{ONE.email}' WHERE id = 'u2';"
        f"UPDATE users SET email = '{OTHER.email}' WHERE id = 'u1'",
    )
    assert [fault.subject for fault in account_faults(path)] == ["user u1", "user u2"]
    mend_accounts(path)
    assert await held(path) == before


async def test_two_users_of_one_name_by_their_documents_are_left_and_told(path):
    doc = msgspec.json.encode(msgspec.structs.replace(OTHER, email=ONE.email)).hex()
    change(path, f"UPDATE users SET doc = X'{doc}' WHERE id = 'u2'")
    faults = account_faults(path)
    assert faults == [Fault("accounts", "user u2", DIFFERS)]
    mend_accounts(path)
    assert account_faults(path) == faults


@pytest.mark.parametrize(
    ("doc", "problem"),
    [(b"{", UNREADABLE), (msgspec.json.encode(OTHER), "the document is that of another user")],
)
async def test_a_user_that_cannot_be_read_stays_and_is_told(path, doc, problem):
    change(path, f"UPDATE users SET doc = X'{doc.hex()}' WHERE id = 'u1'")
    fault = Fault("accounts", "user u1", problem, mendable=False)
    assert account_faults(path) == [fault]
    mend_accounts(path)
    assert account_faults(path) == [fault]


@pytest.mark.parametrize(
    ("sql", "problem", "of"),
    [
        ("UPDATE sessions SET doc = X'7b'", UNREADABLE, "u1"),
        ("UPDATE sessions SET expires = expires + 1e9", DIFFERS, "u1"),
        ("UPDATE sessions SET seen = seen + 1", DIFFERS, "u1"),
        ("UPDATE sessions SET user = 'u2'", DIFFERS, "u2"),
        ("UPDATE sessions SET digest = X'00'", DIFFERS, "u1"),
        ("DELETE FROM users WHERE id = 'u1'", "there is no such user", "u1"),
    ],
)
async def test_a_session_that_is_not_what_it_was_ends(path, sql, problem, of):
    change(path, sql)
    assert account_faults(path) == [Fault("accounts", f"session of user {of}", problem)]
    mend_accounts(path)
    assert account_faults(path) == []
    assert (await held(path))[0][1] == []


async def test_an_emptied_file_is_refused_and_told(path):
    path.write_bytes(b"")
    with pytest.raises(StoreDamagedError, match="is empty, and the users that it held are lost"):
        check_accounts(path)
    (fault,) = account_faults(path)
    assert not fault.mendable
    mend_accounts(path)
    assert path.read_bytes() == b""


def test_however_many_begin_the_file_it_is_never_empty(tmp_path):
    for number in range(10):
        path = DataDirectory(tmp_path / str(number)).accounts
        path.parent.mkdir()
        with ThreadPoolExecutor(4) as threads:
            opening = [threads.submit(open_accounts, path) for _ in range(4)]
            while not all(one.done() for one in opening):
                assert not path.exists() or path.stat().st_size
            for one in opening:
                one.result().close()
        assert [file.name for file in path.parent.iterdir()] == [path.name]
        assert account_faults(path) == []


def test_of_a_file_system_without_links_it_is_begun_in_place(tmp_path, monkeypatch):
    path = DataDirectory(tmp_path).accounts

    def none(draft, name):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    open_accounts(path).close()
    check_accounts(path)
