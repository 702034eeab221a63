"""Connections and the translation of the driver's errors."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

import apsw
import pytest

from facetry.domain.errors import StoreBusyError, StoreDamagedError, StoreError, StoreFullError
from facetry.engines.sqlite.connection import open_reader, open_shared_writer, open_writer, rows, store_error
from facetry.engines.sqlite.directory import DataDirectory
from facetry.testing.samples import done, put


def failed(kind, code=0):
    error = kind("what the driver says")
    error.extendedresult = code
    return store_error(error)


def test_a_full_disk_is_told_as_such():
    assert type(failed(apsw.FullError)) is StoreFullError
    assert type(failed(apsw.IOError, apsw.SQLITE_IOERR_SHMSIZE)) is StoreFullError
    assert type(failed(apsw.IOError, apsw.SQLITE_IOERR_WRITE)) is StoreError


def test_other_failures_are_told_apart():
    assert type(failed(apsw.BusyError)) is StoreBusyError
    assert failed(apsw.MisuseError).message == "the database failed: what the driver says"
    assert failed(apsw.CorruptError).message == "the database is damaged: what the driver says"
    assert failed(apsw.ConnectionClosedError).message == "the store is closed"


@pytest.mark.parametrize("open_it", [open_reader, open_writer])
def test_what_is_no_database_cannot_be_used(tmp_path, open_it):
    path = tmp_path / "catalog.sqlite3"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StoreDamagedError, match=r"^catalog.sqlite3 is damaged: file is not a database$"):
        rows(open_it(path), "SELECT * FROM tenants", ())


def test_a_missing_file_is_not_made_by_reading(tmp_path):
    with pytest.raises(
        StoreError, match=r"^missing cannot be opened: it and its folder must be there, and be writable$"
    ):
        open_reader(tmp_path / "missing")
    with pytest.raises(StoreError, match="b cannot be used: No such file or directory"):
        open_writer(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_who_reads_cannot_write(tmp_path):
    writer = open_writer(tmp_path / "a")
    writer.execute("CREATE TABLE t (a)")
    reader = open_reader(tmp_path / "a")
    with pytest.raises(StoreError, match="readonly"):
        rows(reader, "INSERT INTO t VALUES (1)", ())
    assert rows(reader, "SELECT * FROM t WHERE a = ?", ("\ud800",)) == []
    reader.close()
    writer.close()


def test_commits_are_durable(tmp_path):
    writer = open_writer(tmp_path / "a")
    assert writer.execute("PRAGMA journal_mode").get == "wal"
    assert writer.execute("PRAGMA synchronous").get == 2
    writer.close()


def closed_by_another_program(path):
    shell = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM sqlite_schema').fetchall()"
    subprocess.run([sys.executable, "-c", f"{shell}; c.close()", str(path)], check=True)


@pytest.mark.anyio
async def test_another_program_that_closes_the_catalog_leaves_its_log(store, tmp_path):
    """It looks at the locks of this process for whether it is the last to use the file, and removes the log then."""
    path = DataDirectory(tmp_path).catalog
    for sku in ("R1", "R2"):
        await done(store, put(sku))
        closed_by_another_program(path)
        with closing(open_reader(path)) as reader:
            assert rows(reader, "SELECT count(*) FROM products WHERE sku = ?", (sku,)) == [(1,)]


def test_another_program_that_closes_a_shared_file_leaves_its_log(tmp_path):
    path = tmp_path / "shared"
    with closing(open_shared_writer(path)) as first, closing(open_shared_writer(path)):
        rows(first, "CREATE TABLE numbers (n INTEGER)", ())
        closed_by_another_program(path)
        rows(first, "INSERT INTO numbers VALUES (1)", ())
        with closing(open_reader(path)) as reader:
            assert rows(reader, "SELECT n FROM numbers", ()) == [(1,)]
