"""Reading a whole tenant in one transaction, and the commands that add one portion by portion."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import apsw

from facetry.application.turns import Turns
from facetry.domain.copying import REVISIONS_APART, CopiedGroup, CopiedProduct, CopiedThing, Counters, TenantCopy
from facetry.domain.errors import TenantExistsError, TenantNotFoundError
from facetry.domain.records import Record
from facetry.domain.tenant import Tenant
from facetry.engines.sqlite.bulk import insert_all
from facetry.engines.sqlite.connection import Row, found, open_reader, rows
from facetry.engines.sqlite.documents import (
    decode_product,
    decode_record,
    decode_tenant,
    encode_product,
    encode_record,
)
from facetry.engines.sqlite.records import PRODUCT_LINKS, product_links
from facetry.engines.sqlite.tenancy import deleted_name, insert_tenant

_STATE = "SELECT number, record, revision, next_joined FROM tenants WHERE id = ?"
_LAST_IDS = "SELECT kind, id FROM last_ids WHERE tenant = ?"
_PRODUCTS = """
    SELECT id, updated, doc FROM products INDEXED BY products_by_id WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?"""
_GROUPS = "SELECT group_id, object_id FROM groups WHERE tenant = ? AND group_id > ? ORDER BY group_id LIMIT ?"
_RECORDS = "SELECT kind, id, doc FROM records WHERE tenant = ? AND (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?"
_PORTION = 500
_DOCUMENT = 5
"""The place of the document in the row of a product."""

_TAKE_NUMBER = """
    INSERT INTO tenants (id, version, currency, api_key_digest, access_key_digest, record)
    VALUES (char(0) || 'coming', 0, '', randomblob(32), randomblob(32), X'') RETURNING number"""
_GIVE_UP = "DELETE FROM tenants WHERE number = ?"
_CONDEMN = "INSERT INTO purges (tenant) VALUES (?)"
_ACQUIT = "DELETE FROM purges WHERE tenant = ?"
_PUT_PRODUCT = """
    INSERT INTO products (tenant, sku, group_id, joined, is_main, doc, updated, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_PUT_GROUP = "INSERT INTO groups (tenant, group_id, object_id, revision) VALUES (?, ?, ?, ?)"
_PUT_RECORD = "INSERT INTO records (tenant, kind, id, code, doc) VALUES (?, ?, ?, ?, ?)"
_PUT_LINK = "INSERT OR IGNORE INTO links (tenant, kind, link, id) VALUES (?, ?, ?, ?)"
_PUT_LAST_ID = "INSERT INTO last_ids (tenant, kind, id) VALUES (?, ?, ?)"
_DELETED_AT = "SELECT revision FROM deleted_tenants WHERE id = ?"
_COUNT = """
    UPDATE tenants SET revision = ?2, log_cut = ?2, next_joined = ?3, products = ?4, bytes = ?5, groups = ?6
    WHERE number = ?1"""


class Begun(NamedTuple):
    """The number under which rows of a copy are stored, and its revision."""

    number: int
    revision: int


class Tally(NamedTuple):
    """How many products were added, of how many bytes, and how many groups."""

    products: int = 0
    bytes: int = 0
    groups: int = 0

    def plus(self, other: Tally) -> Tally:
        """Return the sum."""
        return Tally(self.products + other.products, self.bytes + other.bytes, self.groups + other.groups)


class _Reading:
    """A tenant over a connection that has a transaction open."""

    def __init__(self, connection: apsw.Connection, tenant: str) -> None:
        """Read record and counters.

        Raises:
            TenantNotFoundError: There is no such tenant.
        """
        stored = rows(connection, _STATE, (tenant,))
        if not stored:
            raise TenantNotFoundError(tenant)
        self._connection = connection
        self._number, record, revision, next_joined = stored[0]
        self.record = decode_tenant(record)
        self.counters = Counters(revision, next_joined, dict(rows(connection, _LAST_IDS, (self._number,))))

    async def things(self) -> AsyncIterator[Sequence[CopiedThing]]:
        """Yield portions."""
        turns = Turns()
        for portions in (self._products(), self._groups(), self._records()):
            for portion in portions:
                yield portion
                await turns.give()

    def _products(self) -> Iterator[Sequence[CopiedThing]]:
        after = 0
        while page := rows(self._connection, _PRODUCTS, (self._number, after, _PORTION)):
            yield [CopiedProduct(decode_product(doc), updated) for _, updated, doc in page]
            after = page[-1][0]

    def _groups(self) -> Iterator[Sequence[CopiedThing]]:
        after = ""
        while page := rows(self._connection, _GROUPS, (self._number, after, _PORTION)):
            yield [CopiedGroup(*row) for row in page]
            after = page[-1][0]

    def _records(self) -> Iterator[Sequence[CopiedThing]]:
        after: Row = ("", 0)
        while page := rows(self._connection, _RECORDS, (self._number, *after, _PORTION)):
            yield [decode_record(row[2]) for row in page]
            after = page[-1][:2]


@asynccontextmanager
async def open_copy(path: Path, tenant: str) -> AsyncIterator[TenantCopy]:
    """Open a copy of a tenant of a database; see ``TenantCopies.read``."""
    connection = open_reader(path)
    try:
        rows(connection, "BEGIN", ())
        reading = _Reading(connection, tenant)
        yield TenantCopy(reading.record, reading.counters, reading.things())
    finally:
        connection.close()


class BeginCopyCommand:
    """Take a number under which a tenant's rows may be added: they are removed unless the copy is completed."""

    tenant = None

    def __init__(self, tenant: str, counters: Counters) -> None:
        """Name the tenant that is to be, and what it counts on from."""
        self._id = tenant
        self._counters = counters

    def steps(self, connection: apsw.Connection) -> Generator[None, None, Begun]:
        """Return number and revision.

        Raises:
            TenantExistsError: The id is taken.
        """
        yield
        if found(connection, _STATE, (self._id,)):
            raise TenantExistsError(f"tenant {self._id} is there already")
        ((number,),) = found(connection, _TAKE_NUMBER, ())
        connection.execute(_GIVE_UP, (number,))
        connection.execute(_CONDEMN, (number,))
        last = max((row[0] for row in found(connection, _DELETED_AT, (deleted_name(self._id),))), default=0)
        return Begun(number, max(self._counters.revision, last) + REVISIONS_APART)


class AddThingsCommand:
    """Add a portion of a tenant's things."""

    tenant = None

    def __init__(self, begun: Begun, things: Sequence[CopiedThing]) -> None:
        """Take what to add to a copy."""
        self._begun = begun
        self._products = [one for one in things if isinstance(one, CopiedProduct)]
        self._groups = [one for one in things if isinstance(one, CopiedGroup)]
        self._records = [one for one in things if not isinstance(one, CopiedProduct | CopiedGroup)]

    def steps(self, connection: apsw.Connection) -> Generator[None, None, Tally]:
        """Insert the rows and return how many.

        Raises:
            TenantExistsError: Two of the things are the same.
        """
        yield
        number, revision = self._begun
        products = [_product_row(number, one) for one in self._products]
        groups = [(number, one.group_id, one.object_id, revision) for one in self._groups]
        try:
            insert_all(connection, _PUT_PRODUCT, products)
            insert_all(connection, _PUT_GROUP, groups)
            insert_all(connection, _PUT_RECORD, [_record_row(number, one) for one in self._records])
            links = [*_product_links(number, self._products), *_record_links(number, self._records)]
            insert_all(connection, _PUT_LINK, links)
        except apsw.ConstraintError as error:
            raise TenantExistsError("the copy holds the same thing twice") from error
        return Tally(len(products), sum(len(row[_DOCUMENT]) for row in products), len(groups))


class FinishCopyCommand:
    """Make a tenant of what was added."""

    def __init__(self, begun: Begun, tenant: Tenant, counters: Counters, tally: Tally) -> None:
        """Take what is not in the things."""
        self.tenant = tenant.id
        self._begun = begun
        self._record = tenant
        self._counters = counters
        self._tally = tally

    def steps(self, connection: apsw.Connection) -> Generator[None, None, int]:
        """Add the record and the counters, and return the revision.

        Raises:
            TenantExistsError: The id or a key is taken.
        """
        yield
        number, revision = self._begun
        insert_tenant(connection, self._record, number)
        connection.execute(_COUNT, (number, revision, self._counters.next_joined, *self._tally))
        last_ids = [(number, kind, last_id) for kind, last_id in self._counters.last_ids.items()]
        connection.executemany(_PUT_LAST_ID, last_ids)
        connection.execute(_ACQUIT, (number,))
        return revision


def _product_row(number: int, one: CopiedProduct) -> Row:
    product = one.product
    place = (product.sku, product.group_id, product.joined, product.is_main)
    return number, *place, encode_product(product), one.updated, product.product_id


def _record_row(number: int, record: Record) -> Row:
    return number, record.kind.value, record.id, record.unique or None, encode_record(record)


def _product_links(number: int, products: Sequence[CopiedProduct]) -> Iterator[Row]:
    for one in products:
        for link in product_links(one.product):
            yield number, PRODUCT_LINKS, link, one.product.product_id


def _record_links(number: int, records: Sequence[Record]) -> Iterator[Row]:
    for record in records:
        for link in record.links:
            yield number, record.kind.value, link, record.id
