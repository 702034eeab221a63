"""Orders of hits as sorts of documents, and the places of hits in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from facetry.domain.search.ordering import random_key, sort_keys
from facetry.domain.search.query import Position, SearchQuery, SortAtRandom, SortByField, SortByRelevance, SortKey
from facetry.domain.search.ranking import PIN_TIER, WORD_TIER
from facetry.engines.lucene.conditions import Case, Cases, Homes
from facetry.engines.lucene.queries import CANDIDATE, EVERYTHING, PRODUCT, SKU, Query, all_of
from facetry.engines.lucene.slots import sort_key, sorted_value
from facetry.engines.lucene.tiers import WORD_STEP, domain_score

BY_GROUP: Query = {"group": {"order": "asc"}}
"""By code point."""
_RELEVANCE = "_score"
Value = float | int | str | None


class Order(msgspec.Struct, frozen=True):
    """An order as documents are sorted by it.

    Attributes:
        keys: Those of the query.
        sorts: One for each key, None for keys that documents are not sorted by: in fields without any value, and at
            random.
    """

    keys: tuple[SortKey, ...]
    sorts: tuple[Query | None, ...]

    @property
    def is_random(self) -> bool:
        """Return whether the order is known only when all keys of hits are."""
        return any(isinstance(key, SortAtRandom) for key in self.keys)

    @property
    def sort(self) -> list[Query]:
        """Return the sort of documents; their group ids break the last ties, by code point."""
        return [*(sort for sort in self.sorts if sort), BY_GROUP]

    def after(self, position: Position) -> list[Value]:
        """Return the place behind which a page begins as a search takes it."""
        pairs = zip(self.sorts, position.values, strict=True)
        return [*(_stored(sort, value) for sort, value in pairs if sort), *position.key]

    def position(self, found: Sequence[Value]) -> Position:
        """Return the place of a hit from the values that it was sorted by."""
        key = (str(found[-1]),)
        values = iter(found[:-1])
        given = (_given(sort, next(values)) if sort else None for sort in self.sorts)
        pairs = zip(self.keys, given, strict=True)
        return Position(
            tuple(random_key(one.seed, key) if isinstance(one, SortAtRandom) else value for one, value in pairs), key
        )


def ordered(query: SearchQuery, cases: Cases, homes: Homes) -> Order | None:
    """Return how hits are sorted, None where documents cannot be sorted so."""
    keys = sort_keys(query.sort)
    fields = [key for key in keys if isinstance(key, SortByField)]
    if fields and len(cases.cases) > 1:
        return None
    return Order(keys, tuple(_sort(key, cases, homes) for key in keys))


def _sort(key: SortKey, cases: Cases, homes: Homes) -> Query | None:
    match key:
        case SortByRelevance():
            return {_RELEVANCE: {"order": "desc"}}
        case SortByField(field, descending):
            order = {"order": "desc", "mode": "max"} if descending else {"order": "asc", "mode": "min"}
            slot, candidates = homes.of(field), cases.also(homes.counting(field)).cases
            if slot is None or not candidates:
                return None
            return {slot.sort_keys: {**order, "missing": "_last", "nested": _scope(candidates[0])}}
        case _:
            return None


def _scope(case: Case) -> dict[str, Any]:
    """Return which candidates a hit is sorted by: those of which the filter is true."""
    inner: dict[str, Any] = {"path": CANDIDATE}
    if case.candidate != EVERYTHING:
        inner["filter"] = case.candidate
    if case.product == EVERYTHING:
        return inner
    # A filter must find products only, also one that says what they are not.
    return {"path": PRODUCT, "filter": all_of([case.product, {"exists": {"field": SKU}}]), "nested": inner}


def engine_score(score: float) -> float:
    """Return what documents are scored where ``tiers.domain_score`` makes this of it."""
    if score >= PIN_TIER:
        return score
    whole = math.floor(score)
    words = math.ceil(whole / WORD_TIER)
    return words * WORD_STEP - (words * WORD_TIER - whole) + (score - whole)


def _stored(sort: Query, value: Value) -> Value:
    if value is None or isinstance(value, float):
        return value if value is None else engine_score(value)
    return value if _RELEVANCE in sort else sort_key(value)


def _given(sort: Query, value: Value) -> Value:
    if value is None or isinstance(value, str):
        return value if value is None else sorted_value(value)
    return domain_score(value) if _RELEVANCE in sort else value
