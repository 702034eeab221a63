import asyncio
from contextlib import asynccontextmanager

import msgspec
import pytest

from facetry.application.tenants import NewTenant
from facetry.bootstrap.background import Background
from facetry.bootstrap.probes import Probes
from facetry.bootstrap.service import Service, open_service
from facetry.bootstrap.stores import StoreRole
from facetry.domain.catalog import PutProduct
from facetry.domain.product import ProductContent
from facetry.settings import Settings
from facetry.telemetry.metrics import Metrics

pytestmark = pytest.mark.anyio


class LikePeer:
    """A service as a peer has it: of a store that several machines write to."""

    def __init__(self, service, **other):
        self.service = service
        self.other = {"role": StoreRole.PEER, **other}

    def __getattr__(self, name):
        return self.other[name] if name in self.other else getattr(self.service, name)


@asynccontextmanager
async def working(settings, *, as_peer=False, shared=False):
    async with open_service(settings) as service:
        if shared:
            kept = service.index.capabilities
            service.index.capabilities = msgspec.structs.replace(kept, is_shared=True)
        seen = LikePeer(service) if as_peer else service
        background, metrics = Background(seen, Probes(seen)), Metrics()
        background.start()
        background.show(metrics)
        await service.tenants.create(NewTenant(name="Shop", id="t"))
        try:
            yield service, background, metrics
        finally:
            await background.stop()
            metrics.close()


async def committed(service: Service):
    """Write as another process does, which does not bring this one's index up."""
    await service.store.write("t", [PutProduct(ProductContent(sku="A", name="ring", group_id="G"))])


async def found(service: Service):
    async with asyncio.timeout(10):
        while await service.index.revision("t") != 1:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.01)
    return True


async def test_the_owner_follows_commits(tmp_path, anyio_backend):
    async with working(Settings(data=tmp_path)) as (service, _, metrics):
        await asyncio.sleep(0.05)
        await committed(service)
        assert await found(service)
        assert b"facetry_index_lag" not in metrics.text()


async def test_a_peer_brings_up_its_own_index(anyio_backend):
    async with working(Settings(store="memory:", search="memory:"), as_peer=True) as (service, _, _):
        await asyncio.sleep(0.05)
        await committed(service)
        assert await found(service)


async def test_peers_bring_up_a_shared_index_and_tell_how_far_it_is_behind(anyio_backend):
    settings = Settings(store="memory:", search="memory:")
    async with working(settings, as_peer=True, shared=True) as (service, _, metrics):
        await committed(service)
        assert await found(service)
        assert b"\nfacetry_index_lag_tenants" in metrics.text()
        assert await service.leases.take("background", 1.0)


async def test_a_peer_that_leaves_it_to_others_does_nothing_for_all(anyio_backend):
    settings = Settings(store="memory:", search="memory:", background=False)
    with pytest.raises(Exception, match="background must be true"):
        async with working(settings):
            pass
    async with open_service(Settings(store="memory:", search="memory:")) as service:
        idle = LikePeer(service, settings=settings)
        kept = service.index.capabilities
        service.index.capabilities = msgspec.structs.replace(kept, is_shared=True)
        background = Background(idle, Probes(idle))
        before = asyncio.all_tasks()
        background.start()
        assert asyncio.all_tasks() == before
        await background.stop()


async def test_an_end_gives_the_lease_back(anyio_backend):
    from facetry.engines.memory.leases import MemoryLeases

    held = {}
    async with open_service(Settings(store="memory:", search="memory:")) as service:
        seen = LikePeer(service, leases=MemoryLeases(held))
        background = Background(seen, Probes(seen))
        background.start()
        await asyncio.sleep(0.05)
        assert list(held) == ["background"]
        await background.stop()
        assert held == {}
