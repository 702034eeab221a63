"""Whatever is derived is damaged by SQL, found, and mended to what it was."""

from __future__ import annotations

import apsw
import msgspec
import pytest

from facetry.domain.fault import Fault
from facetry.domain.keeping import PutRecord
from facetry.engines.sqlite.accounts import SqliteAccounts
from facetry.engines.sqlite.journal import SqliteJournal
from facetry.engines.sqlite.mender import SqliteMending
from facetry.engines.sqlite.opening import open_store
from facetry.testing.accounts import user
from facetry.testing.journal import request
from facetry.testing.samples import OTHER, TENANT, all_records, done, gemstone, put, snapshot

pytestmark = pytest.mark.anyio

FIRST = "tenant = (SELECT number FROM tenants WHERE id = 'acme')"
INDEX_OF = "SELECT sql, rootpage FROM sqlite_schema WHERE name = ?"


@pytest.fixture
async def filled(store):
    await done(store, PutRecord(gemstone("STONE-1")), PutRecord(gemstone("STONE-2")))
    await done(
        store,
        put("A1", "G1", gemstones=({"code": "STONE-1"},), is_main=True),
        put("A2", "G1"),
        put("B1", "G2"),
    )
    await done(store, put("A1", "G1"), tenant=OTHER)
    return store


@pytest.fixture
def mending(filled, tmp_path):
    return SqliteMending(tmp_path, filled)


def damage(folder, sql, file="catalog.sqlite3"):
    connection = apsw.Connection(str(folder / file))
    connection.execute(sql).fetchall()
    assert connection.total_changes() > 0
    connection.close()


CASES = {
    "products counter": (
        f"UPDATE tenants SET products = 9 WHERE id = '{TENANT}'",
        [Fault("counts", "products", "9 instead of 3")],
    ),
    "groups counter": (
        f"UPDATE tenants SET groups = 0 WHERE id = '{TENANT}'",
        [Fault("counts", "groups", "0 instead of 2")],
    ),
    "quota": (
        f"UPDATE tenants SET max_bytes = 1 WHERE id = '{TENANT}'",
        [Fault("keys", "", "the tenant's columns are not those of its record")],
    ),
    "next id": (
        f"UPDATE tenants SET next_joined = 2 WHERE id = '{TENANT}'",
        [Fault("counts", "next id", "2 is taken")],
    ),
    "lost group": (f"DELETE FROM groups WHERE {FIRST} AND group_id = 'G2'", [Fault("groups", "G2", "missing")]),
    "empty group": (
        f"INSERT INTO groups SELECT tenant, 'GHOST', '0', 1 FROM groups WHERE {FIRST} LIMIT 1",
        [Fault("groups", "GHOST", "has no product")],
    ),
    "flag": (
        f"UPDATE products SET is_main = 0 WHERE {FIRST} AND sku = 'A1'",
        [Fault("products", "A1", "the columns are not those of the document")],
    ),
    "sku": (
        f"UPDATE products SET sku = 'X9' WHERE {FIRST} AND sku = 'A2'",
        [Fault("products", "A2", "the columns are not those of the document")],
    ),
    "group": (
        f"UPDATE products SET group_id = 'G3' WHERE {FIRST} AND sku = 'B1'",
        [
            Fault("products", "B1", "the columns are not those of the document"),
            Fault("groups", "G3", "missing"),
            Fault("groups", "G2", "has no product"),
        ],
    ),
    "lost link": (
        f"DELETE FROM links WHERE {FIRST}",
        [Fault("links", "product 1 to STONE-1", "missing")],
    ),
    "link too much": (
        f"INSERT INTO links SELECT tenant, 'product', 'STONE-2', 2 FROM links WHERE {FIRST}",
        [Fault("links", "product 2 to STONE-2", "nothing names it")],
    ),
    "code": (
        f"UPDATE records SET code = 'OTHER' WHERE {FIRST} AND code = 'STONE-2'",
        [Fault("records", "gemstone 2", "the columns are not those of the document")],
    ),
    "last id": (
        f"DELETE FROM last_ids WHERE {FIRST}",
        [Fault("counts", "last id of gemstone", "0 instead of 2")],
    ),
    "keys": (f"DELETE FROM keys WHERE {FIRST}", [Fault("keys", "", "the index of keys is not that of its record")]),
    "token keys": (
        f"DELETE FROM token_keys WHERE {FIRST}",
        [Fault("keys", "tokens", "the index of token keys is not that of its record")],
    ),
    "currency": (
        f"UPDATE tenants SET currency = 'EUR' WHERE id = '{TENANT}'",
        [Fault("keys", "", "the tenant's columns are not those of its record")],
    ),
    "gap in the log": (
        f"DELETE FROM changes WHERE {FIRST} AND revision = 3",
        [Fault("log", "", "holds 4 revisions instead of 5")],
    ),
    "log beyond the revision": (
        f"UPDATE tenants SET revision = 3 WHERE id = '{TENANT}'",
        [Fault("log", "", "holds revisions 1 to 5 instead of 1 to 3")],
    ),
    "unreadable log": (
        f"UPDATE changes SET skus = X'5b' WHERE {FIRST} AND revision = 4",
        [Fault("log", "", "cannot be read up to revision 5")],
    ),
}


async def test_what_is_right_has_no_faults_and_is_left_alone(mending, filled):
    before = await snapshot(filled)
    assert await mending.faults(TENANT) == await mending.faults("nobody") == []
    assert await mending.mend(TENANT) == await mending.mend("nobody") == []
    assert list(await mending.shared_faults()) == list(await mending.mend_shared()) == []
    assert await snapshot(filled) == before


@pytest.mark.parametrize("case", CASES)
async def test_damage_is_found_and_mended(mending, filled, tmp_path, case):
    sql, faults = CASES[case]
    (before, records), other = (await snapshot(filled), await all_records(filled)), await snapshot(filled, OTHER)
    damage(tmp_path, sql)
    assert await mending.faults(TENANT) == faults
    assert await mending.faults(OTHER) == []
    assert await mending.mend(TENANT) == []
    assert await mending.faults(TENANT) == []
    revision, counts, groups = await snapshot(filled)
    assert (revision, counts) == (before[0] + 1, before[1])
    assert [plain(group) for group in groups] == [plain(group) for group in before[2]]
    assert await all_records(filled) == records
    assert await snapshot(filled, OTHER) == other
    assert [outcome.created for outcome in await done(filled, put("NEW"))] == [True]


def plain(group):
    """Return a group without what only the lost row knew."""
    return msgspec.structs.replace(group, revision=0, object_id="")


async def test_bytes_are_counted_anew(mending, filled, tmp_path):
    before = await filled.usage(TENANT)
    damage(tmp_path, f"UPDATE tenants SET bytes = 1 WHERE id = '{TENANT}'")
    assert await mending.faults(TENANT) == [Fault("counts", "bytes", f"1 instead of {before.bytes}")]
    assert await mending.mend(TENANT) == []
    assert await filled.usage(TENANT) == before


async def test_who_follows_hears_what_was_mended(mending, filled, tmp_path):
    before = await filled.revision(TENANT)
    damage(tmp_path, CASES["group"][0])
    await mending.mend(TENANT)
    delta = await filled.delta(TENANT, before, 100)
    assert (delta.revision, delta.skus, delta.gone) == (before + 1, ("B1",), ("G3",))
    assert [(group.group_id, group.revision) for group in delta.groups] == [("G2", before + 1)]


async def test_a_mended_log_begins_anew(mending, filled, tmp_path):
    before = await filled.revision(TENANT)
    damage(tmp_path, CASES["gap in the log"][0])
    await mending.mend(TENANT)
    assert await filled.delta(TENANT, before - 1, 100) is None
    assert (await filled.delta(TENANT, before, 100)).revision == before + 1


@pytest.mark.parametrize(
    ("table", "part", "subject"),
    [("products", "products", "A2"), ("records", "records", "gemstone 2"), ("tenants", "keys", "")],
)
async def test_a_lost_document_is_told_and_cannot_be_mended(mending, filled, tmp_path, table, part, subject):
    columns = {"products": ("doc", "sku = 'A2'"), "records": ("doc", "id = 2"), "tenants": ("record", "id = 'acme'")}
    column, where = columns[table]
    cut = f"substr({column}, 1, length({column}) - 1)"
    damage(tmp_path, f"UPDATE {table} SET {column} = CAST({cut} || 'x' AS BLOB) WHERE {where}")
    told = await mending.faults(TENANT)
    assert [(fault.part, fault.subject, fault.mendable) for fault in told] == [(part, subject, False)]
    assert str(told[0]).endswith("cannot be read (cannot be mended: restore a backup)")
    assert await mending.mend(TENANT) == told
    damage(tmp_path, CASES["products counter"][0])
    assert await mending.mend(TENANT) == told


async def test_two_documents_of_one_sku_are_told(mending, tmp_path):
    damage(
        tmp_path, f"UPDATE products SET doc = (SELECT doc FROM products WHERE {FIRST} AND sku = 'A2') WHERE sku = 'B1'"
    )
    faults = await mending.faults(TENANT)
    assert [fault.subject for fault in faults] == ["A2"]
    assert await mending.mend(TENANT) == faults


async def test_rows_of_nobody_go(mending, tmp_path):
    damage(tmp_path, "INSERT INTO links VALUES (77, 'product', 'X', 1); INSERT INTO keys VALUES (X'01', 78)")
    assert list(await mending.shared_faults()) == [
        Fault("database", "links", "rows of tenant number 77, which is not there"),
        Fault("database", "keys", "rows of tenant number 78, which is not there"),
    ]
    assert list(await mending.mend_shared()) == []


async def test_a_tenant_is_not_purged_by_mistake(mending, filled, tmp_path):
    damage(tmp_path, "INSERT INTO purges SELECT number FROM tenants WHERE id = 'acme'")
    before = await snapshot(filled)
    (fault,) = await mending.shared_faults()
    assert fault == Fault("database", "purges", "tenant acme is there and marked as deleted")
    assert list(await mending.mend_shared()) == []
    assert await snapshot(filled) == before


async def test_a_start_purges_no_tenant_by_mistake(filled, tmp_path):
    before = await snapshot(filled)
    await filled.close()
    damage(tmp_path, "INSERT INTO purges SELECT number FROM tenants WHERE id = 'acme'")
    again = await open_store(tmp_path)
    try:
        assert await snapshot(again) == before
    finally:
        await again.close()


async def test_damage_of_the_accounts_is_told(mending, tmp_path):
    file = tmp_path / "accounts.sqlite"
    accounts = SqliteAccounts(tmp_path)
    await accounts.add_user(user())
    await accounts.close()
    assert list(await mending.shared_faults()) == []
    connection = apsw.Connection(str(file))
    ((root,),) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'users_by_email'").fetchall()
    ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    connection.close()
    with file.open("r+b") as raw:
        raw.seek((root - 1) * size + size - 8)
        raw.write(b"\x5a" * 8)
    (fault, *_) = await mending.shared_faults()
    assert (fault.part, fault.mendable) == ("accounts", False)
    assert list(await mending.mend_shared()) == list(await mending.shared_faults())
    file.write_bytes(b"no database" * 1000)
    (fault,) = await mending.shared_faults()
    assert fault == Fault("accounts", "", "accounts.sqlite is damaged: file is not a database", mendable=False)


async def test_a_damaged_index_of_the_database_is_built_anew(mending, filled, tmp_path):
    path = tmp_path / "catalog.sqlite3"
    connection = apsw.Connection(str(path))
    ((sql, root),) = connection.execute(INDEX_OF, ("keys_by_tenant",)).fetchall()
    connection.execute(
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'keys_by_tenant'"
    ).fetchall()
    connection.close()
    # An index that nobody knows of misses what is done without it.
    connection = apsw.Connection(str(path))
    connection.execute("UPDATE keys SET digest = randomblob(32), tenant = tenant + 0").fetchall()
    put_back = "INSERT INTO sqlite_schema VALUES ('index', 'keys_by_tenant', 'keys', ?, ?)"
    connection.execute("PRAGMA writable_schema = ON").fetchall()
    connection.execute(put_back, (root, sql)).fetchall()
    connection.close()
    faults = await mending.shared_faults()
    assert {fault.part for fault in faults} == {"database"}
    assert any("keys_by_tenant" in fault.problem for fault in faults)
    assert list(await mending.mend_shared()) == []
    assert [fault.part for fault in await mending.faults(TENANT)] == ["keys"]
    assert await mending.mend(TENANT) == []


async def test_sizes_of_journals_are_counted_anew(mending, tmp_path, filled):
    journal = SqliteJournal(tmp_path)
    journal.note(TENANT, request(1))
    await journal.forget("nobody")
    assert list(await mending.shared_faults()) == []
    damage(tmp_path, "UPDATE sizes SET bytes = 5 WHERE kind = 'requests'", "journal.db")
    (fault,) = await mending.shared_faults()
    assert (fault.part, fault.subject) == ("journal", "requests")
    assert fault.problem.startswith("counted 5 bytes instead of ")
    assert list(await mending.mend_shared()) == []
    await journal.close()
    await filled.close()
