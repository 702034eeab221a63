"""Lists of records as people page through them: newest or oldest first, found by words and filters.

Words are looked for by going through records, so one page looks at a bounded number of them; where that was not enough
to fill it, the page says so and the next one goes on behind the last record that was looked at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from facetry.application.records import PAGE, Records
from facetry.application.turns import Turns
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey

LOOKED_AT = 1_000
"""So many records a page looks at at most."""
Test = Callable[[Any], bool]


class RecordQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which records a list is to have.

    Attributes:
        keys: By which records are found at once; they come first, if they pass ``tests``.
        link: Only those that name it; empty for all.
        tests: What must be so of each.
        words: What must be so beside that of each that is not found by a key; None for nothing.
    """

    keys: tuple[RecordKey, ...] = ()
    link: str = ""
    tests: tuple[Test, ...] = ()
    words: Test | None = None

    def passes(self, record: Record) -> bool:
        """Return whether a record may be in the list, whatever its words."""
        return (not self.link or self.link in record.links) and all(test(record) for test in self.tests)

    def fits(self, record: Record) -> bool:
        """Return whether a record is in the list."""
        return all(test(record) for test in self.tests) and (self.words is None or self.words(record))


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page of a list lies.

    Attributes:
        at: Id of the record next to the page, which is not in it; 0 for the beginning.
        goes_back: Whether the page ends before that record, not begins behind it.
        oldest_first: The order of the list.
        limit: How many records the page has at most.
    """

    at: int = 0
    goes_back: bool = False
    oldest_first: bool = False
    limit: int = 50

    @property
    def ascends(self) -> bool:
        """Return whether the page is read by ascending ids."""
        return self.oldest_first is not self.goes_back

    @property
    def beside(self) -> int:
        """Return ``at`` of the page that ends, or begins, with the record next to this one."""
        return self.at - 1 if self.oldest_first is self.goes_back else self.at + 1


class _Found(msgspec.Struct, frozen=True):
    """Records that are wanted, and behind which one others are to be looked at; 0 for behind none."""

    records: tuple[Record, ...]
    last: int = 0


class RecordPage(msgspec.Struct, frozen=True):
    """A page of a list.

    Attributes:
        records: In the order of the list.
        following: ``at`` of the next page; 0 where there is none.
        preceding: ``at`` of the page before; 0 where there is none, or none that is known of.
        is_cut: Whether so many were looked at that the page ended before it was full.
    """

    records: tuple[Record, ...]
    following: int = 0
    preceding: int = 0
    is_cut: bool = False


def page_of(records: Sequence[Record], place: Place) -> RecordPage:
    """Return a page of a list that is there as a whole.

    Args:
        records: Ascending by id.
        place: Where the page lies.
    """
    ordered = records if place.oldest_first else records[::-1]
    # Behind how many of the list the record at the place stands, though that one may have gone by now.
    before = [record for record in ordered if _is_before(record, place)] if place.at else []
    if place.goes_back:
        start = max(0, len(before) - place.limit)
    else:
        start = len(before) + any(record.id == place.at for record in ordered)
    shown = tuple(ordered[start : start + place.limit])
    following = shown[-1].id if start + len(shown) < len(ordered) and shown else 0
    return RecordPage(shown, following=following, preceding=shown[0].id if start and shown else 0)


def _is_before(record: Record, place: Place) -> bool:
    return record.id < place.at if place.oldest_first else record.id > place.at


class RecordLists:
    """The use case of paging through records."""

    def __init__(self, records: Records, looked_at: int = LOOKED_AT) -> None:
        """Read records, so many for a page at most."""
        self._records = records
        self._looked_at = looked_at

    async def page(self, tenant: str, kind: RecordKind, query: RecordQuery, place: Place) -> RecordPage:
        """Return a page of the records of a kind that a query asks for."""
        named = await self._named(tenant, kind, query)
        found = await self._looked_for(tenant, kind, query, place, frozenset(one.id for one in named))
        shown, is_full = found.records[: place.limit], len(found.records) > place.limit
        more = shown[-1].id if is_full else found.last
        if not place.goes_back:
            first = () if place.at else named
            preceding = 0 if not place.at else shown[0].id if shown else place.beside
            return RecordPage((*first, *shown), following=more, preceding=preceding, is_cut=bool(more) and not is_full)
        if not more:
            # The beginning of the list is not as long as its other pages, and what was added to it is news.
            return await self.page(tenant, kind, query, msgspec.structs.replace(place, at=0, goes_back=False))
        following = shown[0].id if shown else place.beside
        return RecordPage(shown[::-1], following=following, preceding=more, is_cut=not is_full)

    async def _named(self, tenant: str, kind: RecordKind, query: RecordQuery) -> tuple[Record, ...]:
        """Return the records that the keys of a query name, each once."""
        found = await self._records.find(tenant, kind, query.keys)
        by_id = {record.id: record for record in found if record is not None and query.passes(record)}
        return tuple(by_id.values())

    async def _looked_for(
        self, tenant: str, kind: RecordKind, query: RecordQuery, place: Place, known: frozenset[int]
    ) -> _Found:
        """Return the records of a page and one more, but for those that are known already."""
        kept: list[Record] = []
        looked_at = last = 0
        turns = Turns()
        async for record in self._each(tenant, kind, query, place):
            if looked_at == self._looked_at:
                return _Found(tuple(kept), last)
            if record.id not in known and query.fits(record):
                kept.append(record)
            if len(kept) > place.limit:
                break
            looked_at, last = looked_at + 1, record.id
            await turns.give()
        return _Found(tuple(kept))

    async def _each(self, tenant: str, kind: RecordKind, query: RecordQuery, place: Place) -> AsyncIterator[Record]:
        """Yield records from a place on, page by page while others write."""
        read = self._records.after if place.ascends else self._records.before
        size = PAGE if query.tests or query.words else place.limit + len(query.keys) + 1
        last = place.at
        while page := await read(tenant, kind, last, size, query.link):
            for record in page:
                yield record
            last = page[-1].id
            if len(page) < size:
                return
