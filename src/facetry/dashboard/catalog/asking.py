"""From what the catalog's page shows to the search that finds it."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from facetry.application.facet_choice import FacetField
from facetry.dashboard.catalog.state import CatalogState, View
from facetry.domain.edits import category_crumbs
from facetry.domain.errors import SearchError
from facetry.domain.money import MAX_PRICE
from facetry.domain.search.fields import BUILT_IN, Field
from facetry.domain.search.filters import And, Filter, Has
from facetry.domain.search.language.documents import read_filter
from facetry.domain.search.language.meaning import typed
from facetry.domain.search.query import Facet, RangesFacet, SearchQuery, SortByField, SortKey, TreeFacet, ValuesFacet
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.values import PATH_SEPARATOR

HITS = {View.GRID: 24, View.TABLE: 50}
"""So many hits are on a page."""
MATCHED = 100
"""Of so many products of a hit price and stock are known at most."""
FEW, MANY = 8, 200
"""So many values of a facet are shown, and so many at length."""
TREE_SIZE = 12
TREE_DEPTH = 2
MOST_TREES = 6
PRICE, CATEGORY, IN_STOCK, ACTIVE = (BUILT_IN[name] for name in ("price", "category", "in_stock", "active"))
_EDGES = sorted(step * 10**power // 10 for power in range(2, 12) for step in (10, 15, 20, 30, 50, 70))
PRICE_RANGES = ((0, _EDGES[0] - 1), *((low, high - 1) for low, high in pairwise(_EDGES)), (_EDGES[-1], MAX_PRICE))
"""Ranges of prices in ten-thousandths that grow with the price: most things cost little, and a few very much."""
_OWN = frozenset({PRICE.name, CATEGORY.name})
"""Fields that have facets of another kind."""


class LeftOut(msgspec.Struct, frozen=True):
    """A filter that was left out of a search, and why."""

    field: str
    message: str


class Asked(msgspec.Struct, frozen=True):
    """A search, and what was left out of it because nothing can be found by it."""

    query: SearchQuery
    left_out: tuple[LeftOut, ...] = ()


def plain_search(state: CatalogState, context: SearchContext) -> Asked:
    """Return the search for all products that a state asks for, without facets."""
    parts: list[Filter] = []
    left_out: list[LeftOut] = []
    for field, values in state.filters:
        try:
            parts.append(_condition(field, values, context))
        except SearchError as error:
            left_out.append(LeftOut(field, error.message))
    if state.has_price:
        parts.append(Has(PRICE, ranges=((state.lowest or 0, MAX_PRICE if state.highest is None else state.highest),)))
    query = SearchQuery(
        text=state.text,
        filter=And(tuple(parts)),
        scope=context.scope,
        language=context.language,
        currency=context.currency,
        default_currency=context.default_currency,
        attributes=tuple(context.schema.definitions.values()),
        rules=context.rules,
    )
    return Asked(query, tuple(left_out))


def page_search(state: CatalogState, context: SearchContext, chosen: tuple[FacetField, ...]) -> Asked:
    """Return the search for a page of hits and the facets beside it."""
    asked = plain_search(state, context)
    limit = HITS[state.view]
    query = msgspec.structs.replace(
        asked.query,
        facets=tuple(_facets(state, context, chosen, frozenset(one.field for one in asked.left_out))),
        sort=_sort(state),
        offset=(state.page - 1) * limit,
        limit=limit,
        matched_products=MATCHED,
    )
    return Asked(query, asked.left_out)


def tree_roots(state: CatalogState) -> tuple[str, ...]:
    """Return the categories below which more is shown than in the tree from the top, on the way to chosen ones."""
    roots: dict[str, None] = {}
    for path in state.chosen(CATEGORY.name):
        crumbs = category_crumbs(path)
        roots.update(dict.fromkeys(PATH_SEPARATOR.join(crumbs[:depth]) for depth in range(TREE_DEPTH, len(crumbs) + 1)))
    return tuple(roots)[:MOST_TREES]


def tree_name(root: str) -> str:
    """Return the name of the facet that counts the categories below one."""
    return f"below {root}"


def _condition(field: str, values: tuple[str, ...], context: SearchContext) -> Filter:
    tree = read_filter({"field": field, "in": list(values)}, "")
    assert tree is not None  # noqa: S101 - only an empty filter has no tree
    return typed(tree, context.schema, context.known)


def _facets(
    state: CatalogState, context: SearchContext, chosen: tuple[FacetField, ...], left_out: frozenset[str]
) -> list[Facet]:
    """Return the facets: the fixed ones, those that were chosen, and those by which the state filters already."""
    fields = {field.name: field for field in (IN_STOCK, ACTIVE, *(one.field for one in chosen))}
    for name, _ in state.filters:
        field = context.schema.field(name)
        if name not in left_out and name not in _OWN and context.schema.is_facet(field):
            fields.setdefault(name, field)
    trees = [TreeFacet(tree_name(root), root, 1, TREE_SIZE) for root in tree_roots(state)]
    tree = TreeFacet(CATEGORY.name, "", TREE_DEPTH, MANY if CATEGORY.name in state.more else TREE_SIZE)
    return [
        tree,
        *trees,
        RangesFacet(PRICE.name, PRICE, PRICE_RANGES),
        *(_values(field, state) for field in fields.values()),
    ]


def _values(field: Field, state: CatalogState) -> ValuesFacet:
    return ValuesFacet(field.name, field, MANY if field.name in state.more else FEW, search=state.find(field.name))


def _sort(state: CatalogState) -> tuple[SortKey, ...]:
    name, _, direction = state.sort.partition(":")
    return (SortByField(BUILT_IN[name], direction == "desc"),) if name else ()
