"""The call that searches."""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec

from facetry.api.catalog.call import Call
from facetry.api.catalog.rendering import GROUP_FIELDS, aggregations_document, debug_document, search_document
from facetry.api.catalog.replies import unprocessable
from facetry.api.catalog.rules import QUERY, SEARCH_FIELDS, check
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.domain.field_query import DEFAULT_FIELDS, DEFAULT_LIMIT, Facet, FieldQuery, RangeFacet, ValueFacet
from facetry.domain.journal import SearchNote
from facetry.domain.money import SCALE
from facetry.domain.tenant import TenantSettings
from facetry.http.answer import EVERYTHING, Answer, json_answer

PRICE_BOUNDS = (0, 50, 100, 150, 200, 250)
_VALUE_FACETS = tuple(
    ValueFacet(name, field) for name, field in (("brands", "brand"), ("colors", "color"), ("sizes", "size"))
)
_PRICE_FACETS = ("promotionPriceMin", "promotionPriceMax", "regularPriceMin", "regularPriceMax")


class Searching:
    """Handles searches."""

    def __init__(self, search: Search, relay: ChangeRelay) -> None:
        """Search what a relay keeps up."""
        self._search = search
        self._relay = relay

    async def get(self, call: Call) -> Answer:
        """Search product groups."""
        session = call.session
        raw = call.query()
        values, errors = check(SEARCH_FIELDS, raw, QUERY)
        if errors:
            return unprocessable(errors)
        revision = await self._relay.settle(session.tenant)
        query = search_query(values, raw, session.settings)
        begun = time.perf_counter()
        result = await self._search.match(session.tenant, query)
        took_ms = (time.perf_counter() - begun) * 1000
        document = search_document(result, session, round(took_ms))
        if query.facets:
            document["aggregations"] = aggregations_document(query, result)
        if query.explain:
            document["debug"] = debug_document(query, result, took_ms)
        note = SearchNote(
            search_id=call.exchange.request_id,
            query=query.text,
            hits=result.total,
            duration_ms=took_ms,
            revision=revision,
        )
        return msgspec.structs.replace(
            json_answer(document), cache_key=call.cache_key, tags=(EVERYTHING,), revision=revision, searches=(note,)
        )


def search_query(values: Mapping[str, object], raw: Mapping[str, object], settings: TenantSettings) -> FieldQuery:
    """Return the query that checked values and the raw ``qfield`` parameters ask for."""
    return FieldQuery(
        text=values["text"],  # type: ignore[arg-type]
        fields=_fields(raw),
        facets=standard_facets(settings.currency) if values.get("facets") else (),
        offset=values.get("offset", 0),  # type: ignore[arg-type]
        limit=values.get("limit", DEFAULT_LIMIT),  # type: ignore[arg-type]
        explain=bool(values.get("debug")),
        language=settings.language,
    )


def standard_facets(currency: str) -> tuple[Facet, ...]:
    """Return the standard facets, price ranges in this currency."""
    bounds = tuple(bound * SCALE for bound in PRICE_BOUNDS)
    ranges = (RangeFacet(name, GROUP_FIELDS[name], bounds, currency) for name in _PRICE_FACETS)
    return (*_VALUE_FACETS, *ranges)


def _fields(raw: Mapping[str, object]) -> tuple[str, ...]:
    """Return the group fields that are named, the default ones where none is; an unknown name finds nothing."""
    named = [name for key in ("qfield", "qfield[]") for name in _list(raw.get(key))]
    if not named:
        return DEFAULT_FIELDS
    return tuple(dict.fromkeys(GROUP_FIELDS[name] for name in named if name in GROUP_FIELDS))


def _list(value: object) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]  # type: ignore[list-item]
