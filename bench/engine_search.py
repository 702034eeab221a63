"""Measure the embedded search index alone; run it with ``python -m bench.engine_search``.

A scan of the same matches in plain NumPy stands beside the search, since the ratio of the two is what is comparable
from one machine to another.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from facetry.domain.change import Delta
from facetry.domain.field_query import NUMBER_FIELDS, FieldQuery, RangeFacet, ValueFacet
from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.money import SCALE
from facetry.domain.product import Product
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.warming import warm_up

PRODUCTS_A_GROUP = 4
BOUNDS = tuple(bound * SCALE for bound in (0, 50, 100, 150, 200, 250))
FACETS = (
    *(ValueFacet(f"{field}s", field) for field in ("brand", "color", "size")),
    *(RangeFacet(field, field, BOUNDS, "USD") for field in NUMBER_FIELDS),
)
COMMON = (
    *("ring", "gold", "silver", "diamond", "necklace", "chain", "bracelet", "sapphire", "ruby", "elegant", "classic"),
    *("modern", "vintage", "handmade", "solitaire", "halo", "pave", "brilliant", "cut", "natural", "certified"),
    *("wedding", "band", "earrings", "stud", "hoop", "pendant", "charm", "platinum", "white", "rose", "yellow"),
)
WORDS = (*COMMON, *(f"word{number}" for number in range(3000)))
COLORS = ("gold", "silver", "rose", "white", "black")
TENANT = "bench"


class Catalog:
    """A generated jewelry catalog; the same seed gives the same groups."""

    def __init__(self, seed: int) -> None:
        """Draw from a generator with this seed."""
        self._random = random.Random(seed)

    def text(self, words: int) -> str:
        """Return words of which a few are in many texts and most are in few."""
        drawn = (int(self._random.expovariate(1 / 80)) for _ in range(words))
        return " ".join(WORDS[min(number, len(WORDS) - 1)] for number in drawn)

    def group(self, number: int, revision: int = 1) -> ProductGroup:
        """Return the group with this number."""
        draw = self._random
        group_id, name, description = f"group-{number:07d}", self.text(5), self.text(30)
        products = [
            Product(
                sku=f"SKU-{number:07d}-{i}",
                name=name,
                group_id=group_id,
                description=description,
                regular_price=draw.randint(10, 400) * SCALE,
                promotion_price=draw.randint(10, 300) * SCALE,
                images=(f"https://img.example.com/{number}/1.jpg", f"https://img.example.com/{number}/{i}.jpg"),
                search_keywords=tuple(draw.sample(COMMON, 4)),
                category=("Jewelry", "Rings", draw.choice(COMMON)),
                quantity=3,
                color=draw.choice(COLORS),
                brand=f"Brand {draw.randint(0, 200)}",
                size=str(draw.randint(4, 12)),
                object_id="0" * 24,
                joined=number * PRODUCTS_A_GROUP + i,
            )
            for i in range(PRODUCTS_A_GROUP)
        ]
        return derive_group(GroupIdentity(group_id, "1" * 24, revision), products)

    def queries(self, count: int) -> list[FieldQuery]:
        """Return queries of one to three words, common ones more often."""
        return [FieldQuery(text=self.text(self._random.randint(1, 3)), facets=FACETS) for _ in range(count)]


def percentiles(seconds: Sequence[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    return f"p50 {statistics.median(ordered) * 1e3:7.3f} ms   p95 {ordered[int(len(ordered) * 0.95)] * 1e3:7.3f} ms"


async def pages(groups: Sequence[ProductGroup]) -> AsyncIterator[Sequence[ProductGroup]]:
    """Yield the groups in pages, as a store would."""
    for start in range(0, len(groups), 500):
        yield groups[start : start + 500]


async def time_searches(index: ColumnsSearchIndex, queries: Sequence[FieldQuery]) -> list[float]:
    """Return how long each search takes."""
    seconds = []
    for query in queries:
        start = time.perf_counter()
        await index.match(TENANT, query)
        seconds.append(time.perf_counter() - start)
    return seconds


def time_scan(groups: int) -> float:
    """Return how long NumPy takes for what a search with these facets counts, where half of the groups match."""
    draw = np.random.default_rng(1)
    products = groups * PRODUCTS_A_GROUP
    group_of = np.repeat(np.arange(groups), PRODUCTS_A_GROUP)
    values = [draw.integers(0, size, products) for size in (200, 5, 9)]
    prices = [draw.integers(10, 400, groups) * SCALE for _ in NUMBER_FIELDS]
    scores = draw.random(groups)
    matches = draw.random(groups) < 0.5

    def scan() -> None:
        kept = matches[group_of]
        for codes in values:
            pairs = np.unique(group_of[kept] * 1000 + codes[kept])
            np.bincount(pairs % 1000)
        for price in prices:
            np.histogram(price[matches], [*BOUNDS, 1 << 60])
        np.argpartition(-np.where(matches, scores, 0.0), 10)[:10]

    return min(_seconds(scan) for _ in range(5))


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def _seconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


async def measure(group_count: int, directory: Path) -> None:
    """Build, search and change an index, and print how long it takes."""
    catalog = Catalog(seed=1)
    groups = [catalog.group(number) for number in range(group_count)]
    products = group_count * PRODUCTS_A_GROUP
    print(f"{group_count} groups, {products} products, 3 value facets, 4 range facets")
    print(f"kernels ready            {_seconds(warm_up):7.2f} s")
    index = ColumnsSearchIndex(directory)
    start = time.perf_counter()
    await index.rebuild(TENANT, pages(groups), 1, "en")
    print(f"build                    {products / (time.perf_counter() - start):7.0f} products/s")
    start = time.perf_counter()
    await index.checkpoint(TENANT)
    size = _size(directory)
    json_size = sum(len(msgspec.json.encode(product)) for group in groups for product in group.products)
    print(
        f"save                     {time.perf_counter() - start:7.2f} s, {size / json_size:.2f} of the products' JSON"
    )
    queries = catalog.queries(400)
    await time_searches(index, queries[:20])
    whole = await time_searches(index, queries)
    print(f"search, one segment      {percentiles(whole)}")
    scan = time_scan(group_count)
    print(f"NumPy scan of half       {scan * 1e3:7.3f} ms   ratio {statistics.median(whole) / scan:.3f}")
    for size_of_delta in (1, 30):
        seconds = []
        for step in range(300):
            revision = step + 2 + size_of_delta * 1000
            numbers = [(step * 97 + i * 13) % group_count for i in range(size_of_delta)]
            delta = Delta(revision=revision, groups=tuple(catalog.group(n, revision) for n in set(numbers)))
            start = time.perf_counter()
            await index.apply(TENANT, delta, "en")
            seconds.append(time.perf_counter() - start)
        print(f"apply {size_of_delta:2d} groups          {percentiles(seconds)}")
    print(f"search, after changes    {percentiles(await time_searches(index, queries))}")
    await index.close()
    reopened = ColumnsSearchIndex(directory)
    start = time.perf_counter()
    revision = await reopened.revision(TENANT)
    print(f"reopen                   {time.perf_counter() - start:7.2f} s, at revision {revision}")
    await reopened.close()


def main(arguments: Sequence[str]) -> None:
    """Measure with the given number of groups."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=25_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(measure(options.groups, Path(directory)))


if __name__ == "__main__":
    main(sys.argv[1:])
