"""Columns of stone lists: which field a header names, in any of the spellings of the trade."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.tables import table

_NO_LETTER = re.compile(r"[^a-z0-9$%#/]+")
_SIGNS = re.compile(r"[$%#/]")
_FOUR_CS = ("carat", "color", "clarity")
_PRICE, _PER_CARAT = "price", "price_per_carat"


def fields_of(header: Iterable[str]) -> dict[str, int]:
    """Return the place of the column of each field that a header names; of several for one field the first.

    ``Price`` is the whole price, but where another column is, it is the one for a carat, as RapNet reads it.
    """
    places: dict[str, int] = {}
    spare: int | None = None
    for place, name in enumerate(header):
        field = field_of(name)
        if field is None:
            continue
        if field == _PRICE and _key(name) == _PRICE:
            spare = place if spare is None else spare
        else:
            places.setdefault(field, place)
    if spare is not None:
        places.setdefault(_PER_CARAT if _PRICE in places else _PRICE, spare)
    return places


def field_of(name: str) -> str | None:
    """Return the field that a header's name stands for, None for one that is not known."""
    key = _key(name)
    return _fields().get(key) or _fields().get(_SIGNS.sub("", key))


def is_stone_list(header: Iterable[str]) -> bool:
    """Return whether a header is that of a list of stones: it names carat, color and clarity."""
    fields = fields_of(header)
    return all(name in fields for name in _FOUR_CS)


@cache
def _fields() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for field, names in table("headers").items():
        found |= {_key(name): field for name in (field, *names)}
    return found


def _key(name: str) -> str:
    return _NO_LETTER.sub("", folded(name).text)
