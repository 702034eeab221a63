"""The order that a request wants."""

from __future__ import annotations

from enum import Enum

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import Kind
from facetry.domain.search.language.documents import pointed
from facetry.domain.search.query import SortAtRandom, SortByField, SortByRelevance, SortKey
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.keys import Keys
from facetry.domain.search.spans import kind_name

MAX_SORT_KEYS = 8
MAX_SEED = 2**53 - 1

_RELEVANCE, _RANDOM = "relevance", "random"
_BY_FIELD, _AT_RANDOM = frozenset({"field", "order"}), frozenset({_RANDOM})


class Direction(Enum):
    """Which end comes first."""

    ASCENDING = "asc"
    DESCENDING = "desc"


def read_sort(keys: Keys, context: SearchContext) -> tuple[SortKey, ...]:
    """Return the sort keys that a request names under ``sort``: ``price:asc``, ``relevance``, ``random:42`` or objects.

    Raises:
        SearchError: What is wrong with which of them.
    """
    found = keys.several("sort", MAX_SORT_KEYS)
    return tuple(_key(one, pointed(keys.pointer("sort"), index), context) for index, one in enumerate(found))


def _key(document: object, pointer: str, context: SearchContext) -> SortKey:
    if document == _RELEVANCE:
        return SortByRelevance()
    if isinstance(document, str):
        return _written(document, pointer, context)
    if isinstance(document, dict) and _RANDOM in document:
        seed = Keys(document, pointer, _AT_RANDOM).integer(_RANDOM, 0, 0, MAX_SEED)
        return SortAtRandom(seed)
    keys = Keys(document, pointer, _BY_FIELD)
    return _by_field(keys.get("field"), keys.choice("order", Direction.ASCENDING), keys.pointer("field"), context)


def _written(text: str, pointer: str, context: SearchContext) -> SortKey:
    name, sign, end = text.rpartition(":")
    if sign and end in {direction.value for direction in Direction}:
        return _by_field(name, Direction(end), pointer, context)
    if sign and name == _RANDOM:
        is_seed = end.isascii() and end.isdigit() and len(end) <= len(str(MAX_SEED)) and int(end) <= MAX_SEED
        if not is_seed:
            raise SearchError(pointer, f"random needs a seed from 0 to {MAX_SEED}, such as random:42")
        return SortAtRandom(int(end))
    return _by_field(text, Direction.ASCENDING, pointer, context)


def _by_field(name: object, direction: Direction, pointer: str, context: SearchContext) -> SortKey:
    field = context.field(name, pointer)
    if field.kind is Kind.TEXT:
        raise SearchError(pointer, f"{field.name} is {kind_name(field)} and has no order")
    if not context.schema.is_sortable(field):
        raise SearchError(pointer, f"{field.name} is no sort key: so its definition says")
    return SortByField(field, direction is Direction.DESCENDING)
