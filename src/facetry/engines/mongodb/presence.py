"""Which processes use the keys of a database, so that these are sealed anew only while nobody does."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from pymongo.errors import PyMongoError

from facetry.domain.errors import StoreBusyError
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.leases import MongoLeases
from facetry.engines.mongodb.master_key import last_rotation
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.side_collections import LEASES

_log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 5.0
LIVES_SECONDS: Final = 20.0
"""A process that has not said for so long that it is there is gone."""
ALONE_SECONDS: Final = 180.0
"""Longer than a server lets a transaction last; whoever breaks off keeps others away for so long at most."""
_ALONE, _PROCESS = "rotation", "process "
_NOW: Final = {"$toLong": "$$NOW"}
_IS_THERE: Final = {"$expr": {"$gt": ["$until", _NOW]}}


class Presence:
    """One process among those that use the database; it says so from ``begin`` to ``close``.

    Who comes says so before it looks whether somebody wants to be alone, who wants to be alone says so before it
    looks who is there: so one of the two finds the other.

    Attributes:
        lost: Set when this process must use its master key no longer: while it could not say that it is there, the
            key was replaced, or begins to be.
    """

    def __init__(self, database: Database) -> None:
        """Say nothing yet."""
        self._database = database
        self._leases = database[LEASES]
        self._alone = MongoLeases(database)
        self._name = f"{_PROCESS}{secrets.token_hex(12)}"
        self._beating: asyncio.Task[None] | None = None
        self._rotation = b""
        self.lost = asyncio.Event()

    async def begin(self) -> None:
        """Say from now on that this process is there.

        Raises:
            StoreBusyError: Another one seals the keys anew.
            StoreError: The driver failed.
        """
        with failures():
            await self._tell(is_new=True)
            is_barred = await self._is_barred()
            self._rotation = await last_rotation(self._database)
        if is_barred:
            await self.close()
            raise StoreBusyError("the master key is being replaced: begin when that is done")
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Let no other process begin while what is inside is done.

        Raises:
            StoreBusyError: Others are there.
            StoreError: The driver failed.
        """
        if not await self._alone.take(_ALONE, ALONE_SECONDS):
            raise StoreBusyError("another process replaces the master key")
        try:
            with failures():
                others = await self._leases.count_documents({"_id": self._others(), **_IS_THERE})
            if others:
                raise StoreBusyError(
                    f"{others} other processes use the store and would go on with the old key: stop them first; "
                    f"one that was killed counts for {LIVES_SECONDS:.0f} seconds"
                )
            yield
        finally:
            await self._alone.give_back(_ALONE)

    async def close(self) -> None:
        """Say no longer that this process is there; harmless to repeat."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait([self._beating])
            self._beating = None
        with suppress(PyMongoError):
            gone = {"_id": self._others(), "$expr": {"$lte": ["$until", _NOW]}}
            await self._leases.delete_many({"$or": [{"_id": self._name}, gone]})

    async def _beat(self) -> None:
        is_there = True
        while not self.lost.is_set():
            await asyncio.sleep(BEAT_SECONDS)
            with suppress(PyMongoError):
                is_there = is_there and await self._tell()
                is_there = is_there or await self._has_come_back()
                if not is_there:
                    _log.error("the master key was replaced, or is being, while this process was cut off from MongoDB")
                    self.lost.set()

    async def _has_come_back(self) -> bool:
        """Say anew that this process is there, and return whether it may go on with the key it has."""
        await self._tell(is_new=True)
        if not await self._is_barred() and await last_rotation(self._database) == self._rotation:
            return True
        await self._leases.delete_one({"_id": self._name})
        return False

    async def _is_barred(self) -> bool:
        """Return whether somebody wants to be alone."""
        return await self._leases.find_one({"_id": _ALONE, "holder": {"$ne": ""}, **_IS_THERE}) is not None

    async def _tell(self, *, is_new: bool = False) -> bool:
        """Say that this process is there, and return False where others have taken it for gone."""
        until = {"$add": [_NOW, round(LIVES_SECONDS * 1000)]}
        says = [{"$set": {"holder": self._name, "until": until}}]
        counts = {} if is_new else _IS_THERE
        told = await self._leases.update_one({"_id": self._name, **counts}, says, upsert=is_new)
        return is_new or told.matched_count == 1

    def _others(self) -> dict[str, object]:
        """Return the condition on names of other processes."""
        return {"$regex": f"^{_PROCESS}", "$ne": self._name}
