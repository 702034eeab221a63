"""Records of one tenant as the writer's open transaction sees them."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from facetry.domain.product import Product
from facetry.domain.record import RecordBase, RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.variations import parent_of
from facetry.engines.sqlite.connection import found
from facetry.engines.sqlite.documents import decode_record, encode_record

_BY_ID = "SELECT doc FROM records WHERE tenant = ? AND kind = ? AND id = ?"
_BY_CODE = "SELECT doc FROM records WHERE tenant = ? AND kind = ? AND code = ?"
_LINKED = """
    SELECT r.doc FROM links AS l CROSS JOIN records AS r ON r.tenant = l.tenant AND r.kind = l.kind AND r.id = l.id
    WHERE l.tenant = ? AND l.kind = ? AND l.link = ? ORDER BY l.id LIMIT ?"""
_ALL = -1
_NEXT_ID = """
    INSERT INTO last_ids (tenant, kind, id) VALUES (?, ?, 1)
    ON CONFLICT (tenant, kind) DO UPDATE SET id = id + 1 RETURNING id"""
_CLAIM_ID = """
    INSERT INTO last_ids (tenant, kind, id) VALUES (?, ?, ?)
    ON CONFLICT (tenant, kind) DO UPDATE SET id = max(id, excluded.id)"""
_PUT = """
    INSERT INTO records (tenant, kind, id, code, doc) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tenant, kind, id) DO UPDATE SET code = excluded.code, doc = excluded.doc"""
_DELETE = "DELETE FROM records WHERE tenant = ? AND kind = ? AND id = ?"
_LINK = "INSERT OR IGNORE INTO links (tenant, kind, link, id) VALUES (?, ?, ?, ?)"
_UNLINK = "DELETE FROM links WHERE tenant = ? AND kind = ? AND link = ? AND id = ?"
_IS_LINKED = "SELECT 1 FROM links WHERE tenant = ? AND kind = ? AND link = ? LIMIT 1"
PRODUCT_LINKS = "product"
"""The kind under which products name the codes of their gemstones."""
_NOTHING: frozenset[str] = frozenset()
_VARIATION = "\t"
"""What stands before the SKU that a variation names; no code of a gemstone has it."""


def product_links(product: Product | None) -> frozenset[str]:
    """Return what a product names: the codes of the gemstones that it has, and what it is a variation of."""
    # Most name nothing.
    if product is None or not (product.gemstones or product.trade):
        return _NOTHING
    codes = {code for part in product.gemstones or () if isinstance(code := part.get("code"), str)}
    parent = parent_of(product)
    return frozenset(codes | {variation_link(parent)} if parent else codes)


def variation_link(sku: str) -> str:
    """Return what the variations of a product name."""
    return _VARIATION + sku


class TransactionRecords:
    """One tenant's records over the writer's connection."""

    def __init__(self, connection: apsw.Connection, number: int) -> None:
        """Look at the tenant with this number."""
        self._connection = connection
        self._number = number

    def found(self, kind: RecordKind, key: RecordKey) -> Record | None:
        """Return a record, or None."""
        sql, value = (_BY_ID, key.id) if key.id else (_BY_CODE, key.code)
        stored = found(self._connection, sql, (self._number, kind.value, value))
        return decode_record(stored[0][0]) if stored else None

    def document(self, kind: RecordKind, record_id: int) -> bytes | None:
        """Return the stored form of a record, or None."""
        stored = found(self._connection, _BY_ID, (self._number, kind.value, record_id))
        return stored[0][0] if stored else None

    def linked(self, kind: RecordKind, link: str, limit: int | None) -> Sequence[Record]:
        """Return the records that name a link, ascending by id; the first ones up to a limit."""
        values = (self._number, kind.value, link, _ALL if limit is None else limit)
        return [decode_record(row[0]) for row in found(self._connection, _LINKED, values)]

    def next_id(self, kind: RecordKind) -> int:
        """Return an id that no record of the kind ever had."""
        ((record_id,),) = found(self._connection, _NEXT_ID, (self._number, kind.value))
        return int(record_id)

    def claim_id(self, kind: RecordKind, record_id: int) -> None:
        """Count an id of a kind as given."""
        self._connection.execute(_CLAIM_ID, (self._number, kind.value, record_id))

    def save(self, record: Record) -> None:
        """Insert or replace a record."""
        kind, number = record.kind.value, self._number
        # Most kinds never name anything, so there is nothing of the one before to take back.
        names_things = type(record).links is not RecordBase.links
        old = self.found(record.kind, RecordKey(record.id)) if names_things else None
        self._connection.execute(_PUT, (number, kind, record.id, record.unique or None, encode_record(record)))
        if names_things:
            self._relink(kind, record.id, frozenset(old.links if old else ()), frozenset(record.links))

    def remove(self, record: Record) -> None:
        """Remove a record."""
        self._connection.execute(_DELETE, (self._number, record.kind.value, record.id))
        self._relink(record.kind.value, record.id, frozenset(record.links), frozenset())

    def link_product(self, product_id: int, before: frozenset[str], after: frozenset[str]) -> None:
        """Note what a product names."""
        self._relink(PRODUCT_LINKS, product_id, before, after)

    def uses_gemstone(self, code: str) -> bool:
        """Return whether any product has a gemstone with this code."""
        return bool(found(self._connection, _IS_LINKED, (self._number, PRODUCT_LINKS, code)))

    def _relink(self, kind: str, record_id: int, before: frozenset[str], after: frozenset[str]) -> None:
        if before == after:
            return
        self._connection.executemany(_UNLINK, [(self._number, kind, link, record_id) for link in before - after])
        self._connection.executemany(_LINK, [(self._number, kind, link, record_id) for link in after - before])
