"""What the knowledge of the trade reads in a query: terms to look up, and conditions on products."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from facetry.domain.errors import SearchError
from facetry.domain.jewelry.understanding import Reading, understand
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import And, Filter, fields_of
from facetry.domain.search.language.meaning import typed
from facetry.domain.search.language.parsing import parse
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import Read
from facetry.domain.search.text.parts import Span


class Understood(msgspec.Struct, frozen=True):
    """How runs of a text are read.

    Attributes:
        spans: The runs, in order.
        conditions: What is to be true of a product.
        reads: Both, for the caller.
    """

    spans: tuple[Span, ...] = ()
    conditions: tuple[Filter, ...] = ()
    reads: tuple[Read, ...] = ()


NOTHING = Understood()


def understood(query: SearchQuery) -> Understood:
    """Return what is understood of a query's text; nothing where that is switched off."""
    if not (query.understand and query.rules.understanding):
        return NOTHING
    spans: list[Span] = []
    conditions: list[Filter] = []
    reads: list[Read] = []
    for reading in _read(query.text):
        if reading.filter:
            condition = _condition(query, reading)
            if condition is None:
                continue
            conditions.append(condition)
        spans.append(Span(reading.start, reading.end, reading.concept))
        reads.append(Read(query.text[reading.start : reading.end], reading.concept, reading.filter))
    return Understood(tuple(spans), tuple(conditions), tuple(reads))


# Several steps of one search ask for the same text, and so do many shoppers.
@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[Reading, ...]:
    return tuple(understand(text))


def _condition(query: SearchQuery, reading: Reading) -> Filter | None:
    """Return what a condition means to the tenant, None where it fits neither its attributes nor the currency.

    A text does not name the values of attributes that are not searchable.
    """
    if reading.currencies and query.currency not in reading.currencies:
        return None
    schema = Schema(query.attributes)
    try:
        found = typed(parse(reading.filter), schema, lambda _: True)
    except SearchError:
        return None
    return found if fields_of(found).isdisjoint(schema.silent) else None


def condition_of(meant: Understood) -> Filter:
    """Return all conditions as one."""
    return And(meant.conditions)
