"""Sales of pieces of products, durable, straight at the store: what is left when nobody speaks HTTP."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from bench.figures import Figure
from bench.writes import GROUP_COMMIT, sqlite_rate
from facetry.domain.selling import SellProduct, Sold
from facetry.engines.sqlite.opening import open_store
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import TENANT, put, sale, tenant_record

SECONDS = 4.0
CALLERS = 32
PRODUCTS = 5_000
GOAL = 5_000
"""A second; over HTTP there must be 1,500."""


def measure() -> list[Figure]:
    """Return the rates of sales with and without a reference, beside what SQLite alone makes durable."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder), owner=True)
        await store.create_tenant(tenant_record(TENANT))
        description = "A ring of gold. " * 20
        products = [put(f"R{n}", f"G{n // 4}", quantity=10**9, description=description) for n in range(PRODUCTS)]
        await store.write(TENANT, products)
        plain = await storm(store, lambda number: sale(f"R{number % PRODUCTS}"))
        referred = await storm(store, lambda number: sale(f"R{number % PRODUCTS}", order_ref=f"O{number}"))
        await store.close()
    bare = sqlite_rate(GROUP_COMMIT)
    return [
        _figure("sales at the store, durable, 32 callers", plain, bare),
        _figure("the same by reference, which makes a repeat harmless", referred, bare),
    ]


def _figure(name: str, rate: float, bare: float) -> Figure:
    found = f"{rate:,.0f}/s; {rate / bare:.2f} of bare SQLite in commits of {GROUP_COMMIT} ({bare:,.0f}/s)"
    return Figure(name, found, f">= {GOAL:,}/s", ok=rate >= GOAL)


async def storm(store: CatalogStore, make: Callable[[int], SellProduct]) -> float:
    """Return how many sales a second many callers at once get done, each of its own number."""
    numbers = count()
    start = time.perf_counter()

    async def sell() -> int:
        done = 0
        while time.perf_counter() - start < SECONDS:
            receipt = await store.write(TENANT, [make(next(numbers))])
            assert isinstance(receipt.outcomes[0], Sold)
            done += 1
        return done

    return sum(await asyncio.gather(*(sell() for _ in range(CALLERS)))) / (time.perf_counter() - start)
