"""Leases as documents, one a name, that last by the clock of the server."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError, PyMongoError

from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.side_collections import LEASES

_TRIES = 3
"""Others may give a lease back, and so remove it, between two commands of ours."""


class MongoLeases:
    """Leases of one process: each of its objects is a holder of its own."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        """Keep leases in a database."""
        self._leases = database[LEASES]
        self._holder = secrets.token_hex(12)

    async def take(self, name: str, seconds: float) -> bool:
        """Take a lease, or renew it, with one command: so one of several who ask at once has it."""
        with failures():
            return await self._taken(name, taking(self._holder, seconds))

    async def give_back(self, name: str) -> None:
        """Let others take a lease; where the server is away it runs out by itself."""
        with suppress(PyMongoError):
            await self._leases.delete_one({"_id": name, "holder": self._holder})

    async def close(self) -> None:
        """Give back all."""
        with suppress(PyMongoError):
            await self._leases.delete_many({"holder": self._holder})

    async def _taken(self, name: str, update: Sequence[Mapping[str, Any]]) -> bool:
        for _ in range(_TRIES):
            lease = await self._leases.find_one_and_update({"_id": name}, update, return_document=ReturnDocument.AFTER)
            if lease is not None:
                return bool(lease["holder"] == self._holder)
            # Several may find that there is none. Each of them makes it free, and one of them takes it.
            with suppress(DuplicateKeyError):
                await self._leases.insert_one({"_id": name, "holder": "", "until": 0})
        return False


def taking(holder: str, seconds: float) -> list[dict[str, Any]]:
    """Return the update of a lease that gives it to a holder where it is free, run out or that holder's own.

    One that another holds stays as it is, so that asking for it in vain writes nothing.
    """
    now = {"$toLong": "$$NOW"}
    is_free = {"$lte": [{"$ifNull": ["$until", 0]}, now]}
    is_own = {"$eq": ["$holder", {"$literal": holder}]}
    until = {"$add": [now, round(seconds * 1000)]}
    return [
        {"$set": {"mine": {"$or": [is_own, is_free]}}},
        {
            "$set": {
                "holder": {"$cond": ["$mine", {"$literal": holder}, "$holder"]},
                "until": {"$cond": ["$mine", until, "$until"]},
            }
        },
        {"$unset": "mine"},
    ]
