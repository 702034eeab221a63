"""What the catalog's page shows, as its URL says it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from urllib.parse import quote, urlencode

import msgspec

from facetry.dashboard.values import Values
from facetry.domain.errors import BadParameterError
from facetry.domain.money import MAX_PRICE, parse_price, price_to_text
from facetry.domain.search.fields import ATTRIBUTES, BUILT_IN, full_name
from facetry.domain.search.query import MAX_TEXT_LENGTH
from facetry.http.bodies import decode_pairs

CATALOG = "/dashboard/catalog"
SORTS = ("", "name:asc", "price:asc", "price:desc", "quantity:asc", "quantity:desc")
MAX_PAGE = 10**6
MAX_QUERY_LENGTH = 16_000
"""Of a query string that forms carry on."""
_FILTER, _FIND = "f.", "find."


class View(Enum):
    """How hits are shown."""

    GRID = "grid"
    TABLE = "table"


Named = tuple[tuple[str, tuple[str, ...]], ...]


class CatalogState(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows.

    Attributes:
        text: What was typed.
        filters: Full names of fields with the values that are chosen, each of both once.
        lowest: Lowest price in ten-thousandths, None for any.
        highest: Highest price likewise.
        sort: One of ``SORTS``.
        view: How hits are shown.
        page: From 1.
        more: Fields whose facets are shown at length.
        finds: What was typed into facets, by field.
    """

    text: str = ""
    filters: Named = ()
    lowest: int | None = None
    highest: int | None = None
    sort: str = ""
    view: View = View.GRID
    page: int = 1
    more: tuple[str, ...] = ()
    finds: tuple[tuple[str, str], ...] = ()

    def chosen(self, field: str) -> tuple[str, ...]:
        """Return the chosen values of a field."""
        return dict(self.filters).get(field, ())

    def find(self, field: str) -> str:
        """Return what was typed into a field's facet."""
        return dict(self.finds).get(field, "")

    @property
    def is_narrowed(self) -> bool:
        """Return whether not the whole catalog is asked for."""
        return bool(self.text or self.filters) or self.has_price

    @property
    def has_price(self) -> bool:
        """Return whether prices are limited."""
        return self.lowest is not None or self.highest is not None

    @property
    def query_string(self) -> str:
        """Return the query string that says all of it, in one order; empty for the plain catalog."""
        return urlencode([*_pairs(self)], safe="/:,.", quote_via=quote)

    @property
    def url(self) -> str:
        """Return the page's URL."""
        return f"{CATALOG}?{self.query_string}" if self.query_string else CATALOG

    @property
    def selection(self) -> CatalogState:
        """Return what of it says which products are found: no order, no page, no view."""
        return CatalogState(text=self.text, filters=self.filters, lowest=self.lowest, highest=self.highest)

    def but(self, **changes: object) -> CatalogState:
        """Return the state with some of it changed, at the first page unless another one is named."""
        return msgspec.structs.replace(self, **{"page": 1, **changes})

    def with_values(self, field: str, values: tuple[str, ...]) -> CatalogState:
        """Return the state with other values of a field, none to leave it out."""
        filters = {**dict(self.filters), field: values}
        return self.but(filters=tuple((name, chosen) for name, chosen in filters.items() if chosen))


def read_state(values: Values) -> CatalogState:
    """Return the state that a query string says, or a form of the page; what nobody can mean is left out."""
    lowest, highest = _prices(values)
    view = values.text("view")
    return CatalogState(
        text=values.text("q")[:MAX_TEXT_LENGTH].strip(),
        filters=_filters(values),
        lowest=lowest,
        highest=highest,
        sort=values.text("sort") if values.text("sort") in SORTS else "",
        view=View(view) if view in {one.value for one in View} else View.GRID,
        page=max(1, min(values.number("page", 1), MAX_PAGE)),
        more=tuple(dict.fromkeys(full_name(name) for name in values.texts("more") if name)),
        finds=tuple(_finds(values)),
    )


def exact_state(values: Values) -> CatalogState:
    """Return the state that is asked for where more than was meant must not be found: for edits and exports.

    Raises:
        BadParameterError: A price cannot be read.
    """
    state = read_state(values)
    low, dots, high = values.text("price").partition("..")
    given = (values.text("price_from") or low, values.text("price_to") or high)
    is_lost = any(text.strip() and _price(text) is None for text in given)
    if is_lost or (low and not dots):
        raise BadParameterError("price", f"must be like 10..50, with prices of 0 to {price_to_text(MAX_PRICE)}")
    return state


def state_of(query_string: str) -> CatalogState:
    """Return the state that a query string says which a form has carried.

    Raises:
        BadParameterError: It is too long: what was cut off would find more than was meant.
        MalformedBodyError: It is no query string.
    """
    if len(query_string) > MAX_QUERY_LENGTH:
        raise BadParameterError("query", f"must have at most {MAX_QUERY_LENGTH} characters")
    return exact_state(Values(decode_pairs(query_string)))


def short_name(field: str) -> str:
    """Return the shortest name of a field by which URLs say it."""
    bare = field.removeprefix(ATTRIBUTES)
    return bare if full_name(bare) == field and bare not in BUILT_IN else field


def _pairs(state: CatalogState) -> Iterator[tuple[str, str]]:
    if state.text:
        yield "q", state.text
    for field, values in state.filters:
        for value in values:
            yield _FILTER + short_name(field), value
    if state.has_price:
        yield "price", f"{_shown(state.lowest)}..{_shown(state.highest)}"
    if state.sort:
        yield "sort", state.sort
    if state.view is not View.GRID:
        yield "view", state.view.value
    if state.page > 1:
        yield "page", str(state.page)
    for field in state.more:
        yield "more", short_name(field)
    for field, text in state.finds:
        yield _FIND + short_name(field), text


def _filters(values: Values) -> Named:
    found: dict[str, dict[str, None]] = {}
    for name, value in values.pairs:
        if name.startswith(_FILTER) and name != _FILTER and value:
            found.setdefault(full_name(name.removeprefix(_FILTER)), {})[value] = None
    return tuple((field, tuple(chosen)) for field, chosen in found.items())


def _finds(values: Values) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for name, value in values.pairs:
        if name.startswith(_FIND) and name != _FIND:
            found[full_name(name.removeprefix(_FIND))] = value[:MAX_TEXT_LENGTH].strip()
    yield from ((field, text) for field, text in found.items() if text)


def _prices(values: Values) -> tuple[int | None, int | None]:
    """Return the limits of prices; the two fields of the form, which scripts and browsers send, or the short way."""
    low, dots, high = values.text("price").partition("..")
    if not dots:
        low = high = ""
    return _price(values.text("price_from") or low), _price(values.text("price_to") or high)


def _price(text: str) -> int | None:
    price = parse_price(text.strip())
    return price if price is not None and 0 <= price <= MAX_PRICE else None


def _shown(price: int | None) -> str:
    return "" if price is None else price_to_text(price)
