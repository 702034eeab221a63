"""The sessions in which processes write, told to all, so that what a dead process left open stands in nobody's way.

A server keeps the transaction of a process that was killed, with what it has locked, for a minute. So each process says
now and then that it lives, and whoever finds the way barred ends the sessions of those that do not.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from bson import Binary
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from facetry.engines.mongodb.collections import WRITERS
from facetry.engines.mongodb.opening import Database

BEAT_SECONDS: Final = 1.5
LIVES_MILLISECONDS: Final = 4_500
"""A process that has not said for so long that it lives is dead, or may as well be: its writes are done anew."""
_BY_THE_SERVER: Final = {"$toLong": "$$NOW"}
_log = logging.getLogger(__name__)


class Writers:
    """The sessions in which this process writes, and the end of those that dead ones left."""

    def __init__(self, database: Database) -> None:
        """Write to a database."""
        self._database = database
        # A beat that a change of servers loses is soon followed by another one.
        self._told = database.get_collection(WRITERS, write_concern=WriteConcern(1))
        self._process = secrets.token_hex(8)
        self._idle: list[AsyncClientSession] = []
        self._beating: asyncio.Task[None] | None = None
        self._looked = 0.0

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncClientSession]:
        """Lend a session for one transaction.

        Raises:
            PyMongoError: The driver failed.
        """
        session = self._idle.pop() if self._idle else await self._new()
        try:
            yield session
        finally:
            # Whatever became of a transaction, the next one of the session ends it.
            self._idle.append(session)

    async def end_abandoned(self) -> None:
        """End what dead processes left open; looks for it at most once in a beat, and never fails."""
        if time.monotonic() - self._looked < BEAT_SECONDS:
            return
        self._looked = time.monotonic()
        with suppress(PyMongoError):
            dead = await self._told.find({"$expr": {"$lt": ["$until", _BY_THE_SERVER]}}).to_list()
            if dead:
                _log.warning("ending %d sessions of processes that do not answer", len(dead))
                await self._database.client.admin.command("killSessions", [{"id": _id_of(one)} for one in dead])
                await self._told.delete_many({"_id": {"$in": [_id_of(one) for one in dead]}})

    async def close(self) -> None:
        """Give up all sessions; harmless to repeat."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait([self._beating])
            self._beating = None
            with suppress(PyMongoError):
                await self._told.delete_many({"process": self._process})
        while self._idle:
            await self._idle.pop().end_session()

    async def _new(self) -> AsyncClientSession:
        session = self._database.client.start_session(causal_consistency=False)
        # Told before it is used, else nobody could end what it does.
        await self._told.update_one({"_id": session.session_id["id"]}, self._lives(), upsert=True)
        if self._beating is None:
            self._beating = asyncio.get_running_loop().create_task(self._beat())
        return session

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            with suppress(PyMongoError):
                await self._told.update_many({"process": self._process}, self._lives())

    def _lives(self) -> list[dict[str, Any]]:
        until = {"$add": [_BY_THE_SERVER, LIVES_MILLISECONDS]}
        return [{"$set": {"process": self._process, "until": until}}]


def _id_of(session: Mapping[str, Any]) -> Binary:
    """Return the id of a session as commands take it."""
    return Binary.from_uuid(session["_id"])
