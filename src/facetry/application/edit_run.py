"""One edit of many products while it is done: batch by batch, each in one transaction with how far it is."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from facetry.application.catalog import Catalog
from facetry.application.fair_room import FairRoom
from facetry.application.selections import Selection, Selections
from facetry.application.turns import Turns
from facetry.domain.bulk_edit import MOST_REFUSALS, BulkEdit, EditRefusal, EditStatus
from facetry.domain.catalog import (
    AllDone,
    AllOrNone,
    BulkDone,
    BulkWrite,
    Effect,
    Guarded,
    Once,
    Refused,
    Repeated,
    Write,
)
from facetry.domain.editing import write_of
from facetry.domain.edits import AddToPrice, SetPrice
from facetry.domain.errors import (
    ChangedMeanwhileError,
    CommitUnknownError,
    FacetryError,
    IndexBehindError,
    ProductNotFoundError,
)
from facetry.domain.guarding import Condition, tag_of
from facetry.domain.keeping import PutRecord, Recorded
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product
from facetry.domain.records import RecordKey
from facetry.domain.stocking import ChangeStock
from facetry.ports.clock import Clock

_log = logging.getLogger(__name__)

BATCH = 200
"""So many products are changed in one transaction."""
BEAT_SECONDS = 10.0
"""At least so often an edit that runs says that it does."""
_TRIES = 3


class EditRun:
    """Does one edit; whoever else writes its record meanwhile ends it."""

    def __init__(self, catalog: Catalog, clock: Clock, tenant: str, edit: BulkEdit, currency: str) -> None:
        """Go on with an edit of a tenant, stored as this record; the tenant prices in a currency by default."""
        self._catalog = catalog
        self._clock = clock
        self._tenant = tenant
        self._stored = self._edit = self._settled = edit
        self._currency = currency
        self._key = f"bulk-edit-{edit.id}-{secrets.token_hex(8)}"
        self._writes = 0
        self._lock = asyncio.Lock()

    async def run(
        self, selections: Selections, selection: Selection, room: FairRoom, beat_seconds: float = BEAT_SECONDS
    ) -> None:
        """Do it to all that is selected and not done yet, when it is its turn; how it ended stands in the record."""
        beating = asyncio.create_task(self._beat(beat_seconds))
        try:
            async with room.place(self._tenant):
                await self._go_on(selections, selection)
        except ChangedMeanwhileError:
            _log.info("bulk edit %s of tenant %s was ended from outside", self._edit.id, self._tenant)
        except asyncio.CancelledError:
            await self._let_go()
            raise
        except FacetryError as error:
            await self._fail(error.message)
        except Exception:  # noqa: BLE001 - whoever asks how far it is must hear that it has ended
            _log.exception("a bulk edit failed")
            await self._fail("an unexpected error; the server's log has it")
        finally:
            beating.cancel()

    async def _go_on(self, selections: Selections, selection: Selection) -> None:
        skus = [sku for sku in await selections.skus(self._tenant, selection) if sku > self._edit.last]
        self._note(total=self._edit.done + len(skus))
        self._settled = self._edit
        await self._save()
        for start in range(0, len(skus), BATCH):
            await self._do(skus[start : start + BATCH])
        self._note(status=EditStatus.DONE)
        await self._save()

    async def _do(self, skus: Sequence[str]) -> None:
        """Do the next products; those that somebody else changed meanwhile are read again."""
        self._note(done=self._edit.done + len(skus), last=skus[-1])
        for tries_left in reversed(range(_TRIES)):
            writes = await self._planned(skus)
            outcomes = await self._written([*writes.values()])
            refused = {sku: one for sku, one in zip(writes, outcomes, strict=True) if isinstance(one, Refused)}
            raced = [sku for sku, one in refused.items() if tries_left and one.code == ChangedMeanwhileError.code]
            self._refuse([EditRefusal(sku, one.code, one.message) for sku, one in refused.items() if sku not in raced])
            self._note(changed=self._edit.changed + len(outcomes) - len(refused))
            # Should the next try fail as a whole, the ones that it is for are named.
            self._settled = _refusing(self._edit, [EditRefusal(s, refused[s].code, refused[s].message) for s in raced])
            if not raced:
                return
            skus = raced

    async def _planned(self, skus: Sequence[str]) -> dict[str, Write]:
        """Return the writes that change products as they are now, and note of the others why there is none."""
        products = await self._catalog.find_products(self._tenant, [ProductKey(sku=sku) for sku in skus])
        writes: dict[str, Write] = {}
        refusals: list[EditRefusal] = []
        turns = Turns()
        for sku, product in zip(skus, products, strict=True):
            await turns.give()
            try:
                write = self._write_of(sku, product)
            except FacetryError as error:
                refusals.append(EditRefusal(sku, error.code, error.message))
                continue
            if write is not None:
                writes[sku] = write
        self._refuse(refusals)
        self._note(unchanged=self._edit.unchanged + len(skus) - len(writes) - len(refusals))
        return writes

    def _write_of(self, sku: str, product: Product | None) -> Write | None:
        if product is None:
            raise ProductNotFoundError(sku)
        write = write_of(self._edit.edit, product, self._currency, f"bulk edit {self._edit.id}")
        # A difference is right whatever the stock is by then; all else is right only for the product that was read.
        if write is None or isinstance(write, ChangeStock):
            return write
        return Guarded(Condition(ProductKey(sku=sku), tags=(tag_of(product),)), write)

    async def _written(self, writes: Sequence[Write]) -> Sequence[object]:
        """Do writes together with what is noted by now, and return what each of them answered."""
        bulk = BulkWrite(tuple(writes))
        await self._catalog.admit(self._tenant, (bulk,), is_patient=True)
        async with self._lock:
            done, _ = await self._stored_with(self._edit, bulk)
        assert isinstance(done, BulkDone)  # noqa: S101 - narrows the union for the type checker
        return done.outcomes

    async def _save(self) -> None:
        """Store what is noted by now."""
        async with self._lock:
            await self._stored_with(self._edit)

    async def _let_go(self) -> None:
        """Have everybody know at once that this process does the edit no more."""
        with suppress(FacetryError):
            async with self._lock:
                await self._stored_with(self._settled, touched=0.0)

    async def _stored_with(self, edit: BulkEdit, *writes: Write, touched: float | None = None) -> tuple[Effect, ...]:
        """Store how far the edit is, with writes before it in the same transaction.

        Each has a key, so that it can be asked for again where it may have been done already.

        Raises:
            ChangedMeanwhileError: Somebody else has written the record.
            InvalidValueError: Amounts would be written as prices in another currency than at the beginning.
        """
        record = msgspec.structs.replace(edit, touched=self._clock.now() if touched is None else touched)
        currency = self._currency if writes and isinstance(edit.edit, SetPrice | AddToPrice) else ""
        unchanged = Condition(RecordKey(record.id), record.kind, (tag_of(self._stored),), currency=currency)
        self._writes += 1
        key = f"{self._key}-{self._writes}"
        all_of_it = Guarded(unchanged, AllOrNone((*writes, PutRecord(record))))
        effect = await self._carried_out(Once(key, key, self._clock.now(), all_of_it))
        assert isinstance(effect, AllDone)  # noqa: S101 - narrows the union for the type checker
        recorded = effect.outcomes[-1]
        assert isinstance(recorded, Recorded)  # noqa: S101 - likewise
        assert isinstance(recorded.record, BulkEdit)  # noqa: S101 - likewise
        self._stored = recorded.record
        return effect.outcomes

    async def _carried_out(self, write: Once) -> Effect:
        for tries_left in reversed(range(_TRIES)):
            try:
                _, effect = await self._catalog.carry_out(self._tenant, write, is_admitted=True)
            except (IndexBehindError, CommitUnknownError):
                if not tries_left:
                    raise
            else:
                break
        return effect.effect if isinstance(effect, Repeated) else effect

    async def _beat(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            # Whoever does the edit hears of the same trouble, and says so.
            with suppress(FacetryError):
                async with self._lock:
                    # What is noted by now may not be done yet.
                    await self._stored_with(self._stored)

    async def _fail(self, message: str) -> None:
        self._edit = msgspec.structs.replace(self._settled, status=EditStatus.FAILED, error=message)
        try:
            await self._save()
        except FacetryError:
            _log.warning("bulk edit %s of tenant %s failed: %s", self._edit.id, self._tenant, message)

    def _refuse(self, refusals: Sequence[EditRefusal]) -> None:
        self._edit = _refusing(self._edit, refusals)

    def _note(self, **changes: object) -> None:
        self._edit = msgspec.structs.replace(self._edit, **changes)


def _refusing(edit: BulkEdit, refusals: Sequence[EditRefusal]) -> BulkEdit:
    """Return an edit with refusals more, which are counted, and named as far as there is room."""
    named = (*edit.refusals, *refusals)[:MOST_REFUSALS]
    return msgspec.structs.replace(edit, refused=edit.refused + len(refusals), refusals=named)
