"""Transactions and sessions: how often what is tried again, and how reads follow what was committed."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple, TypeVar

from bson import Timestamp
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from facetry.domain.errors import CommitUnknownError, StoreBusyError
from facetry.engines.mongodb.collections import TENANTS
from facetry.engines.mongodb.failures import has_label, store_error
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.writers import Writers

_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.1
_TRANSIENT, _UNKNOWN = "TransientTransactionError", "UnknownTransactionCommitResult"
_SNAPSHOT, _ANY = ReadConcern("snapshot"), ReadConcern()
_DURABLE = WriteConcern("majority", j=True)
T = TypeVar("T")


class Patience(NamedTuple):
    """How many seconds something is tried again: before it is asked who is dead, and at all."""

    before_help: float = 0.5
    at_all: float = 20.0


_PATIENCE = Patience()


class OvertakenError(Exception):
    """Another process wrote to the tenant meanwhile: everything has to be read anew."""


class Transactions:
    """Sessions of one client: those that read see at least what this process committed or learnt of.

    Attributes:
        writers: Lends those that write.
    """

    def __init__(self, database: Database, patience: Patience = _PATIENCE) -> None:
        """Work in a database."""
        self._patience = patience
        self._client = database.client
        self.writers = Writers(database)
        # Not even while one server takes over from another does this miss a write that was confirmed.
        self._newest = database.get_collection(TENANTS, read_concern=ReadConcern("linearizable"))
        self._time: Timestamp | None = None
        self._cluster_time: dict[str, Any] = {}

    def reading(self) -> AsyncClientSession:
        """Return a session whose reads never go back behind what was committed or learnt of before."""
        session = self._client.start_session(causal_consistency=True)
        if self._time is not None:
            session.advance_cluster_time(self._cluster_time)
            session.advance_operation_time(self._time)
        return session

    def plain(self) -> AsyncClientSession:
        """Return a session that waits for nothing, for what is true or fails whatever was read before."""
        return self._client.start_session(causal_consistency=False)

    def note(self, session: AsyncClientSession) -> None:
        """Have later reads follow what a session has done."""
        if session.operation_time is None or (self._time is not None and session.operation_time <= self._time):
            return
        self._time = session.operation_time
        self._cluster_time = dict(session.cluster_time or {})

    async def newest_mark(self, name: str) -> int:
        """Return the mark that the document of a tenant has by now, 0 where there is none; later reads follow it.

        Raises:
            PyMongoError: The driver failed.
        """
        async with self.plain() as session:
            found = await self._newest.find_one({"_id": name}, {"mark": True}, session=session)
            self.note(session)
        return int(found["mark"]) if found else 0

    @asynccontextmanager
    async def open(self, session: AsyncClientSession, *, reads: bool = True) -> AsyncIterator[None]:
        """Do what is inside in a transaction, committed at the end and abandoned where it fails.

        Args:
            session: One of these, to be used inside.
            reads: Whether all reads inside are to be of one moment; without, the first command may be any one.
        """
        await session.start_transaction(read_concern=_SNAPSHOT if reads else _ANY, write_concern=_DURABLE)
        try:
            yield
        except BaseException:
            with suppress(PyMongoError):
                await session.abort_transaction()
            raise
        await self._commit(session)
        self.note(session)

    async def at_once(self, work: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        """Do work that writes in one transaction, again where others stand in the way.

        Raises:
            StoreBusyError: They did so for too long, or the server does not answer.
            StoreError: The driver failed.
        """

        async def once() -> T:
            async with self.writers.session() as session, self.open(session):
                return await work(session)

        return await self.again(once)

    async def at_one_moment(self, work: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        """Do work that only reads, all of it as it was at one moment; raises as ``at_once`` does."""

        async def once() -> T:
            async with self.reading() as session, self.open(session):
                return await work(session)

        return await self.again(once)

    async def again(self, once: Callable[[], Awaitable[T]]) -> T:
        """Do something until nobody stands in the way; raises as ``at_once`` does."""
        began, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            try:
                return await once()
            except OvertakenError as error:
                waited = self._waited(began, error)
            except PyMongoError as error:
                if not has_label(error, _TRANSIENT):
                    raise store_error(error) from error
                waited = self._waited(began, error)
            if waited > self._patience.before_help:
                await self.writers.end_abandoned()
            # Those who stand in each other's way must not come back at the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret hangs on it
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _waited(self, began: float, error: Exception) -> float:
        """Return how long something has been tried; raises ``StoreBusyError`` where that is long enough."""
        waited = time.monotonic() - began
        if waited > self._patience.at_all:
            raise StoreBusyError("MongoDB lets others write all the time, or is away") from error
        return waited

    async def _commit(self, session: AsyncClientSession) -> None:
        """Commit; where nobody knows whether it was, ask again: that is harmless, and tells."""
        until = time.monotonic() + self._patience.at_all
        while True:
            try:
                await session.commit_transaction()
            except PyMongoError as error:
                if not has_label(error, _UNKNOWN):
                    raise
                if time.monotonic() > until:
                    raise CommitUnknownError("MongoDB does not say whether the write was done") from error
                await asyncio.sleep(_LONGEST_PAUSE)
            else:
                return
