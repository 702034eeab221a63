import asyncio

import pytest

from facetry.domain.errors import StoreError
from facetry.worker.following import Following
from tests.unit.application.shop import Shop, content

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.open()
    return shop


class Told:
    """Writes down who changed; fails once when told to."""

    def __init__(self):
        self.tenants = []
        self.failure = None

    async def hear(self, tenant):
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        self.tenants.append(tenant)


async def test_only_what_changed_since_the_first_look_is_told(shop):
    told, following = Told(), Following(shop.store)
    following.call(told.hear)
    await shop.catalog.put_product("t", content("A1"))
    await following.look()
    await following.look()
    assert told.tenants == []
    await shop.catalog.put_product("t", content("A2"))
    await following.look()
    await following.look()
    assert told.tenants == ["t"]
    await shop.store.delete_tenant("t")
    await following.look()
    await following.look()
    assert told.tenants == ["t", "t"]


@pytest.mark.parametrize(
    ("failure", "said"), [(StoreError("gone"), "what changed: gone"), (RuntimeError("bug"), "could not be followed")]
)
async def test_what_failed_is_told_again(shop, caplog, failure, said):
    told, following = Told(), Following(shop.store)
    following.call(told.hear)
    await following.look()
    await shop.catalog.put_product("t", content("A1"))
    told.failure = failure
    running = asyncio.create_task(following.run(0.001))
    async with asyncio.timeout(5):
        while not told.tenants:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.001)
    running.cancel()
    assert told.tenants == ["t"]
    assert said in caplog.text
