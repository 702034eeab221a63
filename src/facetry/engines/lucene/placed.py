"""A search index divided into several: each tenant is in one of them, all of them on one cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from facetry.domain.change import Delta
from facetry.domain.field_query import FieldQuery
from facetry.domain.field_result import FieldResult
from facetry.domain.group import ProductGroup
from facetry.domain.placement import OWN_PREFIX, SHARED, Placement, own_index
from facetry.domain.search.fields import Attributes
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.suggestions import Suggestions, SuggestQuery
from facetry.engines.lucene.cluster import Cluster
from facetry.engines.lucene.driver import Driver
from facetry.engines.lucene.mapping import DEFAULT_SHARDS, FORMAT
from facetry.engines.lucene.search_index import LuceneSearchIndex
from facetry.ports.index_placements import IndexPlacements

_HERE = Placement()


class _Names(NamedTuple):
    """How indexes are called on the cluster."""

    prefix: str

    def of(self, index: str) -> str:
        return f"{self.prefix}-at-{index}" if index else self.prefix

    @property
    def pattern(self) -> str:
        return f"{self.prefix}-at-*-groups-{FORMAT}"

    def index_of(self, alias: str) -> str:
        return alias.removeprefix(f"{self.prefix}-at-").removesuffix(f"-groups-{FORMAT}")


class PlacedSearchIndex:
    """Send each call to the index that its tenant is in; see ``SearchIndex`` and ``IndexPlacements``.

    A tenant that moves is searched in the index that it comes from, while changes are written to both.

    Attributes:
        capabilities: Those of each index.
        placements: This one.
    """

    def __init__(self, driver: Driver, prefix: str, *, shards: int = DEFAULT_SHARDS) -> None:
        """Use the indexes of a cluster whose names begin with ``prefix``, each made with so many shards."""
        self._driver = driver
        self._names = _Names(prefix)
        self._shards = shards
        self._indexes: dict[str, LuceneSearchIndex] = {}
        self._placed: dict[str, Placement] = {}
        self.placements: IndexPlacements | None = self
        self.capabilities = self.at(SHARED).capabilities

    def at(self, index: str, shards: int | None = None) -> LuceneSearchIndex:
        """Return an index; that it is there is not looked at."""
        known = self._indexes.get(index)
        if known is None:
            known = LuceneSearchIndex(self._driver, self._names.of(index), shards=shards or self._shards)
            self._indexes[index] = known
        return known

    # --- Where tenants are --------------------------------------------------------------------------------------

    def place(self, tenant: str, placement: Placement) -> None:
        """See ``IndexPlacements``."""
        if placement == _HERE:
            self._placed.pop(tenant, None)
        else:
            self._placed[tenant] = placement

    async def build(
        self,
        tenant: str,
        index: str,
        groups: AsyncIterator[Sequence[ProductGroup]],
        revision: int,
        language: str,
        attributes: Attributes,
    ) -> None:
        """See ``IndexPlacements``."""
        await self.at(index).rebuild(tenant, groups, revision, language, attributes=attributes)

    async def reached(self, tenant: str, index: str) -> int | None:
        """See ``IndexPlacements``."""
        return await self.at(index).revision(tenant)

    async def ensure(self) -> None:
        """Make the index that all tenants begin in where it is not there."""
        await self.at(SHARED).ensure()

    async def prepare(self, tenant: str, index: str, shards: int | None = None) -> None:  # noqa: ARG002 - the port's
        """See ``IndexPlacements``."""
        await self.at(index, shards).ensure()

    async def leave(self, tenant: str, index: str) -> None:
        """See ``IndexPlacements``."""
        if index == own_index(tenant):
            self._indexes.pop(index, None)
            await Cluster(self._driver, f"{self._names.of(index)}-groups-{FORMAT}").drop()
        else:
            await self.at(index).forget(tenant)

    # --- What each index does -----------------------------------------------------------------------------------

    async def revision(self, tenant: str) -> int | None:
        """See ``SearchIndex``; of a tenant that moves the one up to which both indexes are."""
        found = await self._home(tenant).revision(tenant)
        coming = await self._coming(tenant)
        return found if found is None or coming is None else min(found, coming[1])

    async def apply(self, tenant: str, delta: Delta, language: str, *, attributes: Attributes = ()) -> None:
        """See ``SearchIndex``."""
        indexes = [self._home(tenant)]
        if (coming := await self._coming(tenant)) is not None:
            indexes.append(coming[0])
        await asyncio.gather(*(index.apply(tenant, delta, language, attributes=attributes) for index in indexes))

    async def rebuild(
        self,
        tenant: str,
        groups: AsyncIterator[Sequence[ProductGroup]],
        revision: int,
        language: str,
        *,
        attributes: Attributes = (),
    ) -> None:
        """See ``SearchIndex``; the index that a tenant moves to builds itself anew from what it holds."""
        await self._home(tenant).rebuild(tenant, groups, revision, language, attributes=attributes)

    async def match(self, tenant: str, query: FieldQuery) -> FieldResult:
        """See ``SearchIndex``."""
        return await self._home(tenant).match(tenant, query)

    async def search(self, tenant: str, query: SearchQuery, deadline: float | None = None) -> SearchResult:
        """See ``SearchIndex``."""
        return await self._home(tenant).search(tenant, query, deadline)

    async def suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        """See ``SearchIndex``."""
        return await self._home(tenant).suggest(tenant, query)

    def worked(self, tenant: str) -> float:
        """See ``SearchIndex``."""
        return sum(index.worked(tenant) for index in self._indexes.values())

    async def known_fields(self, tenant: str) -> frozenset[str]:
        """See ``SearchIndex``."""
        return await self._home(tenant).known_fields(tenant)

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """See ``SearchIndex``."""
        return await self._home(tenant).groups_after(tenant, group_id, limit)

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """See ``SearchIndex``."""
        return await self._home(tenant).group(tenant, group_id)

    async def parked(self, tenant: str) -> dict[str, str]:
        """Return what the engine said of groups that it refused, by id."""
        return await self._home(tenant).parked(tenant)

    async def checkpoint(self, tenant: str) -> int:
        """See ``SearchIndex``."""
        return await self._home(tenant).checkpoint(tenant)

    async def forget(self, tenant: str) -> None:
        """See ``SearchIndex``; wherever a tenant was placed, its own index goes with it."""
        self._placed.pop(tenant, None)
        names = await Cluster(self._driver, self._names.prefix).aliases(self._names.pattern)
        others = [self._names.index_of(alias) for alias in names]
        theirs = {one for one in others if not one.startswith(OWN_PREFIX) or one == own_index(tenant)}
        await asyncio.gather(*(self.leave(tenant, index) for index in sorted(theirs)))
        await self.at(SHARED).forget(tenant)

    async def close(self) -> None:
        """See ``SearchIndex``."""
        for index in self._indexes.values():
            await index.close()

    def _home(self, tenant: str) -> LuceneSearchIndex:
        return self.at(self._placed.get(tenant, _HERE).home)

    async def _coming(self, tenant: str) -> tuple[LuceneSearchIndex, int] | None:
        """Return the index that a tenant moves to and how far it is; None where there is none, or not all is in it."""
        coming = self._placed.get(tenant, _HERE).coming
        if coming is None:
            return None
        reached = await self.at(coming).revision(tenant)
        return None if reached is None else (self.at(coming), reached)
