"""Giving records out: those that a filter chooses, read page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from facetry.api.client.order_filters import RecordFilter
from facetry.application.records import Records
from facetry.domain.order import Client, Order
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey


async def chosen(records: Records, tenant: str, kind: RecordKind, wanted: RecordFilter) -> Sequence[Record]:
    """Return the records of a kind that a filter chooses, ascending by id, or in the order in which it names them."""
    found: list[Record] = []
    skipped = 0
    async for record in _candidates(records, tenant, kind, wanted):
        if not wanted.fits(record):
            continue
        if skipped < wanted.offset:
            skipped += 1
            continue
        found.append(record)
        if len(found) == wanted.limit:
            break
    return found


async def clients_of(records: Records, tenant: str, orders: Iterable[Order]) -> dict[int, Client]:
    """Return the clients of orders by id."""
    ids = sorted({order.client_id for order in orders} - {0})
    found = await records.find(tenant, RecordKind.CLIENT, [RecordKey(number) for number in ids])
    return {client.id: client for client in found if isinstance(client, Client)}


async def _candidates(records: Records, tenant: str, kind: RecordKind, wanted: RecordFilter) -> AsyncIterator[Record]:
    if wanted.keys is None:
        async for record in records.each(tenant, kind, wanted.link):
            yield record
        return
    seen: set[int] = set()
    for found in await records.find(tenant, kind, wanted.keys):
        if found is not None and found.id not in seen:
            seen.add(found.id)
            yield found
