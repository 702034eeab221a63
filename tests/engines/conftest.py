"""A database of its own for each module on MongoDB, empty for each of its tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from facetry.engines.mongodb.opening import Database
from tests.engines.mongodb_databases import emptied, own_database


@pytest.fixture(scope="module")
def url(mongodb_url: str) -> Iterator[str]:
    """Return the address of a database that nobody else has."""
    with own_database(mongodb_url) as url:
        yield url


@pytest.fixture
async def database(url: str, anyio_backend: object) -> AsyncIterator[Database]:
    """Return that database, whose collections have no documents."""
    async with emptied(url) as database:
        yield database
