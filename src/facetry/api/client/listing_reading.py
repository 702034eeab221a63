"""From what clients send of listings and batches to the writes and searches that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facetry.api.client.gemstone_searching import ids
from facetry.api.client.listing_fields import (
    BATCH_STATUSES,
    CHANNEL,
    LISTING_STATUSES,
    PRODUCT,
    SHOWN,
    SKU,
    listing_table,
    number_of,
    shown_fields,
    updated_fields,
)
from facetry.api.client.record_fields import Faults, RecordField, RecordTable
from facetry.api.client.values import id_number, keys_of
from facetry.domain.batching import QueueBatch
from facetry.domain.channels import Channel, sites_of
from facetry.domain.errors import FacetryError, InvalidFieldsError, InvalidValueError, MissingFieldsError
from facetry.domain.keeping import DeleteRecord
from facetry.domain.listing import LISTING_FIELDS, Batch, Listing, ListingStatus
from facetry.domain.offering import PutListing
from facetry.domain.patching import ProductKey
from facetry.domain.record import RecordKind
from facetry.domain.record_values import choice, text
from facetry.domain.records import RecordKey
from facetry.domain.trade_terms import numbers
from facetry.domain.trade_terms.plain import identifier, is_empty

Read = Callable[[str, object], object]
Test = Callable[[Listing], bool]
_IDS = ("listing_id", "id")


def several(read: Read) -> Read:
    """Return the reader of a list of values, one value, or a text with commas between them."""

    def all_of(path: str, raw: object) -> tuple[object, ...]:
        return tuple(read(path, one) for one in keys_of(path, raw))

    return all_of


def imported(raw: object, own: tuple[Channel, ...]) -> PutListing | FacetryError:
    """Return the write that stores a listing, or what is wrong with it."""
    faults = Faults()
    values = listing_table(own).read(raw, faults)
    listing_id = values.pop("id", 0)
    key = _product(values)
    if isinstance(raw, dict) and all(is_empty(raw.get(name)) for name in _IDS):
        faults.missing += _missing(raw)
    if (error := faults.error()) is not None:
        return error
    if values.get("channel", 1) is None:
        return InvalidFieldsError((("channel", "must not be empty"),))
    changes = {name: [*value] if isinstance(value, tuple) else value for name, value in values.items()}
    assert isinstance(listing_id, int)  # noqa: S101 - its reader gives nothing else
    return PutListing(changes, key, listing_id)


def _missing(raw: Mapping[str, object]) -> Iterator[str]:
    """Yield what a new listing lacks; one that its channel has named may be known, and needs no product then."""
    if is_empty(raw.get("channel")):
        yield "channel"
    if all(is_empty(raw.get(name)) for name in (PRODUCT, SKU, "catalog_code", "external_id")):
        yield PRODUCT


def removal(raw: object) -> DeleteRecord | FacetryError:
    """Return the write that removes a listing, or what is wrong with it."""
    value = next((raw[name] for name in _IDS if raw.get(name)), None) if isinstance(raw, dict) else raw
    if is_empty(value):
        return MissingFieldsError(("listing_id",))
    try:
        return DeleteRecord(RecordKind.LISTING, RecordKey(id_number("listing_id", value)))
    except InvalidValueError as error:
        return error


def queued(data: object, own: Sequence[Channel], now: float) -> QueueBatch:
    """Return the write that makes a batch.

    Raises:
        MissingFieldsError: Neither a product nor a listing is named.
        InvalidFieldsError: A value is not allowed.
    """
    raw = data if isinstance(data, dict) else {PRODUCT: data}
    values = _read(batch_table(own), raw)
    products = (*map(_by_id, values.get(PRODUCT) or ()), *(ProductKey(sku=one) for one in values.get(SKU) or ()))
    listings = values.get("listing_id") or ()
    if not products and not listings:
        raise MissingFieldsError((PRODUCT,))
    channels = frozenset[int]().union(*(sites_of(one, own) for one in values.get("channels") or ()))
    return QueueBatch(products, listings, tuple(sorted(channels)), values.get("fields") or LISTING_FIELDS, now)


@dataclass(frozen=True)
class ListingSearch:
    """A search for listings.

    Attributes:
        ids: Only these; empty for all.
        products: Only those of these; empty for all.
        tests: All of which must hold.
        fields: What is told of them.
        limit: How many; None for all.
        offset: How many of the first are left out.
    """

    ids: Sequence[int] = ()
    products: Sequence[ProductKey] = ()
    tests: Sequence[Test] = ()
    fields: Sequence[str] = SHOWN
    limit: int | None = None
    offset: int = 0

    def wants(self, listing: Listing) -> bool:
        """Return whether all tests hold."""
        return all(test(listing) for test in self.tests)


def search_of(data: object, own: Sequence[Channel]) -> ListingSearch:
    """Return what ``data`` asks for: an object of conditions, or ids of listings; nothing asks for all.

    Raises:
        InvalidFieldsError: It cannot be read.
    """
    raw = data if isinstance(data, dict) else {} if data is None else {"listing_id": data}
    values = {name: value for name, value in _read(search_table(own), raw).items() if value is not None}
    return ListingSearch(
        ids=values.get("ids", ()),
        products=(*map(_by_id, values.get(PRODUCT, ())), *(ProductKey(sku=one) for one in values.get(SKU, ()))),
        tests=tuple(_tests(values, own)),
        fields=values.get("fields", SHOWN),
        limit=values.get("limit"),
        offset=values.get("offset", 0),
    )


@dataclass(frozen=True)
class BatchSearch:
    """Which batches are asked for.

    Attributes:
        ids: These, each of which must be there; empty for all.
        statuses: Only those in one of these; empty for all.
        limit: How many, the last ones; None for all.
    """

    ids: Sequence[int] = ()
    statuses: Sequence[str] = ()
    limit: int | None = None

    def wants(self, batch: Batch) -> bool:
        """Return whether a batch is asked for."""
        return not self.statuses or batch.status.value in self.statuses


def batches_of(data: object) -> BatchSearch:
    """Return which batches ``data`` asks for: an object, or ids; nothing asks for all.

    Raises:
        InvalidFieldsError: It cannot be read.
    """
    raw = data if isinstance(data, dict) else {} if data is None else {"batch_id": data}
    values = {name: value for name, value in _read(BATCHES, raw).items() if value is not None}
    return BatchSearch(values.get("ids", ()), values.get("status", ()), values.get("limit"))


def search_table(own: Sequence[Channel]) -> RecordTable:
    """Return the keys of a search for listings."""
    return RecordTable(
        [
            RecordField("listing_id", "ids", ids, "integer or list", "Ours.", aliases=("id", "ids")),
            RecordField(PRODUCT, PRODUCT, ids, "integer or list", "Of these products."),
            RecordField(SKU, SKU, several(identifier), "text or list", "Of the products with these SKUs."),
            RecordField(
                "channel",
                "channel",
                several(number_of(own)),
                "integer, text or list",
                f"{CHANNEL} 1000 finds those of all eBay sites.",
                aliases=("channels",),
            ),
            RecordField("account_id", "account_id", several(text), "text or list", "Your account on the channel."),
            RecordField("external_id", "external_id", several(text), "text or list", "The channel's name of it."),
            RecordField("status", "status", several(choice(*LISTING_STATUSES)), "text or list", "active, scheduled..."),
            RecordField("limit", "limit", id_number, "integer", "How many; all where it is left out."),
            RecordField("offset", "offset", numbers.whole, "integer", "How many of the first are left out."),
            RecordField("fields", "fields", shown_fields, "list of texts", "What is told of each: names, or `all`."),
        ]
    )


BATCHES = RecordTable(
    [
        RecordField("batch_id", "ids", ids, "integer or list", "Which; all where it is left out.", aliases=("id",)),
        RecordField("status", "status", several(choice(*BATCH_STATUSES)), "text or list", "Only those in this one."),
        RecordField("limit", "limit", id_number, "integer", "How many, the last ones."),
    ]
)
"""The keys of a search for batches."""


def batch_table(own: Sequence[Channel]) -> RecordTable:
    """Return what a call that makes a batch may say."""
    return RecordTable(
        [
            RecordField(PRODUCT, PRODUCT, ids, "integer or list", "Products whose listings are brought up to date."),
            RecordField(SKU, SKU, several(identifier), "text or list", "Or their SKUs."),
            RecordField(
                "channels",
                "channels",
                several(number_of(own)),
                "list",
                f"Only on these. {CHANNEL}",
                aliases=("channel",),
            ),
            RecordField("listing_id", "listing_id", ids, "integer or list", "Only these listings of theirs."),
            RecordField(
                "fields",
                "fields",
                updated_fields,
                "list of texts",
                "Some of price, quantity, title, description, images; all where it is left out.",
            ),
        ]
    )


def _read(table: RecordTable, raw: Mapping[str, object]) -> dict[str, Any]:
    faults = Faults()
    values = table.read(raw, faults)
    if faults.invalid:
        raise InvalidFieldsError(tuple(faults.invalid))
    return values


def _by_id(product_id: int) -> ProductKey:
    return ProductKey(product_id)


def _product(values: dict[str, Any]) -> ProductKey | None:
    """Take the product out of values, and return its key."""
    product_id, sku = values.pop(PRODUCT, None), values.pop(SKU, None)
    return ProductKey(product_id or 0, sku or "") if product_id or sku else None


def _tests(values: Mapping[str, Any], own: Sequence[Channel]) -> Iterator[Test]:
    if (channels := values.get("channel")) is not None:
        numbers_of = frozenset[int]().union(*(sites_of(one, own) for one in channels))
        yield lambda listing: listing.channel in numbers_of
    if (statuses := values.get("status")) is not None:
        wanted = frozenset(map(ListingStatus, statuses))
        yield lambda listing: listing.status in wanted
    for name in ("account_id", "external_id"):
        if (texts := values.get(name)) is not None:
            yield _is_one_of(name, frozenset(texts))


def _is_one_of(name: str, wanted: frozenset[str]) -> Test:
    return lambda listing: getattr(listing, name) in wanted
