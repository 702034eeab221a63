"""Removing what journals keep no longer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

from facetry.domain.journal import COUNT_KINDS, LINE_KINDS, Retention
from facetry.engines.mongodb.journal_documents import Document
from facetry.engines.mongodb.side_collections import journal_collection

LINE_BYTES = 120
"""What a line occupies beside its document, in the indexes."""
COUNT_BYTES = 100
STEP = 500
"""So many documents are removed at once at most: a small piece of work for the server."""
SAMPLE = 1_000
"""Of so many lines, taken at random, it is told which tenant has most."""

Database = AsyncDatabase[dict[str, Any]]
Collection = AsyncCollection[dict[str, Any]]


async def forget(database: Database, tenant: str, before: float) -> None:
    """Remove what a tenant has from before a time."""
    for line in LINE_KINDS:
        await database[journal_collection(line.kind)].delete_many({"t": tenant, "s": {"$lt": before}})
    for kind, seconds in COUNT_KINDS.items():
        # The minute or day that it lies in goes on beyond it, so its count stays.
        end = math.nextafter(before - seconds, math.inf)
        await database[journal_collection(kind)].delete_many({"t": tenant, "s": {"$lt": end}})


async def trim(database: Database, kind: str, kept: Retention, now: float) -> int:
    """Remove some documents of a kind that are kept no longer, and return how many."""
    collection = database[journal_collection(kind)]
    if kind in COUNT_KINDS:
        gone: Sequence[object] = await _old_counts(collection, kept, now)
    else:
        gone = await _old_lines(collection, now - kept.seconds) or await _too_much(database, collection, kept)
    if not gone:
        return 0
    return (await collection.delete_many({"_id": {"$in": gone}})).deleted_count


async def _old_lines(collection: Collection, moment: float) -> list[int]:
    """Return numbers of some lines that are older than a moment, wherever they stand among those that came since."""
    if moment == -math.inf:
        return []
    # With the tenants named the index by tenant and time is enough, as many as they are.
    old = {"t": {"$in": await collection.distinct("t")}, "s": {"$lt": moment}}
    return [one["_id"] for one in await collection.find(old, {"_id": 1}).limit(STEP).to_list()]


async def _too_much(database: Database, collection: Collection, kept: Retention) -> list[int]:
    """Return numbers of some lines that are over a size: the oldest of the tenant that has most."""
    gone: list[int] = []
    size = await _size(database, collection)
    if size <= kept.size_bytes:
        return gone
    of_most: list[Document] = [{"$sample": {"size": SAMPLE}}, {"$group": {"_id": "$t", "n": {"$sum": 1}}}]
    largest = await _rows(collection, [*of_most, {"$sort": {"n": -1, "_id": 1}}, {"$limit": 1}])
    for one in largest:
        oldest: list[Document] = [{"$match": {"t": one["_id"]}}, {"$sort": {"s": 1, "_id": 1}}, {"$limit": STEP}]
        for line in await _rows(collection, [*oldest, {"$project": {"size": {"$bsonSize": "$$ROOT"}}}]):
            if size <= kept.size_bytes:
                break
            gone.append(line["_id"])
            size -= line["size"] + LINE_BYTES
    return gone


async def _size(database: Database, collection: Collection) -> int:
    """Return how large a collection is, as the server counts it without looking at its documents.

    After a crash of the server that may be wrong by what came in the last minute, which a limit of megabytes bears.
    """
    stats = await database.command("collStats", collection.name)
    return int(stats["size"] + stats["count"] * LINE_BYTES)


async def _old_counts(collection: Collection, kept: Retention, now: float) -> list[object]:
    number = await collection.estimated_document_count()
    gone: list[object] = []
    for one in await collection.find({}, {"s": 1}).sort("s").limit(STEP).to_list():
        if one["s"] < now - kept.seconds or (number - len(gone)) * COUNT_BYTES > kept.size_bytes:
            gone.append(one["_id"])
    return gone


async def _rows(collection: Collection, pipeline: list[Document]) -> list[Document]:
    return await (await collection.aggregate(pipeline)).to_list()
