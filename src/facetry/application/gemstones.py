"""Searching a tenant's gemstones: all of them are kept decoded, and what changes is read again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from facetry.application.records import PAGE, Records
from facetry.application.relay import ChangeRelay
from facetry.domain.change import Delta
from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_filter import GemstoneFilter
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey

MAX_KEPT = 400_000
"""So many gemstones of all tenants together are kept, those of the tenants that searched last; about 1 kB each."""
_SLICE = 2_000
"""So many are looked at before other requests get their turn."""


class _Shelf:
    """The gemstones of one tenant by id, ascending, and the ids of those that must be read again."""

    def __init__(self) -> None:
        self.stones: dict[int, Gemstone] = {}
        self.stale: set[int] = set()
        self.is_filled = False
        self.lock = asyncio.Lock()


class Gemstones:
    """Search gemstones; a listener of the relay, so that it knows what has changed."""

    def __init__(self, records: Records, relay: ChangeRelay, max_kept: int = MAX_KEPT) -> None:
        """Read records and hear of changes."""
        self._records = records
        self._relay = relay
        self._max_kept = max_kept
        self._shelves: dict[str, _Shelf] = {}
        relay.listen(self)

    async def find(self, tenant: str, wanted: GemstoneFilter) -> Sequence[Gemstone]:
        """Return the gemstones that a filter wants, as they are by now, ascending by id."""
        if wanted.keys is not None:
            return wanted.chosen(await self._named(tenant, wanted.keys))
        await self._relay.settle(tenant)
        stones = [*(await self._filled(tenant)).stones.values()]
        found: list[Gemstone] = []
        for start in range(0, len(stones), _SLICE):
            found += wanted.chosen(stones[start : start + _SLICE])
            await asyncio.sleep(0)
        return found

    def changed(self, tenant: str, delta: Delta) -> None:
        """Note which gemstones must be read again."""
        shelf = self._shelves.get(tenant)
        if shelf is not None:
            shelf.stale.update(number for kind, number in delta.records if kind is RecordKind.GEMSTONE)

    def forget(self, tenant: str) -> None:
        """Keep nothing of a tenant any more."""
        self._shelves.pop(tenant, None)

    async def _named(self, tenant: str, keys: Sequence[RecordKey]) -> Sequence[Gemstone]:
        found = {one.id: one for one in await self._records.find(tenant, RecordKind.GEMSTONE, keys) if one is not None}
        return [stone for number in sorted(found) if isinstance(stone := found[number], Gemstone)]

    async def _filled(self, tenant: str) -> _Shelf:
        """Return the shelf of a tenant with all that is committed by now; a write meanwhile may be on it or not."""
        shelf = self._shelves.pop(tenant, None) or _Shelf()
        self._shelves[tenant] = shelf
        async with shelf.lock:
            if not shelf.is_filled:
                await self._fill(tenant, shelf)
            while shelf.stale:
                await self._refresh(tenant, shelf)
        self._make_room(tenant)
        return shelf

    async def _fill(self, tenant: str, shelf: _Shelf) -> None:
        last = 0
        while page := await self._records.after(tenant, RecordKind.GEMSTONE, last, PAGE):
            shelf.stones.update((one.id, one) for one in page if isinstance(one, Gemstone))
            last = page[-1].id
            await asyncio.sleep(0)
        shelf.is_filled = True

    async def _refresh(self, tenant: str, shelf: _Shelf) -> None:
        """Read some of what has changed; a failure leaves all of it to be read the next time."""
        numbers = sorted(shelf.stale)[:PAGE]
        shelf.stale.difference_update(numbers)
        try:
            found = await self._records.find(tenant, RecordKind.GEMSTONE, [RecordKey(number) for number in numbers])
        except BaseException:
            shelf.stale.update(numbers)
            raise
        for number, record in zip(numbers, found, strict=True):
            if isinstance(record, Gemstone):
                shelf.stones[number] = record
            else:
                shelf.stones.pop(number, None)
        await asyncio.sleep(0)

    def _make_room(self, tenant: str) -> None:
        """Let go of what was searched longest ago, but for the tenant that searches now."""
        for name in [*self._shelves]:
            if name == tenant or _count(self._shelves.values()) <= self._max_kept:
                return
            del self._shelves[name]


def _count(shelves: Iterable[_Shelf]) -> int:
    return sum(len(shelf.stones) for shelf in shelves)
