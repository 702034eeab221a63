"""Many writes of products at once: in one transaction and one revision, searchable on return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from facetry.application.calls import CALLS
from facetry.application.catalog import Catalog
from facetry.application.fair_room import FairRoom
from facetry.domain.catalog import Brief, BulkDone, BulkWrite, Once, Refused, Repeated, Write
from facetry.ports.clock import Clock

AT_ONCE = 2
"""So many bulks of all callers are written at a time: whoever writes a single thing waits for these at most."""


class RepeatKey(NamedTuple):
    """By what a repeat of a bulk is known: its key, and the digest of what is asked for."""

    key: str
    digest: str


class BulkReceipt(NamedTuple):
    """What became of a bulk: the revision that holds it, the outcome of each write, whether it was done before."""

    revision: int
    outcomes: Sequence[Brief | Refused]
    is_replay: bool


class BulkWrites:
    """The use case of writing many products."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Write to a catalog."""
        self._catalog = catalog
        self._clock = clock
        self._room = FairRoom(AT_ONCE)

    async def write(
        self,
        tenant: str,
        writes: Sequence[Write | Refused],
        *,
        is_atomic: bool = False,
        repeat: RepeatKey | None = None,
    ) -> BulkReceipt:
        """Do writes in order; see ``BulkWrite``. What was refused before it came here stands in its place.

        Raises:
            FacetryError: What the first of an atomic bulk ends in that is refused, with its place in ``at``.
            KeyReusedError: The key is that of another bulk.
            IndexBehindError: Stored, but not searchable yet.
        """
        fitting = await self._catalog.fitting(tenant, writes)
        refused = [one for one in fitting if isinstance(one, Refused)]
        if repeat is None and len(refused) == len(fitting) and not (is_atomic and refused):
            # Nothing is to be done, so no copy of the catalog has to hear of it.
            return BulkReceipt(await self._catalog.revision(tenant), refused, is_replay=False)
        write: Write = BulkWrite(tuple(fitting), is_atomic)
        if repeat is not None:
            write = Once(repeat.key, repeat.digest, self._clock.now(), write)
        await self._catalog.admit(tenant, (write,), is_patient=True)
        async with self._room.place(tenant):
            await CALLS.courtesy(tenant).let_go_first()
            revision, effect = await self._catalog.carry_out(tenant, write, is_admitted=True)
        is_replay = isinstance(effect, Repeated)
        while isinstance(effect, Repeated):
            effect = effect.effect
        assert isinstance(effect, BulkDone)  # noqa: S101 - narrows the union for the type checker
        return BulkReceipt(revision, effect.outcomes, is_replay)
