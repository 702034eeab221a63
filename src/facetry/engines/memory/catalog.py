"""One tenant's catalog in memory: the ``CatalogView`` of its writes."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from facetry.domain.catalog import Outcome, Write, refusal
from facetry.domain.change import Change
from facetry.domain.errors import FacetryError
from facetry.domain.group import GroupIdentity
from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.performing import perform
from facetry.domain.product import Product, new_object_id
from facetry.domain.quotas import NO_QUOTAS, Quotas, Usage, check_room, size_of
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.touching import TOLD, Touch, TouchedProduct, TouchedRecord
from facetry.domain.variations import parent_of
from facetry.engines.memory.records import MemoryRecords


class MemoryCatalog:
    """Products, groups, records and log of one tenant."""

    def __init__(self, revision: int = 0, max_group_products: int = 0) -> None:
        """Begin empty, at a revision; 0 allows groups of any size."""
        self.max_group_products = max_group_products
        self.currency = DEFAULT_CURRENCY
        self.products: dict[str, Product] = {}
        self.groups: dict[str, GroupIdentity] = {}
        self.log: list[Change] = []
        self.log_cut = revision
        self.revision = revision
        self._members: defaultdict[str, dict[str, Product]] = defaultdict(dict)
        self._variations: defaultdict[str, dict[int, Product]] = defaultdict(dict)
        self._by_id: dict[int, Product] = {}
        self._updated: dict[str, float] = {}
        self._joined = 0
        self._records = MemoryRecords()
        self._skus: dict[str, Product | None] = {}
        self._touched: dict[str, None] = {}
        self._kept: dict[tuple[RecordKind, int], Record | None] = {}
        self._undo: list[Callable[[], None]] = []
        self._sizes: dict[str, int] = {}
        self._bytes = 0
        self._quotas = NO_QUOTAS

    @property
    def usage(self) -> Usage:
        """Return how many products there are, and how many bytes they are."""
        return Usage(len(self.products), self._bytes)

    def do(self, write: Write, quotas: Quotas = NO_QUOTAS, touches: list[Touch] | None = None) -> Outcome:
        """Do one write within quotas, and note what it touches, if wanted; one that is refused is undone."""
        self._quotas = quotas
        self._skus, self._touched, self._kept, self._undo = {}, {}, {}, []
        try:
            outcome = perform(self, write)
        except FacetryError as error:
            self._undo_since(0)
            return refusal(error)
        self.revision += 1
        for group_id in self._touched:
            self._identify(group_id)
        self.log.append(Change(self.revision, tuple(self._skus), tuple(self._touched), tuple(self._kept)))
        if touches is not None:
            touches += self._told(write)
        return outcome

    def expect(self, skus: Sequence[str]) -> None:
        """Have all products at hand anyway."""

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what is done inside where it fails."""
        done = len(self._undo)
        touched = [(names, len(names)) for names in (self._skus, self._touched, self._kept)]
        try:
            yield
        except FacetryError:
            self._undo_since(done)
            for names, count in touched:
                while len(names) > count:
                    names.popitem()
            raise

    def product(self, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        return self.products.get(sku)

    def product_by_id(self, product_id: int) -> Product | None:
        """Return the product with this id, or None."""
        return self._by_id.get(product_id)

    def members(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group in the order in which they joined."""
        return sorted(self._members.get(group_id, {}).values(), key=lambda product: product.joined)

    def flagged(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group whose flag is set."""
        return [product for product in self.members(group_id) if product.is_main]

    def has_members(self, group_id: str) -> bool:
        """Return whether any product has this group id."""
        return bool(self._members.get(group_id))

    def count_members(self, group_id: str) -> int:
        """Return how many products have this group id."""
        return len(self._members.get(group_id, {}))

    def next_joined(self) -> int:
        """Return the next position in the order of joining."""
        self._undo.append(self._unjoin)
        self._joined += 1
        return self._joined

    def admit(self, products: Sequence[Product]) -> None:
        """Check that the quotas have room for products."""
        before = self.usage
        added = sum(product.sku not in self.products for product in products)
        grown = sum(size_of(product) - self._sizes.get(product.sku, 0) for product in products)
        check_room(self._quotas, before, Usage(before.products + added, before.bytes + grown))

    def save(self, product: Product) -> None:
        """Insert or replace a product."""
        old, then = self.products.get(product.sku), self._updated.get(product.sku, 0.0)
        self._undo.append(lambda: self._put(product.sku, old, then))
        self._put(product.sku, product, time.time())
        self._skus.setdefault(product.sku, old)
        self._touched[product.group_id] = None
        if old is not None:
            self._touched[old.group_id] = None

    def remove(self, product: Product) -> None:
        """Remove a product."""
        old, then = self.products[product.sku], self._updated[product.sku]
        self._undo.append(lambda: self._put(product.sku, old, then))
        self._put(product.sku, None, 0.0)
        self._skus.setdefault(product.sku, old)
        self._touched[old.group_id] = None

    def uses_gemstone(self, code: str) -> bool:
        """Return whether any product has a gemstone with this code."""
        return any(part.get("code") == code for product in self.products.values() for part in product.gemstones or ())

    def products_with(self, code: str) -> Sequence[Product]:
        """Return the products that have a gemstone with this code, ascending by id."""
        products = (self._by_id[one] for one in sorted(self._by_id))
        return [one for one in products if any(part.get("code") == code for part in one.gemstones or ())]

    def variations(self, sku: str) -> Sequence[Product]:
        """Return the products that are variations of the one with this SKU, ascending by id."""
        found = self._variations.get(sku, {})
        return [found[number] for number in sorted(found)]

    def record(self, kind: RecordKind, key: RecordKey) -> Record | None:
        """Return a record, or None."""
        return self._records.found(kind, key)

    def linked(self, kind: RecordKind, link: str, limit: int | None = None) -> Sequence[Record]:
        """Return the records that name a link, ascending by id."""
        return [record for record in self._records.of_kind(kind) if link in record.links][:limit]

    def next_id(self, kind: RecordKind) -> int:
        """Return the next id of a kind."""
        self.claim_id(kind, 0)
        return self._records.next_id(kind)

    def claim_id(self, kind: RecordKind, record_id: int) -> None:
        """Count an id of a kind as given."""
        last = self._records.last_id(kind)
        self._undo.append(lambda: self._records.count_from(kind, last))
        self._records.count_from(kind, max(last, record_id))

    def save_record(self, record: Record) -> None:
        """Insert or replace a record."""
        old = self._records.found(record.kind, RecordKey(record.id))
        self._undo.append(lambda: self._records.put(record.kind, record.id, old))
        self._records.put(record.kind, record.id, record)
        self._kept.setdefault((record.kind, record.id), old)

    def remove_record(self, record: Record) -> None:
        """Remove a record."""
        self._undo.append(lambda: self._records.put(record.kind, record.id, record))
        self._records.put(record.kind, record.id, None)
        self._kept.setdefault((record.kind, record.id), record)

    def products_after(self, product_id: int, limit: int, updated_from: float, updated_to: float) -> Sequence[Product]:
        """Return up to ``limit`` products with a greater id that were written in a time, ascending by id."""
        products = [self._by_id[one] for one in sorted(self._by_id) if one > product_id]
        wanted = [one for one in products if updated_from <= self._updated[one.sku] <= updated_to]
        return wanted[:limit]

    def records_after(self, kind: RecordKind, record_id: int, limit: int, link: str) -> Sequence[Record]:
        """Return up to ``limit`` records of a kind with a greater id, ascending; those that name a link, if any."""
        records = self._records.of_kind(kind)
        wanted = [record for record in records if record.id > record_id and (not link or link in record.links)]
        return wanted[:limit]

    def records_before(self, kind: RecordKind, record_id: int, limit: int, link: str) -> Sequence[Record]:
        """Return up to ``limit`` records of a kind with a lesser id, descending; those that name a link, if any."""
        records = reversed(self._records.of_kind(kind))
        wanted = [one for one in records if (not record_id or one.id < record_id) and (not link or link in one.links)]
        return wanted[:limit]

    def _undo_since(self, done: int) -> None:
        """Undo all but the first changes of a write."""
        while len(self._undo) > done:
            self._undo.pop()()

    def _unjoin(self) -> None:
        self._joined -= 1

    def _put(self, sku: str, product: Product | None, updated: float) -> None:
        """Have a SKU be this product, written at a time, or none."""
        old = self.products.pop(sku, None)
        self._bytes -= self._sizes.pop(sku, 0)
        if old is not None:
            del self._by_id[old.product_id]
            members = self._members[old.group_id]
            del members[sku]
            if not members:
                del self._members[old.group_id]
            if parent := parent_of(old):
                del self._variations[parent][old.product_id]
        if product is not None:
            if parent := parent_of(product):
                self._variations[parent][product.product_id] = product
            self.products[sku] = self._by_id[product.product_id] = product
            self._members[product.group_id][sku] = product
            self._updated[sku] = updated
            self._sizes[sku] = size_of(product)
            self._bytes += self._sizes[sku]

    def _told(self, write: Write) -> Iterator[Touch]:
        """Yield what a write has touched, if anybody is to hear of it."""
        products = [
            TouchedProduct(sku, *map(_document, (old, self.products.get(sku)))) for sku, old in self._skus.items()
        ]
        records = [
            TouchedRecord(kind, number, *map(_document, (old, self._records.found(kind, RecordKey(number)))))
            for (kind, number), old in self._kept.items()
            if kind in TOLD
        ]
        if products or records:
            yield Touch(self.revision, write, products, records)

    def _identify(self, group_id: str) -> None:
        if not self.has_members(group_id):
            self.groups.pop(group_id, None)
            return
        old = self.groups.get(group_id)
        object_id = old.object_id if old else new_object_id()
        self.groups[group_id] = GroupIdentity(group_id, object_id, self.revision)


def _document(thing: Product | Record | None) -> bytes | None:
    return None if thing is None else msgspec.json.encode(thing)
