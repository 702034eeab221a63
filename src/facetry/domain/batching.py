"""Batches: listings are brought up to date with their products, some of them in each transaction.

No channel is called: what is brought up to date is what is stored of a listing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from facetry.domain.errors import InvalidValueError, RecordNotFoundError
from facetry.domain.keeping import PutRecord, Recorded, put_record, record_of
from facetry.domain.listing import LISTING_FIELDS, Batch, BatchStatus, Listing, ListingStatus, ListingTask
from facetry.domain.listing_rules import listings_of, revised
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.selling import check_key, product_of
from facetry.domain.view import CatalogView

MAX_TASKS = 10_000
"""So many listings one batch brings up to date at most."""


class QueueBatch(msgspec.Struct, frozen=True, tag="queue_batch"):
    """Make a batch of the listings of products.

    Attributes:
        products: Whose listings; none for those of any product, where listings are named.
        listings: Only these; none for all that have not ended.
        channels: Only those of these channels; none for all.
        fields: Names out of ``LISTING_FIELDS``.
        created: Unix time.
    """

    products: tuple[ProductKey, ...] = ()
    listings: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    fields: tuple[str, ...] = LISTING_FIELDS
    created: float = 0.0


class WorkBatch(msgspec.Struct, frozen=True, tag="work_batch"):
    """Do the next tasks of a batch, so many at most."""

    batch_id: int
    limit: int


BatchWrite = QueueBatch | WorkBatch


def check_batch_write(write: BatchWrite) -> None:
    """Check what can be told of a write without looking at the catalog.

    Raises:
        ProductNotFoundError: No product can have a key that it names.
        InvalidValueError: It names no listings, or a field that there is not.
    """
    if isinstance(write, WorkBatch):
        return
    for key in write.products:
        check_key(key)
    if not write.products and not write.listings:
        raise InvalidValueError("product_id", "must name at least one product")
    for name in write.fields:
        if name not in LISTING_FIELDS:
            raise InvalidValueError("fields", f"{name!a} is none of {', '.join(LISTING_FIELDS)}")


def perform_on_batches(view: CatalogView, write: BatchWrite) -> Recorded:
    """Do a write that ``check_batch_write`` has passed.

    Raises:
        ProductNotFoundError: There is no such product.
        RecordNotFoundError: There is no such listing, or no such batch with tasks left.
        InvalidValueError: There are too many listings, or one is of another product.
    """
    return _queue(view, write) if isinstance(write, QueueBatch) else _work(view, write)


def _queue(view: CatalogView, write: QueueBatch) -> Recorded:
    # Each product once, however it was named.
    skus = dict.fromkeys(product_of(view, key).sku for key in write.products)
    chosen = [*(_named if write.listings else _all)(view, write, skus)]
    if len(chosen) > MAX_TASKS:
        raise InvalidValueError("product_id", f"have {len(chosen)} listings, one batch takes {MAX_TASKS}")
    batch = Batch(
        status=BatchStatus.QUEUED if chosen else BatchStatus.SUCCESS,
        fields=tuple(dict.fromkeys(write.fields)),
        tasks=tuple(ListingTask(listing.id, listing.product_id) for listing in chosen),
        created=write.created,
    )
    return put_record(view, PutRecord(batch))


def _all(view: CatalogView, write: QueueBatch, skus: Mapping[str, None]) -> Iterator[Listing]:
    for sku in skus:
        for listing in listings_of(view, sku):
            if listing.status is not ListingStatus.ENDED and _is_on(listing, write):
                yield listing


def _named(view: CatalogView, write: QueueBatch, skus: Mapping[str, None]) -> Iterator[Listing]:
    for listing_id in dict.fromkeys(write.listings):
        listing = record_of(view, RecordKind.LISTING, RecordKey(listing_id))
        assert isinstance(listing, Listing)  # noqa: S101 - narrows the union for the type checker
        if skus and listing.sku not in skus:
            raise InvalidValueError("listing_id", f"{listing_id} is a listing of another product")
        if _is_on(listing, write):
            yield listing


def _is_on(listing: Listing, write: QueueBatch) -> bool:
    return not write.channels or listing.channel in write.channels


def _work(view: CatalogView, write: WorkBatch) -> Recorded:
    batch = record_of(view, RecordKind.BATCH, RecordKey(write.batch_id))
    assert isinstance(batch, Batch)  # noqa: S101 - narrows the union for the type checker
    if not batch.links:
        raise RecordNotFoundError("open batch", str(batch.id))
    begin = next((at for at, task in enumerate(batch.tasks) if not task.is_done), len(batch.tasks))
    end = begin + write.limit
    done = tuple(_done(view, batch, task) for task in batch.tasks[begin:end])
    after = msgspec.structs.replace(batch, tasks=(*batch.tasks[:begin], *done, *batch.tasks[end:]))
    return put_record(view, PutRecord(msgspec.structs.replace(after, status=_status(after))))


def _status(batch: Batch) -> BatchStatus:
    if batch.pending:
        return BatchStatus.IN_PROGRESS
    if not batch.failed:
        return BatchStatus.SUCCESS
    return BatchStatus.ERRORS if len(batch.failed) == len(batch.tasks) else BatchStatus.WARNINGS


def _done(view: CatalogView, batch: Batch, task: ListingTask) -> ListingTask:
    """Bring one listing up to date, and return the task with what became of it."""
    listing = view.record(RecordKind.LISTING, RecordKey(task.listing))
    if not isinstance(listing, Listing):
        return msgspec.structs.replace(task, is_done=True, message="the listing was deleted")
    if listing.status is ListingStatus.ENDED:
        return msgspec.structs.replace(task, is_done=True, message="the listing has ended")
    product = view.product(listing.sku)
    if product is None:
        return msgspec.structs.replace(task, is_done=True, message="the product was deleted")
    for name in batch.fields:
        listing = _UPDATES[name](listing, product)
    view.save_record(listing)
    return msgspec.structs.replace(task, is_done=True)


_UPDATES: Mapping[str, Callable[[Listing, Product], Listing]] = {
    "price": lambda listing, product: msgspec.structs.replace(listing, price=product.regular_price),
    "quantity": lambda listing, product: revised(listing, product, product.quantity),
    "title": lambda listing, product: msgspec.structs.replace(listing, title=product.name),
    "description": lambda listing, product: msgspec.structs.replace(listing, description=product.description),
    "images": lambda listing, product: msgspec.structs.replace(listing, images=product.images),
}
