"""The engine alone, in this process: how fast it answers, builds, and shares two processors.

Its index remembers nothing of what texts found, but for the one figure that is of texts that are asked again.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

from bench.figures import Figure
from bench.searches.prepared import Prepared
from bench.searches.requests import query
from bench.searches.timing import Times, timed
from bench.shapes.shape import Shape
from facetry.bootstrap.serve import COLLECT_AFTER, SWITCH_SECONDS
from facetry.domain.group import ProductGroup
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import SuggestQuery
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import Tuning
from facetry.engines.columns.warming import warm_up
from facetry.ports.search_index import SearchIndex

QUESTIONS = 300
_WARM = 30
_BUILT_PRODUCTS = 275_000
_SHARED_SECONDS = 4.0
_SHARED = ("faceted", "broad", "all")
_LANGUAGE = "en"
_PAGE = 150
_FORGETFUL = Tuning(found_bytes=0)
"""Of every text it finds again what it says, as if nobody had asked for it before."""


class Goal(NamedTuple):
    """Milliseconds that median and 95th percentile must stay at or below; None for no goal."""

    p50: float | None
    p95: float | None


GOALS: Mapping[tuple[str, str], Goal] = {
    ("J1", "faceted"): Goal(5, 12),
    ("J1", "broad"): Goal(5, 12),
    ("J1", "prefix"): Goal(None, 15),
    ("J2", "all"): Goal(None, 60),
    ("G", "faceted"): Goal(None, 25),
    ("G", "broad"): Goal(None, 40),
    ("G", "prefix"): Goal(None, 15),
}


def measure(prepared: Prepared) -> list[Figure]:
    """Return the figures of the engine over a prepared catalog."""
    warm_up()
    # As in the service: who waits for the interpreter gets it soon.
    sys.setswitchinterval(SWITCH_SECONDS)
    return [_build(prepared.shape), _size(prepared), *asyncio.run(_searched(prepared))]


def _build(shape: Shape) -> Figure:
    groups: list[ProductGroup] = []
    products = 0
    for group in shape.groups():
        groups.append(group)
        products += len(group.products)
        if products >= _BUILT_PRODUCTS:
            break
    # A server reads them page by page, and so never looks through all of them for garbage.
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    seconds = asyncio.run(_built(groups))
    gc.unfreeze()
    rate = products / seconds
    return Figure(
        f"{shape.name}: index of {products:,} products built from their groups",
        f"{rate:,.0f} products/s",
        ">= 20,000/s",
        ok=rate >= 20_000,
    )


async def _built(groups: Sequence[ProductGroup]) -> float:
    async def pages() -> AsyncIterator[Sequence[ProductGroup]]:
        for start in range(0, len(groups), _PAGE):
            yield groups[start : start + _PAGE]

    index = ColumnsSearchIndex(None)
    start = time.perf_counter()
    await index.rebuild("bench", pages(), 1, _LANGUAGE)
    seconds = time.perf_counter() - start
    await index.close()
    return seconds


def _size(prepared: Prepared) -> Figure:
    share = prepared.index_bytes() / prepared.json_bytes
    return Figure(
        f"{prepared.shape.name}: index on disk beside the products' JSON ({prepared.json_bytes / 1e6:,.0f} MB)",
        f"{share:.2f} x",
        "<= 1.5 x",
        ok=share <= 1.5,
    )


async def _searched(prepared: Prepared) -> list[Figure]:
    index = ColumnsSearchIndex(prepared.index, writer=False, tuning=_FORGETFUL)
    tenant, shape = prepared.tenant, prepared.shape
    try:
        start = time.perf_counter()
        await index.revision(tenant)
        opened = time.perf_counter() - start
        figures = [Figure(f"{shape.name}: index opened", f"{opened:.2f} s", "", ok=True)]
        figures += [await _kind(index, prepared, kind) for kind in shape.asks]
        figures.append(await _suggested(index, prepared))
        figures += [await _shared(index, prepared, kind) for kind in shape.asks if kind in _SHARED]
    finally:
        await index.close()
    return [*figures, await _remembered(prepared)]


def _queries(shape: Shape, kind: str) -> list[SearchQuery]:
    return [query(question) for question in shape.questions(QUESTIONS + _WARM, kind)]


async def _kind(index: SearchIndex, prepared: Prepared, kind: str) -> Figure:
    queries = _queries(prepared.shape, kind)
    first, found, totals = await _asked(index, prepared, queries)
    middle = sorted(totals)[len(totals) // 2]
    facets = len(queries[0].facets)
    what = f"{facets} facets, {kind}" if facets else kind
    goal = GOALS.get((prepared.shape.name, kind), Goal(None, None))
    return Figure(
        f"{prepared.shape.name}: {what}, median of {middle:,} hits, in the engine",
        f"{found} (first {first.at(0):.0f} ms)",
        _told(goal),
        ok=_is_met(goal, found),
    )


async def _remembered(prepared: Prepared) -> Figure:
    """Ask all that has texts of an index that remembers what they found, as the service does."""
    shape = prepared.shape
    index = ColumnsSearchIndex(prepared.index, writer=False)
    told = []
    try:
        for kind in shape.asks:
            queries = _queries(shape, kind)
            texts = len({one.text for one in queries if one.text})
            if texts:
                found = (await _asked(index, prepared, queries))[1]
                told.append(f"{kind} {found} ({texts} texts in {len(queries)} questions)")
    finally:
        await index.close()
    return Figure(f"{shape.name}: the same with what texts found remembered", "; ".join(told), "", ok=True)


async def _asked(
    index: SearchIndex, prepared: Prepared, queries: Sequence[SearchQuery]
) -> tuple[Times, Times, list[int]]:
    """Return how long the first question took, how long those after the warm-up, and how much these found."""
    totals: list[int] = []

    async def ask(one: SearchQuery) -> None:
        totals.append((await index.search(prepared.tenant, one)).total)

    first = await timed(queries[:1], ask)
    await timed(queries[1:_WARM], ask)
    totals.clear()
    return first, await timed(queries[_WARM:], ask), totals


def _told(goal: Goal) -> str:
    parts = (("p50", goal.p50), ("p95", goal.p95))
    return ", ".join(f"{name} <= {limit:g} ms" for name, limit in parts if limit is not None)


def _is_met(goal: Goal, found: Times) -> bool:
    pairs = ((goal.p50, found.at(0.5)), (goal.p95, found.at(0.95)))
    return all(limit is None or measured <= limit for limit, measured in pairs)


async def _suggested(index: SearchIndex, prepared: Prepared) -> Figure:
    texts = [question.q for question in prepared.shape.questions(QUESTIONS + _WARM, "text")]
    asked = [SuggestQuery(text=text[: 2 + at % max(1, len(text) - 1)]) for at, text in enumerate(texts) if text]

    async def ask(one: SuggestQuery) -> None:
        await index.suggest(prepared.tenant, one)

    await timed(asked[:_WARM], ask)
    found = await timed(asked[_WARM:], ask)
    return Figure(f"{prepared.shape.name}: suggestions", str(found), "p95 <= 10 ms", ok=found.at(0.95) <= 10)


async def _shared(index: SearchIndex, prepared: Prepared, kind: str) -> Figure:
    """Ask without pause, one question at a time and then two."""
    queries, rates = _queries(prepared.shape, kind)[_WARM:], []
    for tasks in (1, 2):
        end = time.perf_counter() + _SHARED_SECONDS
        answered = await asyncio.gather(*(_ask_until(index, prepared.tenant, queries[i:], end) for i in range(tasks)))
        rates.append(sum(answered) / _SHARED_SECONDS)
    gain = rates[1] / rates[0]
    return Figure(
        f"{prepared.shape.name}: {kind}, searches a second by two threads beside one",
        f"{rates[1]:,.0f}/s beside {rates[0]:,.0f}/s, {gain:.2f} x",
        ">= 1.6 x",
        ok=gain >= 1.6,
    )


async def _ask_until(index: SearchIndex, tenant: str, queries: Sequence[SearchQuery], end: float) -> int:
    answered = 0
    for one in itertools.cycle(queries):
        if time.perf_counter() >= end:
            break
        await index.search(tenant, one)
        answered += 1
    return answered
