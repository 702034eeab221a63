"""The call that offers how to go on typing."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.fields import Document, Shape
from facetry.api.native.reads import MAX_NUMBER, MIN_REVISION, Reads
from facetry.api.native.visibility import visible_group
from facetry.application.search import Search
from facetry.domain.errors import SearchError
from facetry.domain.hints import near
from facetry.domain.search.query import MAX_TEXT_LENGTH
from facetry.domain.search.suggestions import (
    DEFAULT_SUGGESTIONS,
    MAX_SUGGESTIONS,
    Suggestion,
    Suggestions,
    SuggestQuery,
)
from facetry.domain.search.values import PATH_SEPARATOR
from facetry.http.answer import EVERYTHING, Answer, json_answer

PRODUCT_SHAPE = Shape(group=("group_id", "main_sku", "name", "image", "price_min", "price_max", "currency"))
"""What is shown of each group that is offered."""
_TEXT, _LIMIT = "q", "limit"
_NAMES = (_TEXT, _LIMIT, MIN_REVISION)


class Suggesting:
    """Handles suggestions."""

    def __init__(self, search: Search, reads: Reads) -> None:
        """Ask a search what to offer."""
        self._search = search
        self._reads = reads

    async def get(self, call: Call) -> Answer:
        """Offer queries, categories, brands and products for what was typed so far."""
        session = call.session
        query, min_revision = suggest_query(call.parameters())
        query = msgspec.structs.replace(query, language=session.settings.language, active_only=session.may_only_search)
        revision = await self._reads.reached(call, min_revision)
        found = await self._search.suggest(session.tenant, query)
        document = suggestions_document(found, session.settings.currency, active_only=query.active_only)
        return msgspec.structs.replace(
            json_answer(document), cache_key=call.cache_key, tags=(EVERYTHING,), revision=revision
        )


def suggest_query(pairs: Iterable[tuple[str, str]]) -> tuple[SuggestQuery, int]:
    """Return what parameters ask, and the revision that it must hold.

    Raises:
        SearchError: A parameter is unknown, given twice, or has a value that is not allowed.
    """
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in _NAMES:
            hint = near(name, _NAMES)
            raise SearchError(f"/{name[:100]}", f"{name[:50]!r} is no parameter here{hint}")
        if name in given:
            raise SearchError(f"/{name}", "is given twice")
        given[name] = value
    text = given.get(_TEXT, "")
    if len(text) > MAX_TEXT_LENGTH:
        raise SearchError(f"/{_TEXT}", f"must have at most {MAX_TEXT_LENGTH} characters")
    limit = _integer(_LIMIT, given.get(_LIMIT, str(DEFAULT_SUGGESTIONS)), 1, MAX_SUGGESTIONS)
    return SuggestQuery(text=text, limit=limit), _integer(MIN_REVISION, given.get(MIN_REVISION, "0"), 0, MAX_NUMBER)


def _integer(name: str, text: str, lowest: int, highest: int) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(highest))
    if not is_number or not lowest <= int(text) <= highest:
        raise SearchError(f"/{name}", f"must be an integer from {lowest} to {highest}")
    return int(text)


def suggestions_document(found: Suggestions, currency: str, *, active_only: bool) -> Document:
    """Return what is offered as JSON."""
    groups = (visible_group(group, currency) if active_only else group for group in found.products)
    return {
        "queries": found.queries,
        "categories": [_category(one) for one in found.categories],
        "brands": found.brands,
        "products": [PRODUCT_SHAPE.group_document(group, currency) for group in groups],
    }


def _category(offered: Suggestion) -> Document:
    name = offered.text.rpartition(PATH_SEPARATOR)[2]
    return {"path": offered.text, "name": name, "count": offered.count}
