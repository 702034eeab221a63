"""Writes through the application, each timed until a search finds it."""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
import sys
import time
from collections.abc import Sequence

import msgspec

from bench.figures import Figure
from bench.searches.prepared import Prepared
from bench.searches.requests import query
from bench.searches.timing import times
from facetry.bootstrap.indexes import warm_index
from facetry.bootstrap.serve import COLLECT_AFTER, SWITCH_SECONDS
from facetry.bootstrap.service import Service, open_service
from facetry.bootstrap.stores import StoreRole
from facetry.domain.product import Product
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import Has
from facetry.domain.search.query import SearchQuery
from facetry.settings import Settings

WRITES = 300
_PAUSE_SECONDS = 0.02
_LIMITS = {"J1": 30.0, "G": 30.0, "J4": 80.0}
_SEARCHED = frozenset({"J1", "G"})
"""The shapes of which others search without pause meanwhile."""


def measure(prepared: Prepared) -> list[Figure]:
    """Return how long a write takes to be found."""
    return [asyncio.run(_measured(prepared))]


async def _measured(prepared: Prepared) -> Figure:
    settings = Settings(data=prepared.directory)
    shape = prepared.shape
    await warm_index(settings)
    async with open_service(settings, role=StoreRole.OWNER) as service:
        await service.relay.reach(prepared.tenant)
        searches = [query(question) for question in shape.questions(200, "faceted")]
        is_searched = shape.name in _SEARCHED
        # As the server does before it says that it is ready.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        sys.setswitchinterval(SWITCH_SECONDS)
        others = asyncio.create_task(_search_on(service, prepared.tenant, searches if is_searched else ()))
        chosen, seconds = await _chosen(service, prepared), []
        # The first search for a SKU looks at all of them; how long first searches take is measured elsewhere.
        await _find(service, prepared.tenant, chosen[0])
        for number, product in enumerate(chosen):
            changed = msgspec.structs.replace(product, regular_price=1_000_000 + number, color=f"Color {number}")
            start = time.perf_counter()
            await service.catalog.put_product(prepared.tenant, changed)
            await _find(service, prepared.tenant, changed)
            seconds.append(time.perf_counter() - start)
            await asyncio.sleep(_PAUSE_SECONDS)
        others.cancel()
        await asyncio.gather(others, return_exceptions=True)
    found, limit = times(seconds), _LIMITS[shape.name]
    late = found.at(0.99)
    return Figure(
        f"{shape.name}: one product written until a search finds it{', others searching' * is_searched}, p99",
        f"{late:.1f} ms ({found})",
        f"<= {limit:g} ms",
        ok=late <= limit,
    )


async def _chosen(service: Service, prepared: Prepared) -> Sequence[Product]:
    """Return products from all over the catalog."""
    dice = random.Random(1)
    skus: list[str] = []
    for group in itertools.islice(prepared.shape.groups(), 20_000):
        skus += group.product_skus[:: max(1, len(group.product_skus) // 20)]
    found = await service.store.products(prepared.tenant, dice.sample(skus, min(WRITES, len(skus))))
    products = list(found.values())
    return [dice.choice(products) for _ in range(WRITES)]


async def _find(service: Service, tenant: str, product: Product) -> None:
    asked = SearchQuery(filter=Has(BUILT_IN["sku"], frozenset({product.sku})), limit=1)
    (hit,) = (await service.search.search(tenant, asked)).hits
    if hit.matched[0].color != product.color:
        raise RuntimeError(f"{product.sku} is not found as it was written")


async def _search_on(service: Service, tenant: str, searches: Sequence[SearchQuery]) -> None:
    for one in itertools.cycle(searches):
        await service.search.search(tenant, one)
        # Small searches are answered at once, and nobody else would get a turn.
        await asyncio.sleep(0)
