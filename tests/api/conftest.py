"""A server with two tenants, for tests through the public surface."""

import pytest

from tests.api.server import Server


@pytest.fixture
def server():
    return Server()


@pytest.fixture
async def shop(server, anyio_backend):
    _, client = await server.add_tenant("Conte America", id="shop", api_key="api-key-of-shop", label="ffaabbccdd")
    return client


@pytest.fixture
async def rival(server, anyio_backend):
    _, client = await server.add_tenant("Rival", id="rival", api_key="api-key-of-rival")
    return client
