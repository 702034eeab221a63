"""What a merchant sees first: how much there is, what is nearly sold out, what is searched, and what changed last."""

from __future__ import annotations

import msgspec

from facetry.application.asked_queries import Days
from facetry.application.product_history import change_of
from facetry.application.search import Search
from facetry.domain.journal import HistoryLine, LineQuery
from facetry.domain.product import Product
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import And, Has
from facetry.domain.search.query import CountLevel, RangesFacet, SearchQuery, SortByField
from facetry.domain.search.result import RangesResult, SearchResult
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

LOW_STOCK = 3
"""Of a product with so many pieces or fewer it is said that it is nearly sold out."""
_QUANTITY = BUILT_IN["quantity"]
_FACET = "quantity"
_SCARCE = And((Has(BUILT_IN["active"], ranges=((1, 1),)), Has(_QUANTITY, ranges=((0, LOW_STOCK),))))


class Size(msgspec.Struct, frozen=True):
    """How many products and groups a catalog has."""

    products: int
    groups: int


class StockAlerts(msgspec.Struct, frozen=True):
    """Which active products are sold out, or will be soon.

    Attributes:
        sold_out: How many have no piece.
        low: How many have a piece, but not more than ``LOW_STOCK``.
        examples: Some of them, those with the fewest pieces first, of different groups.
    """

    sold_out: int
    low: int
    examples: tuple[Product, ...]


class SearchStep(msgspec.Struct, frozen=True):
    """How many searches there were in an hour or day, and how many found nothing; ``time`` is when it begins."""

    time: int
    searches: int
    empty: int


class RecentChange(msgspec.Struct, frozen=True):
    """A change of a product.

    Attributes:
        line: Who changed it, when and why.
        name: What the product is called now, or was called last; empty where nobody knows.
        is_there: Whether there is such a product now.
    """

    line: HistoryLine
    name: str
    is_there: bool


class Overview:
    """The use cases of whoever wants to know how things stand."""

    def __init__(self, store: CatalogStore, search: Search, journal: Journal, clock: Clock) -> None:
        """Look at a catalog, at what is found in it, and at what happened."""
        self._store = store
        self._search = search
        self._journal = journal
        self._clock = clock

    async def size(self, tenant: str) -> Size:
        """Return how much there is now.

        Raises:
            StoreError: The store cannot be read.
        """
        return Size(*await self._store.counts(tenant))

    async def stock(self, tenant: str, examples: int, deadline: float | None = None) -> StockAlerts:
        """Return which active products are sold out or will be soon, exactly as things are now.

        Args:
            tenant: Whose products.
            examples: How many products to tell at most.
            deadline: The ``time.monotonic`` second after which nobody waits any more; None for no limit.

        Raises:
            SearchTimeoutError: The deadline passed first.
            IndexBehindError: The index could not be brought up in time.
            QuotaExceededError: The tenant searches more than it may.
        """
        query = SearchQuery(
            filter=_SCARCE,
            facets=(_SCARCE_FACET,),
            sort=(SortByField(_QUANTITY),),
            limit=examples,
            matched_products=1,
        )
        return _alerts(await self._search.search(tenant, query, deadline=deadline))

    async def searches(self, tenant: str, days: Days) -> tuple[SearchStep, ...]:
        """Return how often was searched, hour by hour or day by day up to now; of one without searches too.

        Raises:
            StoreError: The journal cannot be read.
        """
        now = self._clock.now()
        sums = await self._journal.sums(tenant, days.kind, days.span(now), days.step_seconds)
        numbers = {one.time: one.numbers for one in sums}
        return tuple(SearchStep(time, *numbers.get(time, (0, 0))[:2]) for time in days.beginnings(now))

    async def changes(self, tenant: str, limit: int) -> tuple[RecentChange, ...]:
        """Return the last changes of products, newest first.

        Raises:
            StoreError: The journal or the store cannot be read.
        """
        found = await self._journal.lines(tenant, HistoryLine, LineQuery(limit=limit))
        products = await self._store.products(tenant, list({one.line.id for one in found}))
        return tuple(_change(one.line, products.get(one.line.id)) for one in found)


_SCARCE_FACET = RangesFacet(_FACET, _QUANTITY, ((0, 0), (1, LOW_STOCK)), level=CountLevel.PRODUCT, own_filter=True)


def _alerts(result: SearchResult) -> StockAlerts:
    counts = result.facets[_FACET]
    assert isinstance(counts, RangesResult)  # noqa: S101 - a facet of ranges is answered by ranges
    sold_out, low = (one.count for one in counts.ranges)
    return StockAlerts(sold_out, low, tuple(hit.matched[0] for hit in result.hits))


def _change(line: HistoryLine, now: Product | None) -> RecentChange:
    change = change_of(line)
    known = now or change.after or change.before
    return RecentChange(line, known.name if known else "", now is not None)
