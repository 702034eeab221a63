"""Looking for documents that belong to no tenant, and removing them."""

from __future__ import annotations

from typing import NamedTuple

from bson import ObjectId

from facetry.domain.fault import Fault
from facetry.engines.mongodb.collections import CATALOG_COLLECTIONS, KEYS, PURGES, TENANTS
from facetry.engines.mongodb.copy_reading import one_moment
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.tenancy import Tenancy


class _Found(NamedTuple):
    """What is wrong: catalogs of no tenant with the collection that has them, keys of no tenant, purges by tenant."""

    nobodys: list[tuple[str, ObjectId]]
    keys: list[object]
    purges: dict[str, ObjectId]


async def shared_faults(database: Database) -> list[Fault]:
    """Return the faults; see ``Mending``."""
    nobodys, keys, purges = await _found(database)
    told = [Fault("database", name, f"documents of catalog {one}, which is not there") for name, one in nobodys]
    if keys:
        told.append(Fault("database", KEYS, f"{len(keys)} keys of tenants that are not there"))
    return told + [Fault("database", PURGES, f"tenant {one} is there and marked as deleted") for one in purges]


async def mend_shared(database: Database, tenancy: Tenancy) -> None:
    """Remove what belongs to nobody."""
    nobodys, keys, purges = await _found(database)
    for catalog in dict.fromkeys(catalog for _, catalog in nobodys):
        await tenancy.purge(catalog)
    with failures():
        await database[KEYS].delete_many({"_id": {"$in": keys}})
        await database[PURGES].delete_many({"_id": {"$in": [*purges.values()]}})


async def _found(database: Database) -> _Found:
    async with one_moment(database) as session:
        living = {"catalog": {"$exists": True}}
        tenants = await database[TENANTS].find(living, {"catalog": 1, "id": 1}, session=session).to_list()
        purged = {one["_id"] for one in await database[PURGES].find(session=session).to_list()}
        known = purged | {one["catalog"] for one in tenants}
        nobodys = []
        for name in CATALOG_COLLECTIONS:
            there = await database[name].distinct("t", session=session)
            nobodys += [(name, catalog) for catalog in there if catalog not in known]
        names = {one["_id"] for one in tenants}
        owners = [owner for owner in await database[KEYS].distinct("tenant", session=session) if owner not in names]
        keys = [one["_id"] async for one in database[KEYS].find({"tenant": {"$in": owners}}, session=session)]
        return _Found(nobodys, keys, {one["id"]: one["catalog"] for one in tenants if one["catalog"] in purged})
