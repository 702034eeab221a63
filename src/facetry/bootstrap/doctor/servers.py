"""What a server needs of engines on other machines: that they answer, are new enough, and hold the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from facetry.bootstrap.engine_urls import driver_of, is_shared, masked
from facetry.bootstrap.service import Service, open_service
from facetry.domain.checkup import Checkup, bad, good, warning
from facetry.domain.errors import FacetryError
from facetry.settings import Settings

_TENANTS = 1000
"""So many tenants at most are compared."""


def store(settings: Settings) -> Checkup:
    """Look whether MongoDB answers, and as what."""

    async def ask() -> str:
        with driver_of("store", settings.store):
            from facetry.engines.mongodb.opening import open_database
        database = await open_database(settings.store)
        try:
            version = (await database.command("buildInfo")).get("version")
            hello = await database.command("hello")
            return f"MongoDB {version}, {hello.get('setName', 'behind mongos')}"
        finally:
            await database.client.close()

    return asyncio.run(_asked("store", masked(settings.store), ask))


def index(settings: Settings) -> Checkup:
    """Look whether the search engine answers, and as what."""

    async def ask() -> str:
        driver = _lucene(settings.search)
        try:
            about: Any = (await driver.call("GET", "/")).body
            health: Any = (await driver.call("GET", "/_cluster/health")).body
            version = about.get("version", {})
            name = version.get("distribution", "elasticsearch")
            nodes = health.get("number_of_data_nodes")
            return f"{name} {version.get('number')}, data nodes: {nodes}, {health.get('status')}"
        finally:
            await driver.close()

    return asyncio.run(_asked("search", masked(settings.search), ask))


def cache(settings: Settings) -> Checkup:
    """Look whether Redis or Valkey answers, and as what."""

    async def ask() -> str:
        with driver_of("cache", settings.cache):
            from facetry.engines.redis.marks import RedisMarks
            from facetry.engines.redis.opening import open_client
        marks = RedisMarks(open_client(settings.cache))
        try:
            # A look never fails; who cannot be asked has no clock.
            if (await marks.look("-")).moment is None:
                raise TimeoutError
            return "marks and buckets are shared"
        finally:
            await marks.close()

    return asyncio.run(_asked("cache", masked(settings.cache), ask))


def master_key(settings: Settings) -> Checkup:
    """Look where the master key is."""
    if settings.master_key:
        return good("master key", "comes from the settings")
    advice = "set master_key (FACETRY_MASTER_KEY) to the same for all servers, and keep a copy apart"
    return warning("master key", "lies in MongoDB beside what it seals", advice)


def agreement(settings: Settings) -> Checkup:
    """Look whether the master key fits, and whether an index that is shared holds what the store has."""

    async def ask() -> Checkup:
        async with open_service(settings, follower_indexes=False) as service:
            revisions = await service.store.revisions()
            if not service.index.capabilities.is_shared:
                return good("tenants", f"{len(revisions):,} tenants")
            return await _compared(service, revisions)

    return asyncio.run(ask())


async def _compared(service: Service, revisions: dict[str, int]) -> Checkup:
    behind = parked = 0
    for tenant, revision in sorted(revisions.items())[:_TENANTS]:
        held = await service.index.revision(tenant)
        behind += (held or 0) < revision
        parked += len(await _parked(service, tenant))
    told = f"{len(revisions):,} tenants, the index is behind with {behind:,} and refused {parked:,} groups"
    if parked:
        return warning("tenants", told, "facetry verify names the groups; make them smaller, then facetry reindex")
    if behind and not is_shared(service.settings):
        return warning("tenants", told, "facetry serve brings it up")
    if behind:
        return warning("tenants", told, "a server with background work or facetry worker brings it up")
    return good("tenants", told)


async def _parked(service: Service, tenant: str) -> dict[str, str]:
    parked = getattr(service.index, "parked", None)
    found: dict[str, str] = await parked(tenant) if parked else {}
    return found


def _lucene(url: str) -> Any:  # noqa: ANN401 - a driver of one fork or the other
    from facetry.engines.lucene.addresses import read_address

    with driver_of("search", url):
        if url.startswith("opensearch:"):
            from facetry.engines.opensearch.driver import OpenSearchDriver

            return OpenSearchDriver(read_address(url, "opensearch"))
        from facetry.engines.elasticsearch.driver import ElasticsearchDriver

        return ElasticsearchDriver(read_address(url, "elasticsearch"))


async def _asked(name: str, shown: str, ask: Callable[[], Awaitable[str]]) -> Checkup:
    try:
        return good(name, await ask())
    except FacetryError as error:
        return bad(name, f"{shown}: {error.message}", "look at the server, the network and the URL")
    except TimeoutError:
        return bad(name, f"{shown} does not answer", "look at the server, the network and the URL")
