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

    It says what is on offer there, which is what the product was when it was listed, revised or brought up to date.

    Attributes:
        sku: Which product.
        product_id: Likewise; 0 where that was never known.
        channel: Number of the channel.
        account_id: The tenant's account there.
        external_id: The channel's own name for it, unique on the account.
        price: Integer ten-thousandths; None where the product had none.
        quantity: Pieces on offer.
        images: URLs, the first one is the main one.
        returns_as: Of one that ended because an auto-refilled product ran out, what it is again with the next stock.
    """

    kind: ClassVar[RecordKind] = RecordKind.LISTING
    sku: str
    product_id: int = 0
    channel: int
    account_id: str = ""
    external_id: str = ""
    status: ListingStatus = ListingStatus.ACTIVE
    price: int | None = None
    quantity: int = 0
    url: str = ""
    title: str = ""
    description: str = ""
    images: tuple[str, ...] = ()
    returns_as: ListingStatus | None = None

    @property
    def unique(self) -> str:
        """Return the channel's own name for it, with channel and account; empty where it has none."""
        return listing_code(self.channel, self.account_id, self.external_id)

    @property
    def links(self) -> tuple[str, ...]:
        """Return the product."""
        return (self.sku,)


def listing_code(channel: int, account_id: str, external_id: str) -> str:
    """Return the code of a listing that has a name of its own on its channel, else nothing."""
    return f"{channel}\t{account_id}\t{external_id}" if external_id else ""


class ListingTask(msgspec.Struct, frozen=True):
    """What a batch does to one listing.

    Attributes:
        listing: Its id.
        product: Id of its product.
        is_done: Whether it has been looked at, with or without success.
        message: What went wrong; empty where nothing did.
    """

    listing: int
    product: int
    is_done: bool = False
    message: str = ""


LISTING_FIELDS = ("price", "quantity", "title", "description", "images")
"""What a batch can bring up to date."""


class Batch(RecordBase, frozen=True, kw_only=True, tag="batch"):
    """Listings that are brought up to date together.

    Attributes:
        fields: What of them, names out of ``LISTING_FIELDS``.
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

    @property
    def failed(self) -> tuple[ListingTask, ...]:
        """Return the tasks that could not be done."""
        return tuple(task for task in self.tasks if task.message)

    @property
    def pending(self) -> int:
        """Return how many tasks are still to be looked at."""
        return sum(not task.is_done for task in self.tasks)
