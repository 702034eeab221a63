"""Numbers that are given once, whoever asks at the same time."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError


async def next_numbers(counters: AsyncCollection[dict[str, Any]], name: str, more: int = 1) -> int:
    """Take so many numbers more under a name, and return the last of them; raises what the driver does."""
    while True:
        taken = await counters.find_one_and_update(
            {"_id": name}, {"$inc": {"last": more}}, return_document=ReturnDocument.AFTER
        )
        if taken is not None:
            return int(taken["last"])
        # Several may find that there is none; each of them then counts on in the one that the first has made.
        with suppress(DuplicateKeyError):
            await counters.insert_one({"_id": name, "last": 0})
