"""Servers on engines of several machines, with a database, a prefix and marks of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facetry.bootstrap.service import open_service
from facetry.domain.catalog import PutProduct
from facetry.domain.product import ProductContent
from facetry.settings import Settings
from tests.engines.lucene_indexes import drop, new_prefix
from tests.engines.mongodb_databases import own_database
from tests.program import Program


class Worker(Program):
    """``facetry worker``."""

    what = "worker"


@contextmanager
def own_engines(mongodb: str, opensearch: str | None = None, redis: str | None = None) -> Iterator[list[str]]:
    """Give the flags that name engines which nobody else uses, and remove what was kept there."""
    prefix = new_prefix()
    with own_database(mongodb) as store:
        flags = ["--store", store]
        if opensearch:
            flags += ["--search", f"{opensearch}/{prefix}"]
        if redis:
            flags += ["--cache", f"{redis}?prefix={prefix}"]
        yield flags
    if opensearch:
        asyncio.run(drop(opensearch, prefix))


def settings_of(flags: list[str], data: Path) -> Settings:
    """Return the settings that flags name."""
    return Settings(data=data, **dict(zip((name[2:] for name in flags[::2]), flags[1::2], strict=True)))


async def commit(settings: Settings, tenant: str, *skus: str) -> None:
    """Write as a process does that dies before it has brought the index up."""
    async with open_service(settings, follower_indexes=False) as service:
        writes = [PutProduct(ProductContent(sku=sku, name=f"orphan {sku}", group_id=sku)) for sku in skus]
        await service.store.write(tenant, writes)
