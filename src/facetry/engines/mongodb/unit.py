"""The unit of work of one batch: the writes of several callers to one tenant, done on what was read ahead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from bson import ObjectId

from facetry.domain.catalog import Outcome, Write, refusal
from facetry.domain.change import Receipt
from facetry.domain.errors import FacetryError
from facetry.domain.performing import perform_in_steps
from facetry.domain.product import Product
from facetry.domain.records import Record
from facetry.domain.touching import TOLD, Touch, TouchedProduct, TouchedRecord
from facetry.engines.mongodb.collections import CHANGES, GROUPS, PRODUCTS, RECORDS
from facetry.engines.mongodb.documents import SKU, Kept, encode_record, product_links, record_names
from facetry.engines.mongodb.needs import Needs
from facetry.engines.mongodb.state import State
from facetry.engines.mongodb.view import Catalog, ReadAheadView

_SLICE_SECONDS = 0.002
"""How long writes keep the event loop before others get their turn."""


class Done(NamedTuple):
    """What became of one caller's writes: a receipt, or the error that undid them all, and what they touched."""

    answer: Receipt | Exception
    touches: Sequence[Touch]


class Operation(NamedTuple):
    """One change of a document: the number of it that goes, and the one that comes; None for none.

    A number is a condition on the fields that name the document.
    """

    collection: str
    gone: dict[str, Any] | None
    new: dict[str, Any] | None


class Unit:
    """Writes done in order, each on its own: one that is refused changes nothing, the others stand.

    Attributes:
        state: The counters of the tenant, afterwards as the writes have left them.
        changed: Whether any write took effect.
    """

    def __init__(self, state: State, catalog: Catalog, max_group_products: int = 0) -> None:
        """Begin with the counters of a tenant and what was read of its catalog; see ``ReadAheadView``."""
        self.state = state
        self.changed = False
        self._before = state
        self._view = ReadAheadView(state, catalog, max_group_products)
        self._log: list[dict[str, Any]] = []
        self._revision = state.revision
        self._slice_ends = time.monotonic() + _SLICE_SECONDS

    @property
    def missing(self) -> Needs | None:
        """Return what has to be read before the writes can be done, None where nothing was missing."""
        view = self._view
        return Needs(view.products.missing, view.records.missing, view.missing_groups) if view.is_missing else None

    async def do(self, writes: Sequence[Write]) -> Done:
        """Do the writes of one caller, giving others their turn now and then."""
        place, logged, revision = self._view.undo.place, len(self._log), self._revision
        touches: list[Touch] = []
        try:
            outcomes = [await self._one(write, touches) for write in writes]
        except Exception as error:  # noqa: BLE001 - whatever it is, its caller hears of it, and the others go on
            self._view.undo.back_to(place)
            del self._log[logged:]
            self._revision = revision
            return Done(error, ())
        return Done(Receipt(self._revision, tuple(outcomes)), touches)

    def finish(self) -> None:
        """Count what was done."""
        view = self._view
        self.changed = bool(self._log)
        links = {link for one in self._new_products() for link in product_links(one)}
        groups = sum(bool(group.size) - bool(view.stored_group(name)) for name, group in view.groups.items())
        self.state = msgspec.structs.replace(
            self._before,
            mark=self._before.mark + 1,
            revision=self._revision,
            joined=view.joined,
            usage=view.usage,
            groups=self._before.groups + groups,
            last_ids=view.last_ids,
            linked=self._before.linked | {link[: link.index(":") + 1] for link in links},
        )

    def operations(self) -> Iterator[Operation]:
        """Yield the changes of documents, those that make room for others first."""
        changes = [*self._product_changes(), *self._group_changes(), *self._record_changes()]
        yield from (one for one in changes if one.new is None)
        yield from (one for one in changes if one.new is not None)
        yield from (Operation(CHANGES, None, row) for row in self._log)

    async def _one(self, write: Write, touches: list[Touch]) -> Outcome:
        view = self._view
        view.begin_write()
        place = view.undo.place
        try:
            outcome = await self._stepped(write)
        except FacetryError as error:
            view.undo.back_to(place)
            return refusal(error)
        self._note(write, touches)
        return outcome

    async def _stepped(self, write: Write) -> Outcome:
        steps = perform_in_steps(self._view, write)
        while True:
            try:
                next(steps)
            except StopIteration as finished:
                outcome: Outcome = finished.value
                return outcome
            if time.monotonic() > self._slice_ends:
                await asyncio.sleep(0)
                self._slice_ends = time.monotonic() + _SLICE_SECONDS

    def _note(self, write: Write, touches: list[Touch]) -> None:
        """Note what a write that took effect has touched."""
        view = self._view
        self._revision += 1
        view.identify(self._revision)
        self._log.append(
            {
                "t": self._before.catalog,
                "r": self._revision,
                "s": [*view.skus],
                "g": [*view.touched],
                "k": [[kind.value, number] for kind, number in view.kept],
            }
        )
        products = [TouchedProduct(sku, before, self._document(sku)) for sku, before in view.skus.items()]
        records = [*self._touched_records()]
        if products or records:
            touches.append(Touch(self._revision, write, products, records))

    def _touched_records(self) -> Iterator[TouchedRecord]:
        """Yield the records that the write has saved or removed and that are told of, before and after it."""
        view = self._view
        for (kind, number), before in view.kept.items():
            if kind in TOLD:
                now = view.records.changed[kind.value, number]
                sides = [None if one is None else encode_record(one) for one in (before, now)]
                yield TouchedRecord(kind, number, *sides)

    def _document(self, sku: str) -> bytes | None:
        found = self._view.products.first(SKU + sku)
        return found.document if found else None

    def _new_products(self) -> Iterator[Product]:
        return (one.product for one in self._view.products.changed.values() if one)

    def _product_changes(self) -> Iterator[Operation]:
        view, catalog = self._view, self._before.catalog
        for number, now in view.products.changed.items():
            gone = {"t": catalog, "i": number} if view.products.before(number) else None
            new = product_document(catalog, now, view.updated[number]) if now else None
            if gone or new:
                yield Operation(PRODUCTS, gone, new)

    def _group_changes(self) -> Iterator[Operation]:
        view, catalog = self._view, self._before.catalog
        for name, now in view.groups.items():
            place = {"t": catalog, "g": name}
            gone = place if view.stored_group(name) else None
            new = {**place, "o": now.object_id, "r": now.revision, "n": now.size} if now.size else None
            if gone or new:
                yield Operation(GROUPS, gone, new)

    def _record_changes(self) -> Iterator[Operation]:
        view, catalog = self._view, self._before.catalog
        for (kind, number), now in view.records.changed.items():
            gone = {"t": catalog, "k": kind, "i": number} if view.records.before((kind, number)) else None
            new = record_document(catalog, now) if now else None
            if gone or new:
                yield Operation(RECORDS, gone, new)


def product_document(catalog: ObjectId, one: Kept, updated: float) -> dict[str, Any]:
    """Return the document of a product that was written at a Unix time."""
    product = one.product
    document = {
        "t": catalog,
        "s": product.sku,
        "i": product.product_id,
        "g": product.group_id,
        "j": product.joined,
        "u": updated,
        "d": one.document,
    }
    links = product_links(product)
    return {**document, "l": links} if links else document


def record_document(catalog: ObjectId, record: Record) -> dict[str, Any]:
    """Return the document of a record."""
    return {
        "t": catalog,
        "k": record.kind.value,
        "i": record.id,
        "q": record_names(record),
        "d": encode_record(record),
    }
