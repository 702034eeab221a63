"""A server with two tenants, for tests through the public surface."""

import pytest

from tests.api.served import served
from tests.api.server import Server


@pytest.fixture(scope="session")
def served_shop(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served")) as pool:
        yield pool


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
