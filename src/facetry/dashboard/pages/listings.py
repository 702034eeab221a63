"""Pages of listings: all of them, one, and its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from facetry.application.record_lists import RecordLists
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.pages import listing_batches
from facetry.dashboard.product_views.changes import Change
from facetry.dashboard.records.editing import Editing, RecordEditor, do_guarded
from facetry.dashboard.records.histories import LastOfRecords
from facetry.dashboard.records.listing_form import STATUSES, changed_listing, ended_listing, listing_form, listing_query
from facetry.dashboard.records.paging import Choice, Pager, number_key, pager, place_of, url_of
from facetry.dashboard.records.words import LISTED_FIELDS, LISTING_BADGES, LISTING_STATUSES, OrderWords, translated
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.values import Values
from facetry.domain.catalog import Write
from facetry.domain.channels import all_channels
from facetry.domain.guarding import tag_of
from facetry.domain.keeping import DeleteRecord
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.tenant import TenantSettings
from facetry.domain.user import Role
from facetry.http.answer import Answer

URL = "/dashboard/listings"
_ONE = f"{URL}/{{id}}"
_KIND = RecordKind.LISTING


@dataclass(frozen=True, kw_only=True)
class ListingsPage:
    """The list.

    Attributes:
        listings: Each with its URL.
        words: What channels are called.
        statuses: What statuses are called.
        fields: What a batch can bring up to date, by name.
        is_all: Whether nothing is filtered.
    """

    listings: Sequence[tuple[Listing, str]]
    pager: Pager
    query: Values
    words: OrderWords
    currency: str
    is_all: bool
    statuses: Mapping[ListingStatus, str]
    fields: Mapping[str, str]
    badges: Mapping[ListingStatus, str] = field(default_factory=lambda: LISTING_BADGES)


@dataclass(frozen=True, kw_only=True)
class ListingPage:
    """One listing.

    Attributes:
        product_url: Where its product is shown; empty where that is not there any more.
        is_web: Whether its URL is one that can be followed.
        history: Who changed it last.
    """

    listing: Listing
    tag: str
    url: str
    product_url: str
    is_web: bool
    history: Sequence[Change]
    words: OrderWords
    currency: str
    statuses: Mapping[ListingStatus, str]
    fields: Mapping[str, str]
    badges: Mapping[ListingStatus, str] = field(default_factory=lambda: LISTING_BADGES)


class Listings:
    """Handles the pages of listings."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read listings, and write them through a catalog."""
        self._catalog = dependencies.catalog
        self._store = dependencies.store
        self._records = dependencies.records
        self._lists = RecordLists(dependencies.records)
        self._last = LastOfRecords(dependencies.journal)
        self._editor = RecordEditor(_EDITING, dependencies.records, dependencies.catalog)

    async def list(self, call: PageCall) -> Answer:
        """Show a page of the list."""
        wanted = listing_query(call.query, call.settings)
        found = await self._lists.page(call.tenant, _KIND, wanted.query, place_of(call.query))
        page = ListingsPage(
            listings=[(one, _url(one)) for one in found.records if isinstance(one, Listing)],
            pager=pager(call, found),
            query=call.query,
            words=OrderWords(call.settings, call.texts),
            statuses=translated(LISTING_STATUSES, call.texts),
            fields=translated(LISTED_FIELDS, call.texts),
            currency=call.settings.currency,
            is_all=wanted.is_all,
        )
        return render(call, "listings/_results.html" if call.is_partial else "listings/index.html", page)

    async def get(self, call: PageCall) -> Answer:
        """Show a listing."""
        listing = await self._listing(call)
        product = await self._store.product(call.tenant, listing.sku)
        page = ListingPage(
            listing=listing,
            tag=tag_of(listing),
            url=_url(listing),
            product_url=url_of("/dashboard/products", listing.sku) if product else "",
            history=await self._last.of(call, listing, _url(listing)),
            is_web=listing.url.lower().startswith(("https://", "http://")),
            words=OrderWords(call.settings, call.texts),
            statuses=translated(LISTING_STATUSES, call.texts),
            fields=translated(LISTED_FIELDS, call.texts),
            currency=(product.currency if product else "") or call.settings.currency,
        )
        return render(call, "listings/show.html", page)

    async def edit(self, call: PageCall) -> Answer:
        """Show the form of a listing."""
        return await self._editor.show(call, number_key(call, _KIND))

    async def save(self, call: PageCall) -> Answer:
        """Store what was sent of a listing."""
        return await self._editor.save(call, number_key(call, _KIND))

    async def end(self, call: PageCall) -> Answer:
        """End a listing."""
        listing = await self._do(call, ended_listing)
        return redirect(call, _url(listing), call.texts.gettext("The listing has ended."))

    async def delete(self, call: PageCall) -> Answer:
        """Remove a listing."""
        await self._do(call, lambda listing: DeleteRecord(_KIND, RecordKey(listing.id)))
        return redirect(call, URL, call.texts.gettext("The listing was deleted."))

    async def _do(self, call: PageCall, write: Callable[[Listing], Write]) -> Listing:
        listing = await self._listing(call)
        await do_guarded(call, self._catalog, listing, write(listing))
        return listing

    async def _listing(self, call: PageCall) -> Listing:
        listing = await self._records.one(call.tenant, _KIND, number_key(call, _KIND))
        assert isinstance(listing, Listing)  # noqa: S101 - narrows the union for the type checker
        return listing


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = Listings(dependencies)
    return [
        Page("GET", URL, pages.list, Role.VIEWER),
        Page("GET", _ONE, pages.get, Role.VIEWER),
        Page("GET", f"{_ONE}/edit", pages.edit, Role.EDITOR),
        Page("POST", f"{_ONE}/edit", pages.save, Role.EDITOR),
        Page("POST", f"{_ONE}/end", pages.end, Role.EDITOR),
        Page("POST", f"{_ONE}/delete", pages.delete, Role.EDITOR),
        *listing_batches.routes(dependencies),
    ]


def _url(listing: Listing) -> str:
    return f"{URL}/{listing.id}"


def _choices(settings: TenantSettings) -> Mapping[str, object]:
    channels = all_channels(settings.client_api.channels)
    return {"channel": [Choice(str(one.number), one.name) for one in channels], "status": STATUSES}


_EDITING = Editing(
    kind=_KIND,
    base=URL,
    template="listings/edit.html",
    form=listing_form,
    write=changed_listing,
    url=_url,
    choices=_choices,
)
