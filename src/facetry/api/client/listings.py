"""The actions on listings and the batches that bring them up to date."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence

from facetry.api.client.action import Action, ActionCall, Category, DataNeed, FieldNote, Result
from facetry.api.client.dependencies import Dependencies
from facetry.api.client.errors import listed
from facetry.api.client.listing_fields import listing_table, shown, shown_batch
from facetry.api.client.listing_reading import (
    BATCHES,
    ListingSearch,
    batch_table,
    batches_of,
    imported,
    queued,
    removal,
    search_of,
    search_table,
)
from facetry.api.client.record_fields import notes, records_of
from facetry.api.client.written_records import write_each
from facetry.application.turns import Turns
from facetry.domain.channels import CHANNELS, Channel
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.keeping import Recorded, Removed
from facetry.domain.listing import Batch, Listing
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.tenant import Scope

LISTING = "listing"
"""Under which key the record of one import is repeated."""


class ListingActions:
    """Import, find and remove listings, and bring them up to date."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read from and write to a catalog."""
        self._catalog = dependencies.catalog
        self._records = dependencies.records
        self._clock = dependencies.clock

    async def bring_in(self, call: ActionCall) -> Result:
        """Store listings, new or known."""
        own = _channels(call)
        writes = (imported(raw, own) for raw in records_of(call.data))
        return listed(await write_each(self._catalog, call.tenant, writes, lambda effect: _told(effect, own)), LISTING)

    async def remove(self, call: ActionCall) -> Result:
        """Remove listings."""
        raws = [*call.data.split(",")] if isinstance(call.data, str) else records_of(call.data)
        return listed(await write_each(self._catalog, call.tenant, map(removal, raws), _removed))

    async def search(self, call: ActionCall) -> Result:
        """Find listings."""
        own = _channels(call)
        wish = search_of(call.data, own)
        found = [listing async for listing in self._found(call.tenant, wish) if wish.wants(listing)]
        end = None if wish.limit is None else wish.offset + wish.limit
        turns = Turns()
        told = []
        for listing in found[wish.offset : end]:
            record = shown(listing, own)
            told.append({name: record[name] for name in wish.fields})
            await turns.give()
        return Result(told)

    async def queue(self, call: ActionCall) -> Result:
        """Make a batch of the listings of products."""
        recorded = await self._catalog.do(call.tenant, queued(call.data, _channels(call), self._clock.now()))
        batch = _batch(recorded)
        told = {"batch_id": batch.id, "queued": len(batch.tasks), "status": batch.status.value}
        # Programs look for the id in the record as well as beside it.
        return Result([told], extra={"batch_id": batch.id, "queued": len(batch.tasks)})

    async def tell_batches(self, call: ActionCall) -> Result:
        """Tell how far batches are."""
        wish = batches_of(call.data)
        if wish.ids:
            return await self._named_batches(call.tenant, wish.ids)
        # A batch may have thousands of tasks: of each only what is told of it is kept.
        told: deque[dict[str, object]] = deque(maxlen=wish.limit)
        last = 0
        while page := await self._records.after(call.tenant, RecordKind.BATCH, last, _BATCHES):
            told.extend(shown_batch(one) for one in page if isinstance(one, Batch) and wish.wants(one))
            last = page[-1].id
            await asyncio.sleep(0)
        return Result([*told])

    async def _named_batches(self, tenant: str, ids: Sequence[int]) -> Result:
        found = await self._records.find(tenant, RecordKind.BATCH, [RecordKey(one) for one in ids])
        return listed(
            [
                shown_batch(one) if isinstance(one, Batch) else RecordNotFoundError("batch", str(number))
                for number, one in zip(ids, found, strict=True)
            ]
        )

    async def _found(self, tenant: str, wish: ListingSearch) -> AsyncIterator[Listing]:
        """Yield the listings that a search names, ascending by id; all where it names none."""
        if wish.ids:
            found = await self._records.find(
                tenant, RecordKind.LISTING, [RecordKey(one) for one in sorted(set(wish.ids))]
            )
            skus = await self._skus(tenant, wish)
            for one in found:
                if isinstance(one, Listing) and (not wish.products or one.sku in skus):
                    yield one
        elif wish.products:
            listings = [one for sku in await self._skus(tenant, wish) for one in await self._of(tenant, sku)]
            for one in sorted(listings, key=lambda listing: listing.id):
                yield one
        else:
            for one in await self._of(tenant, ""):
                yield one

    async def _of(self, tenant: str, link: str) -> list[Listing]:
        found = []
        last = 0
        while page := await self._records.after(tenant, RecordKind.LISTING, last, _PAGE, link):
            found += [one for one in page if isinstance(one, Listing)]
            last = page[-1].id
            await asyncio.sleep(0)
        return found

    async def _skus(self, tenant: str, wish: ListingSearch) -> Sequence[str]:
        """Return the SKUs of the products that a search names; one that is not there may still have had listings."""
        products = await self._catalog.find_products(tenant, wish.products)
        named = [one.sku if one is not None else key.sku for key, one in zip(wish.products, products, strict=True)]
        return list(dict.fromkeys(sku for sku in named if sku))


_PAGE = 250
"""So many are read before other requests get their turn."""
_BATCHES = 5
"""Likewise of batches, which are large."""


def _channels(call: ActionCall) -> tuple[Channel, ...]:
    return call.settings.client_api.channels


def _told(effect: object, own: Sequence[Channel]) -> object:
    assert isinstance(effect, Recorded)  # noqa: S101 - narrows the union for the type checker
    assert isinstance(effect.record, Listing)  # noqa: S101 - likewise
    return shown(effect.record, own) | {"created": effect.created}


def _removed(effect: object) -> object:
    assert isinstance(effect, Removed)  # noqa: S101 - narrows the union for the type checker
    return {"listing_id": effect.id}


def _batch(effect: object) -> Batch:
    assert isinstance(effect, Recorded)  # noqa: S101 - narrows the union for the type checker
    assert isinstance(effect.record, Batch)  # noqa: S101 - likewise
    return effect.record


_CHANNELS = ", ".join(f"{one.number} {one.name}" for one in CHANNELS)
_SAMPLE = {"product_id": 1, "channel": 3000, "account_id": "my-shop", "external_id": "1406512"}
_ANSWER = {
    "id": 1,
    "listing_id": 1,
    "product_id": 1,
    "sku": "R-1",
    "channel": 3000,
    "channel_name": "Etsy",
    "account_id": "my-shop",
    "external_id": "1406512",
    "status": "active",
    "price": 100,
    "quantity": 5,
}
_BATCH = {
    "batch_id": 1,
    "status": "success",
    "total": 3,
    "done": 3,
    "failed": 0,
    "pending": 0,
    "fields": ["price", "quantity"],
    "created": "2026-01-31T12:00:00Z",
    "errors": [],
}


def actions(dependencies: Dependencies) -> Sequence[Action]:
    """Return the actions on listings."""
    own = ListingActions(dependencies)
    return [
        Action(
            name="product_update_listings",
            category=Category.LISTINGS,
            about=(
                "Queues bringing listings of products up to date with them: price, quantity, title, description and "
                "images, or those of them that `fields` names. What is brought up to date is what is stored of a "
                "listing: Facetry calls no channel. Listings that have ended are passed over. The answer has "
                "`batch_id` and how many were queued; `batch_status` tells how it goes."
            ),
            handler=own.queue,
            scope=Scope.LISTINGS,
            need=DataNeed.MANDATORY,
            is_limited=True,
            fields=notes(batch_table(())),
            sample={"product_id": [1, 2], "channels": [3000], "fields": ["price", "quantity"]},
            answer=[{"batch_id": 1, "queued": 2, "status": "queued"}],
        ),
        Action(
            name="listing_import",
            category=Category.LISTINGS,
            about=(
                "Brings in listings, one or a list: a product's offers on accounts of sales channels. A new one offers "
                "what the product is now, where nothing else is said. With `listing_id`, or an `external_id` that the "
                f"account has already, that listing is changed: fields left out stay. Channels: {_CHANNELS}; the "
                "account's settings may add more."
            ),
            handler=own.bring_in,
            scope=Scope.LISTINGS,
            need=DataNeed.MANDATORY,
            fields=notes(listing_table(()), ("product_id", "channel")),
            sample=_SAMPLE,
            answer=[{**_ANSWER, "created": True}],
        ),
        Action(
            name="listing_search",
            category=Category.LISTINGS,
            about="Finds listings for which all keys hold, ascending by id; without `data` all. Also ids alone.",
            handler=own.search,
            scope=Scope.LISTINGS,
            fields=notes(search_table(())),
            sample={"product_id": 1, "status": "active"},
            answer=[{name: value for name, value in _ANSWER.items() if name != "id"}],
        ),
        Action(
            name="listing_delete",
            category=Category.LISTINGS,
            about="Removes listings here; on its channel nothing is touched.",
            handler=own.remove,
            scope=Scope.LISTINGS,
            need=DataNeed.MANDATORY,
            fields=(FieldNote("listing_id", "integer", "Ours; or a list, or `1,2,3`.", is_required=True),),
            sample=[1],
            answer=[{"listing_id": 1}],
        ),
        Action(
            name="batch_status",
            category=Category.LISTINGS,
            about=(
                "Tells how far batches are: `queued`, `in_progress`, `paused`, `success`, `warnings` (some listings "
                "could not be brought up to date), `errors` (none could) or `canceled`, with counts and what went "
                "wrong. Without `data` all of them, the oldest first."
            ),
            handler=own.tell_batches,
            scope=Scope.LISTINGS,
            fields=notes(BATCHES),
            sample={"batch_id": 1},
            answer=[_BATCH],
        ),
    ]
