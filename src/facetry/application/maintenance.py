"""Keeping derived things right: compare them with what they are derived from, derive them anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress

import msgspec

from facetry.application.content_digest import ContentDigest
from facetry.application.relay import ChangeRelay
from facetry.domain.errors import SettingError, TenantExistsError
from facetry.domain.fault import Fault
from facetry.domain.group import ProductGroup
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.mending import Mending
from facetry.ports.search_index import SearchIndex

PAGE = 500
ATTEMPTS = 20
"""A group is read so often until it stays the same while it is compared."""
ANNOUNCE_SECONDS = 0.02
_INDEX = "index"


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
        faults: What else is wrong, in the store and in the files of the index.
        digest: Of products, groups and records, the same where they are the same, on whichever server; one of a
            catalog that is written to meanwhile says nothing.
    """

    tenant: str
    groups: int
    products: int
    differences: tuple[Difference, ...]
    faults: tuple[Fault, ...] = ()
    digest: str = ""

    @property
    def is_good(self) -> bool:
        """Return whether nothing is wrong."""
        return not (self.differences or self.faults)


class RepairReport(msgspec.Struct, frozen=True):
    """What a repair found, what it did, and what is left.

    Attributes:
        tenant: Whose.
        found: How it was before.
        done: What was done, in words.
        left: How it is now.
    """

    tenant: str
    found: VerifyReport
    done: tuple[str, ...]
    left: VerifyReport


IndexCheck = Callable[[str], Awaitable[Sequence[Fault]]]
"""Looks whether the files of a tenant's index are as they were written."""


async def _no_files(_: str) -> Sequence[Fault]:
    return ()


class Maintenance:
    """The use cases of an operator, for the process that keeps store and index."""

    def __init__(
        self,
        store: CatalogStore,
        index: SearchIndex | None,
        relay: ChangeRelay,
        mending: Mending,
        index_check: IndexCheck = _no_files,
    ) -> None:
        """Compare and rebuild an index that a relay keeps up with a store, and what the store itself derives.

        None is the index of a process that has none: where each server has its own, only that one can look at it.
        """
        self._store = store
        self._index = index
        self._relay = relay
        self._mending = mending
        self._index_check = index_check

    async def verify(self, tenant: str) -> VerifyReport:
        """Compare every group of the index with its derivation in the store, while both go on changing, and the rest.

        A difference may be a write that came between the two readings, so what differs is compared again. An index
        whose files are damaged is not compared, and nothing is with a store that has lost documents.
        """
        faults = await self._mending.faults(tenant)
        if not all(fault.mendable for fault in faults):
            products, groups = await self._store.counts(tenant)
            return VerifyReport(tenant, groups, products, (), tuple(faults))
        await self._relay.reach(tenant)
        index, of_index = self._index, await self._index_check(tenant)
        suspects: set[str] = set()
        groups = products = 0
        digest = ContentDigest()
        is_compared = index is not None and not of_index
        indexed_pages = self._pages(index.groups_after, tenant) if index and not of_index else _nothing()
        async for stored, indexed in _merged(self._pages(self._store.groups_after, tenant), indexed_pages):
            if stored is not None:
                groups += 1
                products += len(stored.products)
                digest.add_group(stored)
            if stored != indexed and is_compared:
                suspects.update(group.group_id for group in (stored, indexed) if group is not None)
        differences = [d for group_id in sorted(suspects) if (d := await self._difference(tenant, group_id))]
        text = await digest.with_records(self._store, tenant)
        return VerifyReport(tenant, groups, products, tuple(differences), (*faults, *of_index), text)

    async def repair(self, tenant: str) -> RepairReport:
        """Derive anew what ``verify`` finds wrong, while reads and writes go on, and empty the caches everywhere.

        Raises:
            StoreError: The store failed.
        """
        found = await self.verify(tenant)
        of_store = [fault for fault in found.faults if fault.part != _INDEX]
        still = await self._mending.mend(tenant) if of_store else ()
        mended = len(of_store) - len(still)
        done = [f"mended {mended} {'fault' if mended == 1 else 'faults'} of the store"] if of_store else []
        if not found.is_good and not still:
            done += await self._indexed_anew(tenant)
        await self._empty_caches(tenant)
        done.append("emptied the caches")
        return RepairReport(tenant, found, tuple(done), await self.verify(tenant))

    async def _indexed_anew(self, tenant: str) -> list[str]:
        if self._index is None:
            return []
        await self._relay.rebuild(tenant)
        await self._index.checkpoint(tenant)
        return ["built the index anew"]

    async def shared_faults(self) -> Sequence[Fault]:
        """Return what is wrong with what belongs to all tenants or to none."""
        return await self._mending.shared_faults()

    async def repair_shared(self) -> Sequence[Fault]:
        """Mend that, and return what is wrong still."""
        return await self._mending.mend_shared()

    async def _empty_caches(self, tenant: str) -> None:
        """Have every process forget what it keeps of a tenant: they do so when its record is another one."""
        record = await self._store.tenant(tenant)
        # Where somebody else has just replaced it, that was enough.
        with suppress(TenantExistsError):
            if record is not None:
                await self._store.replace_tenant(record)

    async def reindex(self, tenant: str) -> int:
        """Rebuild a tenant's index from the store while searches go on, and return its revision.

        Raises:
            SettingError: Each server has an index of its own.
        """
        if self._index is None:
            raise SettingError("each server has an index of its own, which follows the store; nothing to build here")
        return await self._relay.rebuild(tenant)

    async def _difference(self, tenant: str, group_id: str) -> Difference | None:
        stored: ProductGroup | None = None
        indexed: ProductGroup | None = None
        for _ in range(ATTEMPTS):
            before = await self._store.group(tenant, group_id)
            # A commit can be read a moment before the store announces it.
            await asyncio.sleep(ANNOUNCE_SECONDS)
            await self._relay.reach(tenant)
            indexed = await self._index.group(tenant, group_id) if self._index else None
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


async def _nothing() -> AsyncIterator[ProductGroup]:
    none: tuple[ProductGroup, ...] = ()
    for group in none:
        yield group


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
