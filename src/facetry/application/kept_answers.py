"""Answers of calls with a key that are no one write of the catalog: given again for a day, not done again."""

from __future__ import annotations

import msgspec

from facetry.domain.catalog import Refused, Write, error_of
from facetry.domain.errors import KeyReusedError, RecordExistsError, RecordNotFoundError, StoreBusyError
from facetry.domain.keeping import DeleteRecord, PutRecord, Recorded
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.repeat import Repeat
from facetry.domain.repeating import KEPT_SECONDS
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock

_TRIES = 20
_OVERTAKEN = frozenset({RecordExistsError.code, RecordNotFoundError.code})


class Claim(msgspec.Struct, frozen=True):
    """A key, and the call that has it.

    Attributes:
        repeat: What is remembered of the call; without effect as long as it is not known to have ended.
        is_new: Whether nobody had claimed the key before.
    """

    repeat: Repeat
    is_new: bool

    @property
    def answer(self) -> str:
        """What the call was answered; empty where it has not ended, or its process has."""
        return self.repeat.effect


class KeptAnswers:
    """Claims keys, and keeps what their calls are answered beside what ``Once`` remembers."""

    def __init__(self, store: CatalogStore, clock: Clock) -> None:
        """Keep them in a store."""
        self._store = store
        self._clock = clock

    async def claim(self, tenant: str, key: str, digest: str) -> Claim:
        """Claim a key for the call with this digest, or return the claim of the one that did.

        Raises:
            KeyReusedError: It is that of another call, whether that has ended or not.
            StoreBusyError: Too many others claim and give it up.
        """
        for _ in range(_TRIES):
            now = self._clock.now()
            (found,) = await self._store.records(tenant, RecordKind.REPEAT, [RecordKey(code=key)])
            if isinstance(found, Repeat) and now - found.time <= KEPT_SECONDS:
                if found.digest != digest:
                    raise KeyReusedError(key)
                return Claim(found, is_new=False)
            if found is not None:
                # By its number: the key may be somebody's new claim by now.
                await self._written(tenant, DeleteRecord(RecordKind.REPEAT, RecordKey(found.id)))
            claimed = await self._written(tenant, PutRecord(Repeat(key=key, digest=digest, time=now, effect="")))
            if claimed is not None:
                return Claim(claimed, is_new=True)
        raise StoreBusyError("too many others use the same idempotency key")

    async def keep(self, tenant: str, claim: Claim, answer: str) -> None:
        """Keep what a call was answered; nothing where its claim was given up."""
        await self._written(tenant, PutRecord(msgspec.structs.replace(claim.repeat, effect=answer)))

    async def give_up(self, tenant: str, claim: Claim) -> None:
        """Let the key of a call that was refused be used again, by whoever claimed it."""
        if claim.is_new:
            await self._written(tenant, DeleteRecord(RecordKind.REPEAT, RecordKey(claim.repeat.id)))

    async def _written(self, tenant: str, write: Write) -> Repeat | None:
        """Do a write; return what it stored, None where the key is taken, or the claim gone.

        Raises:
            FacetryError: What else it is refused for.
        """
        (outcome,) = (await self._store.write(tenant, (write,))).outcomes
        if isinstance(outcome, Refused) and outcome.code not in _OVERTAKEN:
            raise error_of(outcome)
        if isinstance(outcome, Recorded) and isinstance(outcome.record, Repeat):
            return outcome.record
        return None
