"""The fields of a listing, and what answers say of listings and batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from facetry.api.client.record_fields import RecordField, RecordTable, shown_time
from facetry.api.client.values import id_number
from facetry.domain.channels import Channel, all_channels, channel_of
from facetry.domain.errors import InvalidValueError
from facetry.domain.listing import LISTING_FIELDS, Batch, BatchStatus, Listing, ListingStatus
from facetry.domain.money import price_to_number
from facetry.domain.record_values import choice, text, texts
from facetry.domain.trade_terms import numbers
from facetry.domain.trade_terms.plain import entries, identifier, long_text, unknown_field
from facetry.domain.trade_terms.prices import price

PRODUCT, SKU = "product_id", "sku"
CHANNEL = "A number or a name; 1000 eBay, 3000 Etsy, 3500 Amazon.com... see above."
LISTING_STATUSES = tuple(status.value for status in ListingStatus)
BATCH_STATUSES = tuple(status.value for status in BatchStatus)


def number_of(own: Sequence[Channel]) -> Callable[[str, object], int]:
    """Return the reader of a channel of a tenant, by number or name."""
    return lambda path, raw: channel_of(path, raw, own).number


def _price(path: str, raw: object) -> int:
    found = price(path, raw)
    if found.currency is not None:
        raise InvalidValueError(path, "must be a number alone; a listing has the currency of its product")
    return found.minor


@lru_cache(maxsize=256)
def listing_table(own: tuple[Channel, ...]) -> RecordTable:
    """Return the fields of a listing of a tenant with channels of its own."""
    return RecordTable(
        [
            RecordField("listing_id", "id", id_number, "integer", "Ours; changes that listing.", 0, ("id",)),
            RecordField(PRODUCT, PRODUCT, id_number, "integer", "The product; or `sku`."),
            RecordField(SKU, SKU, identifier, "text", "SKU of the product.", aliases=("catalog_code",)),
            RecordField("channel", "channel", number_of(own), "integer or text", CHANNEL),
            RecordField("account_id", "account_id", text, "text", "Your account on the channel.", ""),
            RecordField("external_id", "external_id", text, "text", "The channel's name of it, unique there.", ""),
            RecordField("status", "status", choice(*LISTING_STATUSES), "text", "Default `active`.", "active"),
            RecordField("price", "price", _price, "number", "What it costs there; empty: the product's price."),
            RecordField("quantity", "quantity", numbers.whole, "integer", "Pieces on offer; empty: the stock."),
            RecordField("url", "url", text, "text", "Where it is.", ""),
            RecordField("title", "title", text, "text", "Its title there.", ""),
            RecordField("description", "description", long_text, "text", "Its description there.", ""),
            RecordField("images", "images", texts, "list of texts", "URLs of its pictures.", ()),
        ],
        passed_over=("channel_name", "updated"),
    )


def shown(listing: Listing, own: Sequence[Channel]) -> dict[str, object]:
    """Return what answers say of a listing."""
    named = next((one.name for one in all_channels(own) if one.number == listing.channel), "")
    return {
        "id": listing.id,
        "listing_id": listing.id,
        PRODUCT: listing.product_id or None,
        SKU: listing.sku,
        "channel": listing.channel,
        "channel_name": named,
        "account_id": listing.account_id,
        "external_id": listing.external_id,
        "status": listing.status.value,
        "price": None if listing.price is None else price_to_number(listing.price),
        "quantity": listing.quantity,
        "url": listing.url,
        "title": listing.title,
        "description": listing.description,
        "images": [*listing.images],
    }


SHOWN = (
    *("listing_id", PRODUCT, SKU, "channel", "channel_name", "account_id", "external_id", "status", "price"),
    *("quantity", "url"),
)
"""What a search tells where it is not asked for more."""
MORE = (*SHOWN, "id", "title", "description", "images")
"""What it can tell."""


def shown_fields(path: str, raw: object) -> Sequence[str]:
    """Return the names of fields that a search asks for: a list, a text with commas, or ``all``.

    Raises:
        InvalidValueError: There is none of a name.
    """
    names = [
        numbers.text(path, one).lower() for one in (raw.split(",") if isinstance(raw, str) else entries(path, raw))
    ]
    if {"all", "*"} & set(names):
        return MORE
    return [_known(path, name, MORE) for name in names]


def updated_fields(path: str, raw: object) -> tuple[str, ...]:
    """Return the names of fields that a batch is to bring up to date.

    Raises:
        InvalidValueError: It can do that with no field of a name.
    """
    names = raw.split(",") if isinstance(raw, str) else entries(path, raw)
    return tuple(_known(path, numbers.text(path, name).lower(), LISTING_FIELDS) for name in names)


def shown_batch(batch: Batch) -> dict[str, object]:
    """Return what answers say of a batch."""
    failed = batch.failed
    return {
        "batch_id": batch.id,
        "status": batch.status.value,
        "total": len(batch.tasks),
        "done": len(batch.tasks) - batch.pending - len(failed),
        "failed": len(failed),
        "pending": batch.pending,
        "fields": [*batch.fields],
        "created": shown_time(batch.created),
        "errors": [
            {"listing_id": task.listing, PRODUCT: task.product or None, "message": task.message} for task in failed
        ],
    }


def _known(path: str, name: str, names: Sequence[str]) -> str:
    if name not in names:
        hint = unknown_field(path, name, names).message.removeprefix("is no field here")
        raise InvalidValueError(path, f"has no {name[:40]!r}" + (hint or f"; there is {', '.join(names)}"))
    return name
