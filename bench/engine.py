"""Uncached search in the engine over 100,000 products, beside a plain NumPy scan that counts the same."""

from __future__ import annotations

import asyncio
import statistics

from bench.engine_search import PRODUCTS_A_GROUP, TENANT, Catalog, pages, time_scan, time_searches
from bench.figures import Figure
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.warming import warm_up

GROUPS = 25_000
QUERIES = 400


def measure() -> list[Figure]:
    """Return the latency of a search with facets and its ratio to the scan."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    warm_up()
    catalog = Catalog(seed=1)
    groups = [catalog.group(number) for number in range(GROUPS)]
    index = ColumnsSearchIndex(None)
    await index.rebuild(TENANT, pages(groups), 1, "en")
    queries = catalog.queries(QUERIES)
    await time_searches(index, queries[:20])
    seconds = sorted(await time_searches(index, queries))
    await index.close()
    median, scan = statistics.median(seconds), time_scan(GROUPS)
    return [
        Figure(
            f"uncached search with 7 facets over {GROUPS * PRODUCTS_A_GROUP:,} products, in the engine, p50",
            f"{median * 1e3:.2f} ms (p95 {seconds[int(QUERIES * 0.95)] * 1e3:.2f} ms); "
            f"{median / scan:.3f} of a NumPy scan of half of the groups ({scan * 1e3:.1f} ms)",
            "<= 5 ms",
            ok=median <= 0.005,
        )
    ]
