"""Pages of gemstones: all of them, one with the products that it is set in, and its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from facetry.application.mounted import Mounted, mounted
from facetry.application.record_lists import RecordLists, RecordQuery, page_of
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.product_views.changes import Change
from facetry.dashboard.records.editing import Editing, RecordEditor, do_guarded
from facetry.dashboard.records.gemstone_form import changed_gemstone, gemstone_choices, gemstone_form, made_gemstone
from facetry.dashboard.records.gemstone_query import filter_choices, gemstone_query, is_narrow
from facetry.dashboard.records.histories import LastOfRecords
from facetry.dashboard.records.paging import Choice, Pager, pager, place_of, url_of
from facetry.dashboard.records.words import DETAILS
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.texts import Texts
from facetry.dashboard.values import Values
from facetry.domain.errors import IndexBehindError, IndexFailedError, QuotaExceededError
from facetry.domain.gemstone import Gemstone
from facetry.domain.guarding import tag_of
from facetry.domain.keeping import DeleteRecord
from facetry.domain.product import Product, Scalar
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.user import Role
from facetry.http.answer import Answer

URL = "/dashboard/gemstones"
_ONE = f"{URL}/{{code}}"
_KIND = RecordKind.GEMSTONE
_NOT_TOLD = Mounted((), -1)


@dataclass(frozen=True, kw_only=True)
class GemstonesPage:
    """The list.

    Attributes:
        stones: Each with its URL.
        total: How many there are, where that is known.
        is_narrow: Whether weights, grades or prices are asked for.
        errors: What could not be read of the filters, by field.
    """

    stones: Sequence[tuple[Gemstone, str]]
    total: int | None
    pager: Pager
    query: Values
    is_narrow: bool
    choices: Mapping[str, tuple[Choice, ...]]
    currency: str
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GemstonePage:
    """One gemstone.

    Attributes:
        details: What else is said of it, by name.
        products: Those that it is set in, each with its URL.
        total: How many these are.
        is_told: Whether the search has told them.
        history: Who changed it last.
    """

    stone: Gemstone
    tag: str
    url: str
    currency: str
    details: Sequence[tuple[str, Scalar]]
    products: Sequence[tuple[Product, str]]
    total: int
    is_told: bool
    history: Sequence[Change]


class Gemstones:
    """Handles the pages of gemstones."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read gemstones, and write them through a catalog."""
        self._dependencies = dependencies
        self._records = dependencies.records
        self._lists = RecordLists(dependencies.records)
        self._last = LastOfRecords(dependencies.journal)
        self._editor = RecordEditor(_EDITING, dependencies.records, dependencies.catalog)

    async def list(self, call: PageCall) -> Answer:
        """Show a page of the list."""
        wanted, place = gemstone_query(call.query, call.settings.currency), place_of(call.query)
        if wanted.filter.conditions:
            all_found = await self._dependencies.gemstones.find(call.tenant, wanted.filter)
            total, found = len(all_found), page_of(all_found, place)
        else:
            total, found = None, await self._lists.page(call.tenant, _KIND, RecordQuery(), place)
        page = GemstonesPage(
            stones=[(one, _url(one)) for one in found.records if isinstance(one, Gemstone)],
            total=total,
            pager=pager(call, found),
            query=call.query,
            is_narrow=is_narrow(call.query),
            choices=filter_choices(call.query),
            currency=call.settings.currency,
            errors=wanted.errors,
        )
        return render(call, "gemstones/_results.html" if call.is_partial else "gemstones/index.html", page)

    async def get(self, call: PageCall) -> Answer:
        """Show a gemstone."""
        stone = await self._stone(call)
        found = await self._mounted(call, stone)
        page = GemstonePage(
            stone=stone,
            tag=tag_of(stone),
            url=_url(stone),
            currency=call.settings.currency,
            details=[*_details(stone, call.texts)],
            products=[(one, url_of("/dashboard/products", one.sku)) for one in found.products],
            total=found.total,
            is_told=found.total >= 0,
            history=await self._last.of(call, stone, _url(stone)),
        )
        return render(call, "gemstones/show.html", page)

    async def new(self, call: PageCall) -> Answer:
        """Show the form of a new gemstone."""
        return await self._editor.new(call)

    async def create(self, call: PageCall) -> Answer:
        """Store a new gemstone."""
        return await self._editor.create(call)

    async def edit(self, call: PageCall) -> Answer:
        """Show the form of a gemstone."""
        return await self._editor.show(call, _key(call))

    async def save(self, call: PageCall) -> Answer:
        """Store what was sent of a gemstone."""
        return await self._editor.save(call, _key(call))

    async def delete(self, call: PageCall) -> Answer:
        """Remove a gemstone that is set in no product."""
        stone = await self._stone(call)
        await do_guarded(call, self._dependencies.catalog, stone, DeleteRecord(_KIND, RecordKey(stone.id)))
        return redirect(call, URL, call.texts.gettext("The gemstone was deleted."))

    async def _mounted(self, call: PageCall, stone: Gemstone) -> Mounted:
        """Return in which products a gemstone is; without a search the page tells all the rest."""
        try:
            return await mounted(self._dependencies.search, call.tenant, call.settings, stone.code)
        except (IndexBehindError, IndexFailedError, QuotaExceededError):
            return _NOT_TOLD

    async def _stone(self, call: PageCall) -> Gemstone:
        stone = await self._records.one(call.tenant, _KIND, _key(call))
        assert isinstance(stone, Gemstone)  # noqa: S101 - narrows the union for the type checker
        return stone


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = Gemstones(dependencies)
    return [
        Page("GET", URL, pages.list, Role.VIEWER),
        Page("GET", f"{URL}/new", pages.new, Role.EDITOR),
        Page("POST", f"{URL}/new", pages.create, Role.EDITOR),
        Page("GET", _ONE, pages.get, Role.VIEWER),
        Page("GET", f"{_ONE}/edit", pages.edit, Role.EDITOR),
        Page("POST", f"{_ONE}/edit", pages.save, Role.EDITOR),
        Page("POST", f"{_ONE}/delete", pages.delete, Role.EDITOR),
    ]


def _key(call: PageCall) -> RecordKey:
    return RecordKey(code=call.variables["code"])


def _details(stone: Gemstone, texts: Texts) -> Iterator[tuple[str, Scalar]]:
    """Yield the details of a gemstone, by what they are called where that is known."""
    for name, value in stone.details.items():
        yield texts.gettext(DETAILS[name]) if name in DETAILS else name, value


def _url(stone: Gemstone) -> str:
    return url_of(URL, stone.code)


_EDITING = Editing(
    kind=_KIND,
    base=URL,
    template="gemstones/edit.html",
    form=gemstone_form,
    write=changed_gemstone,
    url=_url,
    choices=gemstone_choices,
    make=made_gemstone,
)
