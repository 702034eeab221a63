"""Facets as they were read last: a shop asks for the same ones with every search."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import msgspec

from facetry.domain.search.counting import facet_field
from facetry.domain.search.fields import Schema
from facetry.domain.search.language.meaning import Known
from facetry.domain.search.query import CountLevel, Facet

MAX_KEPT = 1000
_LONGEST = 8192
"""Longer lists of facets, as JSON, are read each time."""
_Facets = tuple[Facet, ...]
_Key = tuple[Schema, CountLevel, bytes]


class KeptFacets:
    """What lists of facets mean under the fields of tenants."""

    def __init__(self, limit: int = MAX_KEPT) -> None:
        """Begin empty; at most ``limit`` lists are kept."""
        self._limit = limit
        self._kept: OrderedDict[_Key, _Facets] = OrderedDict()

    def read(
        self, asked: Sequence[object], level: CountLevel, schema: Schema, known: Known, read: Callable[[], _Facets]
    ) -> _Facets:
        """Return the facets that a request asks for, without reading those that were read before.

        Args:
            asked: As they stand in the request.
            level: What a facet counts that does not say it.
            schema: The tenant's fields.
            known: Says whether any product has a field with this full name.
            read: Reads them, and raises where something is wrong.
        """
        text = _text(asked)
        if text is None:
            return read()
        key = (schema, level, text)
        facets = self._kept.pop(key, None)
        # Types are those of the schema, but a field that no product has any more is an error again.
        if facets is None or not all(_is_known(facet, schema, known) for facet in facets):
            facets = read()
        self._kept[key] = facets
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return facets


def _text(asked: Sequence[object]) -> bytes | None:
    """Return what tells lists apart, None where JSON has no form for one."""
    try:
        text = msgspec.json.encode(asked)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
    return text if len(text) <= _LONGEST else None


def _is_known(facet: Facet, schema: Schema, known: Known) -> bool:
    name = facet_field(facet).name
    return known(name) or schema.is_defined(name)
