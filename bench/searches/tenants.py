"""A thousand small tenants in one index: loading, answering beside one alone, and letting idle ones go."""

from __future__ import annotations

import asyncio
import ctypes
import random
import re
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.figures import Figure
from bench.searches.requests import query
from bench.searches.timing import Times, times
from bench.shapes.catalog import shape
from bench.shapes.shape import Shape, Size
from facetry.domain.group import ProductGroup
from facetry.domain.search.query import SearchQuery
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import DEFAULT_TUNING, Tuning
from facetry.engines.columns.warming import warm_up

TENANTS = 1000
_SIZE = Size(500, 2_000)
_SEEDS = 4
_QUESTIONS = 1500
_LANGUAGE = "en"
_IDLE = Tuning(idle_seconds=3.0)
_MOST_SECONDS = 60.0
_RATIO = 1.5


def measure(share: float) -> list[Figure]:
    """Return the figures of many tenants."""
    warm_up()
    count = max(2, round(TENANTS * share))
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as folder:
        return asyncio.run(_measured(Path(folder), count))


async def _measured(folder: Path, count: int) -> list[Figure]:
    small = replace(shape("G"), size=_SIZE)
    tenants = [f"tenant{number}" for number in range(count)]
    queries = [query(question) for question in small.questions(_QUESTIONS, "faceted")]
    loaded = await _load(folder, small, tenants)
    index = ColumnsSearchIndex(folder, tuning=DEFAULT_TUNING)
    one = await _asked(index, queries, tenants[:1])
    before = _resident()
    opened = await _opened(index, tenants)
    many = await _asked(index, queries, tenants)
    grown = _resident() - before
    await index.close()
    kept, left, again = await _idle(folder, tenants, queries[0])
    ratio = many.at(0.95) / one.at(0.95)
    products = count * _SIZE.products
    return [
        Figure(
            f"{count:,} tenants of {_SIZE.products:,} products loaded",
            f"{products / loaded:,.0f} products/s in {loaded:.0f} s; opened again {opened}; {grown:,.0f} MB in memory",
            "",
            ok=True,
        ),
        Figure(
            "searches over all of them in turn beside those over one, p95",
            f"{ratio:.2f} x ({many} beside {one})",
            f"<= {_RATIO:g} x",
            ok=ratio <= _RATIO,
        ),
        Figure(
            "tenants let go that nobody asked for",
            f"{left:,.0f} MB of {kept:,.0f} MB stay; the next search of one takes {again:.1f} ms",
            "unloaded",
            ok=left < kept / 2,
        ),
    ]


async def _load(folder: Path, small: Shape, tenants: Sequence[str]) -> float:
    """Build every tenant's index, save it, and return how many seconds that took."""
    catalogs = [list(small.groups(seed)) for seed in range(_SEEDS)]
    index = ColumnsSearchIndex(folder)
    start = time.perf_counter()
    for number, tenant in enumerate(tenants):
        await index.rebuild(tenant, _page(catalogs[number % _SEEDS]), 1, _LANGUAGE)
        await index.checkpoint(tenant)
    seconds = time.perf_counter() - start
    await index.close()
    return seconds


async def _page(groups: Sequence[ProductGroup]) -> AsyncIterator[Sequence[ProductGroup]]:
    yield groups


async def _opened(index: ColumnsSearchIndex, tenants: Sequence[str]) -> Times:
    seconds = []
    for tenant in tenants:
        start = time.perf_counter()
        await index.revision(tenant)
        seconds.append(time.perf_counter() - start)
    return times(seconds)


async def _asked(index: ColumnsSearchIndex, queries: Sequence[SearchQuery], tenants: Sequence[str]) -> Times:
    """Return how long the same questions take, each asked of a random tenant; each tenant is warm by then."""
    dice = random.Random(1)
    for tenant in tenants:
        for one in queries[:3]:
            await index.search(tenant, one)
    seconds = []
    for one in queries:
        tenant = dice.choice(tenants)
        start = time.perf_counter()
        await index.search(tenant, one)
        seconds.append(time.perf_counter() - start)
    return times(seconds)


async def _idle(folder: Path, tenants: Sequence[str], one: SearchQuery) -> tuple[float, float, float]:
    """Return the megabytes of all tenants, those left after all were idle, and the milliseconds of the next search."""
    before = _resident()
    index = ColumnsSearchIndex(folder, tuning=_IDLE)
    for tenant in tenants:
        await index.search(tenant, one)
    kept, until = _resident() - before, time.monotonic() + _MOST_SECONDS
    left = kept
    while left >= kept / 4 and time.monotonic() < until:
        await asyncio.sleep(0.5)
        left = _resident() - before
    start = time.perf_counter()
    await index.search(tenants[0], one)
    again = time.perf_counter() - start
    await index.close()
    return kept, max(left, 0.0), again * 1000


def _resident() -> float:
    """Return the megabytes that this process has in memory, without those that only wait to be used again."""
    ctypes.CDLL(None).malloc_trim(0)
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
