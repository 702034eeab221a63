"""Rebuilds in place: every group is written anew, then what was not is removed; searches go on all the while."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial

import msgspec

from facetry.domain.errors import FacetryError, IndexFailedError
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes, Schema
from facetry.engines.lucene.applying import Batch, GroupWriter, met_in, prepared, with_parked
from facetry.engines.lucene.cluster import Cluster
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.in_flight import InFlight
from facetry.engines.lucene.slots import Slots, slot_field
from facetry.engines.lucene.tenant_state import Change, TenantState, TenantStates, analysis_of

PAGES_AT_ONCE = 2
"""While the last groups of a page are written, those of the next one are made ready."""
MOST_WORDS = 200_000
"""So many words are remembered as written."""


class Rebuild:
    """One rebuild of one tenant; it begins an epoch, so of several at once the last one replaces what others write.

    Whoever writes a change that was under way when an epoch began writes it again, so nothing that was acknowledged
    is away, not even for a moment.
    """

    def __init__(self, cluster: Cluster, states: TenantStates, tenant: str, attributes: Attributes) -> None:
        """Build the groups of ``tenant``; nothing happens yet."""
        self._cluster = cluster
        self._states = states
        self._tenant = tenant
        self._attributes = attributes
        self._words: set[str] = set()
        self._epoch = 0

    async def run(self, groups: AsyncIterator[Sequence[ProductGroup]], revision: int, language: str) -> None:
        """Write all groups as of a revision, remove all others, then say that the index has reached it."""
        begun = await self._change(lambda known: self._begun(known, revision, language))
        self._epoch = begun.epoch
        try:
            refused = await self._write_all(groups, revision)
            await self._cluster.refresh()
            await self._cluster.delete_by_query(self._tenant, self._unseen(begun))
            await self._states.change(
                self._tenant, lambda known: self._finished(_there(known), revision, refused), is_refreshed=True
            )
        except BaseException:
            with suppress(FacetryError):
                await self._change(lambda known: self._ended(_there(known)))
            raise

    async def _write_all(self, groups: AsyncIterator[Sequence[ProductGroup]], revision: int) -> dict[str, str]:
        """Write all groups and return what the engine said of those that it refused."""
        async with InFlight[dict[str, str]](PAGES_AT_ONCE) as writing:
            async for page in groups:
                batch = Batch(revision, page)
                met = await met_in(batch, self._attributes)
                state = await self._change(lambda known, met=met: prepared(_there(known), met))  # type: ignore[misc]
                # What is written by an epoch that ended is replaced by the next one.
                mine = msgspec.structs.replace(state, epoch=self._epoch)
                writer = GroupWriter(self._cluster, self._tenant, mine, self._attributes, self._sent_words())
                await writing.begin(partial(writer.write, batch))
            return {group_id: reason for found in await writing.finish() for group_id, reason in found.items()}

    def _sent_words(self) -> set[str]:
        """Return the words that were written, of which most pages bring few new ones."""
        if len(self._words) > MOST_WORDS:
            self._words.clear()
        return self._words

    async def _change(self, change: Change) -> TenantState:
        return await self._states.change(self._tenant, change, is_refreshed=False)

    def _begun(self, state: TenantState | None, revision: int, language: str) -> TenantState:
        analysis, schema = analysis_of(self._attributes), Schema(self._attributes)
        known = state or TenantState(revision=0, language=language, analysis=analysis, is_complete=False, epoch=0)
        kept = tuple(slot for slot in known.slots if slot_field(slot.key, schema))
        return msgspec.structs.replace(
            known,
            # An index that is ahead belongs to a catalog that was replaced by an older one.
            revision=min(known.revision, revision),
            language=language,
            analysis=analysis,
            epoch=known.epoch + 1,
            layout=known.layout + 1,
            is_building=True,
            slots=kept,
            retired=known.retired | {slot.number for slot in known.slots} - {slot.number for slot in kept},
            beyond=frozenset(),
        )

    def _finished(self, state: TenantState, revision: int, refused: dict[str, str]) -> TenantState:
        reached = max(state.revision, revision) if state.is_complete else revision
        known = with_parked(msgspec.structs.replace(state, revision=reached, is_complete=True), state.parked, refused)
        if known.epoch != self._epoch:
            return known
        filled = Slots(known.slots).filled().all()
        return msgspec.structs.replace(self._ended(known), slots=filled, retired=frozenset(), layout=known.layout + 1)

    def _ended(self, state: TenantState) -> TenantState:
        return msgspec.structs.replace(state, is_building=state.is_building and state.epoch != self._epoch)

    def _unseen(self, begun: TenantState) -> Json:
        """Return the query for the groups that were written last before this began."""
        old = {"range": {"version": {"lt": begun.version(0)}}}
        return {"bool": {"filter": [{"term": {"tenant": self._tenant}}, old]}}


def _there(state: TenantState | None) -> TenantState:
    if state is None:
        raise IndexFailedError("the tenant's index was removed while it was built")
    return state
