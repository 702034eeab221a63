"""One tenant's catalog as the writer's open transaction sees it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import apsw

from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.engines.sqlite.connection import Row, found
from facetry.engines.sqlite.documents import decode_product, encode_product
from facetry.engines.sqlite.records import TransactionRecords, product_links, variation_link

_PRODUCT = "SELECT doc FROM products WHERE tenant = ? AND sku = ?"
_MEMBERS = "SELECT doc FROM products WHERE tenant = ? AND group_id = ? ORDER BY joined"
# Left alone, SQLite reads the whole group; at most one of its products is flagged.
_FLAGGED = "SELECT doc FROM products INDEXED BY products_flagged WHERE tenant = ? AND group_id = ? AND is_main = 1"
_HAS_MEMBERS = "SELECT 1 FROM products WHERE tenant = ? AND group_id = ? LIMIT 1"
_PRODUCT_BY_ID = "SELECT doc FROM products WHERE tenant = ? AND id = ?"
_WITH_LINK = """
    SELECT p.doc FROM links AS l CROSS JOIN products AS p ON p.tenant = l.tenant AND p.id = l.id
    WHERE l.tenant = ? AND l.kind = 'product' AND l.link = ? ORDER BY l.id"""
_INSERT = """
    INSERT INTO products (tenant, sku, group_id, joined, is_main, doc, updated, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_UPDATE = """
    UPDATE products SET group_id = ?3, joined = ?4, is_main = ?5, doc = ?6, updated = ?7
    WHERE tenant = ?1 AND sku = ?2 AND id = ?8"""
_DELETE = "DELETE FROM products WHERE tenant = ? AND sku = ?"


class TransactionView:
    """The ``CatalogView`` of one tenant over the writer's connection; it also records what one write touches.

    Attributes:
        skus: SKUs saved or removed since ``begin_write``, in order.
        gained: Groups that a product was saved in.
        left: Groups that a product went out of.
        added: How many products there are more than before.
        kept: Kind and id of each record saved or removed.
    """

    def __init__(self, connection: apsw.Connection, number: int, joined: int) -> None:
        """Look at the tenant with this number, whose next product to join gets the position ``joined``."""
        self._connection = connection
        self._number = number
        self._records = TransactionRecords(connection, number)
        self.joined = joined
        self.begin_write()

    def begin_write(self) -> None:
        """Forget what the write before has touched."""
        self._now = time.time()
        self._seen: dict[str, Product | None] = {}
        self.skus: dict[str, None] = {}
        self.gained: set[str] = set()
        self.left: set[str] = set()
        self.added = 0
        self.kept: dict[tuple[str, int], None] = {}

    def product(self, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        stored = self._rows(_PRODUCT, sku)
        product = decode_product(stored[0][0]) if stored else None
        self._seen[sku] = product
        return product

    def product_by_id(self, product_id: int) -> Product | None:
        """Return the product with this id, or None."""
        stored = found(self._connection, _PRODUCT_BY_ID, (self._number, product_id))
        product = decode_product(stored[0][0]) if stored else None
        if product is not None:
            self._seen[product.sku] = product
        return product

    def members(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group in the order in which they joined."""
        return self._products(_MEMBERS, group_id)

    def flagged(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group whose flag is set."""
        return self._products(_FLAGGED, group_id)

    def has_members(self, group_id: str) -> bool:
        """Return whether any product has this group id."""
        return bool(self._rows(_HAS_MEMBERS, group_id))

    def next_joined(self) -> int:
        """Return the next position in the order of joining."""
        joined = self.joined
        self.joined += 1
        return joined

    def save(self, product: Product) -> None:
        """Insert or replace a product."""
        old = self._seen[product.sku] if product.sku in self._seen else self.product(product.sku)
        self._connection.execute(
            _UPDATE if old else _INSERT,
            (
                self._number,
                product.sku,
                product.group_id,
                product.joined,
                product.is_main,
                encode_product(product),
                self._now,
                product.product_id,
            ),
        )
        self._records.link_product(product.product_id, product_links(old), product_links(product))
        self._touched(product.sku, product)
        self.gained.add(product.group_id)
        if old is None:
            self.added += 1
        elif old.group_id != product.group_id:
            self.left.add(old.group_id)

    def remove(self, product: Product) -> None:
        """Remove a product."""
        self._connection.execute(_DELETE, (self._number, product.sku))
        self._records.link_product(product.product_id, product_links(product), frozenset())
        self._touched(product.sku, None)
        self.left.add(product.group_id)
        self.added -= 1

    def uses_gemstone(self, code: str) -> bool:
        """Return whether any product has a gemstone with this code."""
        return self._records.uses_gemstone(code)

    def products_with(self, code: str) -> Sequence[Product]:
        """Return the products that have a gemstone with this code, ascending by id."""
        return self._products(_WITH_LINK, code)

    def variations(self, sku: str) -> Sequence[Product]:
        """Return the products that are variations of the one with this SKU, ascending by id."""
        return self._products(_WITH_LINK, variation_link(sku))

    def record(self, kind: RecordKind, key: RecordKey) -> Record | None:
        """Return a record, or None."""
        return self._records.found(kind, key)

    def linked(self, kind: RecordKind, link: str, limit: int | None = None) -> Sequence[Record]:
        """Return the records that name a link, ascending by id."""
        return self._records.linked(kind, link, limit)

    def next_id(self, kind: RecordKind) -> int:
        """Return the next id of a kind."""
        return self._records.next_id(kind)

    def save_record(self, record: Record) -> None:
        """Insert or replace a record."""
        self._records.save(record)
        self.kept[record.kind.value, record.id] = None

    def remove_record(self, record: Record) -> None:
        """Remove a record."""
        self._records.remove(record)
        self.kept[record.kind.value, record.id] = None

    def _touched(self, sku: str, product: Product | None) -> None:
        self._seen[sku] = product
        self.skus[sku] = None

    def _products(self, sql: str, text: str) -> list[Product]:
        products = [decode_product(row[0]) for row in self._rows(sql, text)]
        self._seen.update((product.sku, product) for product in products)
        return products

    def _rows(self, sql: str, text: str) -> list[Row]:
        return found(self._connection, sql, (self._number, text))
