"""Schema versions: new, older, newer and foreign databases."""

from __future__ import annotations

from contextlib import closing

import msgspec
import pytest

from facetry.domain.errors import StoreError, StoreVersionError
from facetry.domain.keeping import PutRecord
from facetry.domain.listing import Listing
from facetry.domain.patching import ProductKey
from facetry.domain.quotas import Usage
from facetry.domain.selling import SellProduct, Sold
from facetry.engines.sqlite.connection import check_library, open_reader, open_writer
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.schema import MIGRATIONS, check_version, migrate
from facetry.engines.sqlite.tenancy import deleted_name, forget_names
from facetry.testing.samples import OTHER, TENANT, done, gemstone, put, sale, stored_product, tenant_record, the_group

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


async def make_old_database(tmp_path, database, version):
    """Fill a database of an older schema as the program of then did: products with a place in their group, no ids."""
    migrate(database, MIGRATIONS[:version])
    record = tenant_record(TENANT)
    database.execute(
        "INSERT INTO tenants (id, version, currency, api_key_digest, access_key_digest, record, revision, next_joined, "
        "products, groups) VALUES (?, 1, 'USD', ?, ?, ?, 4, 6, 3, 2)",
        (TENANT, record.api_key_digest, record.access_key_digest, msgspec.json.encode(record)),
    )
    # The place 3 was that of R1 in its first group, 5 was that of a product that is gone.
    for sku, group, joined in (("R1", "H", 4), ("R2", "G", 2), ("R3", "G", 1)):
        numbers = f'"quantity":2,"object_id":"{joined:024}","joined":{joined}'
        parts = f'"gemstones":[{{"code":"of {group}","carat":1}},{{"carat":2}},{{"code":"of {group}"}}]'
        doc = f'{{"sku":"{sku}","name":"Ring","group_id":"{group}",{numbers},{parts}}}'
        database.execute(
            "INSERT INTO products (tenant, sku, group_id, joined, is_main, doc) VALUES (1, ?, ?, ?, 0, ?)",
            (sku, group, joined, doc.encode()),
        )
    for group in "GH":
        database.execute("INSERT INTO groups VALUES (1, ?, ?, 4)", (group, f"{ord(group):024}"))
    database.close()


def database_rows(tmp_path, sql):
    with closing(open_reader(tmp_path / "catalog.sqlite3")) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.anyio
async def test_products_of_a_database_from_before_ids_get_theirs_and_work(tmp_path, database):
    await make_old_database(tmp_path, database, version=3)
    opened = await open_store(tmp_path, owner=True)
    ids = {"R1": 4, "R2": 2, "R3": 1}
    assert {p.sku: p.product_id for p in (await opened.products_by_id(TENANT, range(9))).values()} == ids
    assert [p.sku for p in await opened.products_after(TENANT, 0, 9)] == ["R3", "R2", "R1"]
    # When they were written last is not known: long ago.
    assert await opened.products_after(TENANT, 0, 9, updated_from=1.0) == []
    assert len(await opened.products_after(TENANT, 0, 9, updated_to=1.0)) == 3
    assert (await the_group(opened, "G")).product_skus == ("R3", "R2")
    found = database_rows(tmp_path, "SELECT * FROM links ORDER BY link, id")
    assert found == [(1, "product", "of G", 1), (1, "product", "of G", 2), (1, "product", "of H", 4)]
    assert await opened.counts(TENANT) == (3, 2)
    outcomes = await done(
        opened, put("R1", "G"), put("R4"), SellProduct(ProductKey(2), 1), PutRecord(Listing(sku="R2", channel=1))
    )
    assert [stored_product(one).product_id for one in outcomes[:2]] == [4, 7]
    assert outcomes[2] == Sold("R2", 2, 1)
    assert (await the_group(opened, "G")).product_skus == ("R3", "R2", "R1")
    follower = await open_store(tmp_path, owner=False)
    assert [p.sku for p in await follower.products_after(TENANT, 1, 9)] == ["R2", "R1", "R4"]
    await follower.close()
    await opened.close()
    reopened = await open_store(tmp_path, owner=True)
    assert [p.product_id for p in await reopened.products_after(TENANT, 0, 9)] == [1, 2, 4, 7]
    await reopened.delete_tenant(TENANT)
    await reopened.close()


def rows_of(database, number):
    """Return how many rows of each table belong to the tenant with this number; tables without any are left out."""
    named = "SELECT t.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c ON c.name = 'tenant'"
    names = [name for (name,) in database.execute(f"{named} WHERE t.type = 'table'").fetchall()]
    counts = {name: database.execute(f"SELECT count(*) FROM {name} WHERE tenant = ?", (number,)).get for name in names}
    return {name: count for name, count in counts.items() if count}


@pytest.mark.anyio
async def test_a_deleted_tenant_leaves_no_row(store, database):
    writes = (
        put("R1", quantity=1, gemstones=({"code": "a"},)),
        *(PutRecord(gemstone("a")), PutRecord(Listing(sku="R1", channel=1)), sale("R1", order_ref="O")),
    )
    for name in (TENANT, OTHER):
        await done(store, *writes, tenant=name)
    kept = rows_of(database, 2)
    assert rows_of(database, 1) == kept
    assert kept["links"] == 2
    assert {"products", "groups", "changes", "records", "last_ids", "keys"} <= kept.keys()
    await store.delete_tenant(TENANT)
    assert rows_of(database, 1) == {}
    assert rows_of(database, 2) == kept


def test_a_migration_that_fails_changes_nothing(database):
    migrate(database)
    before = tables(database)
    with pytest.raises(StoreError, match="the database failed: no such table: not_there"):
        migrate(database, [*MIGRATIONS, NEXT, "DROP TABLE not_there"])
    assert database.execute("PRAGMA user_version").get == len(MIGRATIONS)
    assert tables(database) == before


def test_what_cannot_be_committed_is_told_as_that_and_changes_nothing(database):
    database.set_commit_hook(lambda: True)
    with pytest.raises(StoreError, match="the database failed: "):
        migrate(database)
    assert tables(database) == set()
    database.set_commit_hook(None)
    migrate(database)
    database.execute("INSERT INTO deleted_tenants VALUES ('gone', 7)")
    database.set_commit_hook(lambda: True)
    with pytest.raises(StoreError, match="the database failed: "):
        forget_names(database)
    assert database.execute("SELECT id FROM deleted_tenants").get == "gone"
    database.set_commit_hook(None)
    forget_names(database)
    assert database.execute("SELECT id FROM deleted_tenants").get == deleted_name("gone")


@pytest.mark.anyio
async def test_a_newer_database_is_refused_by_name(store, tmp_path, database):
    database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreVersionError, match=r"has schema version 99, this program knows versions up to 6\b"):
        await open_store(tmp_path, owner=False)
    await store.close()
    with pytest.raises(StoreVersionError, match="has schema version 99"):
        await open_store(tmp_path)
    database.execute("PRAGMA user_version = 6")
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


@pytest.mark.anyio
async def test_bytes_of_a_database_from_before_quotas_are_counted(tmp_path, database):
    await make_old_database(tmp_path, database, version=3)
    opened = await open_store(tmp_path, owner=True)
    assert await opened.usage(TENANT) == Usage(3, database_bytes(tmp_path))
    (stored,) = await done(opened, put("R4"))
    assert await opened.usage(TENANT) == Usage(4, database_bytes(tmp_path)) != Usage(4, 0)
    await opened.close()
    assert stored.created


def database_bytes(folder):
    connection = open_reader(folder / "catalog.sqlite3")
    try:
        return connection.execute("SELECT sum(length(doc)) FROM products").get
    finally:
        connection.close()
