"""The page of the catalog from what a search has found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from facetry.application.facet_choice import FacetField
from facetry.dashboard.call import PageCall
from facetry.dashboard.catalog.asking import HITS, Asked, LeftOut
from facetry.dashboard.catalog.facets import Facets, facets_view
from facetry.dashboard.catalog.hits import Hit, hit_view
from facetry.dashboard.catalog.names import FieldNames
from facetry.dashboard.catalog.state import CATALOG, CatalogState, View
from facetry.domain.search.result import SearchResult
from facetry.domain.user import SavedView


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_SORTS: Mapping[str, str] = {
    "": _("Best match"),
    "name:asc": _("Name"),
    "price:asc": _("Price, lowest first"),
    "price:desc": _("Price, highest first"),
    "quantity:asc": _("Stock, lowest first"),
    "quantity:desc": _("Stock, highest first"),
}
PAGES_AROUND = 2
MOST_CHIPS = 50


class Chip(msgspec.Struct, frozen=True):
    """A filter that is set, and the URL without it."""

    label: str
    value: str
    url: str


class SavedLink(msgspec.Struct, frozen=True):
    """A saved search, and where it leads."""

    name: str
    url: str
    is_current: bool


class CatalogPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page.

    Attributes:
        state: What its URL says.
        hits: Of this page.
        total: How many groups were found.
        total_products: How many matching products these have.
        first: Number of the first hit of the page, from 1.
        facets: Beside the hits.
        chips: Filters that are set.
        pages: Label, URL and whether it is this one; a gap has no URL.
        views: The visitor's saved searches.
        left_out: Filters by which nothing can be found any more, by their labels.
        reads: What was understood of the text.
        did_you_mean: Another text, empty for none.
        sorts: Values and labels of the orders.
        currency: Of prices without one.
    """

    state: CatalogState
    hits: Sequence[Hit]
    total: int
    total_products: int
    first: int
    facets: Facets
    chips: Sequence[Chip]
    pages: Sequence[tuple[str, str, bool]]
    views: Sequence[SavedLink]
    left_out: Sequence[tuple[str, str]]
    reads: Sequence[tuple[str, str]]
    did_you_mean: str
    sorts: Sequence[tuple[str, str]]
    currency: str

    @property
    def last(self) -> int:
        """Return the number of the last hit of the page."""
        return self.first + len(self.hits) - 1

    @property
    def is_table(self) -> bool:
        """Return whether hits are rows of a table."""
        return self.state.view is View.TABLE

    @property
    def switch(self) -> tuple[str, str]:
        """Return the URLs of the page as a grid and as a table."""
        return self.state.but(view=View.GRID).url, self.state.but(view=View.TABLE).url

    @property
    def previous(self) -> str:
        """Return the URL of the page before, empty for none."""
        return self.state.but(page=self.state.page - 1).url if self.state.page > 1 else ""

    @property
    def next(self) -> str:
        """Return the URL of the page behind, empty for none."""
        return self.state.but(page=self.state.page + 1).url if self.last < self.total and self.hits else ""

    @property
    def query(self) -> str:
        """Return the query string that says which products are found."""
        return self.state.selection.query_string

    @property
    def meant(self) -> str:
        """Return the URL of the page for the text that may be meant."""
        return self.state.but(text=self.did_you_mean).url

    @property
    def plain(self) -> str:
        """Return the URL of the page without text and filters."""
        return CatalogState(view=self.state.view, sort=self.state.sort).url

    def sorted_by(self, name: str) -> tuple[str, str]:
        """Return where the head of a column leads, and how the hits are ordered by it now."""
        ascending, descending = f"{name}:asc", f"{name}:desc"
        now = {ascending: "ascending", descending: "descending"}.get(self.state.sort, "")
        turned = descending if now == "ascending" and name != "name" else ascending
        return self.state.but(sort=turned).url, now


def catalog_page(
    call: PageCall, state: CatalogState, asked: Asked, result: SearchResult, chosen: Sequence[FacetField]
) -> CatalogPage:
    """Return the page of a result."""
    names = FieldNames(call)
    return CatalogPage(
        state=state,
        hits=[hit_view(hit, call) for hit in result.hits],
        total=result.total,
        total_products=result.total_products,
        first=asked.query.offset + 1,
        facets=facets_view(state, asked.query.facets, result.facets, chosen, names),
        chips=[*chips(state, names)][:MOST_CHIPS],
        pages=[*_pages(state, -(-result.total // HITS[state.view]))],
        views=saved_links(call.user.views, state),
        left_out=left_out(asked.left_out, names),
        reads=[(read.text, read.filter or read.term) for read in result.reads],
        did_you_mean=result.did_you_mean,
        sorts=_sorts(call),
        currency=names.currency,
    )


def chips(state: CatalogState, names: FieldNames) -> Iterator[Chip]:
    """Yield the filters that are set, each with a way to take it away."""
    for field, values in state.filters:
        for value in values:
            url = state.with_values(field, tuple(one for one in values if one != value)).url
            yield Chip(names.field(field), names.value(field, value), url)
    if state.has_price:
        url = state.but(lowest=None, highest=None).url
        yield Chip(names.field("price"), names.price_limits(state.lowest, state.highest), url)


def saved_links(views: Sequence[SavedView], state: CatalogState) -> list[SavedLink]:
    """Return the saved searches of a visitor."""
    now = state.but().query_string
    return [SavedLink(view.name, f"{CATALOG}?{view.query}", view.query == now) for view in views]


def left_out(found: Sequence[LeftOut], names: FieldNames) -> list[tuple[str, str]]:
    """Return filters that were left out by their labels, and why."""
    return [(names.field(one.field), one.message) for one in found]


def _sorts(call: PageCall) -> list[tuple[str, str]]:
    return [(value, call.texts.gettext(label)) for value, label in _SORTS.items()]


def _pages(state: CatalogState, count: int) -> Iterator[tuple[str, str, bool]]:
    """Yield the pages around this one, the first and the last one, with gaps between."""
    around = range(state.page - PAGES_AROUND, state.page + PAGES_AROUND + 1)
    shown = sorted({1, count, *around} & set(range(1, count + 1)))
    before = 0
    for page in shown:
        if page > before + 1:
            yield "…", "", False
        yield str(page), state.but(page=page).url, page == state.page
        before = page
