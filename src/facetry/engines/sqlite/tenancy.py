"""The commands that change tenants, and those that remove many rows in small portions."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence

import apsw
import msgspec

from facetry.domain.errors import TenantExistsError, TenantNotFoundError
from facetry.domain.tenant import Tenant, check_record
from facetry.engines.sqlite.connection import Row, found, rows
from facetry.engines.sqlite.documents import encode_tenant

_INSERT = """
    INSERT INTO tenants (
        id, version, currency, api_key_digest, access_key_digest, record, max_products, max_bytes, number,
        revision, log_cut
    ) VALUES (
        ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
        coalesce((SELECT revision + 1 FROM deleted_tenants WHERE id = ?10), 0),
        coalesce((SELECT revision + 1 FROM deleted_tenants WHERE id = ?10), 0)
    ) RETURNING number"""
_UPDATE = """
    UPDATE tenants SET
        version = ?2, currency = ?3, api_key_digest = ?4, access_key_digest = ?5, record = ?6,
        max_products = ?7, max_bytes = ?8
    WHERE id = ?1 RETURNING number"""
_DELETE = "DELETE FROM tenants WHERE id = ? RETURNING number, revision"
_PUT_DELETED = "INSERT OR REPLACE INTO deleted_tenants (id, revision) VALUES (?, ?)"
_NAMES = "SELECT id FROM deleted_tenants WHERE length(id) != ?"
_FORGET_NAME = "UPDATE OR REPLACE deleted_tenants SET id = ?2 WHERE id = ?1"
_PURGE = (
    "DELETE FROM products WHERE number IN (SELECT number FROM products WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM groups WHERE tenant = ?1 AND group_id IN (SELECT group_id FROM groups WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM changes WHERE tenant = ?1 AND revision IN (SELECT revision FROM changes WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM records WHERE tenant = ?1 AND (kind, id) IN (SELECT kind, id FROM records WHERE tenant = ?1 LIMIT ?2)",
    """DELETE FROM links WHERE tenant = ?1 AND (kind, link, id) IN (
        SELECT kind, link, id FROM links WHERE tenant = ?1 LIMIT ?2)""",
    "DELETE FROM last_ids WHERE tenant = ?1 AND kind IN (SELECT kind FROM last_ids WHERE tenant = ?1 LIMIT ?2)",
)
_PORTION = 2_000
"""Rows that one transaction removes at most, so that writers in between wait for milliseconds only."""


class CreateTenantCommand:
    """Add a tenant."""

    def __init__(self, tenant: Tenant) -> None:
        """Take the record.

        Raises:
            InvalidValueError: One of its texts is not valid Unicode.
        """
        check_record(tenant)
        self.tenant = tenant.id
        self._record = tenant

    def steps(self, connection: apsw.Connection) -> Generator[None, None, None]:
        """Insert the record, the digests of its keys and the names of its token keys."""
        yield
        insert_tenant(connection, self._record)


class ReplaceTenantCommand:
    """Replace a tenant's record, where it is still the version that the caller read."""

    def __init__(self, tenant: Tenant) -> None:
        """Take the record, with the version that was read.

        Raises:
            InvalidValueError: One of its texts is not valid Unicode.
        """
        check_record(tenant)
        self.tenant = tenant.id
        self._read_version = tenant.version
        self._new = msgspec.structs.replace(tenant, version=tenant.version + 1)
        self._values = _values(self._new)

    def steps(self, connection: apsw.Connection) -> Generator[None, None, Tenant]:
        """Update the record and return it."""
        yield
        stored = found(connection, "SELECT version FROM tenants WHERE id = ?", (self.tenant,))
        if not stored:
            raise TenantNotFoundError(self.tenant)
        if stored[0][0] != self._read_version:
            raise TenantExistsError(f"tenant {self.tenant} was changed meanwhile: read it again")
        try:
            ((number,),) = found(connection, _UPDATE, self._values)
            _drop_keys(connection, number)
            _put_keys(connection, number, self._new)
        except apsw.ConstraintError as error:
            raise TenantExistsError(f"a key of tenant {self.tenant} is taken") from error
        return self._new


class ReplaceTenantsCommand:
    """Replace the records of several tenants, all or none."""

    tenant = None

    def __init__(self, tenants: Sequence[Tenant]) -> None:
        """Take the records, each with the version that was read."""
        self._commands = [ReplaceTenantCommand(tenant) for tenant in tenants]

    def steps(self, connection: apsw.Connection) -> Generator[None, None, None]:
        """Update the records."""
        for command in self._commands:
            yield from command.steps(connection)


class DeleteTenantCommand:
    """Remove a tenant's record and keys, which hides all it has; its rows are then due to be purged."""

    def __init__(self, tenant: str) -> None:
        """Name the tenant."""
        self.tenant = tenant

    def steps(self, connection: apsw.Connection) -> Generator[None, None, int]:
        """Remove the record and return the number under which its rows are stored."""
        yield
        stored = found(connection, _DELETE, (self.tenant,))
        if not stored:
            raise TenantNotFoundError(self.tenant)
        number: int = stored[0][0]
        connection.execute(_PUT_DELETED, (deleted_name(self.tenant), stored[0][1]))
        _drop_keys(connection, number)
        connection.execute("INSERT INTO purges (tenant) VALUES (?)", (number,))
        return number


class PurgeCommand:
    """Remove one portion of the rows of a deleted tenant."""

    tenant = None

    def __init__(self, number: int) -> None:
        """Name the number under which the rows are stored."""
        self._number = number

    def steps(self, connection: apsw.Connection) -> Generator[None, None, bool]:
        """Remove rows and return whether there may be more."""
        yield
        for statement in _PURGE:
            connection.execute(statement, (self._number, _PORTION))
            if connection.changes():
                return True
        connection.execute("DELETE FROM purges WHERE tenant = ?", (self._number,))
        return False


class CutLogCommand:
    """Forget one portion of a tenant's change log."""

    tenant = None

    def __init__(self, tenant: str, below: int) -> None:
        """Name the tenant and the last revision to forget."""
        self._id = tenant
        self._below = below

    def steps(self, connection: apsw.Connection) -> Generator[None, None, bool]:
        """Remove rows and return whether there may be more; a tenant that is not there has none."""
        yield
        sql = "SELECT number, log_cut, min(revision, ?2) FROM tenants WHERE id = ?1"
        stored = found(connection, sql, (self._id, self._below))
        if not stored or stored[0][2] <= stored[0][1]:
            return False
        number, cut, below = stored[0]
        reached: int = min(cut + _PORTION, below)
        connection.execute("DELETE FROM changes WHERE tenant = ? AND revision <= ?", (number, reached))
        connection.execute("UPDATE tenants SET log_cut = ? WHERE number = ?", (reached, number))
        return bool(reached < below)


def insert_tenant(connection: apsw.Connection, tenant: Tenant, number: int | None = None) -> None:
    """Insert a record, the digests of its keys and the names of its token keys; a new number where none is given.

    Raises:
        TenantExistsError: The id or a key is taken.
    """
    try:
        values = (*_values(tenant), number, deleted_name(tenant.id))
        ((number,),) = found(connection, _INSERT, values)
        _put_keys(connection, number, tenant)
    except apsw.ConstraintError as error:
        raise TenantExistsError(f"tenant {tenant.id} or one of its keys is taken") from error


def deleted_name(tenant: str) -> str:
    """Return by what a deleted tenant is remembered: 64 hexadecimal digits, so that its id itself is forgotten."""
    return hashlib.sha256(tenant.encode()).hexdigest()


def forget_names(connection: apsw.Connection) -> None:
    """Forget the ids of tenants that were deleted before only their digests were kept.

    Raises:
        StoreError: The driver failed.
    """
    for (tenant,) in rows(connection, _NAMES, (len(deleted_name("")),)):
        rows(connection, _FORGET_NAME, (tenant, deleted_name(tenant)))


def _values(tenant: Tenant) -> Row:
    return (
        tenant.id,
        tenant.version,
        tenant.settings.currency,
        tenant.api_key_digest,
        tenant.access_key_digest,
        encode_tenant(tenant),
        tenant.settings.quotas.products,
        tenant.settings.quotas.bytes,
    )


def _put_keys(connection: apsw.Connection, number: int, tenant: Tenant) -> None:
    kids = [(key.kid, number) for key in tenant.token_keys]
    connection.executemany("INSERT INTO token_keys (kid, tenant) VALUES (?, ?)", kids)
    digests = [(digest, number) for digest in tenant.owned_digests]
    connection.executemany("INSERT INTO keys (digest, tenant) VALUES (?, ?)", digests)


def _drop_keys(connection: apsw.Connection, number: int) -> None:
    connection.execute("DELETE FROM token_keys WHERE tenant = ?", (number,))
    connection.execute("DELETE FROM keys WHERE tenant = ?", (number,))
