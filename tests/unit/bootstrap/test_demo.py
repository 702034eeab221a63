"""The demo catalog is made whole, however slow the machine is that it is made on."""

from __future__ import annotations

import pytest

from facetry.bootstrap.demo import DEMO_TENANT, ensure_demo
from facetry.bootstrap.service import open_service
from facetry.settings import Settings

pytestmark = pytest.mark.anyio


async def test_an_index_that_is_slower_than_writes_wait_leaves_the_demo_whole(anyio_backend, tmp_path):
    settings = Settings(data=tmp_path, store="memory:", demo=True, index_wait_seconds=1e-9)
    async with open_service(settings) as service:
        await ensure_demo(service)
        await service.relay.reach(DEMO_TENANT)
        assert await service.store.counts(DEMO_TENANT) == (2750, 398)
