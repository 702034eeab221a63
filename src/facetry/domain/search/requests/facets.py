"""What a request wants counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

import msgspec

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import MAX_NAME_LENGTH, Field, Kind
from facetry.domain.search.histogram import MAX_BUCKETS, interval_problem
from facetry.domain.search.language.documents import literal, pointed
from facetry.domain.search.query import (
    CountLevel,
    Facet,
    HistogramFacet,
    RangesFacet,
    TreeFacet,
    ValueOrder,
    ValuesFacet,
)
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.keys import Keys
from facetry.domain.search.spans import Span, kind_name, range_span, span
from facetry.domain.search.values import PATH_SEPARATOR, category_paths

MAX_FACETS = 50
MAX_RANGES = 64
MAX_VALUES = 1000
MAX_DEPTH = 10
MAX_TEXT = 512

_COMMON = frozenset({"field", "name", "type", "count_level", "disjunctive"})
_RANGE = frozenset({"from", "to"})
_CATEGORY = "category"


class FacetType(Enum):
    """How a facet counts."""

    VALUES = "values"
    RANGES = "ranges"
    HISTOGRAM = "histogram"
    TREE = "tree"


_OWN: Mapping[FacetType, frozenset[str]] = {
    FacetType.VALUES: frozenset({"size", "order", "search"}),
    FacetType.RANGES: frozenset({"ranges"}),
    FacetType.HISTOGRAM: frozenset({"interval", "buckets"}),
    FacetType.TREE: frozenset({"root", "depth", "size"}),
}
_ALL = _COMMON.union(*_OWN.values())
_NUMBERS = frozenset({Kind.PRICE, Kind.DECIMAL, Kind.DATE})
"""Kinds with so many values that they are counted in buckets where nothing else is asked."""


def read_facets(keys: Keys, context: SearchContext, level: CountLevel) -> tuple[Facet, ...]:
    """Return the facets that a request names under ``facets``.

    Args:
        level: What a facet counts that does not say it.

    Raises:
        SearchError: What is wrong with which of them.
    """
    asked = keys.several("facets", MAX_FACETS)
    if context.kept_facets is None or not asked:
        return _read(asked, keys, context, level)
    return context.kept_facets.read(
        asked, level, context.schema, context.known, lambda: _read(asked, keys, context, level)
    )


def _read(asked: Sequence[object], keys: Keys, context: SearchContext, level: CountLevel) -> tuple[Facet, ...]:
    facets: dict[str, Facet] = {}
    for index, document in enumerate(asked):
        pointer = pointed(keys.pointer("facets"), index)
        facet = _facet(document, pointer, context, level)
        if facet.name in facets:
            raise SearchError(pointer, f"there is another facet named {facet.name}; give one of them another name")
        facets[facet.name] = facet
    return tuple(facets.values())


def _facet(document: object, pointer: str, context: SearchContext, level: CountLevel) -> Facet:
    if isinstance(document, str):
        field = _counted(document, pointer, context)
        if field.kind in _NUMBERS:
            return HistogramFacet(document, field, level=level)
        return ValuesFacet(document, field, level=level)
    keys = Keys(document, pointer, _ALL)
    kind, field = _type_and_field(keys, context)
    for name in keys.names():
        if name not in _COMMON and name not in _OWN[kind]:
            raise keys.error(name, f"does not go with a facet of type {kind.value}")
    facet = _READERS[kind](keys, _name(keys), field)
    return _with_common(facet, keys, level)


def _counted(name: object, pointer: str, context: SearchContext) -> Field:
    field = context.field(name, pointer)
    if not context.schema.is_facet(field):
        raise SearchError(pointer, f"{field.name} is no facet: so its definition says")
    return field


def _type_and_field(keys: Keys, context: SearchContext) -> tuple[FacetType, Field]:
    hinted = next((kind for kind in (FacetType.RANGES, FacetType.HISTOGRAM) if keys.has(*_OWN[kind])), None)
    if keys.has("root", "depth"):
        hinted = FacetType.TREE
    is_tree = keys.choice("type", hinted or FacetType.VALUES) is FacetType.TREE
    if not keys.has("field") and not is_tree:
        raise keys.error("field", "must name the field to count")
    field = _counted(keys.get("field") if keys.has("field") else _CATEGORY, keys.pointer("field"), context)
    usual = FacetType.HISTOGRAM if field.kind in _NUMBERS and not keys.has("size", "order", "search") else None
    kind = keys.choice("type", hinted or usual or FacetType.VALUES)
    if kind is FacetType.TREE and field.name != _CATEGORY:
        raise keys.error("field", "must be category: no other field is a tree")
    if kind in {FacetType.RANGES, FacetType.HISTOGRAM} and not field.is_ordered:
        raise keys.error("field", f"{field.name} is {kind_name(field)} and has no ranges")
    return kind, field


def _name(keys: Keys) -> str:
    name = keys.text("name", keys.text("field", _CATEGORY, MAX_NAME_LENGTH), MAX_NAME_LENGTH)
    if not name:
        raise keys.error("name", "must not be empty")
    return name


def _with_common(facet: Facet, keys: Keys, level: CountLevel) -> Facet:
    own_filter = not keys.boolean("disjunctive", default=True)
    return msgspec.structs.replace(facet, level=keys.choice("count_level", level), own_filter=own_filter)


def _values(keys: Keys, name: str, field: Field) -> Facet:
    return ValuesFacet(
        name,
        field,
        size=keys.integer("size", 10, 1, MAX_VALUES),
        order=keys.choice("order", ValueOrder.COUNT),
        search=keys.text("search", "", MAX_TEXT),
    )


def _ranges(keys: Keys, name: str, field: Field) -> Facet:
    found = keys.get("ranges")
    if not isinstance(found, list | tuple) or not 1 <= len(found) <= MAX_RANGES:
        raise keys.error("ranges", f"must be an array of 1 to {MAX_RANGES} ranges")
    pointer = keys.pointer("ranges")
    return RangesFacet(
        name, field, tuple(_range(one, pointed(pointer, index), field) for index, one in enumerate(found))
    )


def _range(document: object, pointer: str, field: Field) -> Span:
    keys = Keys(document, pointer, _RANGE)
    if not keys.has(*_RANGE):
        raise SearchError(pointer, "must have from, to or both")
    low, high = _end(keys, "from", field), _end(keys, "to", field)
    found = range_span(field, low, high)
    if found is None or found[0] > found[1]:
        raise SearchError(pointer, "is empty: from is included, to is not and must be above it")
    return found


def _end(keys: Keys, name: str, field: Field) -> str | None:
    if not keys.has(name):
        return None
    text = literal(keys.get(name), keys.pointer(name)).text
    if span(field, text) is None:
        raise keys.error(name, f"must be {kind_name(field)}")
    return text


def _histogram(keys: Keys, name: str, field: Field) -> Facet:
    interval = ""
    if keys.has("interval"):
        interval = literal(keys.get("interval"), keys.pointer("interval")).text
        problem = interval_problem(field, interval)
        if problem:
            raise keys.error("interval", problem)
    return HistogramFacet(name, field, interval, keys.integer("buckets", 10, 1, MAX_BUCKETS))


def _tree(keys: Keys, name: str, _: Field) -> Facet:
    root = keys.text("root", "", MAX_TEXT)
    return TreeFacet(
        name,
        root=next(reversed(category_paths((root,))), "") if PATH_SEPARATOR.strip() in root else root,
        depth=keys.integer("depth", 2, 1, MAX_DEPTH),
        size=keys.integer("size", 20, 1, MAX_VALUES),
    )


_READERS: Mapping[FacetType, Callable[[Keys, str, Field], Facet]] = {
    FacetType.VALUES: _values,
    FacetType.RANGES: _ranges,
    FacetType.HISTOGRAM: _histogram,
    FacetType.TREE: _tree,
}
