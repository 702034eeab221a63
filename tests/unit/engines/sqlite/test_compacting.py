"""Databases are written anew, beside readers that do not stay for ever."""

from __future__ import annotations

import apsw
import pytest

from facetry.domain.errors import StoreBusyError, StoreError
from facetry.engines.sqlite import compacting
from facetry.engines.sqlite.compacting import compact, compact_shared
from facetry.testing.samples import TENANT, done, put, snapshot

pytestmark = pytest.mark.anyio

CANARY = "Zauberperle9182"


def content(folder):
    return b"".join(path.read_bytes() for path in folder.glob("catalog.sqlite3*"))


async def test_what_was_replaced_is_gone(store, tmp_path):
    await done(store, *(put(f"R{n}", name=f"{CANARY} {n}") for n in range(300)))
    await done(store, *(put(f"R{n}", name="plain") for n in range(300)))
    assert CANARY.encode() in content(tmp_path)
    before = await snapshot(store)
    await store.alone(compact)
    assert CANARY.encode() not in content(tmp_path)
    assert await snapshot(store) == before
    await done(store, put("NEXT"))


async def test_who_reads_for_long_is_not_waited_for_for_ever(store, tmp_path, monkeypatch):
    monkeypatch.setattr(compacting, "_PATIENCE_SECONDS", 0.2)
    await done(store, put("R1"))
    reader = apsw.Connection(str(tmp_path / "catalog.sqlite3"), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN; SELECT count(*) FROM products").fetchall()
    with pytest.raises(StoreBusyError):
        await store.alone(compact)
    await done(store, put("R2"))
    reader.close()
    await store.alone(compact)
    assert (await store.counts(TENANT))[0] == 2


async def test_a_closed_store_is_not_written_anew(store):
    await store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        await store.alone(compact)


async def test_journals_that_are_not_there_stay_away(tmp_path, anyio_backend):
    compact_shared(tmp_path / "journal.db")
    assert list(tmp_path.iterdir()) == []
