"""Selections: the products that a search finds, all of them or those of some of its groups."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import msgspec

from facetry.application.search import Search
from facetry.domain.errors import InvalidValueError
from facetry.domain.product import Product
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import And, Has
from facetry.domain.search.query import SearchQuery, SortByField

MOST_PRODUCTS = 500_000
"""So many products can be selected at once: their SKUs are kept in memory."""
PAGE_PRODUCTS = 1_000
"""About so many products are read at a time."""
_FIRST_GROUPS = 10
_MOST_GROUPS = 200
_ALL_OF_A_GROUP = 1_000_000
_GROUP = BUILT_IN["group_id"]
_ROUNDS = 3


class Selection(msgspec.Struct, frozen=True):
    """Which products.

    Attributes:
        query: What they match.
        groups: Ids of the groups that they are of; none for all.
    """

    query: SearchQuery
    groups: tuple[str, ...] = ()


class SelectedCount(msgspec.Struct, frozen=True):
    """How many groups and products a selection has, at which revision."""

    revision: int
    groups: int
    products: int


class SelectedPage(msgspec.Struct, frozen=True):
    """Some products of a selection, all that match of each of their groups, as they were at a revision."""

    revision: int
    products: tuple[Product, ...]


class Selections:
    """The use cases of selections."""

    def __init__(self, search: Search, page_products: int = PAGE_PRODUCTS, most_products: int = MOST_PRODUCTS) -> None:
        """Select by searches, reading about ``page_products`` products at a time, and at least one group."""
        self._search = search
        self._page_products = page_products
        self._most = most_products

    async def count(self, tenant: str, selection: Selection) -> SelectedCount:
        """Return how much is selected now; raises what ``Search.search`` does."""
        result = await self._search.search(tenant, msgspec.structs.replace(_query(selection), limit=0))
        return SelectedCount(result.revision, result.total, result.total_products)

    async def pages(self, tenant: str, selection: Selection) -> AsyncGenerator[SelectedPage, None]:
        """Yield what is selected, page by page, ascending by group id; raises what ``Search.search`` does.

        Reading on while others write is safe: a group that is selected all the while comes exactly once.
        """
        query = msgspec.structs.replace(_query(selection), limit=min(_FIRST_GROUPS, self._page_products))
        while True:
            result = await self._search.search(tenant, query)
            products = tuple(product for hit in result.hits for product in hit.matched)
            if products:
                yield SelectedPage(result.revision, products)
            if len(result.hits) < query.limit:
                return
            # Groups may have one product or thousands; the next ones are taken to be like these.
            groups = self._page_products * query.limit // max(1, len(products))
            limit = max(1, min(groups, _MOST_GROUPS))
            query = msgspec.structs.replace(query, limit=limit, after=result.hits[-1].position)

    async def skus(self, tenant: str, selection: Selection) -> tuple[str, ...]:
        """Return the SKUs of all that is selected, ascending, of one revision where writes leave the time for that.

        Raises:
            InvalidValueError: There are too many.
            FacetryError: What ``Search.search`` raises.
        """
        found: set[str] = set()
        for _ in range(_ROUNDS):
            found.clear()
            revisions: set[int] = set()
            async for page in self.pages(tenant, selection):
                revisions.add(page.revision)
                found.update(product.sku for product in page.products)
                if len(found) > self._most:
                    raise InvalidValueError("selection", f"has more than {self._most} products")
            if len(revisions) <= 1:
                break
        return tuple(sorted(found))


def _query(selection: Selection) -> SearchQuery:
    """Return the search for all that is selected, ascending by group id, without anything else."""
    query = selection.query
    named = Has(_GROUP, frozenset(selection.groups))
    return msgspec.structs.replace(
        query,
        filter=And((query.filter, named)) if selection.groups else query.filter,
        facets=(),
        sort=(SortByField(_GROUP),),
        offset=0,
        after=None,
        matched_products=_ALL_OF_A_GROUP,
        group_by=(),
        explain=False,
        highlight=False,
    )
