"""Writes of groups: documents made by what the tenant's state says, none of which takes a newer one's place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from time import time

import msgspec

from facetry.domain.errors import IndexFailedError
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes, Schema
from facetry.engines.lucene.cluster import Cluster
from facetry.engines.lucene.documents import GroupDocuments, document_id, gone_document
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.encoding import raw
from facetry.engines.lucene.in_flight import InFlight
from facetry.engines.lucene.meeting import Met, built_in_slots, look_at
from facetry.engines.lucene.tenant_state import TenantState
from facetry.engines.lucene.texts import word_documents

_log = logging.getLogger(__name__)

PARCEL_BYTES = 768 * 2**10
"""So large requests are cut: larger ones get no cheaper, and hold up the process that sends them."""
PARCELS_AT_ONCE = 3
MOST_PARKED = 1_000
"""So many refused groups are named, the last ones."""
INLINE_GROUPS = 4
"""Documents of more groups are made in a thread, so that others can go on."""
_CONFLICT, _REFUSED = 409, 400
_GOOD = frozenset({200, 201, _CONFLICT})

Lines = list[Json | msgspec.Raw]


class Batch(msgspec.Struct, frozen=True):
    """Groups to be written and removed, as of one revision."""

    revision: int
    groups: Sequence[ProductGroup]
    gone: Sequence[str] = ()


class GroupWriter:
    """Write the groups of one tenant by one state."""

    def __init__(
        self,
        cluster: Cluster,
        tenant: str,
        state: TenantState,
        attributes: Attributes,
        sent_words: set[str] | None = None,
    ) -> None:
        """Write for a tenant.

        Args:
            cluster: Where to.
            tenant: Whose groups.
            state: Has the slots that the groups need.
            attributes: The types that their attributes have.
            sent_words: Words (by their documents' ids) that others write meanwhile; those of this one are added.
        """
        self._cluster = cluster
        self._tenant = tenant
        self._state = state
        self._sent_words = set[str]() if sent_words is None else sent_words
        self._documents = GroupDocuments(tenant, state.language, attributes, state.homes())

    async def write(self, batch: Batch) -> dict[str, str]:
        """Write a batch, visible after the next refresh, and return what the engine said of groups that it refused.

        Those are taken out of the index, so that no search shows what they were before.

        Raises:
            IndexFailedError: The engine refused all for now.
        """
        version = self._state.version(batch.revision)
        removals: Lines = [one for group_id in batch.gone for one in self._removal(group_id, version)]
        parcels = self._parcels(batch.groups, version, removals)
        is_short = len(batch.groups) <= INLINE_GROUPS
        async with InFlight[dict[str, str]](PARCELS_AT_ONCE) as sending:
            while parcel := next(parcels, None) if is_short else await asyncio.to_thread(next, parcels, None):
                await sending.begin(partial(self._send, parcel))
            refused = {group_id: reason for found in await sending.finish() for group_id, reason in found.items()}
        if refused:
            await self._send([one for group_id in refused for one in self._removal(group_id, version)])
        return refused

    def _parcels(self, groups: Sequence[ProductGroup], version: int, first: Lines) -> Iterator[Lines]:
        """Yield what is sent at once, the first lines before all others; none is empty."""
        parcel, size = first, 0
        for group in groups:
            lines = [*self._lines(group, version)]
            length = sum(map(_length, lines))
            if size and size + length > PARCEL_BYTES:
                yield parcel
                parcel, size = [], 0
            parcel += lines
            size += length
        if parcel:
            yield parcel

    def _lines(self, group: ProductGroup, version: int) -> Iterator[Json | msgspec.Raw]:
        """Yield what writes a group, and its words but for those that are on their way."""
        document = self._documents.of(group, version)
        yield self._action(group.group_id, version)
        yield raw(document)
        for word, source in word_documents(self._tenant, [document]):
            if word not in self._sent_words:
                self._sent_words.add(word)
                yield {"create": {"_id": word}}
                yield source

    def _removal(self, group_id: str, version: int) -> tuple[Json, Json]:
        return self._action(group_id, version), gone_document(self._tenant, version, time())

    def _action(self, group_id: str, version: int) -> Json:
        document = document_id(self._tenant, group_id)
        return {"index": {"_id": document, "version": version, "version_type": "external_gte"}}

    async def _send(self, lines: Lines) -> dict[str, str]:
        """Send a request and return what the engine said of groups that it refused for themselves."""
        if not lines:
            return {}
        outcomes = await self._cluster.bulk(self._tenant, lines)
        sources = (line for line in lines if isinstance(line, msgspec.Raw) or "owner" in line or "word" in line)
        refused: dict[str, str] = {}
        for outcome, source in zip(outcomes, sources, strict=True):
            if outcome["status"] in _GOOD:
                continue
            reason = str(outcome.get("error", {}).get("reason"))
            if outcome["status"] != _REFUSED or not isinstance(source, msgspec.Raw):
                raise IndexFailedError(f"the search engine answered {outcome['status']}: {reason}")
            group_id = msgspec.json.decode(source, type=_Named).group
            _log.warning("the search engine refuses group %r of %s: %s", group_id, self._tenant, reason)
            refused[group_id] = reason[:500]
        return refused


class _Named(msgspec.Struct):
    group: str


def prepared(state: TenantState, met: Met) -> TenantState:
    """Return the state with slots for what was met, with a new layout where that is news."""
    homes, beyond = state.homes().with_keys(met.slots | built_in_slots(), retired=state.retired)
    held = state.homes()
    slots = tuple(
        # What had values before, but no slot, is not in all documents.
        slot if held.at(slot.key) or not _was_known(slot.key, state) else msgspec.structs.replace(slot, is_filled=False)
        for slot in homes.all()
    )
    changed = msgspec.structs.replace(
        state,
        slots=slots,
        beyond=state.beyond | beyond,
        known=state.known | met.fields,
        long=state.long | met.long,
    )
    return state if changed == state else msgspec.structs.replace(changed, layout=state.layout + 1)


def _was_known(key: str, state: TenantState) -> bool:
    return key.rpartition(":")[0] in state.known


def with_parked(state: TenantState, settled: Collection[str], refused: Mapping[str, str]) -> TenantState:
    """Return the state with groups that were refused, and without those that are settled now."""
    left = {group_id: reason for group_id, reason in state.parked.items() if group_id not in settled}
    return msgspec.structs.replace(state, parked=dict([*left.items(), *refused.items()][-MOST_PARKED:]))


async def met_in(batch: Batch, attributes: Attributes) -> Met:
    """Return what the groups of a batch hold."""
    schema = Schema(attributes)
    if len(batch.groups) <= INLINE_GROUPS:
        return look_at(batch.groups, schema)
    return await asyncio.to_thread(look_at, batch.groups, schema)


def _length(line: Json | msgspec.Raw) -> int:
    return len(line) if isinstance(line, msgspec.Raw) else 100
