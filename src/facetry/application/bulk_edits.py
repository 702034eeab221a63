"""Edits of many products: looked at before, done in the background, asked how far they are."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from facetry.application.catalog import Catalog
from facetry.application.edit_run import BEAT_SECONDS, EditRun
from facetry.application.fair_room import FairRoom
from facetry.application.records import Records
from facetry.application.selections import SelectedCount, Selection, Selections
from facetry.application.turns import Turns
from facetry.domain.bulk_edit import BulkEdit, EditRefusal, EditStatus
from facetry.domain.catalog import Effect, Guarded, Once, Repeated, Write
from facetry.domain.editing import edited, write_of
from facetry.domain.edits import Edit, check_edit
from facetry.domain.errors import ChangedMeanwhileError, FacetryError, InvalidValueError
from facetry.domain.guarding import Condition, tag_of
from facetry.domain.keeping import DeleteRecord, PutRecord, Recorded
from facetry.domain.product import Product, ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.ports.clock import Clock

AT_ONCE = 2
"""So many edits of all tenants are done at a time in a process."""
EXAMPLES = 8
LOOKED_AT = 2_000
"""So many products of an edit are looked at before it, all where there are no more."""
KEPT = 200
"""So many edits of a tenant are remembered."""
LOST_SECONDS = 3 * BEAT_SECONDS


class EditWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be edited.

    Attributes:
        edit: What is done to each product.
        selection: Which products.
        currency: Of prices that name none.
        query: The selection as the one who asks says it, to be told it again.
        by: Who asks.
        expected: How many products they were told it is; None for however many there are.
        told_currency: In which currency they were told what becomes of prices; None where that does not matter.
        key: Of what they were told: who wishes it with the same key again within a day gets the edit that has begun,
            and no other one; empty for none.
    """

    edit: Edit
    selection: Selection
    currency: str
    query: str = ""
    by: str = ""
    expected: int | None = None
    told_currency: str | None = None
    key: str = ""


class EditExample(msgspec.Struct, frozen=True):
    """A product before an edit and after it."""

    before: Product
    after: ProductContent


class EditPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What an edit would do.

    Attributes:
        count: What is selected.
        looked_at: How many of these products the rest is told of.
        changed: How many would be changed.
        unchanged: How many are as they should be already.
        refused: How many could not be changed.
        examples: Some that would be changed.
        refusals: Some that could not be.
    """

    count: SelectedCount
    looked_at: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    examples: tuple[EditExample, ...] = ()
    refusals: tuple[EditRefusal, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Return whether every selected product was looked at."""
        return self.looked_at >= self.count.products


class BulkEdits:
    """The use cases of edits; each is a task of the process that was asked for it."""

    def __init__(self, catalog: Catalog, records: Records, selections: Selections, clock: Clock) -> None:
        """Edit the products of a catalog that selections name, and keep how far it is among its records."""
        self._catalog = catalog
        self._records = records
        self._selections = selections
        self._clock = clock
        self._room = FairRoom(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def preview(self, tenant: str, wish: EditWish) -> EditPreview:
        """Return what an edit would do, of the first products if there are many.

        Raises:
            InvalidValueError: No product could be edited so.
            FacetryError: What ``Search.search`` raises.
        """
        check_edit(wish.edit)
        preview = EditPreview(count=await self._selections.count(tenant, wish.selection))
        pages, turns = self._selections.pages(tenant, wish.selection), Turns()
        try:
            async for page in pages:
                for product in page.products:
                    preview = _with(preview, product, wish)
                    await turns.give()
                if preview.looked_at >= LOOKED_AT:
                    break
        finally:
            await pages.aclose()
        return preview

    async def start(self, tenant: str, wish: EditWish) -> BulkEdit:
        """Begin an edit and return it; it goes on in the background. One that has begun under its key is returned.

        Raises:
            InvalidValueError: No product could be edited so, or products or currency are others than the wisher was
                told.
            KeyReusedError: The key is that of another edit.
            FacetryError: What ``Search.search`` raises.
        """
        check_edit(wish.edit)
        if wish.told_currency not in {None, wish.currency}:
            raise InvalidValueError("currency", f"was {wish.told_currency}, and is {wish.currency} now")
        count = await self._selections.count(tenant, wish.selection)
        if wish.expected is not None and wish.expected != count.products:
            raise InvalidValueError("selection", f"had {wish.expected} products, and has {count.products} now")
        now = self._clock.now()
        edit = BulkEdit(edit=wish.edit, query=wish.query, by=wish.by, created=now, touched=now, total=count.products)
        stored, is_new = await self._begun(tenant, edit, wish.key)
        if not is_new:
            return stored
        self._run(tenant, stored, wish)
        if stored.id > KEPT:
            # It has begun, whether an old one can be forgotten or not.
            with suppress(FacetryError):
                await self._catalog.keep(tenant, DeleteRecord(RecordKind.BULK_EDIT, RecordKey(stored.id - KEPT)))
        return stored

    async def get(self, tenant: str, edit_id: int) -> BulkEdit:
        """Return an edit as far as it is.

        Raises:
            RecordNotFoundError: There is none, or not any more.
        """
        edit = await self._records.one(tenant, RecordKind.BULK_EDIT, RecordKey(edit_id))
        assert isinstance(edit, BulkEdit)  # noqa: S101 - narrows the union for the type checker
        return edit

    async def latest(self, tenant: str, limit: int) -> Sequence[BulkEdit]:
        """Return the last edits, newest first."""
        found = await self._records.before(tenant, RecordKind.BULK_EDIT, 0, limit)
        return [edit for edit in found if isinstance(edit, BulkEdit)]

    def is_lost(self, edit: BulkEdit) -> bool:
        """Return whether the process that did an edit is gone, as far as can be told: it has said nothing for long."""
        return edit.status is EditStatus.RUNNING and self._clock.now() - edit.touched >= LOST_SECONDS

    async def stop(self, tenant: str, edit_id: int) -> BulkEdit:
        """End an edit where it is; what is changed stays. One that has ended is returned as it is.

        Raises:
            RecordNotFoundError: There is none.
        """
        while (edit := await self.get(tenant, edit_id)).status is EditStatus.RUNNING:
            try:
                return await self._replaced(tenant, edit, EditStatus.STOPPED)
            except ChangedMeanwhileError:
                continue
        return edit

    async def go_on(self, tenant: str, edit_id: int, wish: EditWish) -> BulkEdit:
        """Go on with an edit that was stopped, has failed or lost its process, behind the last product it looked at.

        Args:
            tenant: Whose.
            edit_id: Which edit; what it does is what its record says.
            wish: Which products, as they were wished at the beginning.

        Raises:
            RecordNotFoundError: There is none.
            ChangedMeanwhileError: It is being done, or was done.
        """
        edit = await self.get(tenant, edit_id)
        may_go_on = edit.status in {EditStatus.STOPPED, EditStatus.FAILED} or self.is_lost(edit)
        if not may_go_on:
            raise ChangedMeanwhileError(tag_of(edit))
        stored = await self._replaced(tenant, edit, EditStatus.RUNNING)
        self._run(tenant, stored, wish)
        return stored

    async def close(self) -> None:
        """End all edits that this process does, where they are."""
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def finish(self) -> None:
        """Wait until all edits have ended that this process does."""
        await asyncio.gather(*self._tasks)

    def _run(self, tenant: str, edit: BulkEdit, wish: EditWish) -> None:
        run = EditRun(self._catalog, self._clock, tenant, edit, wish.currency)
        task = asyncio.create_task(run.run(self._selections, wish.selection, self._room))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replaced(self, tenant: str, edit: BulkEdit, status: EditStatus) -> BulkEdit:
        """Store an edit with another status, if it still is as it was read.

        Raises:
            ChangedMeanwhileError: It is not.
        """
        changed = msgspec.structs.replace(edit, status=status, touched=self._clock.now(), error="")
        unchanged = Condition(RecordKey(edit.id), RecordKind.BULK_EDIT, (tag_of(edit),))
        return await self._stored(tenant, Guarded(unchanged, PutRecord(changed)))

    async def _begun(self, tenant: str, edit: BulkEdit, key: str) -> tuple[BulkEdit, bool]:
        """Return an edit as it is stored, and whether it is not one that had begun under its key before."""
        write: Write = PutRecord(edit)
        if key:
            write = Once(f"bulk edit {key}", _digest(edit), edit.created, write)
        effect = await self._catalog.keep(tenant, write)
        return (_edit_of(effect.effect), False) if isinstance(effect, Repeated) else (_edit_of(effect), True)

    async def _stored(self, tenant: str, write: Write) -> BulkEdit:
        # No search finds it, and nobody must hear of one that is stored but does not run.
        return _edit_of(await self._catalog.keep(tenant, write))


def _edit_of(effect: Effect) -> BulkEdit:
    assert isinstance(effect, Recorded)  # noqa: S101 - narrows the union for the type checker
    assert isinstance(effect.record, BulkEdit)  # noqa: S101 - likewise
    return effect.record


def _digest(edit: BulkEdit) -> str:
    """Return a digest of what is asked for: what is done, and to which products."""
    return hashlib.blake2b(msgspec.json.encode((edit.edit, edit.query)), digest_size=16).hexdigest()


def _with(preview: EditPreview, product: Product, wish: EditWish) -> EditPreview:
    """Return a preview with one product more looked at."""
    seen = msgspec.structs.replace(preview, looked_at=preview.looked_at + 1)
    try:
        is_changed = write_of(wish.edit, product, wish.currency) is not None
        after = edited(wish.edit, product, wish.currency)
    except FacetryError as error:
        refusals = (*preview.refusals, EditRefusal(product.sku, error.code, error.message))[:EXAMPLES]
        return msgspec.structs.replace(seen, refused=preview.refused + 1, refusals=refusals)
    if not is_changed:
        return msgspec.structs.replace(seen, unchanged=preview.unchanged + 1)
    examples = (*preview.examples, EditExample(product, after))[:EXAMPLES]
    return msgspec.structs.replace(seen, changed=preview.changed + 1, examples=examples)
