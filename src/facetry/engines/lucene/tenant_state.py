"""What all processes have to know of a tenant's index, in one document that is changed by compare-and-set."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping

import msgspec

from facetry.domain.errors import IndexFailedError
from facetry.domain.search.fields import Attributes, Field
from facetry.engines.lucene.cluster import Cluster, Place
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.slots import Slot, Slots, slot_key

_REVISION_BITS = 40
_ATTEMPTS = 50
_NO_PARKED: Mapping[str, str] = {}


class TenantState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a tenant's index is, and how its documents are made.

    Attributes:
        revision: Up to which all changes are in the index.
        is_complete: Whether that is so; else its first build is under way.
        language: Stems its texts.
        analysis: Digest of the definitions of attributes that its documents are made with.
        epoch: Raised by every rebuild: versions of documents are ordered by it first.
        layout: Raised by every change of what a query is built by; documents made by an older one are made anew.
        is_building: Whether the rebuild that began the epoch is under way.
        slots: See ``slots``.
        retired: Numbers of slots that documents of older epochs may still hold.
        beyond: Keys of slots for which there is no room.
        known: Full names of attributes and properties of parts with a value.
        long: Full names of fields with values that are too long to be counted and sorted by.
        parked: What the engine said of groups that it refused, by id; they are found by no search.
    """

    revision: int
    language: str
    analysis: str
    is_complete: bool = True
    epoch: int = 1
    layout: int = 1
    is_building: bool = False
    slots: tuple[Slot, ...] = ()
    retired: frozenset[int] = frozenset()
    beyond: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    long: frozenset[str] = frozenset()
    parked: Mapping[str, str] = _NO_PARKED

    def version(self, revision: int) -> int:
        """Return the version of documents as of a revision."""
        return self.epoch << _REVISION_BITS | revision

    def homes(self) -> Slots:
        """Return the slots, to be asked for fields."""
        return Slots(self.slots)

    def is_uncertain(self, field: Field) -> bool:
        """Return whether numbers and order of a field are not in the index, or not in all documents yet."""
        key = slot_key(field)
        slot = Slots(self.slots).at(key)
        return key in self.beyond or (slot is not None and not slot.is_filled)


class _Held(msgspec.Struct, frozen=True):
    """A state as of its last write that this process knows of."""

    state: TenantState
    place: Place


_DECODER = msgspec.msgpack.Decoder(TenantState)
_ENCODER = msgspec.msgpack.Encoder()
_ANALYSES: dict[int, tuple[Attributes, str]] = {}
_MOST_ANALYSES = 1_024
Change = Callable[[TenantState | None], TenantState]


class TenantStates:
    """The states of all tenants: read once, changed by whoever holds the newest, read anew where a search says so."""

    def __init__(self, cluster: Cluster) -> None:
        """Know nothing yet."""
        self._cluster = cluster
        self._held: dict[str, _Held] = {}
        self._shown: dict[str, Place] = {}

    async def known(self, tenant: str) -> TenantState | None:
        """Return what this process knows of a tenant; asks where it knows nothing."""
        held = self._held.get(tenant)
        return held.state if held else await self.read(tenant)

    async def read(self, tenant: str) -> TenantState | None:
        """Return the state as of its last write, None where there is none."""
        found = await self._cluster.get(tenant, state_id(tenant))
        if found is None:
            self._held.pop(tenant, None)
            return None
        held = _Held(_DECODER.decode(base64.b64decode(found.source["state"])), found.place)
        self._held[tenant] = held
        return held.state

    async def show(self, tenant: str) -> None:
        """Have searches see all that the state known here tells of.

        It is read before it is searchable: another process may have written it, and wait for its refresh still.
        """
        held = self._held.get(tenant)
        if held and self._shown.get(tenant) != held.place:
            await self._cluster.refresh()
            self._shown[tenant] = held.place

    async def change(self, tenant: str, change: Change, *, is_refreshed: bool) -> TenantState:
        """Replace the state by what ``change`` makes of it, called again where another process was quicker.

        Args:
            tenant: Whose.
            change: May raise to change nothing.
            is_refreshed: Whether searches see it, and all that was written before, on return.

        Raises:
            IndexFailedError: Others were quicker again and again.
        """
        await self.known(tenant)
        for _ in range(_ATTEMPTS):
            held = self._held.get(tenant)
            state = change(held.state if held else None)
            if held and state == held.state and not is_refreshed:
                return state
            place = await self._put(tenant, state, held, is_refreshed=is_refreshed)
            if place:
                self._held[tenant] = _Held(state, place)
                if is_refreshed:
                    self._shown[tenant] = place
                return state
            await self.read(tenant)
        raise IndexFailedError("too many processes change one tenant's index at once")

    def forget(self, tenant: str) -> None:
        """Know nothing of a tenant any more."""
        self._held.pop(tenant, None)
        self._shown.pop(tenant, None)

    def forget_all(self) -> None:
        """Know nothing of any tenant any more."""
        self._held.clear()
        self._shown.clear()

    def raised(self, tenant: str, revision: int) -> None:
        """Learn from a search that a tenant's index has reached a revision."""
        held = self._held.get(tenant)
        if held and revision > held.state.revision:
            self._held[tenant] = _Held(msgspec.structs.replace(held.state, revision=revision), held.place)

    async def _put(self, tenant: str, state: TenantState, held: _Held | None, *, is_refreshed: bool) -> Place | None:
        place = held.place if held else None
        document = state_document(tenant, state)
        return await self._cluster.put(tenant, state_id(tenant), document, place, is_refreshed=is_refreshed)


def analysis_of(attributes: Attributes) -> str:
    """Return a digest of all of definitions that documents depend on, the same for the same ones in any order."""
    known = _ANALYSES.get(id(attributes))
    if known and known[0] is attributes:
        return known[1]
    # Settings are kept as they are between changes: the same ones come again and again, and may be long.
    if len(_ANALYSES) >= _MOST_ANALYSES:
        _ANALYSES.clear()
    ordered = sorted((one.name, one.type.value, one.scale, one.identifier, one.searchable) for one in attributes)
    digest = hashlib.sha256(msgspec.json.encode(ordered)).hexdigest()[:32]
    _ANALYSES[id(attributes)] = attributes, digest
    return digest


def state_id(tenant: str) -> str:
    """Return the id of the document of a tenant's state; it lies in the shard of the tenant's groups."""
    return f"state-{hashlib.sha256(tenant.encode('utf-8', 'surrogatepass')).hexdigest()}"


def state_document(tenant: str, state: TenantState) -> Json:
    """Return the document of a state."""
    packed = base64.b64encode(_ENCODER.encode(state)).decode()
    return {"owner": tenant, "layout": state.layout, "version": state.revision, "state": packed}


def state_question(tenant: str) -> Json:
    """Return the search that says whether a state is the one that a query was built by; small, for each request."""
    return {
        "query": {"ids": {"values": [state_id(tenant)]}},
        "size": 1,
        "track_total_hits": False,
        "_source": False,
        "docvalue_fields": ["layout", "version"],
    }


def layout_and_revision(answer: Json) -> tuple[int, int] | None:
    """Return what a search for ``state_question`` says, None where there is no state."""
    hits = answer["hits"]["hits"]
    if not hits:
        return None
    fields = hits[0]["fields"]
    return int(fields["layout"][0]), int(fields["version"][0])
