"""The profiles that the published APIs are tried on, as a plugin of pytest: on one machine, or on several engines.

A test that takes ``make_server`` or ``stored``, by whatever fixture, runs on every profile.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.support import ROOT

EMBEDDED = "embedded"
PROFILES = (EMBEDDED, "shared-index", "scale-out")
FOLDERS = tuple(ROOT / "tests" / name for name in ("api", "contract/catalog_api", "contract/client_api"))


def pytest_addoption(parser):
    """Add ``--profile``."""
    parser.addoption("--profile", choices=PROFILES, default=EMBEDDED, help="the engines under the published APIs")


def pytest_collection_modifyitems(config, items):
    """Keep what a profile has a say in: other tests make their engines themselves, or need none."""
    if config.getoption("--profile") == EMBEDDED:
        return
    published = [item for item in items if any(folder in item.path.parents for folder in FOLDERS)]
    others = [item for item in published if not {"engine_options", "served_options"} & set(item.fixturenames)]
    for item in published:
        item.add_marker(pytest.mark.engines)
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in set(others)]


def pytest_generate_tests(metafunc):
    """Run what takes ``stored`` on every store of a profile."""
    if "stored" in metafunc.fixturenames:
        profile = metafunc.config.getoption("--profile")
        metafunc.parametrize("stored", ["memory", "sqlite"] if profile == EMBEDDED else [profile], indirect=True)


@pytest.fixture
def engine_options(request):
    """Return the options of a server that put it on the engines of the profile, of the reference engines none."""
    profile = request.config.getoption("--profile")
    return {} if profile == EMBEDDED else request.getfixturevalue(profile.replace("-", "_"))


@pytest.fixture
def make_server(engine_options):
    """Return what makes a server, of any kind and with any options, on the engines of the profile."""
    # Most tests of a run need none of it.
    from tests.api.server import Server

    def make(*arguments, kind=Server, **options):
        return kind(*arguments, **{**engine_options, **options})

    return make


@pytest.fixture
async def sqlite_store(tmp_path, anyio_backend):
    from facetry.engines.sqlite.opening import open_store

    store = await open_store(tmp_path, owner=True)
    yield store
    await store.close()


@pytest.fixture
def stored(request, engine_options):
    """Return the options of a server for each store of the profile."""
    return {"store": request.getfixturevalue("sqlite_store")} if request.param == "sqlite" else engine_options


@pytest.fixture
def one_machine(request):
    """Skip what holds where nothing is far away.

    A shared index is brought up by those who write and groups no hits by other fields; a store on another machine
    takes so long that others see what lies between two of its steps.
    """
    if request.config.getoption("--profile") != EMBEDDED:
        pytest.skip("holds on one machine")


@pytest.fixture
async def shared_index(anyio_backend, index_url):
    """Return the options of a server whose index alone is on OpenSearch."""
    # Drivers are imported where their engines are chosen.
    from tests.api.scale_out import shared_index_options

    async with shared_index_options(index_url) as options:
        yield options


@pytest.fixture(scope="session")
def database_url(mongodb_url):
    """Return the address of a database that tests empty one after the other: to make one takes longer than a test."""
    from tests.engines.mongodb_databases import own_database

    with own_database(mongodb_url) as url:
        yield url


@pytest.fixture(scope="session")
def index_url(opensearch_url):
    """Return the address of an index that tests leave what they put into it to: to remove it takes longer than most."""
    from tests.engines.lucene_indexes import drop, new_prefix

    prefix = new_prefix()
    yield f"{opensearch_url}/{prefix}"
    asyncio.run(drop(opensearch_url, prefix))


@pytest.fixture
async def scale_out(anyio_backend, database_url, index_url, redis_url):
    """Return the options of a server on MongoDB, OpenSearch and Valkey."""
    from tests.api.scale_out import scale_out_options

    async with scale_out_options(database_url, index_url, redis_url) as options:
        yield options


@pytest.fixture(scope="session")
def served_options(request):
    """Return the flags that put a program on the engines of the profile."""
    if request.config.getoption("--profile") != "scale-out":
        yield []
        return
    from tests.engines.machines import own_engines

    with own_engines(*(request.getfixturevalue(f"{name}_url") for name in ("mongodb", "opensearch", "redis"))) as flags:
        yield flags
