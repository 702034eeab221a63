"""Schema versions: new, older, newer and foreign databases."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.errors import StoreError, StoreVersionError
from facetry.engines.sqlite.connection import check_library, open_writer
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.schema import MIGRATIONS, check_version, migrate
from facetry.testing.samples import TENANT, put, tenant_record, the_group

NEXT = """
ALTER TABLE tenants ADD COLUMN note TEXT NOT NULL DEFAULT '';
UPDATE tenants SET note = 'from version ' || 1;
CREATE TABLE added (number INTEGER PRIMARY KEY) STRICT;
"""


@pytest.fixture
def database(tmp_path):
    connection = open_writer(tmp_path / "catalog.sqlite3")
    yield connection
    connection.close()


def tables(connection):
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_a_new_database_gets_the_current_version(database):
    migrate(database)
    assert database.execute("PRAGMA user_version").get == len(MIGRATIONS)
    assert database.execute("PRAGMA application_id").get == int.from_bytes(b"FACT", "big")
    assert {"tenants", "token_keys", "products", "groups", "changes", "purges"} <= tables(database)
    migrate(database)
    check_version(database)


@pytest.mark.anyio
async def test_an_older_database_is_brought_up_to_date(store, tmp_path, database):
    await store.write(TENANT, [put("R1", "G"), put("R2", "G")])
    group = await the_group(store, "G")
    await store.close()
    migrate(database, [*MIGRATIONS, NEXT])
    assert database.execute("PRAGMA user_version").get == len(MIGRATIONS) + 1
    assert database.execute("SELECT DISTINCT note FROM tenants").get == "from version 1"
    # Undo what only this test knows, so that the program opens the migrated data.
    database.execute(f"DROP TABLE added; ALTER TABLE tenants DROP COLUMN note; PRAGMA user_version = {len(MIGRATIONS)}")
    reopened = await open_store(tmp_path)
    assert await the_group(reopened, "G") == group
    await reopened.close()


@pytest.mark.anyio
async def test_keys_of_a_database_from_before_their_index_are_found(tmp_path, database):
    migrate(database, MIGRATIONS[:2])
    records = {name: tenant_record(name, search_key_digest=b"", search_key_sealed=b"") for name in ("a", "b")}
    insert = (
        "INSERT INTO tenants (id, version, currency, api_key_digest, access_key_digest, record) VALUES (?,?,?,?,?,?)"
    )
    for name, record in records.items():
        doc = msgspec.json.encode(record).replace(b',"search_key_digest":"","search_key_sealed":""', b"")
        assert b"search" not in doc
        values = (name, 1, "USD", record.api_key_digest, record.access_key_digest, doc)
        database.execute(insert, values)
    database.close()
    opened = await open_store(tmp_path)
    for name, record in records.items():
        assert await opened.tenant(name) == record
        for kind in ("api", "access"):
            assert await opened.tenant_by_key(f"{kind} {name}".encode()) == record
        completed = msgspec.structs.replace(record, search_key_digest=f"search {name}".encode())
        completed = await opened.replace_tenant(completed)
        assert await opened.tenant_by_key(f"search {name}".encode()) == completed
    await opened.close()


def test_a_migration_that_fails_changes_nothing(database):
    migrate(database)
    before = tables(database)
    with pytest.raises(StoreError, match="the database failed: no such table: not_there"):
        migrate(database, [*MIGRATIONS, NEXT, "DROP TABLE not_there"])
    assert database.execute("PRAGMA user_version").get == len(MIGRATIONS)
    assert tables(database) == before


@pytest.mark.anyio
async def test_a_newer_database_is_refused_by_name(store, tmp_path, database):
    database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreVersionError, match=r"has schema version 99, this program knows versions up to 4\b"):
        await open_store(tmp_path, owner=False)
    await store.close()
    with pytest.raises(StoreVersionError, match="has schema version 99"):
        await open_store(tmp_path)
    database.execute("PRAGMA user_version = 4")
    reopened = await open_store(tmp_path, owner=True)
    assert len(await reopened.tenants()) == 2
    await reopened.close()


@pytest.mark.anyio
async def test_another_programs_database_is_left_alone(tmp_path, database):
    database.execute("CREATE TABLE theirs (a); PRAGMA user_version = 1")
    with pytest.raises(StoreError, match="is not a catalog of Facetry"):
        await open_store(tmp_path)
    assert tables(database) == {"theirs"}


@pytest.mark.parametrize("version", ["3.51.2", "3.9.99", "2.60.0"])
def test_an_old_library_is_refused(version):
    with pytest.raises(StoreError, match=f"SQLite {version} is too old, 3.51.3 or newer is needed"):
        check_library(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.51.10", "3.60.0", "4.0.0"])
def test_a_new_library_is_taken(version):
    check_library(version)
