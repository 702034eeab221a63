"""What journals in a file promise beyond the port: several processes, a disk that refuses, nothing left behind."""

from __future__ import annotations

import asyncio
from contextlib import closing

import apsw
import pytest

from facetry.domain.errors import StoreBusyError, StoreError, StoreVersionError
from facetry.domain.journal import (
    SEARCH_COUNTS,
    SEARCH_HOURS,
    Count,
    HistoryLine,
    LineQuery,
    Ranking,
    RecordHistoryLine,
    RequestLine,
    Retention,
    SearchLine,
    search_counts,
)
from facetry.engines.sqlite.journal import SqliteJournal
from facetry.engines.sqlite.journal_checking import journal_faults, mend_journal
from facetry.engines.sqlite.journal_tables import LINE_BYTES, Transaction, open_journal
from facetry.engines.sqlite.journal_writer import JournalWriter
from facetry.testing.journal import NOW, TODAY, ids, request

pytestmark = pytest.mark.anyio


@pytest.fixture
async def opened(anyio_backend):
    journals = []

    def open_one(path):
        journals.append(SqliteJournal(path))
        return journals[-1]

    yield open_one
    for journal in journals:
        await journal.close()


def read(path, sql):
    connection = apsw.Connection(str(path / "journal.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


async def test_nothing_is_made_before_something_is_noted(opened, tmp_path):
    journal = opened(tmp_path)
    assert await ids(journal) == ""
    await journal.forget("acme")
    assert list(tmp_path.iterdir()) == []
    journal.note("acme", request(1))
    assert await ids(journal) == "r1"
    assert (tmp_path / "journal.db").stat().st_mode & 0o777 == 0o600


async def test_lines_live_on(opened, tmp_path):
    journal = opened(tmp_path)
    journal.note("acme", request(1))
    await journal.close()
    assert await ids(opened(tmp_path)) == "r1"
    assert journal.dropped == 0
    journal.note("acme", request(2))
    assert (journal.dropped, await ids(opened(tmp_path))) == (1, "r1")


async def test_several_processes_write_to_one_file(opened, tmp_path):
    journals = [opened(tmp_path) for _ in range(3)]
    for number in range(300):
        journals[number % 3].note("acme", request(number))
        journals[number % 3].count("acme", Count(SEARCH_COUNTS, TODAY, "ring", (1,)))
    for journal in journals:
        await journal.lines("acme", RequestLine, LineQuery())
    found = await journals[0].lines("acme", RequestLine, LineQuery(limit=1000))
    assert [numbered.line.id for numbered in found] == [f"r{number}" for number in reversed(range(300))]
    assert [one.numbers[0] for one in await journals[1].top("acme", SEARCH_COUNTS, Ranking())] == [300]
    assert [journal.dropped for journal in journals] == [0, 0, 0]


async def test_too_much_at_once_is_given_up_and_counted(tmp_path, anyio_backend):
    writer = JournalWriter(tmp_path / "journal.db", max_waiting=10)
    for number in range(50):
        writer.put("acme", [request(number)])
    writer.flush()
    assert 0 < writer.dropped <= 40
    writer.close()
    kept = read(tmp_path, "SELECT count(*) FROM requests")
    assert kept == [(50 - writer.dropped,)]


@pytest.mark.parametrize("damage", ["no folder", "a folder", "no database"])
async def test_a_disk_that_refuses_fails_nothing(opened, tmp_path, damage, caplog):
    folder = tmp_path / "data"
    if damage != "no folder":
        folder.mkdir()
    if damage == "a folder":
        (folder / "journal.db").mkdir()
    if damage == "no database":
        (folder / "journal.db").write_bytes(b"no database" * 1000)
    journal = opened(folder)
    for number in range(3):
        journal.note("acme", request(number))
        await asyncio.to_thread(journal._writer.flush)
    assert journal.dropped == 3
    assert [record.message.partition(":")[0] for record in caplog.records] == ["journals cannot be written"]
    if damage == "no database":
        with pytest.raises(StoreError):
            await ids(journal)
    else:
        assert await ids(journal) == ""


async def test_it_goes_on_when_the_disk_does(opened, tmp_path, monkeypatch):
    monkeypatch.setattr("facetry.engines.sqlite.journal_writer.RETRY_SECONDS", 0.01)
    journal = opened(tmp_path / "data")
    journal.note("acme", request(1))
    assert await ids(journal) == ""
    (tmp_path / "data").mkdir()
    await asyncio.sleep(0.02)
    journal.note("acme", request(2))
    assert (await ids(journal), journal.dropped) == ("r2", 1)


async def test_half_a_batch_is_never_written(opened, tmp_path):
    """What fails in the middle is undone, so that a count and its line stay together."""
    journal = opened(tmp_path)
    journal.note("acme", request(1))
    assert await ids(journal) == "r1"
    connection = open_journal(tmp_path / "journal.db")
    connection.execute("DROP TABLE search_counts")
    journal.note("acme", request(2))
    journal.count("acme", Count(SEARCH_COUNTS, TODAY, "ring", (1,)))
    assert await ids(journal) == "r1"
    assert journal.dropped == 2
    connection.close()


async def test_a_file_of_a_newer_version_is_left_alone(opened, tmp_path):
    open_journal(tmp_path / "journal.db").close()
    connection = open_journal(tmp_path / "journal.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreVersionError):
        open_journal(tmp_path / "journal.db")
    journal = opened(tmp_path)
    journal.note("acme", request(1))
    assert (await ids(journal), journal.dropped) == ("", 1)


async def test_a_file_without_tables_yet_is_empty(opened, tmp_path):
    (tmp_path / "journal.db").touch()
    assert await ids(opened(tmp_path)) == ""


async def test_nothing_of_who_is_forgotten_stays_on_disk(opened, tmp_path):
    journal = opened(tmp_path)
    for number in range(1200):
        tenant = ("secretive", "acme")[number % 2]
        journal.note(tenant, SearchLine(id=f"s{number}", time=NOW, query=f"query of {tenant}"))
    journal.count("secretive", Count(SEARCH_COUNTS, TODAY, "wish of secretive", (1,)))
    await journal.tenants()
    await journal.forget("secretive")
    await journal.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert (content.count(b"secretive"), content.count(b"query of acme")) == (0, 600)


async def test_sizes_are_known_exactly(opened, tmp_path):
    """Whatever is written, trimmed and forgotten."""
    journal = opened(tmp_path)
    for number in range(700):
        journal.note(f"t{number % 3}", request(number, error="é" * (number % 7)))
    sizes = "SELECT bytes FROM sizes WHERE kind = 'requests'"
    actual = f"SELECT coalesce(sum(octet_length(doc) + {LINE_BYTES}), 0) FROM requests"
    await journal.tenants()
    assert read(tmp_path, sizes) == read(tmp_path, actual)
    assert await journal.trim({"requests": Retention(size_bytes=100_000)}, NOW) > 0
    assert read(tmp_path, sizes) == read(tmp_path, actual)
    await journal.forget("t1", NOW + 650)
    assert read(tmp_path, sizes) == read(tmp_path, actual)
    assert read(tmp_path, sizes) > [(0,)]
    for tenant in ("t0", "t1", "t2"):
        await journal.forget(tenant)
    assert read(tmp_path, sizes) == [(0,)]


async def test_a_step_of_trimming_is_small(opened, tmp_path):
    journal = opened(tmp_path)
    for number in range(1100):
        journal.note("acme", request(number))
    retention = {"requests": Retention(seconds=0)}
    assert [await journal.trim(retention, NOW + 9999) for _ in range(4)] == [500, 500, 100, 0]


def test_a_writer_that_never_wrote_closes_at_once(tmp_path):
    writer = JournalWriter(tmp_path / "journal.db")
    writer.flush()
    writer.close()
    writer.close()
    assert (list(tmp_path.iterdir()), writer.dropped) == ([], 0)


async def test_a_full_disk_loses_lines_and_nothing_else(opened, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("facetry.engines.sqlite.journal_writer.RETRY_SECONDS", 0.01)
    journal = opened(tmp_path)
    journal.note("acme", request(0))
    assert await ids(journal) == "r0"
    # So many pages are there already, so this is what a disk without room does.
    journal._writer._connection.execute("PRAGMA max_page_count = 1")
    for number in range(1, 200):
        journal.note("acme", request(number, error="x" * 400))
    assert await ids(journal) == "r0"
    assert journal.dropped == 199
    assert caplog.messages == ["journals cannot be written: no room left in the data directory"]
    await asyncio.sleep(0.02)
    journal.note("acme", request(200))
    assert await ids(journal) == "r200 r0"


async def test_who_waits_too_long_gives_up(opened, tmp_path, monkeypatch):
    """And in time goes on: a lock that somebody forgot costs lines and nothing else."""
    monkeypatch.setattr("facetry.engines.sqlite.connection._WRITE_WAIT_MS", 20)
    monkeypatch.setattr("facetry.engines.sqlite.journal_writer.RETRY_SECONDS", 0.0)
    other = open_journal(tmp_path / "journal.db")
    other.execute("BEGIN IMMEDIATE")
    journal = opened(tmp_path)
    journal.note("acme", request(1))
    assert (await ids(journal), journal.dropped) == ("", 1)
    with pytest.raises(StoreBusyError):
        await journal.forget("acme")
    other.execute("ROLLBACK")
    other.close()
    journal.note("acme", request(2))
    assert await ids(journal) == "r2"


def test_a_new_file_that_somebody_holds_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("facetry.engines.sqlite.connection._WRITE_WAIT_MS", 20)
    holder = apsw.Connection(str(tmp_path / "journal.db"))
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusyError):
        open_journal(tmp_path / "journal.db")
    holder.execute("COMMIT")
    holder.close()
    open_journal(tmp_path / "journal.db").close()


def test_a_commit_that_fails_is_undone(tmp_path):
    connection = open_journal(tmp_path / "journal.db")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("CREATE TABLE a (x PRIMARY KEY)")
    connection.execute("CREATE TABLE b (x REFERENCES a DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(StoreError, match="FOREIGN KEY"), Transaction(connection):
        connection.execute("INSERT INTO b VALUES (1)")
    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM b").fetchall() == [(0,)]
    connection.close()


async def test_a_file_of_before_there_were_histories_is_completed(opened, tmp_path):
    """Whether it is read first or written."""
    for first in ("read", "write"):
        folder = tmp_path / first
        folder.mkdir()
        connection = open_journal(folder / "journal.db")
        connection.execute("DROP TABLE history")
        connection.execute("PRAGMA user_version = 1")
        connection.close()
        journal = opened(folder)
        if first == "write":
            journal.note("acme", HistoryLine(id="R1", time=NOW, revision=1))
        found = await journal.lines("acme", HistoryLine, LineQuery(id="R1"))
        assert (len(found), journal.dropped) == (1 if first == "write" else 0, 0)


async def test_a_file_of_before_there_were_histories_of_records_is_completed(opened, tmp_path):
    """What stands in it stays."""
    folder = tmp_path / "old"
    folder.mkdir()
    journal = opened(folder)
    journal.note("acme", HistoryLine(id="R1", time=NOW, revision=1))
    assert await ids(journal, kind=HistoryLine) == "R1"
    await journal.close()
    connection = apsw.Connection(str(folder / "journal.db"))
    for table in ("record_history", "search_hours"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("DELETE FROM sizes WHERE kind = 'record_history'")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    assert journal_faults(folder / "journal.db") == []
    journal = opened(folder)
    assert await ids(journal, kind=RecordHistoryLine) == ""
    journal.note("acme", RecordHistoryLine(id="order 1", time=NOW, revision=2))
    for count in search_counts(NOW, "ring", (1,)):
        journal.count("acme", count)
    assert [await ids(journal, kind=kind) for kind in (HistoryLine, RecordHistoryLine)] == ["R1", "order 1"]
    assert [one.name for one in await journal.top("acme", SEARCH_HOURS, Ranking())] == ["ring"]
    assert journal.dropped == 0
    assert journal_faults(folder / "journal.db") == []


@pytest.mark.parametrize("start", [0, 8192])
async def test_a_damaged_file_is_a_fault_that_says_what_to_do(tmp_path, opened, start):
    """It fails no note, and is neither mended nor changed."""
    journal, file = opened(tmp_path), tmp_path / "journal.db"
    for number in range(500):
        journal.note("acme", request(number))
    assert await ids(journal, limit=1) == "r499"
    await journal.close()
    with closing(open_journal(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = bytearray(file.read_bytes())
    damaged[start:-4096] = b"\xaa" * len(damaged[start:-4096])
    file.write_bytes(damaged)
    (fault,) = (one for one in journal_faults(file) if not one.mendable)
    assert str(fault) == (
        "journal: journal.db cannot be read, and nothing is noted until it is removed while no server runs "
        "(cannot be mended: restore a backup)"
    )
    mend_journal(file)
    assert file.read_bytes() == damaged
    journal = opened(tmp_path)
    journal.note("acme", request(1))
    await journal.close()
    assert journal.dropped == 1


async def test_what_does_not_fit_of_many_is_given_up_and_counted(tmp_path, anyio_backend):
    writer = JournalWriter(tmp_path / "journal.db", max_waiting=10)
    writer.put("acme", [request(number) for number in range(12)])
    writer.flush()
    assert writer.dropped == 2
    writer.close()
    writer.put("acme", [request(20)])
    assert writer.dropped == 3
    assert read(tmp_path, "SELECT max(id) FROM requests") == [("r9",)]
