"""The facets beside the hits, as the page shows them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from facetry.application.facet_choice import FacetField
from facetry.dashboard.catalog.asking import CATEGORY, PRICE, tree_name, tree_roots
from facetry.dashboard.catalog.names import FieldNames
from facetry.dashboard.catalog.state import CatalogState, short_name
from facetry.domain.analysis import keyword
from facetry.domain.edits import category_crumbs
from facetry.domain.money import price_to_text
from facetry.domain.search.query import Facet, ValuesFacet
from facetry.domain.search.result import FacetResult, RangesResult, TreeNode, TreeResult, ValuesResult
from facetry.domain.search.values import PATH_SEPARATOR

CHART_HEIGHT = 48
BAR_WIDTH = 8
_BAR_GAP = 1


class FacetValue(msgspec.Struct, frozen=True):
    """A value that can be ticked.

    Attributes:
        id: Of its element, the same as long as it is the same value.
        value: As the URL says it.
        label: As the visitor reads it.
        count: How many hits have it; None where that is not known.
        is_chosen: Whether it is ticked.
        children: Categories below it.
        other: How many hits have categories below it that are not listed.
    """

    id: str
    value: str
    label: str
    count: int | None
    is_chosen: bool
    children: tuple[FacetValue, ...] = ()
    other: int = 0

    @property
    def is_open(self) -> bool:
        """Return whether it, or anything below it, is ticked."""
        return self.is_chosen or any(child.is_open for child in self.children)


class FacetView(msgspec.Struct, frozen=True, kw_only=True):
    """A facet of values.

    Attributes:
        field: Full name of the field.
        input: Name of the inputs for its values.
        find_input: Name of the input to search in them; empty where nothing is to be searched.
        find: What was typed there.
        more: What the input that shows all of them sends.
        label: Its heading.
        values: Those that are shown.
        hidden: How many more there are.
        is_long: Whether it is shown at length.
    """

    field: str
    input: str
    find_input: str = ""
    find: str = ""
    more: str = ""
    label: str
    values: tuple[FacetValue, ...]
    hidden: int = 0
    is_long: bool = False


class Bar(msgspec.Struct, frozen=True):
    """A bar of the histogram, in the chart's own units."""

    x: int
    y: int
    height: int
    is_inside: bool
    label: str


class PriceView(msgspec.Struct, frozen=True):
    """The histogram of prices and the limits.

    Attributes:
        bars: One a bucket.
        width: Of the chart, in its own units.
        lowest: Lowest price of all, as a decimal text.
        highest: Highest likewise.
        low: The limit that is set, empty for none.
        high: Likewise.
        currency: Of all.
    """

    bars: tuple[Bar, ...]
    width: int
    lowest: str
    highest: str
    low: str
    high: str
    currency: str


class Facets(msgspec.Struct, frozen=True):
    """All facets of a page; ``prices`` and ``categories`` are None where there is nothing to choose."""

    prices: PriceView | None
    categories: FacetView | None
    values: tuple[FacetView, ...]


def facets_view(
    state: CatalogState,
    asked: Sequence[Facet],
    found: Mapping[str, FacetResult],
    chosen: Sequence[FacetField],
    names: FieldNames,
) -> Facets:
    """Return what is shown of the facets of a search.

    Args:
        state: Of the page.
        asked: The facets.
        found: Their results.
        chosen: What is known of the attributes among them.
        names: How fields and values are called.
    """
    units = {one.field.name: one.unit for one in chosen}
    values = [
        view
        for facet in asked
        if isinstance(facet, ValuesFacet)
        and (view := _values_view(state, facet.name, found[facet.name], names, units.get(facet.name, ""))) is not None
    ]
    return Facets(_prices(state, found[PRICE.name], names), _categories(state, found, names), tuple(values))


def value_id(field: str, value: str) -> str:
    """Return the id of the element of a value."""
    return "f-" + hashlib.blake2b(f"{field}\0{value}".encode(), digest_size=6).hexdigest()


def _values_view(
    state: CatalogState, field: str, result: FacetResult, names: FieldNames, unit: str
) -> FacetView | None:
    assert isinstance(result, ValuesResult)  # noqa: S101 - narrows the union for the type checker
    chosen = {keyword(value): value for value in state.chosen(field)}
    listed = []
    for one in result.values:
        sent = chosen.pop(keyword(one.value), None)
        value = one.value if sent is None else sent
        label = names.value(field, one.value)
        listed.append(FacetValue(value_id(field, keyword(value)), value, label, one.count, sent is not None))
    # What is ticked but not among the first ones, or has no hits any more, must stay there to be unticked.
    for key, value in chosen.items():
        label = names.value(field, value)
        listed.insert(0, FacetValue(value_id(field, key), value, label, None, is_chosen=True))
    find = state.find(field)
    if not listed and not find:
        return None
    is_long = field in state.more
    hidden = max(0, result.distinct - len(result.values))
    return FacetView(
        field=field,
        input=f"f.{short_name(field)}",
        find_input=f"find.{short_name(field)}" if hidden or find or is_long else "",
        find=find,
        more=short_name(field),
        label=names.field(field) + (f" ({unit})" if unit else ""),
        values=tuple(listed),
        hidden=hidden,
        is_long=is_long,
    )


def _categories(state: CatalogState, found: Mapping[str, FacetResult], names: FieldNames) -> FacetView | None:
    tree = found[CATEGORY.name]
    assert isinstance(tree, TreeResult)  # noqa: S101 - narrows the union for the type checker
    below = {root: found[tree_name(root)] for root in tree_roots(state)}
    chosen = {PATH_SEPARATOR.join(category_crumbs(path)): path for path in state.chosen(CATEGORY.name)}
    listed = [_node(node, below, chosen) for node in tree.nodes]
    seen = {keyword(one) for value in listed for one in _chosen_in(value)}
    for path, sent in chosen.items():
        if keyword(sent) not in seen:
            listed.insert(0, FacetValue(value_id(CATEGORY.name, path), sent, path, None, is_chosen=True))
    if not listed:
        return None
    return FacetView(
        field=CATEGORY.name,
        input=f"f.{CATEGORY.name}",
        more=CATEGORY.name,
        label=names.field(CATEGORY.name),
        values=tuple(listed),
        hidden=tree.other,
        is_long=CATEGORY.name in state.more,
    )


def _node(node: TreeNode, below: Mapping[str, FacetResult], chosen: Mapping[str, str]) -> FacetValue:
    further = below.get(node.path)
    children, other = node.children, node.other
    if isinstance(further, TreeResult) and further.nodes:
        children, other = further.nodes, further.other
    sent = next((sent for path, sent in chosen.items() if keyword(path) == keyword(node.path)), None)
    return FacetValue(
        value_id(CATEGORY.name, node.path),
        node.path if sent is None else sent,
        node.path.rpartition(PATH_SEPARATOR)[2],
        node.count,
        sent is not None,
        tuple(_node(child, below, chosen) for child in children),
        other,
    )


def _chosen_in(value: FacetValue) -> list[str]:
    """Return the values that are ticked among one and all below it."""
    own = [value.value] if value.is_chosen else []
    return own + [one for child in value.children for one in _chosen_in(child)]


def _prices(state: CatalogState, result: FacetResult, names: FieldNames) -> PriceView | None:
    assert isinstance(result, RangesResult)  # noqa: S101 - narrows the union for the type checker
    if result.lowest is None or result.highest is None:
        return None if not state.has_price else _price_view(state, (), (0, 0), names.currency)
    lowest, highest = result.lowest, result.highest
    ranges = [one for one in result.ranges if one.last >= lowest and one.first <= highest]
    most = max(one.count for one in ranges)
    bars = []
    for at, one in enumerate(ranges):
        # One hit among thousands is still seen.
        height = -(-one.count * CHART_HEIGHT // most)
        is_inside = (state.lowest is None or one.last >= state.lowest) and (
            state.highest is None or one.first <= state.highest
        )
        label = names.price_range(one.first, one.last + 1, one.count)
        bars.append(Bar(at * BAR_WIDTH, CHART_HEIGHT - height, height, is_inside, label))
    return _price_view(state, tuple(bars), (lowest, highest), names.currency)


def _price_view(state: CatalogState, bars: tuple[Bar, ...], ends: tuple[int, int], currency: str) -> PriceView:
    low, high = ("" if price is None else price_to_text(price) for price in (state.lowest, state.highest))
    width = max(BAR_WIDTH, len(bars) * BAR_WIDTH - _BAR_GAP)
    return PriceView(bars, width, price_to_text(ends[0]), price_to_text(ends[1]), low, high, currency)
