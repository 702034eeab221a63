"""The use cases over the reference engines."""

import pytest

from facetry.application.tenants import NewTenant
from tests.unit.application.shop import Shop


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.tenants.create(NewTenant(name="Shop", id="t", api_key="api-key-of-t"))
    return shop
