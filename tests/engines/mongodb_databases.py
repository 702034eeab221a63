"""Databases of their own for tests on a MongoDB server."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

from pymongo import MongoClient

from facetry.engines.mongodb.opening import Database, open_database


def url_of(server: str, database: str) -> str:
    """Return the address of a database of a server."""
    return urlsplit(server)._replace(path=f"/{database}").geturl()


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """Give the address of a database that nobody else has, and drop it at the end."""
    name = f"facetry-test-{secrets.token_hex(6)}"
    yield url_of(server, name)
    with MongoClient(server) as client:
        client.drop_database(name)


@asynccontextmanager
async def emptied(url: str) -> AsyncIterator[Database]:
    """Open a database, and leave its collections without documents."""
    database = await open_database(url)
    yield database
    for name in await database.list_collection_names():
        if name != "schema":
            await database[name].delete_many({})
    await database.client.close()
