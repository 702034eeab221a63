"""Opening a database, with everything in it that must be there before it is used."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from pymongo import ASCENDING, AsyncMongoClient, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidName, InvalidURI, OperationFailure, PyMongoError
from pymongo.monitoring import CommandListener
from pymongo.read_concern import ReadConcern

from facetry.domain.errors import StoreError, StoreVersionError
from facetry.engines.mongodb.collections import LAYOUTS, SCHEMA, SCHEMA_VERSION, Index, Layout
from facetry.engines.mongodb.failures import code_of, store_error
from facetry.engines.mongodb.side_collections import SIDE_LAYOUTS

Database: TypeAlias = AsyncDatabase[dict[str, Any]]
DEFAULT_DATABASE = "facetry"
_OLDEST_WIRE = 17
"""MongoDB 6.0, the oldest one that its makers still mend."""
BULK_WIRE = 25
"""MongoDB 8.0, the first one that writes to several collections with one command."""
_NAMESPACE_EXISTS = 48
# Whoever writes or reads here relies on these, whatever the URL says.
_DURABLE: Final[dict[str, Any]] = {
    "appname": "facetry",
    "w": "majority",
    "journal": True,
    "retryWrites": True,
    "retryReads": True,
    "readConcernLevel": "majority",
    "readPreference": "primary",
    "uuidRepresentation": "standard",
    "tz_aware": True,
}
# These may be said in the URL.
_TIMES: Final[dict[str, Any]] = {
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    # Who asks over a connection that was lost without a word waits until the server has missed such a look.
    "heartbeatFrequencyMS": 2_000,
    "socketTimeoutMS": 30_000,
    "wTimeoutMS": 20_000,
    "maxPoolSize": 50,
}


async def open_database(url: str, listeners: Sequence[CommandListener] = ()) -> Database:
    """Open the database that a URL names, with its collections, their indexes and their validators.

    Args:
        url: ``mongodb://`` or ``mongodb+srv://``; the database is ``facetry`` where it names none.
        listeners: Told of each command.

    Raises:
        StoreError: The URL is wrong, the server is too old or has no transactions, or refuses.
        StoreBusyError: It does not answer.
        StoreVersionError: A newer version of Facetry has written to it.
    """
    database = _database(url, listeners)
    try:
        await _check_server(database)
        if await _stored_version(database) < SCHEMA_VERSION:
            await _lay_out_all(database)
    except PyMongoError as error:
        await database.client.close()
        raise store_error(error) from error
    except BaseException:
        await database.client.close()
        raise
    return database


async def has_bulk_write(database: Database) -> bool:
    """Return whether one command can write to several collections; raises what the driver does."""
    answer = await database.client.admin.command("hello")
    return bool(answer.get("maxWireVersion", 0) >= BULK_WIRE)


def _database(url: str, listeners: Sequence[CommandListener]) -> Database:
    try:
        named = {name.lower() for name, _ in parse_qsl(urlsplit(url).query)}
        times = {name: value for name, value in _TIMES.items() if name.lower() not in named}
        options = {**_DURABLE, **times, "event_listeners": list(listeners)}
        with warnings.catch_warnings():
            # The driver would go on without what it does not understand, without encryption perhaps.
            warnings.simplefilter("error", UserWarning)
            client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url, **options)
        return client.get_default_database(DEFAULT_DATABASE)
    except UserWarning:
        raise StoreError("the URL of MongoDB has an option that is not known, or a value that it cannot have") from None
    except OSError:
        raise StoreError("the URL of MongoDB names a file of certificates that cannot be read") from None
    except (ConfigurationError, InvalidURI, InvalidName, ValueError):
        # What the driver says may quote the URL, and with it a password.
        raise StoreError("the URL of MongoDB is not valid") from None


async def _check_server(database: Database) -> None:
    hello = await database.client.admin.command("hello")
    if hello.get("maxWireVersion", 0) < _OLDEST_WIRE:
        raise StoreError("MongoDB 6.0 or newer is needed")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise StoreError("MongoDB must run as a replica set, of one server at least: a single one has no transactions")


async def _stored_version(database: Database) -> int:
    # Nobody may miss that a newer version was here, so no answer from before a failover counts.
    collection = database.get_collection(SCHEMA, read_concern=ReadConcern("majority"))
    stored = await collection.find_one({"_id": SCHEMA})
    version = int(stored["version"]) if stored else 0
    if version > SCHEMA_VERSION:
        raise StoreVersionError(
            f"the database has schema version {version}, this program knows versions up to {SCHEMA_VERSION}: "
            "use the newer version of Facetry that wrote it"
        )
    return version


async def _lay_out_all(database: Database) -> None:
    """Make all that is not there, and say so when it is done.

    Only what is new is worth it: to change a collection, a server waits for the transactions that are open on it, and
    lets all others wait meanwhile.
    """
    for layout in (*LAYOUTS, *SIDE_LAYOUTS):
        await _lay_out(database, layout)
    await database[SCHEMA].update_one({"_id": SCHEMA}, {"$max": {"version": SCHEMA_VERSION}}, upsert=True)


async def _lay_out(database: Database, layout: Layout) -> None:
    """Make a collection, its validator and its indexes, each where it is not there."""
    try:
        await database.create_collection(layout.name, validator=layout.validator, check_exists=False)
    except OperationFailure as error:
        if code_of(error) != _NAMESPACE_EXISTS:
            raise
        await database.command("collMod", layout.name, validator=layout.validator)
    if layout.indexes:
        await database[layout.name].create_indexes([_model(index) for index in layout.indexes])


def _model(index: Index) -> IndexModel:
    more: dict[str, Any] = {"unique": True} if index.unique else {}
    if index.only_with:
        more["partialFilterExpression"] = {index.only_with: {"$exists": True}}
    return IndexModel([(field, ASCENDING) for field in index.fields], name=index.name, **more)
