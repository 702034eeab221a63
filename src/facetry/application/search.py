"""Search: answers that hold everything committed before they were asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import TypeVar

from facetry.application.fair_use import FairUse
from facetry.application.relay import ChangeRelay
from facetry.domain.errors import IndexBehindError, IndexDamagedError, RevisionNotReachedError, SearchTimeoutError
from facetry.domain.field_query import FieldQuery
from facetry.domain.field_result import FieldResult
from facetry.domain.search.fields import AttributeDefinition, Schema
from facetry.domain.search.filters import Filter
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.kept_facets import KeptFacets
from facetry.domain.search.result import SearchResult
from facetry.domain.search.suggestions import Suggestions, SuggestQuery
from facetry.domain.tenant import TenantSettings
from facetry.ports.search_index import SearchIndex

MAX_SCHEMAS = 10_000
T = TypeVar("T")


class Search:
    """The use cases of searching."""

    def __init__(
        self,
        index: SearchIndex,
        relay: ChangeRelay,
        max_schemas: int = MAX_SCHEMAS,
        *,
        fair_use: FairUse | None = None,
    ) -> None:
        """Search an index that a relay keeps up; the fields of ``max_schemas`` tenants are remembered.

        Tenants may search as much as is fair, if that is said.
        """
        self._fair_use = fair_use
        self._max_schemas = max_schemas
        self._index = index
        self._relay = relay
        self._kept_facets = KeptFacets()
        self._schemas: dict[str, tuple[tuple[AttributeDefinition, ...], Schema]] = {}

    @property
    def is_semantic(self) -> bool:
        """Return whether searches can look at what words mean, see ``SearchRules.semantic``."""
        return self._index.capabilities.semantic

    @property
    def is_exact(self) -> bool:
        """Return whether scores and their parts are exactly those of ``domain.search.ranking``."""
        return self._index.capabilities.exact_relevance

    async def match(self, tenant: str, query: FieldQuery) -> FieldResult:
        """Return what a query finds in everything that is committed now.

        Raises:
            QuotaExceededError: The tenant searches more than it may.
        """
        async with self._admitted(tenant):
            await self._relay.follow(tenant)
            return await self._found(tenant, lambda: self._index.match(tenant, query))

    async def search(
        self, tenant: str, query: SearchQuery, *, min_revision: int = 0, deadline: float | None = None
    ) -> SearchResult:
        """Return what a query of ``/v2`` finds in everything that is committed now.

        Args:
            tenant: Whose groups.
            query: What is asked.
            min_revision: What the answer must hold.
            deadline: The ``time.monotonic`` second after which nobody waits any more; None for no limit.

        Raises:
            SearchTimeoutError: The deadline passed first.
            RevisionNotReachedError: There is no such revision yet.
            IndexBehindError: The index could not be brought up in time.
            QuotaExceededError: The tenant searches more than it may.
        """
        async with self._admitted(tenant):
            await self._reach(tenant, deadline)
            if min_revision:
                await self._check_revision(tenant, min_revision, deadline)
            return await self._found(tenant, lambda: self._index.search(tenant, query, deadline), deadline)

    async def suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        """Return what to offer to someone who is still typing, from everything that is committed now.

        Raises:
            IndexBehindError: The index could not be brought up in time.
            QuotaExceededError: The tenant searches more than it may.
        """
        async with self._admitted(tenant):
            await self._reach(tenant, None)
            return await self._found(tenant, lambda: self._index.suggest(tenant, query))

    async def context(
        self, tenant: str, settings: TenantSettings, scope: Filter, deadline: float | None = None
    ) -> SearchContext:
        """Return under what a tenant's requests are read, its fields as they are now.

        Args:
            tenant: Whose requests.
            settings: The tenant's.
            scope: What the caller may see.
            deadline: As for ``search``.

        Raises:
            SearchTimeoutError: The deadline passed first.
            IndexBehindError: The index could not be brought up in time.
        """
        await self._reach(tenant, deadline)
        known = await self._found(tenant, lambda: self._index.known_fields(tenant), deadline)
        return SearchContext(
            schema=self.schema(tenant, settings),
            known=known.__contains__,
            rules=settings.rules,
            language=settings.language,
            currency=settings.currency,
            default_currency=settings.currency,
            scope=scope,
            kept_facets=self._kept_facets,
        )

    async def known_fields(self, tenant: str) -> frozenset[str]:
        """Return the full names of the attributes and properties of parts that the catalog has now."""
        await self._reach(tenant, None)
        return await self._found(tenant, lambda: self._index.known_fields(tenant))

    def schema(self, tenant: str, settings: TenantSettings) -> Schema:
        """Return the fields of a tenant with these settings."""
        definitions = settings.attributes
        kept = self._schemas.pop(tenant, None)
        if kept is None or (kept[0] is not definitions and kept[0] != definitions):
            kept = (definitions, Schema(definitions))
        self._schemas[tenant] = kept
        if len(self._schemas) > self._max_schemas:
            del self._schemas[next(iter(self._schemas))]
        return kept[1]

    @asynccontextmanager
    async def _admitted(self, tenant: str) -> AsyncIterator[None]:
        """Count a search and the work that it is, and wait for the tenant's turn."""
        if self._fair_use is None:
            yield
            return
        await self._fair_use.search(tenant, self._index)
        try:
            yield
        finally:
            await self._fair_use.searched(tenant, self._index)

    async def _found(self, tenant: str, ask: Callable[[], Awaitable[T]], deadline: float | None = None) -> T:
        """Return what the index says; where its part of the tenant is gone, after that was built anew."""
        try:
            return await ask()
        except IndexDamagedError:
            self._relay.miss(tenant)
            await self._reach(tenant, deadline)
            return await ask()

    async def _check_revision(self, tenant: str, revision: int, deadline: float | None) -> None:
        """Have the index hold a revision, which its writer perhaps could not confirm.

        Raises:
            RevisionNotReachedError: There is no such revision yet.
        """
        if revision > (last := await self._relay.settle(tenant)):
            raise RevisionNotReachedError(revision, last)
        with _in_time(deadline):
            await self._relay.hold(tenant, revision, _seconds_until(deadline))

    async def _reach(self, tenant: str, deadline: float | None) -> None:
        """Bring the index up to everything that is committed now."""
        with _in_time(deadline):
            await self._relay.prepare(tenant, _seconds_until(deadline))


def _seconds_until(deadline: float | None) -> float | None:
    return None if deadline is None else deadline - monotonic()


@contextmanager
def _in_time(deadline: float | None) -> Iterator[None]:
    """Say of an index that is behind, where the deadline has passed, that the search took too long."""
    try:
        yield
    except IndexBehindError as error:
        if deadline is not None and monotonic() >= deadline:
            raise SearchTimeoutError from error
        raise
