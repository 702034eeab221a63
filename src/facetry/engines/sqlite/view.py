"""One tenant's catalog as the writer's open transaction sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

import apsw

from facetry.domain.errors import FacetryError
from facetry.domain.product import Product
from facetry.domain.quotas import NO_QUOTAS, Quotas, Usage, check_room
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.storable import is_unicode
from facetry.domain.touching import TOLD, TouchedRecord
from facetry.engines.sqlite.bulk import WaitingRows
from facetry.engines.sqlite.connection import Row, found
from facetry.engines.sqlite.documents import decode_product, encode_product, encode_texts
from facetry.engines.sqlite.records import TransactionRecords, product_links, variation_link

_PRODUCT = "SELECT doc FROM products WHERE tenant = ? AND sku = ?"
_PRODUCTS = """
    SELECT p.sku, p.doc FROM json_each(?2) AS wanted
    CROSS JOIN products AS p ON p.tenant = ?1 AND p.sku = wanted.value"""
_MEMBERS = "SELECT doc FROM products WHERE tenant = ? AND group_id = ? ORDER BY joined"
# Left alone, SQLite reads the whole group; at most one of its products is flagged.
_FLAGGED = "SELECT doc FROM products INDEXED BY products_flagged WHERE tenant = ? AND group_id = ? AND is_main = 1"
_COUNT_MEMBERS = "SELECT count(*) FROM products WHERE tenant = ? AND group_id = ?"
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
_FEW = 4
"""So many products are read one by one."""


class Held(NamedTuple):
    """What a tenant has before its writes, and what it may have at most."""

    usage: Usage
    quotas: Quotas
    currency: str
    max_group_products: int = 0


class HalfDoneError(Exception):
    """A write was refused when it had changed something already, and nothing tells what."""


class TransactionView:
    """The ``CatalogView`` of one tenant over the writer's connection; it also records what one write touches.

    Attributes:
        skus: SKUs saved or removed since ``begin_write``, in order, each with the document of before, None for none.
        gained: Groups that a product was saved in.
        left: Groups that a product went out of.
        usage: How many products there are now, and how many bytes they are.
        max_group_products: How many products a group may have at most; 0 for any number.
        currency: The tenant's.
        kept: Kind and id of each record saved or removed, of the kinds that are told of with the document of before.
        inserts: New products that are not inserted yet.
        saved: Each product saved in all writes and not removed again, with its document, by SKU.
    """

    def __init__(
        self, connection: apsw.Connection, number: int, joined: int, held: Held, *, is_careful: bool = False
    ) -> None:
        """Look at the tenant with this number, whose next product to join gets the position ``joined``.

        Unless it is to be careful, since what it saves may be rolled back, it remembers what it has read and saved,
        and inserts new products together.
        """
        self._connection = connection
        self._is_careful = is_careful
        self.inserts = WaitingRows(connection, _INSERT)
        self._flagged: dict[str, str] = {}
        self._stored: dict[str, bytes | None] = {}
        self._number = number
        self._records = TransactionRecords(connection, number)
        self.joined = joined
        self.usage = held.usage
        self._quotas = held.quotas
        self.max_group_products, self.currency = held.max_group_products, held.currency
        self._encoded: dict[str, tuple[Product, bytes]] = {}
        self.saved: dict[str, tuple[Product, bytes]] = {}
        self.begin_write()

    def begin_write(self) -> None:
        """Forget what the write before has touched."""
        self._now = time.time()
        self._seen: dict[str, Product | None] = {}
        self._read: dict[str, bytes] = {}
        self.skus: dict[str, bytes | None] = {}
        self.gained: set[str] = set()
        self.left: set[str] = set()
        self.kept: dict[tuple[RecordKind, int], bytes | None] = {}

    @property
    def changes(self) -> int:
        """Return a number that is another one after every change."""
        return self._connection.total_changes() + len(self.inserts)

    def expect(self, skus: Sequence[str]) -> None:
        """Read the products with these SKUs, which writes are about to ask for, at once."""
        if self._is_careful or len(skus) < _FEW:
            return
        # Of others than these, which can be no SKUs, SQLite would read another text.
        fit = [sku for sku in skus if is_unicode(sku) and "\0" not in sku and sku not in self.saved]
        self._stored = {
            **dict.fromkeys(fit),
            **dict(found(self._connection, _PRODUCTS, (self._number, encode_texts(fit).decode()))),
        }

    def attempt(self) -> AbstractContextManager[None]:
        """Undo what is done inside where it fails.

        Raises:
            HalfDoneError: It had changed something, and the view is not careful.
        """
        return self._careful_attempt() if self._is_careful else _Attempt(self)

    @contextmanager
    def _careful_attempt(self) -> Iterator[None]:
        touched = self.joined, self.skus.copy(), self.gained.copy(), self.left.copy(), self.usage, self.kept.copy()
        self._connection.execute("SAVEPOINT one_attempt")
        try:
            yield
        except FacetryError:
            self._connection.execute("ROLLBACK TO one_attempt")
            self._seen, self._read = {}, {}
            self.joined, self.skus, self.gained, self.left, self.usage, self.kept = touched
            raise
        finally:
            self._connection.execute("RELEASE one_attempt")

    def product(self, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        document = self._document(sku)
        if document is None:
            self._seen[sku] = None
            return None
        return self._saw(document)

    def _saw(self, document: bytes) -> Product:
        """Return the product of a document that was read, and remember it."""
        product = decode_product(document)
        self._seen[product.sku] = product
        self._read[product.sku] = document
        return product

    def _document(self, sku: str) -> bytes | None:
        if not self._is_careful:
            if sku in self.saved:
                return self.saved[sku][1]
            if sku in self._stored:
                return self._stored[sku]
        stored = self._rows(_PRODUCT, sku)
        return stored[0][0] if stored else None

    def document_now(self, sku: str) -> bytes | None:
        """Return the document of a product that was saved or removed, None where it is not there any more."""
        # What was saved may have been rolled back where the view is careful.
        if self._is_careful:
            return self._document(sku)
        saved = self.saved.get(sku)
        return None if saved is None else saved[1]

    def product_by_id(self, product_id: int) -> Product | None:
        """Return the product with this id, or None."""
        self.flush()
        stored = found(self._connection, _PRODUCT_BY_ID, (self._number, product_id))
        return self._saw(stored[0][0]) if stored else None

    def members(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group in the order in which they joined."""
        return self._products(_MEMBERS, group_id)

    def flagged(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group whose flag is set."""
        documents = [row[0] for row in found(self._connection, _FLAGGED, (self._number, group_id))]
        last = self.saved.get(self._flagged.get(group_id, ""))
        if not documents and last is not None and last[0].is_main and last[0].group_id == group_id:
            documents = [last[1]]  # It may wait to be inserted.
        return [*map(self._saw, documents)]

    def has_members(self, group_id: str) -> bool:
        """Return whether any product has this group id."""
        return bool(self._rows(_HAS_MEMBERS, group_id))

    def count_members(self, group_id: str) -> int:
        """Return how many products have this group id."""
        count: int = self._rows(_COUNT_MEMBERS, group_id)[0][0]
        return count

    def next_joined(self) -> int:
        """Return the next position in the order of joining."""
        joined = self.joined
        self.joined += 1
        return joined

    def admit(self, products: Sequence[Product]) -> None:
        """Check that the quotas have room for products."""
        if self._quotas == NO_QUOTAS:
            return
        after = self.usage
        for product in products:
            document = encode_product(product)
            self._encoded[product.sku] = product, document
            after = self._usage_with(product.sku, len(document), after)
        check_room(self._quotas, self.usage, after)

    def _before(self, sku: str) -> Product | None:
        """Return the product with this SKU as it is now, which the write nearly always knows."""
        return self._seen[sku] if sku in self._seen else self.product(sku)

    def _usage_with(self, sku: str, size: int, usage: Usage) -> Usage:
        """Return what is in use once the product with this SKU has another size."""
        is_new = self._before(sku) is None
        return Usage(usage.products + is_new, usage.bytes + size - (0 if is_new else len(self._read[sku])))

    def _document_of(self, product: Product) -> bytes:
        admitted = self._encoded.pop(product.sku, None)
        return admitted[1] if admitted is not None and admitted[0] is product else encode_product(product)

    def save(self, product: Product) -> None:
        """Insert or replace a product."""
        old = self._before(product.sku)
        document = self._document_of(product)
        self.usage = self._usage_with(product.sku, len(document), self.usage)
        place = (product.group_id, product.joined, product.is_main)
        row = (self._number, product.sku, *place, document, self._now, product.product_id)
        if old is None:
            self.inserts.add(row)
        else:
            self.flush()
            self._connection.execute(_UPDATE, row)
        if self._is_careful:
            self.flush()
        elif product.is_main:
            self._flagged[product.group_id] = product.sku
        self.saved[product.sku] = (product, document)
        self._records.link_product(product.product_id, product_links(old), product_links(product))
        self._touched(product.sku, product)
        self.gained.add(product.group_id)
        self._read[product.sku] = document
        if old is not None and old.group_id != product.group_id:
            self.left.add(old.group_id)

    def flush(self) -> None:
        """Insert the new products that are not inserted yet."""
        self.inserts.insert()

    def remove(self, product: Product) -> None:
        """Remove a product."""
        self.flush()
        self._connection.execute(_DELETE, (self._number, product.sku))
        self.saved.pop(product.sku, None)
        self._stored.pop(product.sku, None)
        self._records.link_product(product.product_id, product_links(product), frozenset())
        self._touched(product.sku, None)
        self.left.add(product.group_id)
        self.usage = Usage(self.usage.products - 1, self.usage.bytes - len(self._read.pop(product.sku)))

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

    def claim_id(self, kind: RecordKind, record_id: int) -> None:
        """Count an id of a kind as given."""
        self._records.claim_id(kind, record_id)

    def save_record(self, record: Record) -> None:
        """Insert or replace a record."""
        self._keep(record)
        self._records.save(record)

    def remove_record(self, record: Record) -> None:
        """Remove a record."""
        self._keep(record)
        self._records.remove(record)

    def touched_records(self) -> list[TouchedRecord]:
        """Return the records saved or removed that are told of, before and after the write."""
        told = ((key, before) for key, before in self.kept.items() if key[0] in TOLD)
        return [TouchedRecord(*key, before, self._records.document(*key)) for key, before in told]

    def _keep(self, record: Record) -> None:
        key = record.kind, record.id
        if key not in self.kept:
            self.kept[key] = self._records.document(*key) if record.kind in TOLD else None

    def _touched(self, sku: str, product: Product | None) -> None:
        if sku not in self.skus:
            self.skus[sku] = self._read.get(sku)
        self._seen[sku] = product

    def _products(self, sql: str, text: str) -> list[Product]:
        return [self._saw(row[0]) for row in self._rows(sql, text)]

    def _rows(self, sql: str, text: str) -> list[Row]:
        self.flush()
        return found(self._connection, sql, (self._number, text))


class _Attempt(AbstractContextManager[None]):
    """What nearly always succeeds, or fails before it has changed anything; made for each product of a bulk."""

    __slots__ = ("_changes", "_joined", "_view")

    def __init__(self, view: TransactionView) -> None:
        self._view = view
        self._changes = view.changes
        self._joined = view.joined

    def __exit__(self, kind: object, error: BaseException | None, place: object) -> None:
        if isinstance(error, FacetryError):
            if self._view.changes != self._changes:
                raise HalfDoneError from error
            self._view.joined = self._joined
