"""What the list of gemstones is asked for: words and filters of its query string."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from facetry.dashboard.records.forms import Remarks
from facetry.dashboard.records.paging import Choice, choices
from facetry.dashboard.values import Values
from facetry.domain.errors import InvalidValueError
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
        if (value := _read(query, name, read, errors)) is not None:
            yield is_one_of(name, [value])
    for name, read in {"carat": carats.carat, "price": money_in(currency, "gemstones")}.items():
        low, high = (_read(query, f"{name}_{end}", read, errors) for end in ("from", "to"))
        if (low, high) != (None, None):
            yield is_within(name, low, high)
    for name, scale in SCALES.items():
        low, high = (query.text(f"{name}_{end}") for end in ("from", "to"))
        if low in scale or high in scale:
            yield is_graded(name, scale, low if low in scale else None, high if high in scale else None)
    if query.flag("stock"):
        yield lambda stone: stone.quantity > 0


def _read(query: Values, name: str, read: Read, errors: dict[str, str]) -> Any:  # noqa: ANN401 - as it is stored
    """Return the value of a filter; None where there is none, or where it is wrong, which is noted."""
    written = query.text(name)
    if not written:
        return None
    try:
        return read(name, written)
    except InvalidValueError as error:
        errors[name] = error.message
        return None


_NAMED: Mapping[str, Read] = {"type": lambda name, raw: stones.stone(name, raw).name, "shape": stones.shape}


def _with(known: tuple[Choice, ...], wanted: str) -> tuple[Choice, ...]:
    return known if not wanted or any(one.value == wanted for one in known) else (Choice(wanted, wanted), *known)
