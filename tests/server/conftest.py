"""One server with one tenant for the tests of a file that change nothing which others look at."""

from __future__ import annotations

import pytest

from tests.program import Program, new_tenant


@pytest.fixture
def data(tmp_path):
    """Return where a data directory may be made; logs lie beside it."""
    return tmp_path / "data"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("shared") / "data") as program:
        yield program


@pytest.fixture(scope="module")
def tenant(server):
    return new_tenant(server.data)


@pytest.fixture(scope="module")
def token(server, tenant):
    return server.login(tenant)


@pytest.fixture
def shop(server, token):
    with server.connect(token) as connection:
        yield connection
