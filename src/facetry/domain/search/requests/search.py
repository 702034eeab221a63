"""One request to search as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec

from facetry.domain.currencies import CURRENCIES
from facetry.domain.search.cursor import position_of
from facetry.domain.search.fields import Field, Level
from facetry.domain.search.filters import EVERYTHING, NUMBER_FIELDS, Filter
from facetry.domain.search.language.documents import pointed, read_filter
from facetry.domain.search.language.meaning import typed
from facetry.domain.search.language.parsing import parse
from facetry.domain.search.query import (
    DEFAULT_LIMIT,
    DEFAULT_MATCHED,
    MAX_LIMIT,
    MAX_TEXT_LENGTH,
    CountLevel,
    SearchQuery,
)
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.facets import read_facets
from facetry.domain.search.requests.keys import Keys, checked
from facetry.domain.search.requests.sorting import read_sort

MAX_OFFSET = 10**9
MAX_MATCHED = 100
MAX_GROUP_BY = 4
MAX_FIELDS = 100
MAX_REVISION = 2**63 - 1
MAX_TIMEOUT_MS = 60_000
MAX_CURSOR_LENGTH = 65_536

KEYS = frozenset(
    {
        "q",
        "filter",
        "facets",
        "count_level",
        "sort",
        "offset",
        "limit",
        "after",
        "matched_products",
        "group_by",
        "prefix",
        "typos",
        "understand",
        "explain",
        "highlight",
        "currency",
        "fields",
        "min_revision",
        "timeout_ms",
        "on_timeout",
    }
)
"""What a request may say."""


class OnTimeout(Enum):
    """What is answered when the time is over: an error, or what was found so far, marked as such."""

    ERROR = "error"
    PARTIAL = "partial"


class SearchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A search, and how it is to be answered.

    Attributes:
        fields: What of a hit to answer, None for all.
        min_revision: The answer must hold this revision; with ``after`` at least that of the page before.
        timeout_seconds: How long it may take, None for as long as the server allows.
    """

    query: SearchQuery
    fields: tuple[str, ...] | None = None
    min_revision: int = 0
    timeout_seconds: float | None = None
    on_timeout: OnTimeout = OnTimeout.ERROR


def read_search(document: Mapping[str, object], context: SearchContext) -> SearchRequest:
    """Return what a request asks.

    Args:
        document: Decoded JSON, or what ``read_parameters`` made of parameters.
        context: Under what it is read.

    Raises:
        SearchError: What is wrong, with the JSON pointer of the place.
    """
    keys = Keys(document, "", KEYS)
    query = _with_switches(_query(keys, context), keys)
    revision = keys.integer("min_revision", 0, 0, MAX_REVISION)
    if keys.has("after"):
        if query.offset:
            raise keys.error("after", "cannot stand beside an offset")
        cursor = keys.text("after", "", MAX_CURSOR_LENGTH)
        position, page_revision = position_of(cursor, query)
        query = msgspec.structs.replace(query, after=position)
        revision = max(revision, page_revision)
    timeout = keys.integer("timeout_ms", 0, 1, MAX_TIMEOUT_MS)
    return SearchRequest(
        query=query,
        fields=_fields(keys),
        min_revision=revision,
        timeout_seconds=timeout / 1000 if timeout else None,
        on_timeout=keys.choice("on_timeout", OnTimeout.ERROR),
    )


def _query(keys: Keys, context: SearchContext) -> SearchQuery:
    return SearchQuery(
        text=keys.text("q", "", MAX_TEXT_LENGTH),
        filter=_filter(keys, context),
        scope=context.scope,
        facets=read_facets(keys, context, keys.choice("count_level", CountLevel.GROUP)),
        sort=read_sort(keys, context),
        offset=keys.integer("offset", 0, 0, MAX_OFFSET),
        limit=keys.integer("limit", DEFAULT_LIMIT, 0, MAX_LIMIT),
        matched_products=keys.integer("matched_products", DEFAULT_MATCHED, 0, MAX_MATCHED),
        group_by=_group_by(keys, context),
        language=context.language,
        currency=_currency(keys, context),
        default_currency=context.default_currency,
        attributes=tuple(context.schema.definitions.values()),
        rules=context.rules,
    )


def _with_switches(query: SearchQuery, keys: Keys) -> SearchQuery:
    names = ("prefix", "typos", "understand", "explain", "highlight")
    changed = {name: keys.boolean(name, default=getattr(query, name)) for name in names if keys.has(name)}
    return msgspec.structs.replace(query, **changed) if changed else query


def _filter(keys: Keys, context: SearchContext) -> Filter:
    value = keys.get("filter")
    if value is None or (isinstance(value, str) and not value.strip()):
        return EVERYTHING
    if isinstance(value, str):
        tree = parse(value, keys.pointer("filter"))
    elif isinstance(value, dict | list | tuple):
        found = read_filter(value, keys.pointer("filter"))
        if found is None:
            return EVERYTHING
        tree = found
    else:
        raise keys.error("filter", "must be a text, an object or an array")
    return typed(tree, context.schema, context.known)


def _group_by(keys: Keys, context: SearchContext) -> tuple[Field, ...]:
    fields: dict[str, Field] = {}
    for index, name in enumerate(keys.several("group_by", MAX_GROUP_BY)):
        pointer = pointed(keys.pointer("group_by"), index)
        field = context.field(name, pointer)
        if field.level is Level.STONE or field.name in NUMBER_FIELDS:
            raise keys.error("group_by", f"{field.name} is no text of products; hits are made by such fields only")
        fields[field.name] = field
    return () if list(fields) == ["group_id"] else tuple(fields.values())


def _currency(keys: Keys, context: SearchContext) -> str:
    currency = keys.text("currency", context.currency, 3).upper()
    if currency not in CURRENCIES:
        raise keys.error("currency", "must be a code of ISO 4217 such as USD")
    return currency


def _fields(keys: Keys) -> tuple[str, ...] | None:
    if not keys.has("fields"):
        return None
    pointer = keys.pointer("fields")
    return tuple(
        checked(name, pointed(pointer, index), 100) for index, name in enumerate(keys.several("fields", MAX_FIELDS))
    )
