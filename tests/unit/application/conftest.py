"""The use cases over the reference engines."""

import pytest

from tests.unit.application.shop import Shop


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.open()
    return shop


@pytest.fixture
async def impatient_shop(anyio_backend):
    shop = Shop(index_wait_seconds=0.05)
    await shop.open()
    return shop
