"""A server with two tenants, for tests through the public surface."""

import pytest

from tests.api.served import served
from tests.api.server import AccessKeyHolder, KeyHolder


@pytest.fixture(scope="session")
def served_shop(tmp_path_factory, served_options):
    with served(tmp_path_factory.mktemp("served"), served_options) as pool:
        yield pool


@pytest.fixture
def server(make_server):
    return make_server()


@pytest.fixture
async def shop(server, anyio_backend):
    _, client = await server.add_tenant("Conte America", id="shop", api_key="api-key-of-shop", label="ffaabbccdd")
    return client


@pytest.fixture
async def rival(server, anyio_backend):
    _, client = await server.add_tenant("Rival", id="rival", api_key="api-key-of-rival")
    return client


@pytest.fixture
async def owner(server, shop):
    """Return who holds the shop's API key."""
    return KeyHolder(server, "api-key-of-shop")


@pytest.fixture
async def office(server, shop):
    """Return who holds the shop's access key to the Client API."""
    return AccessKeyHolder(server, (await server.tenants.keys("shop")).access_key)


@pytest.fixture
async def front(server, shop):
    """Return who holds the shop's key that may only search."""
    return KeyHolder(server, (await server.tenants.keys("shop")).search_key)
