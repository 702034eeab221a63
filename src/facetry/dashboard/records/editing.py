"""Changing a record by a form: only where it is as the form has shown it; else the form tells what it is by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from facetry.application.catalog import Catalog
from facetry.application.records import Records
from facetry.dashboard.call import PageCall
from facetry.dashboard.forms import FIELD_ERRORS, field_errors
from facetry.dashboard.records.forms import RecordForm, Remarks, Texts, plain
from facetry.dashboard.rendering import redirect, render
from facetry.domain.catalog import Effect, Guarded, Write
from facetry.domain.errors import ChangedMeanwhileError, ProductNotFoundError, RecordExistsError
from facetry.domain.guarding import Condition, tag_of
from facetry.domain.keeping import Recorded
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.tenant import TenantSettings
from facetry.http.answer import Answer

TAG = "tag"
_CONFLICT, _REFUSED = 409, 422
_NO_TAG = "-"
_REFUSALS = (*FIELD_ERRORS, RecordExistsError, ProductNotFoundError)


class Difference(NamedTuple):
    """What a field holds by now, where that is not what was sent."""

    field: str
    now: str
    sent: str


@dataclass(frozen=True, kw_only=True)
class EditPage:
    """The form of a record.

    Attributes:
        record: As it is now; None for a new one.
        tag: Of the record as the form knows it.
        url: Where the record is shown, or all are.
        values: What stands in the form.
        errors: What is wrong, by field.
        differences: What somebody else has changed meanwhile.
        is_conflict: Whether somebody has.
        choices: What selects offer, by field.
        currency: The tenant's.
    """

    record: Record | None
    tag: str
    url: str
    values: Texts
    errors: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    is_conflict: bool = False
    choices: Mapping[str, object] = field(default_factory=dict)
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class Editing:
    """How records of a kind are edited.

    Attributes:
        kind: Of the records.
        base: Where all of them are shown.
        template: Of the form.
        form: Returns its fields for a tenant.
        write: Returns the write that makes changes of a record, given what is to be stored and the time.
        url: Returns where a record is shown.
        choices: Returns what selects offer.
        make: Returns the write of a new record; None where none can be made.
    """

    kind: RecordKind
    base: str
    template: str
    form: Callable[[TenantSettings], RecordForm]
    write: Callable[[Any, dict[str, Any], float], Write]
    url: Callable[[Any], str]
    choices: Callable[[TenantSettings], Mapping[str, object]] = lambda _: {}
    make: Callable[[dict[str, Any], float], Write] | None = None


class RecordEditor:
    """Shows forms of records, and stores what is sent of them."""

    def __init__(self, editing: Editing, records: Records, catalog: Catalog) -> None:
        """Read records and write them through a catalog."""
        self._editing = editing
        self._records = records
        self._catalog = catalog

    async def show(self, call: PageCall, key: RecordKey) -> Answer:
        """Show the form of a record.

        Raises:
            RecordNotFoundError: There is none.
        """
        record = await self._records.one(call.tenant, self._editing.kind, key)
        return self._page(call, record, self._editing.form(call.settings).shown(record))

    async def save(self, call: PageCall, key: RecordKey) -> Answer:
        """Store what was sent of a record, or show the form again with what stands against it.

        Raises:
            RecordNotFoundError: There is no such record.
        """
        record = await self._records.one(call.tenant, self._editing.kind, key)
        form, sent_form = self._editing.form(call.settings), await call.form()
        before = form.shown(record)
        sent = form.sent(sent_form, before)
        tag = sent_form.text(TAG)
        if tag != tag_of(record):
            return self._conflict(call, record, sent)
        values, errors = form.changes(sent, before)
        if errors:
            return self._page(call, record, sent, errors)
        if not values:
            return redirect(call, self._editing.url(record), call.texts.gettext("Nothing was changed."))
        return await self._stored(call, record, sent, values)

    async def new(self, call: PageCall) -> Answer:
        """Show the form of a new record."""
        return self._page(call, None, self._editing.form(call.settings).start)

    async def create(self, call: PageCall) -> Answer:
        """Store a new record, or show the form again with what stands against it."""
        form = self._editing.form(call.settings)
        sent = form.sent(await call.form(), form.start)
        values, errors = form.all(sent)
        if errors:
            return self._page(call, None, sent, errors)
        assert self._editing.make is not None  # noqa: S101 - only kinds that can be made have this page
        try:
            done = await self._catalog.do(call.tenant, self._editing.make(values, call.now))
        except _REFUSALS as error:
            return self._page(call, None, sent, errors_of(error))
        assert isinstance(done, Recorded)  # noqa: S101 - narrows the union for the type checker
        return redirect(call, self._editing.url(done.record), call.texts.gettext("Saved."))

    async def _stored(self, call: PageCall, record: Record, sent: Texts, values: dict[str, Any]) -> Answer:
        try:
            write = self._editing.write(record, values, call.now)
            await self._catalog.do(call.tenant, guarded(record, tag_of(record), write))
        except ChangedMeanwhileError:
            now = await self._records.one(call.tenant, self._editing.kind, RecordKey(record.id))
            return self._conflict(call, now, sent)
        except _REFUSALS as error:
            return self._page(call, record, sent, errors_of(error))
        # It may have another name by now.
        after = await self._records.one(call.tenant, self._editing.kind, RecordKey(record.id))
        return redirect(call, self._editing.url(after), call.texts.gettext("Saved."))

    def _conflict(self, call: PageCall, record: Record, sent: Texts) -> Answer:
        """Show what was sent beside what is there by now; whoever sends it again has seen that."""
        now = self._editing.form(call.settings).shown(record)
        differences = tuple(
            Difference(name, now[name], text) for name, text in sent.items() if text != plain(now[name])
        )
        return self._page(call, record, sent, differences=differences, is_conflict=True)

    def _page(
        self,
        call: PageCall,
        record: Record | None,
        values: Texts,
        errors: Mapping[str, str] | None = None,
        *,
        differences: tuple[Difference, ...] = (),
        is_conflict: bool = False,
    ) -> Answer:
        status = _CONFLICT if is_conflict else _REFUSED if errors else 200
        page = EditPage(
            record=record,
            tag=tag_of(record) if record else "",
            url=self._editing.url(record) if record else self._editing.base,
            values=values,
            errors=Remarks(errors or {}),
            differences=differences,
            is_conflict=is_conflict,
            choices=self._editing.choices(call.settings),
            currency=call.settings.currency,
        )
        return render(call, self._editing.template, page, status=status)


def guarded(record: Record, tag: str, write: Write) -> Write:
    """Return a write that takes effect only where a record still has a tag."""
    return Guarded(Condition(RecordKey(record.id), record.kind, tags=(tag or _NO_TAG,)), write)


async def do_guarded(call: PageCall, catalog: Catalog, record: Record, write: Write) -> Effect:
    """Do a write where the record still is as the form that was sent has shown it.

    Raises:
        ChangedMeanwhileError: It is not.
        FacetryError: What the write ends in.
    """
    return await catalog.do(call.tenant, guarded(record, (await call.form()).text(TAG), write))


def errors_of(error: Exception) -> Mapping[str, str]:
    """Return what is wrong, by field, with what was sent of a record."""
    if isinstance(error, ProductNotFoundError):
        return {"sku": error.message}
    if isinstance(error, RecordExistsError):
        name = {"gemstone": "code", "listing": "external_id"}.get(error.kind, "reference")
        return {name: error.message}
    assert isinstance(error, FIELD_ERRORS)  # noqa: S101 - nobody asks about others
    return field_errors(error)
