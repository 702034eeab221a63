"""What this machine does with the demo catalog, measured over the use cases."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from facetry.bootstrap.demo import DEMO_TENANT, ensure_demo
from facetry.bootstrap.indexes import warm_index
from facetry.bootstrap.service import Service, open_service
from facetry.domain.field_query import FieldQuery, RangeFacet, ValueFacet
from facetry.domain.money import SCALE
from facetry.settings import Settings

WORDS = ("ring", "rose gold", "diamond halo ring", "sapphire", "white gold necklace", "platinum band")
FACETS = (
    ValueFacet("brands", "brand"),
    ValueFacet("colors", "color"),
    RangeFacet("prices", "regular_price_min", (0, 100 * SCALE, 1000 * SCALE), "USD"),
)


class Timing(msgspec.Struct, frozen=True):
    """How long one kind of work takes, in milliseconds, and how much of it is done a second."""

    name: str
    median_ms: float
    p95_ms: float
    per_second: float


def measure(rounds: int) -> list[Timing]:
    """Return the timings of each kind of work, done so often."""
    return asyncio.run(_measure(rounds))


async def _measure(rounds: int) -> list[Timing]:
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as folder:
        settings = Settings(data=Path(folder) / "data", demo=True)
        async with open_service(settings) as service:
            await warm_index(settings)
            start = time.perf_counter()
            await ensure_demo(service)
            seconds = time.perf_counter() - start
            products, _ = await service.store.counts(DEMO_TENANT)
            filling = Timing("import of the demo catalog", seconds * 1000, seconds * 1000, products / seconds)
            return [filling, *(await _timings(service, rounds))]


async def _timings(service: Service, rounds: int) -> list[Timing]:
    groups = await service.store.groups_after(DEMO_TENANT, "", rounds)
    products = [group.products[0] for group in groups]

    async def search(step: int) -> None:
        await service.search.match(DEMO_TENANT, FieldQuery(text=WORDS[step % len(WORDS)], facets=FACETS))

    async def read(step: int) -> None:
        await service.catalog.product(DEMO_TENANT, products[step % len(products)].sku)

    async def write(step: int) -> None:
        product = products[step % len(products)]
        await service.catalog.put_product(DEMO_TENANT, msgspec.structs.replace(product, quantity=step))

    works = {
        "search with 3 facets": search,
        "read of a product, uncached": read,
        "durable write, then searchable": write,
    }
    return [await _time(name, work, rounds) for name, work in works.items()]


async def _time(name: str, work: Callable[[int], Awaitable[None]], rounds: int) -> Timing:
    seconds = []
    for step in range(rounds):
        start = time.perf_counter()
        await work(step)
        seconds.append(time.perf_counter() - start)
    ordered = sorted(seconds)
    return Timing(name, statistics.median(ordered) * 1000, ordered[int(rounds * 0.95)] * 1000, rounds / sum(ordered))
