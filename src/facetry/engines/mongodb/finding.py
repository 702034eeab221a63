"""Finds, as every part that reads sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from pymongo import ASCENDING, DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from facetry.engines.mongodb.opening import Database

MAX_INT: Final = 2**63 - 1
"""The largest whole number that a document can hold."""
_MOST: Final = 2**31 - 1
"""The largest limit that a server takes."""
Found: TypeAlias = list[dict[str, Any]]


class Query(NamedTuple):
    """A find: the documents of a collection for which a condition holds.

    Attributes:
        collection: Its name.
        condition: On a document.
        fields: Those that are answered, or that are not; None for all.
        order: The field by which they ascend.
        limit: How many at most; 0 for all.
        descends: Whether they descend by it.
    """

    collection: str
    condition: Mapping[str, object]
    fields: Mapping[str, bool] | None = None
    order: str = ""
    limit: int = 0
    descends: bool = False


async def found_in(session: AsyncClientSession, database: Database, query: Query) -> Found:
    """Return documents in a session; raises what the driver does."""
    cursor = database[query.collection].find(query.condition, query.fields, session=session)
    if query.order:
        cursor = cursor.sort(query.order, DESCENDING if query.descends else ASCENDING)
    # All that fits into one answer comes at once, not in a small first part and a large second one.
    return await cursor.limit(min(query.limit, _MOST)).batch_size(_MOST).to_list()
