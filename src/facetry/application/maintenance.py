"""Keeping derived things right: compare the index with the store, rebuild it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import msgspec

from facetry.application.relay import ChangeRelay
from facetry.domain.group import ProductGroup
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.search_index import SearchIndex

PAGE = 500
ATTEMPTS = 20
"""A group is read so often until it stays the same while it is compared."""
ANNOUNCE_SECONDS = 0.02


class Difference(msgspec.Struct, frozen=True):
    """One group that store and index do not agree on; ``problem`` is missing, surplus or different."""

    group_id: str
    problem: str


class VerifyReport(msgspec.Struct, frozen=True):
    """The outcome of a comparison.

    Attributes:
        tenant: Whose index was compared.
        groups: Number of groups in the store.
        products: Number of products in them.
        differences: Every difference that stood when both were read again.
    """

    tenant: str
    groups: int
    products: int
    differences: tuple[Difference, ...]


class Maintenance:
    """The use cases of an operator."""

    def __init__(self, store: CatalogStore, index: SearchIndex, relay: ChangeRelay) -> None:
        """Compare and rebuild an index that a relay keeps up with a store."""
        self._store = store
        self._index = index
        self._relay = relay

    async def verify(self, tenant: str) -> VerifyReport:
        """Compare every group of the index with its derivation in the store, while both go on changing.

        A difference may be a write that came between the two readings, so what differs is compared again.
        """
        await self._relay.reach(tenant)
        groups = products = 0
        suspects: set[str] = set()
        async for stored, indexed in _merged(
            self._pages(self._store.groups_after, tenant), self._pages(self._index.groups_after, tenant)
        ):
            if stored is not None:
                groups += 1
                products += len(stored.products)
            if stored != indexed:
                suspects.update(group.group_id for group in (stored, indexed) if group is not None)
        differences = [d for group_id in sorted(suspects) if (d := await self._difference(tenant, group_id))]
        return VerifyReport(tenant, groups, products, tuple(differences))

    async def reindex(self, tenant: str) -> int:
        """Rebuild a tenant's index from the store while searches go on, and return its revision."""
        return await self._relay.rebuild(tenant)

    async def _difference(self, tenant: str, group_id: str) -> Difference | None:
        stored: ProductGroup | None = None
        indexed: ProductGroup | None = None
        for _ in range(ATTEMPTS):
            before = await self._store.group(tenant, group_id)
            # A commit can be read a moment before the store announces it.
            await asyncio.sleep(ANNOUNCE_SECONDS)
            await self._relay.reach(tenant)
            indexed = await self._index.group(tenant, group_id)
            stored = await self._store.group(tenant, group_id)
            if indexed in (before, stored):
                return None
            if before == stored:
                break
        problem = "missing" if indexed is None else "surplus" if stored is None else "different"
        return Difference(group_id, problem)

    @staticmethod
    async def _pages(
        read: Callable[[str, str, int], Awaitable[Sequence[ProductGroup]]], tenant: str
    ) -> AsyncIterator[ProductGroup]:
        last = ""
        while page := await read(tenant, last, PAGE):
            for group in page:
                yield group
            last = page[-1].group_id


async def _merged(
    left: AsyncIterator[ProductGroup], right: AsyncIterator[ProductGroup]
) -> AsyncIterator[tuple[ProductGroup | None, ProductGroup | None]]:
    """Pair two streams that ascend by group id; None stands for a group that the other one lacks."""
    a, b = await anext(left, None), await anext(right, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a.group_id < b.group_id):
            yield a, None
            a = await anext(left, None)
        elif a is None or b.group_id < a.group_id:
            yield None, b
            b = await anext(right, None)
        else:
            yield a, b
            a, b = await anext(left, None), await anext(right, None)
