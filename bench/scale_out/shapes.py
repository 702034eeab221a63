"""The same searches over the same catalog, on columns in this process and on OpenSearch."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import AsyncIterator, Sequence

from bench.figures import Figure
from bench.searches.requests import query
from bench.searches.timing import Times, timed
from bench.shapes.shape import Shape
from facetry.bootstrap.serve import SWITCH_SECONDS
from facetry.domain.group import ProductGroup
from facetry.domain.search.query import SearchQuery
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.warming import warm_up
from facetry.engines.opensearch.opening import open_index
from facetry.ports.search_index import SearchIndex

KINDS = {"J1": ("broad", "faceted", "text"), "J2": ("all", "faceted", "text")}
QUESTIONS, WARM = 60, 30
TENANT = "bench"
_LANGUAGE = "en"
_PAGE = 150


def measure(shape: Shape, address: str) -> list[Figure]:
    """Return build and searches of one shape on both, as ratios.

    Args:
        shape: What is searched, at a size that both can hold.
        address: Of OpenSearch, without a prefix.
    """
    return asyncio.run(_measured(shape, address))


async def _measured(shape: Shape, address: str) -> list[Figure]:
    warm_up()
    # As in the service: who waits for the interpreter gets it soon.
    sys.setswitchinterval(SWITCH_SECONDS)
    columns = ColumnsSearchIndex(None)
    other = await open_index(f"{address}/facetry-bench-{secrets.token_hex(4)}")
    try:
        groups = [*shape.groups()]
        products = sum(len(group.products) for group in groups)
        figures = [_built(shape, products, await _build(columns, groups), await _build(other, groups))]
        for kind in KINDS[shape.name]:
            queries = [query(question) for question in shape.questions(QUESTIONS + WARM, kind)]
            ours, totals = await _asked(columns, queries)
            theirs, found = await _asked(other, queries)
            figures.append(_compared(shape, kind, (ours, theirs), sum(map(int.__eq__, totals, found))))
        return figures
    finally:
        await other.forget(TENANT)
        await other.close()
        await columns.close()


async def _build(index: SearchIndex, groups: Sequence[ProductGroup]) -> float:
    """Return the seconds that an index takes to be built."""

    async def pages() -> AsyncIterator[Sequence[ProductGroup]]:
        for start in range(0, len(groups), _PAGE):
            yield groups[start : start + _PAGE]

    began = time.perf_counter()
    await index.rebuild(TENANT, pages(), 1, _LANGUAGE)
    return time.perf_counter() - began


async def _asked(index: SearchIndex, queries: Sequence[SearchQuery]) -> tuple[Times, list[int]]:
    """Return how long searches took, and how many hits each had."""
    totals: list[int] = []

    async def ask(one: SearchQuery) -> None:
        totals.append((await index.search(TENANT, one)).total)

    await timed(queries[:WARM], ask)
    totals.clear()
    return await timed(queries[WARM:], ask), totals


def _built(shape: Shape, products: int, ours: float, theirs: float) -> Figure:
    return Figure(
        f"{shape.name}: index of {products:,} products built from their groups, OpenSearch beside columns",
        f"{theirs / ours:.1f} x the time ({products / theirs:,.0f} products/s beside {products / ours:,.0f}/s)",
        "",
        ok=True,
    )


def _compared(shape: Shape, kind: str, found: tuple[Times, Times], alike: int) -> Figure:
    ours, theirs = found
    return Figure(
        f"{shape.name}: {kind}, OpenSearch beside columns, in the engine",
        f"{theirs.at(0.5) / ours.at(0.5):.1f} x at p50, {theirs.at(0.95) / ours.at(0.95):.1f} x at p95 ({theirs}; "
        f"columns {ours}); {alike} of {QUESTIONS} totals alike",
        "all totals alike",
        ok=alike == QUESTIONS,
    )
