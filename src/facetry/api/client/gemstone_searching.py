"""From what a search for gemstones says to the conditions that it sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from facetry.api.client.gemstone_fields import CERTIFICATE_IMAGES, FIELDS, GemstoneField
from facetry.api.client.gemstone_rendering import FEW, wanted
from facetry.api.client.record_fields import Faults, RecordField, RecordTable
from facetry.api.client.values import id_number, keys_of
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone_filter import Condition, GemstoneFilter, is_graded, is_one_of, is_within
from facetry.domain.jewelry import scales
from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.records import RecordKey
from facetry.domain.trade_terms import colors, grades, numbers, stones
from facetry.domain.trade_terms.plain import entries

_FROM, _TO = "_from", "_to"
_NOT_SEARCHED = frozenset({*CERTIFICATE_IMAGES, "images", "details"})
Read = Callable[[str, object], object]


@dataclass(frozen=True)
class GemstoneSearch:
    """A search for gemstones.

    Attributes:
        filter: Which.
        fields: What is told of them.
        limit: How many; None for all.
        offset: How many of the first are left out.
    """

    filter: GemstoneFilter
    fields: Sequence[str] = FEW
    limit: int | None = None
    offset: int = 0


def search_of(data: object, currency: str) -> GemstoneSearch:
    """Return what ``data`` asks for: an object of conditions, or ids, one or several; nothing asks for all.

    Prices are in the tenant's currency.

    Raises:
        MissingFieldsError, InvalidFieldsError: It cannot be read.
    """
    raw = data if isinstance(data, dict) else {} if data is None else {"gemstone_id": data}
    faults = Faults()
    values: dict[str, Any] = search_keys(currency).read(raw, faults)
    if (error := faults.error()) is not None:
        raise error
    given = {name: value for name, value in values.items() if value is not None}
    keys = [RecordKey(one) for one in given.pop("ids", ())] or [RecordKey(code=one) for one in given.get("code", ())]
    return GemstoneSearch(
        fields=given.pop("fields", FEW),
        limit=given.pop("limit", None),
        offset=given.pop("offset", 0),
        filter=GemstoneFilter(tuple(keys) if keys else None, tuple(_conditions(given))),
    )


def ids(path: str, raw: object) -> tuple[int, ...]:
    """Return ids: one, a list, or a text with commas between them.

    Raises:
        InvalidValueError: One is none, or there are too many.
    """
    return tuple(id_number(path, one) for one in keys_of(path, raw))


def _conditions(given: Mapping[str, Any]) -> Iterator[Condition]:
    for one in FIELDS:
        if one.name in given:
            yield is_one_of(one.target, given[one.name])
        low, high = given.get(one.name + _FROM), given.get(one.name + _TO)
        if low is None and high is None:
            continue
        if one.scale:
            yield is_graded(one.target, scales.SCALES[f"gemstones.{one.name}"], low, high)
        else:
            yield is_within(one.target, low, high)


def _any_of(read: Read) -> Read:
    """Return the reader of a value or a list of values, any of which may be the one."""

    def all_of(path: str, raw: object) -> object:
        found = [read(path, one) for one in entries(path, raw)]
        return tuple(value for one in found for value in (one if isinstance(one, tuple) else (one,)))

    return all_of


def _type(path: str, raw: object) -> str:
    return stones.stone(path, raw).name


def _color(path: str, raw: object) -> object:
    """Return the grades that a color names, all those of a range; of other words the words, in any case."""
    try:
        found = colors.color(path, raw)
    except InvalidValueError:
        return numbers.text(path, raw)
    return found.grades or found.name


def _grade(read: Callable[[str, object], str]) -> Read:
    """Return the reader of a grade, or of words of a stone that has no such grades."""

    def graded(path: str, raw: object) -> str:
        try:
            return read(path, raw)
        except InvalidValueError:
            return numbers.text(path, raw)

    return graded


def _one_color(path: str, raw: object) -> str:
    """Return the grade that a range of colors ends at."""
    found = scales.color(numbers.text(path, raw))
    if found is None:
        raise InvalidValueError(path, "must be a color from D to Z")
    return found


def _fluorescence(path: str, raw: object) -> str:
    return grades.fluorescence(path, raw).strength


_SEARCHED: Mapping[str, Read] = {
    "type": _type,
    "color": _color,
    "clarity": _grade(grades.clarity),
    "cut": _grade(grades.cut),
    "polish": _grade(grades.finish),
    "symmetry": _grade(grades.finish),
    "fluorescence": _fluorescence,
}
"""What reads a value to be compared, where that is not what reads one to be stored."""
_ENDS: Mapping[str, Read] = {
    "color": _one_color,
    "clarity": grades.clarity,
    "cut": grades.cut,
    "polish": grades.finish,
    "symmetry": grades.finish,
}


def _keys(one: GemstoneField, currency: str) -> Iterator[RecordField]:
    """Yield the keys by which a field can be searched."""
    reader = one.read_in(currency).reader
    read = _any_of(_SEARCHED.get(one.name, reader))
    yield RecordField(one.name, one.name, read, one.kind, f"{one.read.about} Or a list, of which any.")
    end = _ENDS.get(one.name, reader if one.is_number else None)
    if end is not None:
        least, most = (
            ("As good as this, or better.", "No better than this.") if one.scale else ("At least.", "At most.")
        )
        yield RecordField(one.name + _FROM, one.name + _FROM, end, one.kind, least)
        yield RecordField(one.name + _TO, one.name + _TO, end, one.kind, most)


def _count(path: str, raw: object) -> int:
    found = numbers.whole(path, raw)
    if not found:
        raise InvalidValueError(path, "must be at least 1")
    return found


def _fields(path: str, raw: object) -> Sequence[str]:  # noqa: ARG001 - it has the form of a reader
    return wanted(raw)


@cache
def search_keys(currency: str = DEFAULT_CURRENCY) -> RecordTable:
    """Return the keys of a search by a tenant with this currency."""
    searched = [one for one in FIELDS if one.name not in _NOT_SEARCHED]
    return RecordTable(
        [
            RecordField("gemstone_id", "ids", ids, "integer or list", "Our ids.", aliases=("id", "ids")),
            *(key for one in searched for key in _keys(one, currency)),
            RecordField("limit", "limit", _count, "integer", "How many; all where it is left out."),
            RecordField("offset", "offset", numbers.whole, "integer", "How many of the first are left out."),
            RecordField("fields", "fields", _fields, "list of texts", "What is told of each: names, or `all`."),
        ]
    )
