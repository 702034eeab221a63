"""Doing a batch: what it needs is read ahead, the rules are applied in memory, what changed is one transaction.

Where this process knows the counters of the tenant, it reads outside of the transaction, which then is one command and
a commit: the command begins with the tenant's document, on the condition that its mark is the one that the reading
began with, so it finds nothing where another process was quicker. Then, or where the counters are not known, the
document is changed first, inside the transaction: from there on all others have to wait, so large batches get their
turn beside many small ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pymongo.asynchronous.client_session import AsyncClientSession

from facetry.domain.errors import StoreError, TenantNotFoundError
from facetry.engines.mongodb.batching import Request
from facetry.engines.mongodb.collections import TENANTS
from facetry.engines.mongodb.marks import Marks
from facetry.engines.mongodb.needs import needs_of
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.reading import Reading
from facetry.engines.mongodb.state import WITHOUT_RECORD, State, name_of_tenant, state_of
from facetry.engines.mongodb.storing import Storing
from facetry.engines.mongodb.transactions import OvertakenError, Transactions
from facetry.engines.mongodb.unit import Done, Unit
from facetry.engines.mongodb.view import Catalog
from facetry.ports.shared_marks import Look

_ROUNDS = 50
"""So often is read what was missing, which three or four rounds do for the rules that there are."""
Tell = Callable[[Request, Done], None]


class Attempt(NamedTuple):
    """What a batch came to, and what was told of the tenant before its commit, None where nothing was in time."""

    unit: Unit
    dones: list[Done]
    look: Look | None


class Writing:
    """Batches of one process."""

    def __init__(
        self, database: Database, transactions: Transactions, marks: Marks, tell: Tell, max_group_products: int
    ) -> None:
        """Write to a database.

        Args:
            database: Where to.
            transactions: Those of the process.
            marks: Told of each commit.
            tell: Called for each request after the commit, before it is settled.
            max_group_products: How many products a group may have at most, 0 for any number.
        """
        self._database = database
        self._tenants = database[TENANTS]
        self._transactions = transactions
        self._marks = marks
        self._tell = tell
        self._max_group_products = max_group_products
        self._storing = Storing(database)
        self._states: dict[str, State] = {}

    def state(self, tenant: str) -> State | None:
        """Return the counters as this process left them, None where they may be others by now."""
        state = self._states.get(tenant)
        return state if state is not None and state.mark >= self._marks.known(tenant) else None

    def forget(self, tenant: str) -> None:
        """Read the counters of a tenant anew before it is written to."""
        self._states.pop(tenant, None)

    async def perform(self, tenant: str, requests: Sequence[Request]) -> None:
        """Do the writes of several callers and settle them.

        Raises:
            TenantNotFoundError: There is no such tenant.
            StoreError: Nothing was done.
        """
        # Asked for while the batch is on its way.
        asking = asyncio.get_running_loop().create_task(self._marks.before_commit(tenant))
        try:
            unit, dones, look = await self._transactions.again(lambda: self._attempt(tenant, requests, asking))
        finally:
            await asking
        if unit.changed:
            self._states[tenant] = unit.state
            for request, done in zip(requests, dones, strict=True):
                self._tell(request, done)
            await self._marks.tell(tenant, unit.state.mark, look)
        for request, done in zip(requests, dones, strict=True):
            request.settle(done.answer)

    async def _attempt(self, tenant: str, requests: Sequence[Request], asking: asyncio.Task[Look]) -> Attempt:
        state = self.state(tenant)
        # Whatever comes of this, what is known now is used once.
        self.forget(tenant)
        return await (self._first(tenant, requests, asking) if state is None else self._on(state, requests, asking))

    async def _on(self, state: State, requests: Sequence[Request], asking: asyncio.Task[Look]) -> Attempt:
        """Do writes on counters that are known, hoping that nobody else writes meanwhile."""
        async with self._transactions.reading() as session:
            unit, dones = await self._done(state, requests, session)
        if not unit.changed:
            await self._check_mark(state)
            return Attempt(unit, dones, None)
        async with self._transactions.writers.session() as session, self._transactions.open(session, reads=False):
            await self._storing.store(unit, session, {"mark": state.mark})
            look = _answered(asking)
        return Attempt(unit, dones, look)

    async def _first(self, tenant: str, requests: Sequence[Request], asking: asyncio.Task[Look]) -> Attempt:
        """Do writes while nobody else can."""
        condition = {"_id": name_of_tenant(tenant), "catalog": {"$exists": True}}
        async with self._transactions.writers.session() as session, self._transactions.open(session):
            document = await self._tenants.find_one_and_update(
                condition, {"$inc": {"mark": 1}}, WITHOUT_RECORD, session=session
            )
            state = state_of(document)
            if state is None:
                raise TenantNotFoundError(tenant)
            unit, dones = await self._done(state, requests, session)
            if unit.changed:
                await self._storing.store(unit, session, {})
            else:
                # The transaction has raised the mark all the same.
                unit.changed = True
            look = _answered(asking)
        return Attempt(unit, dones, look)

    async def _done(
        self, state: State, requests: Sequence[Request], session: AsyncClientSession
    ) -> tuple[Unit, list[Done]]:
        """Do writes in memory, over what they need, until nothing of that is missing."""
        reading, catalog = Reading(self._database, state.catalog, session), Catalog()
        needs = needs_of((write for one in requests for write in one.writes), state.linked, state.last_ids)
        for _ in range(_ROUNDS):
            await reading.add(catalog, needs)
            unit = Unit(state, catalog, self._max_group_products)
            dones = [await unit.do(request.writes) for request in requests]
            missing = unit.missing
            if missing is None:
                unit.finish()
                return unit, dones
            needs = missing
        raise StoreError("what the writes need cannot be read")

    async def _check_mark(self, state: State) -> None:
        """Check that what was refused was refused for what is so."""
        if await self._transactions.newest_mark(state.tenant) != state.mark:
            raise OvertakenError


def _answered(asking: asyncio.Task[Look]) -> Look | None:
    """Return what was asked for where it is known before the commit is sent.

    One that comes later may be from after the next commit, of another process, and would have this one's mark believed
    for longer than that process waits.
    """
    return asking.result() if asking.done() else None
