"""Reads answered before the router: what was answered to the same tenant and target before and is still true."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from facetry.application.relay import ChangeRelay
from facetry.http.cross_origin import CrossOrigin
from facetry.http.exchange import Credential, Session
from facetry.http.finish import Prepared
from facetry.http.invalidation import CacheInvalidation
from facetry.http.passage import Passage
from facetry.http.verified import VerifiedTokens
from facetry.ports.cache import Cache, CacheEntry
from facetry.telemetry.metrics import Metrics, RouteMeter

MAX_TARGETS = 20_000
MAX_TARGET_BYTES = 1024
"""A longer target is answered by the router each time: remembering it would cost more than it saves."""

Target = tuple[str, Credential, bytes, bytes]
"""Tenant, by what its caller was recognised, raw path and raw query."""


def target_of(session: Session, path: bytes, query: bytes) -> Target:
    """Return what a caller's read of a raw path and query is kept under."""
    return session.tenant, session.credential, path, query


class Kept:
    """A kept answer and what is logged and counted whenever it is sent."""

    __slots__ = ("cross_origin", "meters", "prepared", "route", "searches", "tenant")

    def __init__(
        self,
        tenant: str,
        route: str,
        prepared: Prepared,
        meters: dict[str, RouteMeter],
        cross_origin: CrossOrigin | None = None,
    ) -> None:
        """Keep an answer of a tenant.

        Args:
            tenant: Whose it is.
            route: The pattern of its route.
            prepared: The answer.
            meters: The route's, by method.
            cross_origin: Which pages of other origins may read it; None for none.
        """
        self.tenant = tenant
        self.route = route
        self.prepared = prepared
        self.searches = prepared.answer.searches
        self.meters = meters
        self.cross_origin = cross_origin


class Flight:
    """A read that the router is answering, and for which equal ones wait.

    Attributes:
        landed: Set at its end.
        is_shared: Whether it is worth waiting for the next one, should this one's answer not do.
    """

    __slots__ = ("is_shared", "landed")

    def __init__(self) -> None:
        """Begin."""
        self.landed = asyncio.Event()
        self.is_shared = True


class HotReads:
    """Find answers by tenant and raw target, and keep new ones.

    Attributes:
        looks: Whether what is found is true only after a ``look``.
    """

    def __init__(
        self,
        cache: Cache,
        invalidation: CacheInvalidation,
        tokens: VerifiedTokens,
        relay: ChangeRelay,
        metrics: Metrics,
        max_targets: int = MAX_TARGETS,
    ) -> None:
        """Keep answers in a cache.

        Args:
            cache: Where they lie; told by ``invalidation`` what became stale.
            invalidation: Tells whether an answer may still be put there.
            tokens: Tell whose a token is.
            relay: Knows whether anything changed that ``invalidation`` and ``tokens`` were not told of.
            metrics: Counts what is answered here.
            max_targets: How many targets are known at most.
        """
        self._cache = cache
        self._invalidation = invalidation
        self._relay = relay
        self._metrics = metrics
        self._max_targets = max_targets
        self._entries: OrderedDict[Target, CacheEntry] = OrderedDict()
        self._flights: dict[Target, Flight] = {}
        self._peek = tokens.peek
        self._is_settled = relay.is_settled
        self.looks = relay.looks
        metrics.gauge("facetry_cache_entries", lambda: len(cache))
        metrics.gauge("facetry_cache_bytes", lambda: cache.used_bytes)

    def __len__(self) -> int:
        """Return how many targets are known."""
        return len(self._entries)

    @property
    def generation(self) -> int:
        """Return a number to take before an answer is begun and to give to ``keep``."""
        return self._invalidation.generation

    def find(self, token: bytes, path: bytes, query: bytes) -> Kept | None:
        """Return the answer to a read if one is kept, nothing has changed since, and the token is known to be good."""
        session = self._peek(token)
        if session is None:
            return None
        tenant = session.tenant
        entry = self._entries.get((tenant, session.credential, path, query))
        if entry is None or not entry.fresh or not self._is_settled(tenant):
            return None
        entry.used = True
        # Nobody else puts into this cache.
        return entry.value  # type: ignore[return-value]

    def session(self, token: bytes) -> Session | None:
        """Return whose token this is, if that is known."""
        return self._peek(token)

    async def look(self, tenant: str) -> None:
        """Have the store learn what other machines did to a tenant."""
        await self._relay.look(tenant)

    async def settle(self, tenant: str) -> None:
        """Learn what changed of a tenant, so that what did not can be found."""
        if not self._is_settled(tenant):
            await self._relay.settle(tenant)

    def flight(self, target: Target) -> Flight | None:
        """Return the read of this target that is under way."""
        return self._flights.get(target)

    def depart(self, target: Target) -> Flight:
        """Note that the router begins to answer a target."""
        flight = self._flights[target] = Flight()
        return flight

    def land(self, target: Target, flight: Flight) -> None:
        """Wake up who waits."""
        del self._flights[target]
        flight.landed.set()

    def keep(self, passage: Passage, generation: int) -> None:
        """Keep the answer that the router gave, if it may be kept.

        Args:
            passage: The request, its exchange with session and answer.
            generation: As it was before the answer was begun.
        """
        scope, exchange, route = passage.scope, passage.exchange, passage.route
        answer, prepared, session = exchange.answer, exchange.prepared, exchange.session
        if answer is None or prepared is None or session is None or answer.cache_key is None:
            return
        path, query = scope["raw_path"], scope["query_string"]
        if len(path) + len(query) > MAX_TARGET_BYTES:
            return
        if self._invalidation.was_forgotten(session.tenant, generation):
            return
        entry = self._cache.get(session.tenant, answer.cache_key)
        if entry is None:
            entry = self._cache.put(
                session.tenant,
                answer.cache_key,
                Kept(session.tenant, route, prepared, self._meters(route), passage.cross_origin),
                size=prepared.size,
                tags=answer.tags,
                revision=answer.revision,
            )
        if entry.fresh:
            self._remember(target_of(session, path, query), entry)

    def _remember(self, target: Target, entry: CacheEntry) -> None:
        self._entries[target] = entry
        self._entries.move_to_end(target)
        while len(self._entries) > self._max_targets:
            self._entries.popitem(last=False)

    def _meters(self, route: str) -> dict[str, RouteMeter]:
        return {method: self._metrics.route(method, route) for method in ("GET", "HEAD")}
