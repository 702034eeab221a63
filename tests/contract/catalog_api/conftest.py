"""The same server as in ``tests/api``, with the tenant of the published samples."""

import pytest


@pytest.fixture
def server(make_server):
    return make_server()


@pytest.fixture
async def shop(server, anyio_backend):
    _, client = await server.add_tenant("ConteAmerica", id="conte", api_key="api-key-of-conte", label="ffaabbccdd")
    return client
