"""When access keys were last used: noted in memory, and written for all processes a few seconds later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from pymongo import UpdateOne, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.side_collections import KEY_USAGE

NOTE_SECONDS = 60.0
"""A process notes a key once in this time at most."""
PAUSE_SECONDS = 5.0
"""So long what is noted waits for more."""


class MongoKeyUsage:
    """A document a key; what the server refuses is not noted."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], pause_seconds: float = PAUSE_SECONDS) -> None:
        """Keep times in a database."""
        self._uses = database[KEY_USAGE]
        self._quick = self._uses.with_options(write_concern=WriteConcern(w=1))
        self._pause = pause_seconds
        self._noted: dict[tuple[str, str], float] = {}
        self._waiting: dict[tuple[str, str], float] = {}
        self._writing: asyncio.Task[None] | None = None
        self._is_closed = False

    def used(self, tenant: str, key_id: str, now: float) -> None:
        """Note the time, unless it was noted just now."""
        noted = self._noted.get((tenant, key_id))
        if self._is_closed or (noted is not None and 0 <= now - noted < NOTE_SECONDS):
            return
        self._noted[tenant, key_id] = self._waiting[tenant, key_id] = now
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon())

    async def forget(self, tenant: str, key_ids: Sequence[str]) -> None:
        """Remove the documents of keys."""
        for key_id in key_ids:
            self._noted.pop((tenant, key_id), None)
            self._waiting.pop((tenant, key_id), None)
        with suppress(PyMongoError):
            await self._uses.delete_many({"t": tenant, "k": {"$in": [*key_ids]}})

    async def last_used(self, tenant: str, key_ids: Sequence[str]) -> Mapping[str, float]:
        """Return the times of those documents that there are."""
        with failures():
            await self._write()
            found = await self._uses.find({"t": tenant, "k": {"$in": [*key_ids]}}).to_list()
        return {one["k"]: one["s"] for one in found}

    async def close(self) -> None:
        """Write what is waiting."""
        self._is_closed = True
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait((self._writing,))
        with suppress(PyMongoError):
            await self._write()

    async def _write_soon(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._pause)
            # Whatever the server does, calls go on; a use that is lost is noted again within a minute or so.
            with suppress(PyMongoError):
                await self._write()

    async def _write(self) -> None:
        waiting, self._waiting = self._waiting, {}
        updates = [
            UpdateOne({"t": tenant, "k": key_id}, {"$set": {"s": now}}, upsert=True)
            for (tenant, key_id), now in waiting.items()
        ]
        if updates:
            await self._quick.bulk_write(updates, ordered=False)
