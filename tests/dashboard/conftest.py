"""A server with a shop and its users, for tests of pages."""

import pytest

from facetry.domain.user import Role
from tests.api.server import Server
from tests.dashboard.server import Visitor, visitor


@pytest.fixture
def server():
    return Server()


@pytest.fixture
async def shop(server, anyio_backend):
    """Return a shop, as a client of the Catalog API."""
    _, client = await server.add_tenant("Conte America", id="shop", api_key="api-key-of-shop", label="ffaabbccdd")
    return client


@pytest.fixture
async def rival(server, anyio_backend):
    _, client = await server.add_tenant("Rival", id="rival", api_key="api-key-of-rival")
    return client


@pytest.fixture
async def owner(server, shop):
    return await visitor(server, "shop", Role.OWNER)


@pytest.fixture
async def editor(server, shop):
    return await visitor(server, "shop", Role.EDITOR)


@pytest.fixture
async def viewer(server, shop):
    return await visitor(server, "shop", Role.VIEWER)


@pytest.fixture
async def rival_owner(server, rival):
    return await visitor(server, "rival", Role.OWNER)


@pytest.fixture
async def operator(server, anyio_backend):
    return await visitor(server, "", Role.OPERATOR)


@pytest.fixture
def guest(server):
    """Return somebody who is not signed in."""
    return Visitor(server)
