"""Opening a data directory as its owner, or beside it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from facetry.domain.errors import StoreBusyError, StoreError
from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.connection import open_reader
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.follower import SqliteFollowerStore
from facetry.engines.sqlite.link import CONNECT_SECONDS, OwnerLink
from facetry.engines.sqlite.ownership import OwnerLock, acquire, holder
from facetry.engines.sqlite.schema import check_version

_TRY_SECONDS = 0.1


async def open_store(
    directory: Path, *, owner: bool | None = None, max_group_products: int = 0, is_shared: bool = True
) -> SqliteCatalogStore | SqliteFollowerStore:
    """Open the catalog of a data directory.

    Args:
        directory: Made where it is missing.
        owner: Whether to own it; None owns it if nobody else does, and follows the owner otherwise.
        max_group_products: How many products a group may have at most, 0 for any number; the owner holds to it.
        is_shared: Whether others may follow where this process is the owner; they are turned away otherwise.

    Raises:
        StoreBusyError: Another process owns it although this one was to, or the owner does not answer.
        StoreVersionError: It was written by a newer version of Facetry.
        StoreDamagedError: Its catalog cannot be read, or is gone although what came after it is there.
    """
    place = DataDirectory(directory)
    if owner is False:
        return await _follow(place, CONNECT_SECONDS)
    place.create()
    until = time.monotonic() + CONNECT_SECONDS
    while (lock := acquire(place)) is None:
        if owner:
            raise StoreBusyError(f"process {holder(place)} owns data directory {directory}")
        # An owner that is just ending keeps the lock and answers nobody, so both are tried in turn.
        try:
            return await _follow(place, _TRY_SECONDS)
        except StoreBusyError:
            if time.monotonic() > until:
                raise
    return await _own(place, lock, max_group_products, is_shared=is_shared)


async def _own(
    place: DataDirectory, lock: OwnerLock, max_group_products: int, *, is_shared: bool
) -> SqliteCatalogStore:
    try:
        place.check_not_lost()
        store = SqliteCatalogStore(place, lock, max_group_products)
    except BaseException:
        lock.release()
        raise
    try:
        await store.start(is_shared=is_shared)
    except BaseException:
        await asyncio.shield(store.close())
        raise
    return store


async def _follow(place: DataDirectory, seconds: float) -> SqliteFollowerStore:
    link = OwnerLink(place)
    try:
        await link.connected(seconds)
        connection = open_reader(place.catalog)
    except BaseException:
        await link.close()
        raise
    store = SqliteFollowerStore(connection, link)
    try:
        check_version(connection)
    except StoreError:
        await store.close()
        raise
    return store
