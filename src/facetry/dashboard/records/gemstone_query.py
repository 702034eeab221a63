"""What the list of gemstones is asked for: words and filters of its query string."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from facetry.dashboard.records.filter_values import filter_value
from facetry.dashboard.records.forms import Remarks
from facetry.dashboard.records.paging import Choice, choices
from facetry.dashboard.values import Values
from facetry.domain.gemstone_filter import Condition, GemstoneFilter, is_graded, is_one_of, is_within
from facetry.domain.jewelry.scales import CLARITY, COLOR
from facetry.domain.jewelry.tables import table
from facetry.domain.record_texts import has_words
from facetry.domain.record_values import money_in
from facetry.domain.trade_terms import carats, stones

SCALES = {"color": COLOR, "clarity": CLARITY}
Read = Callable[[str, object], Any]


class GemstoneQuery(NamedTuple):
    """Which gemstones are asked for, and what could not be read of that, by field."""

    filter: GemstoneFilter
    errors: Mapping[str, str]


def gemstone_query(query: Values, currency: str) -> GemstoneQuery:
    """Return which gemstones a query string asks for; prices are in a currency."""
    errors = Remarks()
    conditions = tuple(_conditions(query, currency, errors))
    return GemstoneQuery(GemstoneFilter(conditions=conditions), errors)


def is_narrow(query: Values) -> bool:
    """Return whether a query string asks for weights, grades or prices."""
    return any(query.text(f"{name}_{end}") for name in ("carat", "price", *SCALES) for end in ("from", "to"))


def filter_choices(query: Values) -> Mapping[str, tuple[Choice, ...]]:
    """Return what the selects of the list offer: kinds and shapes of the trade, and those that are asked for."""
    return {
        "type": _with(choices([*stones.names_by_number().values()]), query.text("type")),
        "shape": _with(choices([*table("shapes")]), query.text("shape")),
        "color": choices(COLOR[::-1]),
        "clarity": choices(CLARITY[::-1]),
    }


def _conditions(query: Values, currency: str, errors: dict[str, str]) -> Iterator[Condition]:
    if words := query.text("q"):
        yield has_words(words)
    for name, read in _NAMED.items():
        if (value := filter_value(query, name, read, errors)) is not None:
            yield is_one_of(name, [value])
    for name, read in {"carat": carats.carat, "price": money_in(currency, "gemstones")}.items():
        low, high = (filter_value(query, f"{name}_{end}", read, errors) for end in ("from", "to"))
        if (low, high) != (None, None):
            yield is_within(name, low, high)
    for name, scale in SCALES.items():
        poorest, finest = (grade if grade in scale else None for grade in _grades(query, name))
        if poorest or finest:
            yield is_graded(name, scale, poorest, finest)
    if query.flag("stock"):
        yield lambda stone: stone.quantity > 0


def _grades(query: Values, name: str) -> tuple[str, str]:
    """Return the ends of a range of grades, as they are typed."""
    return query.text(f"{name}_from"), query.text(f"{name}_to")


_NAMED: Mapping[str, Read] = {"type": lambda name, raw: stones.stone(name, raw).name, "shape": stones.shape}


def _with(known: tuple[Choice, ...], wanted: str) -> tuple[Choice, ...]:
    return known if not wanted or any(one.value == wanted for one in known) else (Choice(wanted, wanted), *known)
