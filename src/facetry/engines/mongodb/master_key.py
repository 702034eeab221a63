"""The service's master key, where the settings name none: made once, by whoever comes first, and read by all."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from facetry.application.secrets import MASTER_KEY_BYTES
from facetry.domain.errors import SettingError
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.side_collections import SECRETS

_NAME, _ROTATION = "master key", "rotation"
_MARK_BYTES = 12


async def master_key(database: AsyncDatabase[dict[str, Any]], *, is_new: bool = True) -> bytes:
    """Return the key of a database, durable in a majority of its servers.

    Args:
        database: Where it is kept.
        is_new: Whether it may be made, because nothing was sealed with it yet.

    Raises:
        SettingError: It is missing and may not be made, or something else stands in its place.
        StoreError: Nobody can be asked.
    """
    keys = _keys(database)
    with failures():
        found = await _found(keys)
        if found is None and is_new:
            # Of several at once one makes it, the others read that one.
            with suppress(DuplicateKeyError):
                await keys.insert_one({"_id": _NAME, "key": secrets.token_bytes(MASTER_KEY_BYTES)})
            found = await _found(keys)
    if found is None:
        raise SettingError("the database's master key is missing: restore it, without it the stored keys are lost")
    return found


async def last_rotation(database: AsyncDatabase[dict[str, Any]]) -> bytes:
    """Return the mark of the last rotation, of a key that is kept here or elsewhere; raises what the driver does."""
    document = await _keys(database).find_one({"_id": _ROTATION})
    return b"" if document is None else bytes(document["key"])


async def mark_rotation(database: AsyncDatabase[dict[str, Any]], session: AsyncClientSession) -> None:
    """Leave the mark of another rotation, in the transaction that is it; raises what the driver does."""
    mark = {"key": secrets.token_bytes(_MARK_BYTES)}
    await database[SECRETS].replace_one({"_id": _ROTATION}, mark, upsert=True, session=session)


async def replace_key(database: AsyncDatabase[dict[str, Any]], key: bytes, session: AsyncClientSession) -> None:
    """Put another key in the place of the present one, in a transaction that is open; raises what the driver does."""
    await database[SECRETS].replace_one({"_id": _NAME}, {"key": key}, upsert=True, session=session)


def _keys(database: AsyncDatabase[dict[str, Any]]) -> AsyncCollection[dict[str, Any]]:
    # A key that a failover takes back again would have sealed what nobody could open.
    return database[SECRETS].with_options(read_concern=ReadConcern("majority"))


async def _found(keys: AsyncCollection[dict[str, Any]]) -> bytes | None:
    document = await keys.find_one({"_id": _NAME})
    if document is None:
        return None
    key = document.get("key")
    if not isinstance(key, bytes) or len(key) != MASTER_KEY_BYTES:
        raise SettingError(f"the {_NAME} in the database must have {MASTER_KEY_BYTES} bytes")
    return key
