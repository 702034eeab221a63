"""The use cases over the reference engines."""

import pytest

from tests.unit.application.shop import Shop


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.open()
    return shop
