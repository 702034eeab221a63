"""The tables of the catalog and how an older database becomes a current one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import apsw

from facetry.domain.errors import StoreError, StoreVersionError
from facetry.engines.sqlite.connection import rows, store_error

APPLICATION_ID = 0x46414354
"""Marks a database file as Facetry's ("FACT")."""

_CREATE = """
CREATE TABLE tenants (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    currency TEXT NOT NULL,
    api_key_digest BLOB NOT NULL UNIQUE,
    access_key_digest BLOB NOT NULL UNIQUE,
    record BLOB NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    log_cut INTEGER NOT NULL DEFAULT 0,
    next_joined INTEGER NOT NULL DEFAULT 1,
    products INTEGER NOT NULL DEFAULT 0,
    groups INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE token_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    tenant INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX token_keys_by_tenant ON token_keys (tenant);

CREATE TABLE products (
    number INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    sku TEXT NOT NULL,
    group_id TEXT NOT NULL,
    joined INTEGER NOT NULL,
    is_main INTEGER NOT NULL,
    doc BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX products_by_sku ON products (tenant, sku);
CREATE INDEX products_by_group ON products (tenant, group_id, joined);
CREATE INDEX products_flagged ON products (tenant, group_id) WHERE is_main = 1;

CREATE TABLE groups (
    tenant INTEGER NOT NULL,
    group_id TEXT NOT NULL,
    object_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (tenant, group_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
    tenant INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    skus BLOB NOT NULL,
    groups BLOB NOT NULL,
    PRIMARY KEY (tenant, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE purges (
    tenant INTEGER PRIMARY KEY
) STRICT;
"""

_REMEMBER_DELETED = """
CREATE TABLE deleted_tenants (
    id TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_INDEX_KEYS = """
CREATE TABLE keys (
    digest BLOB NOT NULL PRIMARY KEY,
    tenant INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX keys_by_tenant ON keys (tenant);

INSERT OR IGNORE INTO keys (digest, tenant) SELECT api_key_digest, number FROM tenants;
INSERT OR IGNORE INTO keys (digest, tenant) SELECT access_key_digest, number FROM tenants;
"""

_KEEP_RECORDS = """
ALTER TABLE products ADD COLUMN id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE products ADD COLUMN updated REAL NOT NULL DEFAULT 0;
UPDATE products SET id = joined;
CREATE UNIQUE INDEX products_by_id ON products (tenant, id);
CREATE INDEX products_by_time ON products (tenant, updated);

CREATE TABLE records (
    tenant INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    code TEXT,
    doc BLOB NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX records_by_code ON records (tenant, kind, code) WHERE code IS NOT NULL;

CREATE TABLE links (
    tenant INTEGER NOT NULL,
    kind TEXT NOT NULL,
    link TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, link, id)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO links (tenant, kind, link, id)
SELECT p.tenant, 'product', json_extract(part.value, '$.code'), p.id
FROM products AS p, json_each(CAST(p.doc AS TEXT), '$.gemstones') AS part
WHERE part.type = 'object' AND json_type(part.value, '$.code') = 'text';

CREATE TABLE last_ids (
    tenant INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind)
) STRICT, WITHOUT ROWID;
"""

# Keeping products in order by time costs every write more than a walk costs the few who ask for a time.
_LOG_RECORDS = """
ALTER TABLE changes ADD COLUMN records BLOB;
DROP INDEX products_by_time;
"""

_COUNT_BYTES = """
ALTER TABLE tenants ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN max_products INTEGER;
ALTER TABLE tenants ADD COLUMN max_bytes INTEGER;
UPDATE tenants SET bytes = (SELECT coalesce(sum(length(doc)), 0) FROM products WHERE tenant = tenants.number);
"""

MIGRATIONS: Sequence[str] = (_CREATE, _REMEMBER_DELETED, _INDEX_KEYS, _KEEP_RECORDS, _LOG_RECORDS, _COUNT_BYTES)
"""The SQL that leads from each schema version to the next; the first one starts from an empty database.

A tenant's number is never used again. ``keys`` holds the digests of all its keys, none of which any other tenant has
for any purpose. A row of ``changes`` that names a group without a row in ``groups`` is the
tombstone of that group. ``purges`` holds numbers of deleted tenants whose rows are still being removed,
``deleted_tenants`` the last revision of each, above which a new tenant of the same id begins. ``links`` holds what
records name, and under the kind ``product`` the codes of the gemstones that products have; ``last_ids`` the last id of
each kind of record. ``records`` of a change is null where it touched none. ``bytes`` of a tenant are those of ``doc``
of all its products; its quotas of these, null for none, stand beside the counts, where a write finds them.
"""


def migrate(connection: apsw.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Bring the database to the version that these migrations lead to, in one transaction.

    Raises:
        StoreVersionError: The database is newer than that.
        StoreError: The file is another program's database, or cannot be written; nothing was changed.
    """
    stored = check_version(connection, len(migrations))
    if stored == len(migrations):
        return
    try:
        with connection:
            for script in migrations[stored:]:
                rows(connection, script, ())
            rows(connection, f"PRAGMA application_id = {APPLICATION_ID}", ())
            rows(connection, f"PRAGMA user_version = {len(migrations)}", ())
    except apsw.Error as error:
        # A full disk is met at the end, where all is written.
        raise store_error(error) from error


def check_version(connection: apsw.Connection, newest: int = len(MIGRATIONS)) -> int:
    """Check that the database is Facetry's and not of a newer version than ``newest``; return its version.

    Raises:
        StoreVersionError: It is newer.
        StoreError: It is another program's.
    """
    stored = _pragma(connection, "user_version")
    if _pragma(connection, "application_id") != (APPLICATION_ID if stored else 0):
        raise StoreError(f"{connection.filename} is not a catalog of Facetry")
    if stored > newest:
        raise StoreVersionError(
            f"{connection.filename} has schema version {stored}, this program knows versions up to {newest}: "
            "use the newer version of Facetry that wrote it",
        )
    return stored


def _pragma(connection: apsw.Connection, name: str) -> int:
    ((value,),) = rows(connection, f"PRAGMA {name}", ())
    return cast("int", value)
