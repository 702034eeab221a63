"""A server with two tenants, for tests through the public surface."""

from pathlib import Path

import pytest

from tests.api.served import served
from tests.api.server import AccessKeyHolder, KeyHolder, Server


@pytest.fixture(scope="session")
def served_shop(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served")) as pool:
        yield pool


FOLDER = Path(__file__).parent
EMBEDDED = "embedded"


def pytest_collection_modifyitems(config, items):
    """Keep what a profile has a say in: other tests make their servers themselves."""
    if config.getoption("--profile") == EMBEDDED:
        return
    kept = [item for item in items if FOLDER not in item.path.parents or takes_a_server(item)]
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.engines)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def takes_a_server(item):
    """Return whether a test runs on the server of this file, not on one of its module."""
    found = item._fixtureinfo.name2fixturedefs.get("server")
    return bool(found) and found[-1].baseid.endswith(FOLDER.name)


@pytest.fixture
def server(request):
    """Return a server on the reference engines, or on those of the profile that the tests are run with."""
    profile = request.config.getoption("--profile")
    return Server() if profile == EMBEDDED else request.getfixturevalue(profile.replace("-", "_"))


@pytest.fixture
async def shared_index(anyio_backend, opensearch_url):
    """Return a server whose index alone is on OpenSearch."""
    from tests.api.scale_out import shared_index_server

    async with shared_index_server(opensearch_url) as server:
        yield server


@pytest.fixture(scope="session")
def database_url(mongodb_url):
    """Return the address of a database that tests empty one after the other: to make one takes longer than a test."""
    from tests.engines.mongodb_databases import own_database

    with own_database(mongodb_url) as url:
        yield url


@pytest.fixture
async def scale_out(anyio_backend, database_url, opensearch_url, redis_url):
    """Return a server on MongoDB, OpenSearch and Valkey."""
    # Drivers are imported where their engines are chosen.
    from tests.api.scale_out import scale_out_server

    async with scale_out_server(database_url, opensearch_url, redis_url) as server:
        yield server


@pytest.fixture
def one_machine(request):
    """Skip what holds where nothing is far away.

    A shared index is brought up by those who write and groups no hits by other fields; a store on another machine
    takes so long that others see what lies between two of its steps.
    """
    if request.config.getoption("--profile") != EMBEDDED:
        pytest.skip("holds on one machine")


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
