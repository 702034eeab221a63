"""Gemstones, listings, batches, orders, clients and sales: read them as they are now.

They are written together with products, see ``catalog``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from facetry.domain.errors import RecordNotFoundError
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.ports.catalog_store import CatalogStore

PAGE = 500


class Records:
    """The use cases of reading records."""

    def __init__(self, store: CatalogStore) -> None:
        """Read from a store."""
        self._store = store

    async def one(self, tenant: str, kind: RecordKind, key: RecordKey) -> Record:
        """Return a record.

        Raises:
            RecordNotFoundError: There is none with this key.
        """
        (record,) = await self.find(tenant, kind, (key,))
        if record is None:
            raise RecordNotFoundError(kind.value, str(key))
        return record

    async def find(self, tenant: str, kind: RecordKind, keys: Sequence[RecordKey]) -> Sequence[Record | None]:
        """Return the records with these keys, in their order; None for each that is not there."""
        # Asked for page by page, and each once, a list of many keys holds nobody up for long.
        wanted = list(dict.fromkeys(keys))
        found: dict[RecordKey, Record | None] = {}
        for start in range(0, len(wanted), PAGE):
            page = wanted[start : start + PAGE]
            found.update(zip(page, await self._store.records(tenant, kind, page), strict=True))
            if start:
                await asyncio.sleep(0)
        return [found[key] for key in keys]

    async def after(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records whose id is greater, ascending; with a link those that name it."""
        return await self._store.records_after(tenant, kind, record_id, limit, link)

    async def before(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records whose id is less, descending, from the newest where that is 0."""
        return await self._store.records_before(tenant, kind, record_id, limit, link)

    async def each(self, tenant: str, kind: RecordKind, link: str = "") -> AsyncIterator[Record]:
        """Yield all records of a kind, ascending by id, page by page while others write; with a link those of it."""
        last = 0
        while page := await self.after(tenant, kind, last, PAGE, link):
            for record in page:
                yield record
            last = page[-1].id
            await asyncio.sleep(0)
