"""One tenant's catalog as a batch of writes sees it: the ``CatalogView`` over documents that were read ahead."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import NamedTuple

from facetry.domain.errors import FacetryError
from facetry.domain.product import Product, new_object_id
from facetry.domain.quotas import NO_QUOTAS, Usage, check_room
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.engines.mongodb.documents import (
    ID,
    MAIN,
    MEMBER,
    PARENT,
    SKU,
    STONE,
    Kept,
    encode_product,
    link_name,
    name_of,
    product_names,
    record_names,
)
from facetry.engines.mongodb.shelf import Ahead, Shelf
from facetry.engines.mongodb.state import State
from facetry.engines.mongodb.undoing import Undo

_EVERY = (SKU, ID, MEMBER)
_JOINED, _PRODUCTS, _BYTES = "joined", "products", "bytes"
_in_order = attrgetter("joined")


class Group(NamedTuple):
    """What is stored of a group: object id, revision of its last write, and how many products it has."""

    object_id: str
    revision: int
    size: int


NO_GROUP = Group("", 0, 0)


class Catalog:
    """What was read ahead of one catalog."""

    def __init__(self) -> None:
        self.products: Ahead[int, Kept] = Ahead()
        self.records: Ahead[tuple[str, int], Record] = Ahead()
        self.groups: dict[str, Group | None] = {}


class ReadAheadView:
    """A ``CatalogView`` in memory; what it should have read but has not, it notes, see ``Shelf``.

    Attributes:
        products: Those that were read, as they are now.
        records: Likewise.
        groups: Groups that were changed; one without products is gone.
        missing_groups: Ids of groups that were asked for and had not been read.
        skus: SKUs saved or removed since ``begin_write``, in order, each with the document of before, None for none.
        touched: Ids of groups that a product was saved in or went out of since ``begin_write``, in order.
        kept: Kind and id of each record saved or removed since ``begin_write``, in order, each with what it was before.
        undo: Takes back what was done.
        max_group_products: How many products a group may have at most; 0 for any number.
        currency: The tenant's.
    """

    def __init__(self, state: State, catalog: Catalog, max_group_products: int = 0) -> None:
        """Look at the catalog of a tenant."""
        self.max_group_products = max_group_products
        self.currency = state.currency
        self.undo = Undo()
        self.products = Shelf(catalog.products, self.undo, product_names, self._no_product_has)
        self.records = Shelf(catalog.records, self.undo, record_names, self._no_record_has)
        self.groups: dict[str, Group] = {}
        self.missing_groups: dict[str, None] = {}
        self._stored_groups = catalog.groups
        self._state = state
        self._counters = {_JOINED: state.joined, _PRODUCTS: state.usage.products, _BYTES: state.usage.bytes}
        self._last_ids = dict(state.last_ids)
        self._encoded: dict[str, Kept] = {}
        self.updated: dict[int, float] = {}
        self.begin_write()

    def begin_write(self) -> None:
        """Forget what the write before has touched."""
        self._now = time.time()
        self.skus: dict[str, bytes | None] = {}
        self.touched: dict[str, None] = {}
        self.kept: dict[tuple[RecordKind, int], Record | None] = {}

    @property
    def is_missing(self) -> bool:
        """Return whether anything was asked for that had not been read, so that nothing done here counts."""
        return bool(self.products.missing or self.records.missing or self.missing_groups)

    @property
    def usage(self) -> Usage:
        """Return how many products there are now, and how many bytes they are."""
        return Usage(self._counters[_PRODUCTS], self._counters[_BYTES])

    @property
    def joined(self) -> int:
        """Return the last place in the order of joining that was given."""
        return self._counters[_JOINED]

    @property
    def last_ids(self) -> dict[str, int]:
        """Return the last id of each kind of record that has one."""
        return self._last_ids

    def expect(self, skus: Sequence[str]) -> None:
        """Note which of these products were not read, so that they are read at once."""
        for sku in skus:
            self.products.find(SKU + sku)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what is done inside where it fails."""
        place = self.undo.place
        try:
            yield
        except FacetryError:
            self.undo.back_to(place)
            raise

    def product(self, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        found = self.products.first(SKU + sku)
        return found.product if found else None

    def product_by_id(self, product_id: int) -> Product | None:
        """Return the product with this id, or None."""
        found = self.products.first(f"{ID}{product_id}")
        return found.product if found else None

    def members(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group in the order in which they joined."""
        return sorted(self._named(MEMBER + group_id), key=_in_order)

    def flagged(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group whose flag is set."""
        return sorted(self._named(MAIN + group_id), key=_in_order)

    def has_members(self, group_id: str) -> bool:
        """Return whether any product has this group id."""
        return self.group(group_id).size > 0

    def count_members(self, group_id: str) -> int:
        """Return how many products have this group id."""
        return self.group(group_id).size

    def group(self, group_id: str) -> Group:
        """Return what is known of a group as it is now, ``NO_GROUP`` where there is none."""
        if group_id in self.groups:
            return self.groups[group_id]
        if group_id not in self._stored_groups:
            self.missing_groups[group_id] = None
        return self._stored_groups.get(group_id) or NO_GROUP

    def stored_group(self, group_id: str) -> Group | None:
        """Return a group as it was read, None where there was none."""
        return self._stored_groups.get(group_id)

    def next_joined(self) -> int:
        """Return the next position in the order of joining."""
        self.undo.put(self._counters, _JOINED, self._counters[_JOINED] + 1)
        return self._counters[_JOINED]

    def admit(self, products: Sequence[Product]) -> None:
        """Check that the quotas have room for products."""
        quotas = self._state.quotas
        if quotas == NO_QUOTAS:
            return
        after = self.usage
        for product in products:
            new = Kept(product, encode_product(product))
            self._encoded[product.sku] = new
            after = _usage_with(self.products.first(SKU + product.sku), new, after)
        check_room(quotas, self.usage, after)

    def save(self, product: Product) -> None:
        """Insert or replace a product."""
        admitted = self._encoded.pop(product.sku, None)
        # A check of quotas has encoded the product already.
        is_same = admitted is not None and admitted.product is product
        new = admitted if admitted is not None and is_same else Kept(product, encode_product(product))
        old = self.products.first(SKU + product.sku)
        self._put(old, new)
        self.undo.put(self.updated, product.product_id, self._now)

    def remove(self, product: Product) -> None:
        """Remove a product."""
        self._put(self.products.first(SKU + product.sku), None)

    def uses_gemstone(self, code: str) -> bool:
        """Return whether any product has a gemstone with this code."""
        return bool(self.products.find(STONE + code, 1))

    def products_with(self, code: str) -> Sequence[Product]:
        """Return the products that have a gemstone with this code, ascending by id."""
        return self._named(STONE + code)

    def variations(self, sku: str) -> Sequence[Product]:
        """Return the products that are variations of the one with this SKU, ascending by id."""
        return self._named(PARENT + sku)

    def record(self, kind: RecordKind, key: RecordKey) -> Record | None:
        """Return a record, or None."""
        return self.records.first(name_of(kind, key)) if key.id or key.code else None

    def linked(self, kind: RecordKind, link: str, limit: int | None = None) -> Sequence[Record]:
        """Return the records that name a link, ascending by id."""
        return self.records.find(link_name(kind, link), limit)

    def next_id(self, kind: RecordKind) -> int:
        """Return the next id of a kind."""
        self.undo.put(self._last_ids, kind.value, self._last_ids.get(kind.value, 0) + 1)
        return self._last_ids[kind.value]

    def claim_id(self, kind: RecordKind, record_id: int) -> None:
        """Count an id of a kind as given."""
        self.undo.put(self._last_ids, kind.value, max(self._last_ids.get(kind.value, 0), record_id))

    def save_record(self, record: Record) -> None:
        """Insert or replace a record."""
        self._put_record(record, record)

    def remove_record(self, record: Record) -> None:
        """Remove a record."""
        self._put_record(record, None)

    def identify(self, revision: int) -> None:
        """Give the groups that the write has touched their identity at its revision."""
        for group_id in self.touched:
            group = self.group(group_id)
            object_id = (group.object_id or new_object_id()) if group.size else ""
            self.undo.put(self.groups, group_id, Group(object_id, revision, group.size))

    def _put_record(self, record: Record, now: Record | None) -> None:
        # What a record was before it is replaced tells by which names it is found no more.
        before = self.records.first(name_of(record.kind, RecordKey(record.id)))
        self.records.put((record.kind.value, record.id), now)
        if (record.kind, record.id) not in self.kept:
            self.undo.put(self.kept, (record.kind, record.id), before)

    def _put(self, old: Kept | None, new: Kept | None) -> None:
        """Have a product be another one."""
        self._count(old, new)
        for one, more in ((new, 1), (old, -1)):
            if one is not None:
                group_id = one.product.group_id
                group = self.group(group_id)
                self.undo.put(self.groups, group_id, group._replace(size=group.size + more))
                self.undo.put(self.touched, group_id, None)
        either = new or old
        if either is not None:
            self.products.put(either.product.product_id, new)
            if either.product.sku not in self.skus:
                self.undo.put(self.skus, either.product.sku, old.document if old else None)

    def _count(self, old: Kept | None, new: Kept | None) -> None:
        after = _usage_with(old, new, self.usage)
        self.undo.put(self._counters, _PRODUCTS, after.products)
        self.undo.put(self._counters, _BYTES, after.bytes)

    def _named(self, name: str) -> list[Product]:
        return [one.product for one in self.products.find(name)]

    def _no_product_has(self, name: str) -> bool:
        prefix = name[: name.index(":") + 1]
        return prefix not in _EVERY and prefix not in self._state.linked

    def _no_record_has(self, name: str) -> bool:
        return not name.startswith(tuple(self._state.last_ids))


def _usage_with(old: Kept | None, new: Kept | None, usage: Usage) -> Usage:
    """Return what is in use once a product is another one."""
    size = (len(new.document) if new else 0) - (len(old.document) if old else 0)
    return Usage(usage.products + (new is not None) - (old is not None), usage.bytes + size)
