"""Sending what a batch changed: one command over all collections where the server has it, else one for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError

from facetry.engines.mongodb.collections import TENANTS
from facetry.engines.mongodb.failures import DUPLICATE_KEY, code_of
from facetry.engines.mongodb.opening import Database, has_bulk_write
from facetry.engines.mongodb.state import counters_of
from facetry.engines.mongodb.transactions import OvertakenError
from facetry.engines.mongodb.unit import Operation, Unit

_Document: TypeAlias = dict[str, Any]
_Model: TypeAlias = InsertOne[_Document] | ReplaceOne[_Document] | DeleteOne | UpdateOne


class Storing:
    """Sends changes in transactions."""

    def __init__(self, database: Database) -> None:
        """Write to a database."""
        self._database = database
        self._at_once: bool | None = None

    async def store(self, unit: Unit, session: AsyncClientSession, condition: Mapping[str, object]) -> None:
        """Send what a batch changed.

        Args:
            unit: What was done.
            session: Where the transaction is open.
            condition: On the tenant's document.

        Raises:
            OvertakenError: The condition does not hold, or what was read is not there any more.
        """
        if self._at_once is None:
            self._at_once = await has_bulk_write(self._database)
        operations = [*unit.operations()]
        state = unit.state
        first = UpdateOne(
            {"_id": state.tenant, **condition}, {"$set": counters_of(state)}, namespace=self._place(TENANTS)
        )
        models = [(TENANTS, first), *((one.collection, self._model(one)) for one in operations)]
        try:
            counted = await self._send(models, session)
        except PyMongoError as error:
            if code_of(error) == DUPLICATE_KEY:
                raise OvertakenError from error
            raise
        if counted != _counts(operations):
            raise OvertakenError

    async def _send(self, models: Sequence[tuple[str, _Model]], session: AsyncClientSession) -> tuple[int, int, int]:
        """Send changes and return how many documents were replaced or updated, inserted, and deleted."""
        if self._at_once:
            done = await self._database.client.bulk_write([model for _, model in models], session=session)
            return done.matched_count, done.inserted_count, done.deleted_count
        matched = inserted = deleted = 0
        for collection in dict.fromkeys(name for name, _ in models):
            same = [model for name, model in models if name == collection]
            part = await self._database[collection].bulk_write(same, session=session)
            matched, inserted, deleted = (
                matched + part.matched_count,
                inserted + part.inserted_count,
                deleted + part.deleted_count,
            )
        return matched, inserted, deleted

    def _model(self, operation: Operation) -> _Model:
        place = self._place(operation.collection)
        if operation.new is None:
            return DeleteOne(operation.gone or {}, namespace=place)
        if operation.gone is None:
            return InsertOne(operation.new, namespace=place)
        return ReplaceOne(operation.gone, operation.new, namespace=place)

    def _place(self, collection: str) -> str | None:
        """Return where a change of one command over all collections goes; one for each collection knows it."""
        return f"{self._database.name}.{collection}" if self._at_once else None


def _counts(operations: Sequence[Operation]) -> tuple[int, int, int]:
    """Return how many documents must be there to be replaced or updated, inserted, and deleted."""
    replaced = sum(one.gone is not None and one.new is not None for one in operations)
    inserted = sum(one.gone is None for one in operations)
    return 1 + replaced, inserted, len(operations) - replaced - inserted
