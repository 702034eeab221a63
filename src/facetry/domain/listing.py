"""Listings, a product's offers on sales channel accounts, and the batches that bring changes to them."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import msgspec

from facetry.domain.record import RecordBase, RecordKind


class ListingStatus(Enum):
    """Whether a listing is on offer."""

    ACTIVE = "active"
    SCHEDULED = "scheduled"
    ENDED = "ended"


class BatchStatus(Enum):
    """How far a batch is."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    SUCCESS = "success"
    WARNINGS = "warnings"
    ERRORS = "errors"
    CANCELED = "canceled"


class Listing(RecordBase, frozen=True, kw_only=True, tag="listing"):
    """A product's offer on an account of a sales channel.

    Attributes:
        sku: Which product.
        channel: Number of the channel.
        account_id: The tenant's account there.
        external_id: The channel's own name for it.
        price: Integer ten-thousandths; None for the product's.
        quantity: Pieces on offer.
    """

    kind: ClassVar[RecordKind] = RecordKind.LISTING
    sku: str
    channel: int
    account_id: str = ""
    external_id: str = ""
    status: ListingStatus = ListingStatus.ACTIVE
    price: int | None = None
    quantity: int = 0
    url: str = ""

    @property
    def links(self) -> tuple[str, ...]:
        """Return the product."""
        return (self.sku,)


class ListingTask(msgspec.Struct, frozen=True):
    """What a batch does to one listing.

    Attributes:
        listing: Its id.
        product: Id of its product.
        message: What went wrong; empty where nothing did.
    """

    listing: int
    product: int
    is_done: bool = False
    message: str = ""


class Batch(RecordBase, frozen=True, kw_only=True, tag="batch"):
    """Listings that are brought up to date together.

    Attributes:
        fields: What of them.
        created: Unix time.
    """

    kind: ClassVar[RecordKind] = RecordKind.BATCH
    status: BatchStatus = BatchStatus.QUEUED
    fields: tuple[str, ...] = ()
    tasks: tuple[ListingTask, ...] = ()
    created: float = 0.0

    @property
    def links(self) -> tuple[str, ...]:
        """Return ``open`` for one that is not finished."""
        return ("open",) if self.status in {BatchStatus.QUEUED, BatchStatus.IN_PROGRESS} else ()
