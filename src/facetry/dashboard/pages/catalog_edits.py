"""Edits of many products: choose what and look at it before, do it, see how far it is."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import msgspec

from facetry.application.bulk_edits import EditExample, EditPreview, EditWish
from facetry.application.selections import SelectedCount, Selection, Selections
from facetry.dashboard.addresses import product_url
from facetry.dashboard.call import PageCall
from facetry.dashboard.catalog.asking import plain_search
from facetry.dashboard.catalog.edit_forms import MOST_GROUPS, EditForm, Subject, edit_of, read_form
from facetry.dashboard.catalog.edit_words import (
    HOW_TEXTS,
    LOST,
    PRICE_FIELDS,
    ROUNDINGS,
    STATUSES,
    SUBJECTS,
    EditWords,
)
from facetry.dashboard.catalog.names import FieldNames
from facetry.dashboard.catalog.showing import Chip, chips, left_out
from facetry.dashboard.catalog.state import CATALOG, CatalogState, state_of
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.forms import FIELD_ERRORS, field_errors
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.values import Values
from facetry.domain.bulk_edit import BulkEdit, EditStatus
from facetry.domain.edits import Edit
from facetry.domain.errors import InvalidValueError, RecordNotFoundError
from facetry.domain.record import RecordKind
from facetry.domain.search.filters import EVERYTHING
from facetry.domain.user import Role
from facetry.http.answer import Answer
from facetry.http.bodies import decode_pairs

EDIT = f"{CATALOG}/edit"
EDITS = f"{CATALOG}/edits"
SHOWN_EDITS = 50
_CHANGED = frozenset({"selection", "currency"})
"""What may have become another since it was looked at."""
_KEY_BYTES = 16
_MAX_KEY_LENGTH = 40


class Wanted(msgspec.Struct, frozen=True):
    """Which products a form is about: what the catalog's page finds, or of that the groups that were ticked."""

    state: CatalogState
    groups: tuple[str, ...] = ()

    def fields(self) -> list[tuple[str, str]]:
        """Return names and values as a form sends them."""
        query = self.state.query_string
        return [*((("query", query),) if query else ()), *(("group", group) for group in self.groups)]


class Example(msgspec.Struct, frozen=True):
    """A product before and after an edit."""

    sku: str
    url: str
    name: str
    values: Sequence[tuple[str, str]]


class EditPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page on which an edit is chosen and looked at.

    Attributes:
        wanted: Which products.
        chips: The filters that say so.
        left_out: Filters by which nothing can be found any more.
        count: How much is selected.
        form: What was typed.
        errors: What is wrong by the name of the field.
        tabs: The forms: label, URL and whether it is this one.
        hows, prices, roundings: Choices, as values and labels.
        currency: Of amounts.
        preview: What it would do; None as long as nothing is chosen, or that is wrong.
        title: What it does.
        details: More of that.
        columns: What may change.
        key: By which the edit begins once, however often the form is sent.
        examples: Products before and after.
        refusals: Products that cannot be changed, and why.
    """

    wanted: Wanted
    chips: Sequence[Chip]
    left_out: Sequence[tuple[str, str]]
    count: SelectedCount
    form: EditForm
    errors: Mapping[str, str] = {}
    tabs: Sequence[tuple[str, str, bool]]
    hows: Sequence[tuple[str, str]]
    prices: Sequence[tuple[str, str]]
    roundings: Sequence[tuple[str, str]]
    currency: str
    preview: EditPreview | None = None
    title: str = ""
    details: str = ""
    columns: Sequence[str] = ()
    key: str = ""
    examples: Sequence[Example] = ()
    refusals: Sequence[tuple[str, str]] = ()

    @property
    def back(self) -> str:
        """Return the URL of the catalog with what is selected."""
        return self.wanted.state.url


class ProgressPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one edit.

    Attributes:
        edit: How far it is.
        title: What it does.
        details: More of that.
        status: Word and kind of its badge.
        is_lost: Whether its process is gone.
        url: Of the page.
        back: Of the catalog with what was selected.
        refusals: Products that could not be changed: SKU, and why.
    """

    edit: BulkEdit
    title: str
    details: str
    status: tuple[str, str]
    is_lost: bool
    url: str
    back: str
    refusals: Sequence[tuple[str, str]]

    @property
    def is_running(self) -> bool:
        """Return whether it is being done."""
        return self.edit.status is EditStatus.RUNNING and not self.is_lost

    @property
    def may_go_on(self) -> bool:
        """Return whether it has ended before its end."""
        return self.is_lost or self.edit.status in {EditStatus.STOPPED, EditStatus.FAILED}


class EditPages:
    """Handles edits of many products."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Edit with these use cases."""
        self._search = dependencies.search
        self._edits = dependencies.bulk_edits
        self._selections = Selections(dependencies.search)

    async def choose(self, call: PageCall) -> Answer:
        """Show the form of an edit and, where it is filled in, what that would do."""
        wanted, form = _wanted(call.query), read_form(call.query)
        if call.query.text("scope") == "ticked" and not wanted.groups:
            return redirect(call, wanted.state.url, call.texts.gettext("Nothing was ticked: tick some groups first."))
        if not form.how:
            return render(call, "catalog/edit.html", await self._page(call, wanted, form))
        return await self._previewed(call, wanted, form)

    async def start(self, call: PageCall) -> Answer:
        """Begin an edit, if what is selected, and the currency of amounts, is what was looked at."""
        sent = await call.form()
        wanted, form = _wanted(sent), read_form(sent)
        expected, key = sent.number("expected", -1), sent.text("key")[:_MAX_KEY_LENGTH]
        try:
            wish = await self._wish(call, wanted, edit_of(form, call.settings.currency))
            told = sent.text("currency")[:_MAX_KEY_LENGTH] if form.subject is Subject.PRICE else None
            wish = msgspec.structs.replace(wish, expected=expected, key=key, told_currency=told)
            started = await self._edits.start(call.tenant, wish)
        except FIELD_ERRORS as error:
            errors = field_errors(error)
            if not _CHANGED & errors.keys():
                return await self._refused(call, wanted, form, errors)
            return await self._previewed(call, wanted, form, errors=errors, status=409)
        return redirect(call, f"{EDITS}/{started.id}")

    async def list(self, call: PageCall) -> Answer:
        """Show the last edits."""
        edits = await self._edits.latest(call.tenant, SHOWN_EDITS)
        return render(call, "catalog/edits.html", [self._progress(call, edit) for edit in edits])

    async def show(self, call: PageCall) -> Answer:
        """Show how far an edit is."""
        edit = await self._edits.get(call.tenant, _edit_id(call))
        template = "catalog/_progress.html" if call.is_partial else "catalog/progress.html"
        return render(call, template, self._progress(call, edit))

    async def stop(self, call: PageCall) -> Answer:
        """End an edit where it is."""
        edit = await self._edits.stop(call.tenant, _edit_id(call))
        return redirect(call, f"{EDITS}/{edit.id}")

    async def go_on(self, call: PageCall) -> Answer:
        """Go on with an edit that ended before its end."""
        edit = await self._edits.get(call.tenant, _edit_id(call))
        wish = await self._wish(call, _wanted_again(edit), edit.edit)
        await self._edits.go_on(call.tenant, edit.id, wish)
        return redirect(call, f"{EDITS}/{edit.id}")

    async def _previewed(
        self, call: PageCall, wanted: Wanted, form: EditForm, *, errors: Mapping[str, str] = {}, status: int = 200
    ) -> Answer:
        try:
            wish = await self._wish(call, wanted, edit_of(form, call.settings.currency))
            preview = await self._edits.preview(call.tenant, wish)
        except FIELD_ERRORS as error:
            return await self._refused(call, wanted, form, field_errors(error))
        words, edit = EditWords(call), wish.edit
        page = msgspec.structs.replace(
            await self._page(call, wanted, form),
            errors=errors,
            count=preview.count,
            preview=preview,
            title=words.title(edit),
            details=words.details(edit),
            columns=words.columns(edit),
            key=secrets.token_urlsafe(_KEY_BYTES),
            examples=[_example(words, edit, one) for one in preview.examples],
            refusals=[(one.sku, one.message) for one in preview.refusals],
        )
        return render(call, "catalog/edit.html", page, status=status)

    async def _refused(self, call: PageCall, wanted: Wanted, form: EditForm, errors: Mapping[str, str]) -> Answer:
        page = msgspec.structs.replace(await self._page(call, wanted, form), errors=errors)
        return render(call, "catalog/edit.html", page, status=422)

    async def _page(self, call: PageCall, wanted: Wanted, form: EditForm) -> EditPage:
        words, names = EditWords(call), FieldNames(call)
        context = await self._search.context(call.tenant, call.settings, EVERYTHING)
        asked = plain_search(wanted.state, context)
        return EditPage(
            wanted=wanted,
            chips=[*chips(wanted.state, names)],
            left_out=left_out(asked.left_out, names),
            count=await self._selections.count(call.tenant, Selection(asked.query, wanted.groups)),
            form=form,
            tabs=[
                (call.texts.gettext(label), _form_url(wanted, subject), subject is form.subject)
                for subject, label in SUBJECTS.items()
            ],
            hows=words.options(HOW_TEXTS[form.subject]),
            prices=words.options(PRICE_FIELDS),
            roundings=words.options(ROUNDINGS),
            currency=call.settings.currency,
        )

    async def _wish(self, call: PageCall, wanted: Wanted, edit: Edit) -> EditWish:
        """Return what is wished; a filter by which nothing can be found any more must not make it more than was meant.

        Raises:
            InvalidValueError: There is such a filter.
        """
        context = await self._search.context(call.tenant, call.settings, EVERYTHING)
        asked = plain_search(wanted.state, context)
        if asked.left_out:
            raise InvalidValueError(
                "filter", f"{asked.left_out[0].field}: {call.texts.told(asked.left_out[0].message)}"
            )
        return EditWish(
            edit=edit,
            selection=Selection(asked.query, wanted.groups),
            currency=call.settings.currency,
            query=urlencode(wanted.fields()),
            by=call.user.name or call.user.email,
        )

    def _progress(self, call: PageCall, edit: BulkEdit) -> ProgressPage:
        words, is_lost = EditWords(call), self._edits.is_lost(edit)
        word, kind = LOST if is_lost else STATUSES[edit.status]
        return ProgressPage(
            edit=edit,
            title=words.title(edit.edit),
            details=words.details(edit.edit),
            status=(call.texts.gettext(word), kind),
            is_lost=is_lost,
            url=f"{EDITS}/{edit.id}",
            back=_wanted_again(edit).state.url,
            refusals=[(one.sku, one.message) for one in edit.refusals],
        )


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of edits."""
    pages = EditPages(dependencies)
    return [
        Page("GET", EDIT, pages.choose, Role.EDITOR),
        Page("POST", EDIT, pages.start, Role.EDITOR),
        Page("GET", EDITS, pages.list, Role.VIEWER),
        Page("GET", f"{EDITS}/{{edit}}", pages.show, Role.VIEWER),
        Page("POST", f"{EDITS}/{{edit}}/stop", pages.stop, Role.EDITOR),
        Page("POST", f"{EDITS}/{{edit}}/continue", pages.go_on, Role.EDITOR),
    ]


def _wanted(values: Values) -> Wanted:
    groups = tuple(dict.fromkeys(group for group in values.texts("group") if group))
    return Wanted(state_of(values.text("query")).selection, groups[:MOST_GROUPS])


def _wanted_again(edit: BulkEdit) -> Wanted:
    return _wanted(Values(decode_pairs(edit.query)))


def _form_url(wanted: Wanted, subject: Subject) -> str:
    return f"{EDIT}?{urlencode([*wanted.fields(), ('do', subject.value)])}"


def _example(words: EditWords, edit: Edit, example: EditExample) -> Example:
    before = example.before
    values = zip(words.values(edit, before), words.values(edit, example.after), strict=True)
    return Example(before.sku, product_url(before.sku), before.name, [*values])


def _edit_id(call: PageCall) -> int:
    """Return the number in the path.

    Raises:
        RecordNotFoundError: It is none.
    """
    text = call.variables["edit"]
    if not (text.isascii() and text.isdigit() and len(text) < len(str(2**53))):
        raise RecordNotFoundError(RecordKind.BULK_EDIT.value, text)
    return int(text)
