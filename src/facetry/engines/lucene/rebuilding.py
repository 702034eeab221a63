"""Rebuilds in place: every group is written anew, then what was not is removed; searches go on all the while."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import msgspec

from facetry.domain.errors import FacetryError, IndexFailedError
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes, Schema
from facetry.engines.lucene.applying import Batch, GroupWriter, met_in, prepared, with_parked
from facetry.engines.lucene.cluster import Cluster
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.slots import Slots, slot_field
from facetry.engines.lucene.tenant_state import Change, TenantState, TenantStates, analysis_of

WAIT_SECONDS = 20.0
"""So long one process waits for another one that builds the same tenant's index."""
_POLL_SECONDS = 0.2


class Rebuild:
    """One rebuild of one tenant; of several at once the one that began last counts, the others wait for it."""

    def __init__(self, cluster: Cluster, states: TenantStates, tenant: str, attributes: Attributes) -> None:
        """Build the groups of ``tenant``; nothing happens yet."""
        self._cluster = cluster
        self._states = states
        self._tenant = tenant
        self._attributes = attributes
        self._build = uuid.uuid4().hex[:12]
        self._is_older = False

    async def run(self, groups: AsyncIterator[Sequence[ProductGroup]], revision: int, language: str) -> None:
        """Write all groups as of a revision, remove all others, then say that the index has reached it.

        Raises:
            IndexFailedError: Another process builds the same, and was not done in time.
        """

        def begun(state: TenantState | None) -> TenantState:
            # An index that is ahead of its catalog belongs to another one.
            self._is_older = state is not None and state.is_complete and state.revision > revision
            return self._begun(state, language)

        await self._change(begun)
        try:
            if not await self._write_all(groups, revision):
                await self._wait()
        except BaseException:
            with suppress(FacetryError):
                await self._change(self._given_up)
            raise

    async def _write_all(self, groups: AsyncIterator[Sequence[ProductGroup]], revision: int) -> bool:
        """Return whether this was the last rebuild that began."""
        refused: dict[str, str] = {}
        async for page in groups:
            batch = Batch(revision, page)
            met = met_in(batch, self._attributes)
            state = await self._change(lambda known, met=met: prepared(self._mine(known), met))  # type: ignore[misc]
            if state.build != self._build:
                return False
            refused |= await GroupWriter(self._cluster, self._tenant, state, self._attributes).write(batch)
        state = await self._change(self._mine)
        await self._cluster.refresh()
        if state.build == self._build:
            await self._cluster.delete_by_query(self._tenant, self._unseen(state.version(revision)))
        state = await self._states.change(
            self._tenant, lambda known: self._finished(self._mine(known), revision, refused), is_refreshed=True
        )
        return state.build == self._build

    async def _change(self, change: Change) -> TenantState:
        return await self._states.change(self._tenant, change, is_refreshed=False)

    def _begun(self, state: TenantState | None, language: str) -> TenantState:
        analysis, schema = analysis_of(self._attributes), Schema(self._attributes)
        known = state or TenantState(revision=0, language=language, analysis=analysis, is_complete=False)
        kept = tuple(slot for slot in known.slots if slot_field(slot.key, schema))
        return msgspec.structs.replace(
            known,
            language=language,
            analysis=analysis,
            epoch=known.epoch + self._is_older,
            layout=known.layout + 1,
            build=self._build,
            is_building=True,
            slots=kept,
            retired=known.retired | {slot.number for slot in known.slots} - {slot.number for slot in kept},
            beyond=frozenset(),
        )

    def _finished(self, state: TenantState, revision: int, refused: dict[str, str]) -> TenantState:
        if state.build != self._build:
            return state
        is_ahead = state.is_complete and not self._is_older
        return msgspec.structs.replace(
            with_parked(state, frozenset(state.parked), refused),
            revision=max(state.revision, revision) if is_ahead else revision,
            is_complete=True,
            is_building=False,
            layout=state.layout + 1,
            slots=Slots(state.slots).filled().all(),
            retired=frozenset(),
        )

    def _given_up(self, state: TenantState | None) -> TenantState:
        known = self._mine(state)
        return msgspec.structs.replace(known, is_building=known.is_building and known.build != self._build)

    def _mine(self, state: TenantState | None) -> TenantState:
        if state is None:
            raise IndexFailedError("the tenant's index was removed while it was built")
        return state

    def _unseen(self, version: int) -> Json:
        """Return the query for the groups that no document of this rebuild, and no later change, has replaced."""
        old = [{"term": {"tenant": self._tenant}}, {"range": {"version": {"lte": version}}}]
        return {"bool": {"filter": old, "must_not": [{"term": {"build": self._build}}]}}

    async def _wait(self) -> None:
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            state = await self._states.read(self._tenant)
            if state is None or not state.is_building:
                return
            await asyncio.sleep(_POLL_SECONDS)
        raise IndexFailedError("another process builds the tenant's index")
