"""Reading a whole tenant as it is at one moment, while others write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from facetry.domain.copying import CopiedGroup, CopiedProduct, CopiedThing, Counters, TenantCopy
from facetry.domain.errors import StoreError, TenantNotFoundError
from facetry.engines.mongodb.collections import GROUPS, PRODUCTS, RECORDS, TENANTS
from facetry.engines.mongodb.documents import decode_product, decode_record, decode_tenant
from facetry.engines.mongodb.failures import code_of, store_error
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.side_collections import LEASES
from facetry.engines.mongodb.state import name_of_tenant, state_of

_PORTION = 500
_TOO_OLD = frozenset({239, 251})
"""SnapshotTooOld, and NoSuchTransaction for one that was open for too long."""


@asynccontextmanager
async def open_copy(database: Database, tenant: str) -> AsyncIterator[TenantCopy]:
    """Open a copy of a tenant of a database; see ``TenantCopies.read``."""
    async with one_moment(database) as session:
        document = await database[TENANTS].find_one({"_id": name_of_tenant(tenant)}, session=session)
        state = state_of(document)
        if document is None or state is None:
            raise TenantNotFoundError(tenant)
        counters = Counters(state.revision, state.joined + 1, dict(state.last_ids))
        reading = _Reading(database, state.catalog, session)
        yield TenantCopy(decode_tenant(document["record"]), counters, reading.things())


class _Reading:
    """What is stored of a catalog, read page by page in one session."""

    def __init__(self, database: Database, catalog: ObjectId, session: AsyncClientSession) -> None:
        self._database = database
        self._catalog = catalog
        self._session = session

    async def things(self) -> AsyncIterator[Sequence[CopiedThing]]:
        """Yield portions."""
        try:
            async for page in self._pages(PRODUCTS, "i"):
                yield [CopiedProduct(decode_product(one["d"]), one["u"]) for one in page]
            async for page in self._pages(GROUPS, "g"):
                yield [CopiedGroup(one["g"], one["o"]) for one in page]
            async for page in self._pages(RECORDS, "k", "i"):
                yield [decode_record(one["d"]) for one in page]
        except PyMongoError as error:
            raise _told(error) from error

    def _pages(self, collection: str, *order: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        return pages(self._database[collection], self._catalog, order, self._session)


async def pages(
    collection: AsyncCollection[dict[str, Any]], catalog: ObjectId, order: Sequence[str], session: AsyncClientSession
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """Yield all documents of a catalog in the order of one or two fields; raises what the driver does."""
    last: Mapping[str, Any] | None = None
    while True:
        cursor = collection.find({"t": catalog, **_behind(last, *order)}, session=session)
        page = await cursor.sort([(field, 1) for field in ("t", *order)]).limit(_PORTION).to_list()
        if not page:
            return
        yield page
        last = page[-1]


def _behind(last: Mapping[str, Any] | None, first: str, *second: str) -> dict[str, Any]:
    """Return the condition of what follows a document in an order."""
    if last is None:
        return {}
    if not second:
        return {first: {"$gt": last[first]}}
    (field,) = second
    return {"$or": [{first: {"$gt": last[first]}}, {first: last[first], field: {"$gt": last[field]}}]}


@asynccontextmanager
async def one_moment(database: Database) -> AsyncIterator[AsyncClientSession]:
    """Give a session whose reads are all of one moment, for as long as the server remembers that.

    Raises:
        StoreError: The driver failed, also inside.
    """
    try:
        way = in_snapshot if await has_snapshots(database) else in_transaction
        async with way(database) as session:
            yield session
    except PyMongoError as error:
        raise _told(error) from error


@asynccontextmanager
async def in_snapshot(database: Database) -> AsyncIterator[AsyncClientSession]:
    """Give a session of snapshots, which lasts for five minutes, or as long as the server is told to remember."""
    async with database.client.start_session(snapshot=True) as session:
        yield session


@asynccontextmanager
async def in_transaction(database: Database) -> AsyncIterator[AsyncClientSession]:
    """Give a session in a transaction, which lasts for one minute, or as long as the server is told to bear it."""
    async with database.client.start_session() as session:
        await session.start_transaction(read_concern=ReadConcern("snapshot"))
        yield session


async def has_snapshots(database: Database) -> bool:
    """Return whether a server keeps what it promises of snapshots, which not everything that speaks MongoDB does.

    Raises what the driver does.
    """
    probes, probe = database[LEASES], {"_id": f"probe {ObjectId()}"}
    async with database.client.start_session(snapshot=True) as session:
        await probes.find_one(probe, session=session)
        await probes.insert_one({**probe, "holder": "", "until": 0})
        seen = await probes.find_one(probe, session=session)
    await probes.delete_one(probe)
    return seen is None


def _told(error: PyMongoError) -> StoreError:
    if isinstance(error, OperationFailure) and code_of(error) in _TOO_OLD:
        return StoreError(
            "reading the tenant took longer than MongoDB remembers one moment: "
            "raise its minSnapshotHistoryWindowInSeconds for a while"
        )
    return store_error(error)
