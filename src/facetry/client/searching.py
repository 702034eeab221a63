"""Calls that search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, Unpack

from facetry.client.core import Core
from facetry.client.errors import BrokenAnswerError
from facetry.client.exchange import JSON, Answer, Item, Request, Stream, encoded, get, nothing, reader, write
from facetry.client.methods import Iteration, Method, Methods
from facetry.client.types.search import (
    Found,
    FoundSeveral,
    Hit,
    SearchDocument,
    SearchOptions,
    Suggestions,
)

T = TypeVar("T")
SEARCH, SUGGEST, EVENTS = "/v2/search", "/v2/suggest", "/v2/events"
PAGE_SIZE = 100
_found, _several, _suggestions = reader(Found), reader(FoundSeveral), reader(Suggestions)
_OF_A_PAGE = frozenset({"after", "offset", "limit"})


class SearchMethods(Methods):
    """What can be searched; of both clients."""

    @Method
    def search(self, q: str = "", **options: Unpack[SearchOptions]) -> Request[Found]:
        """Search product groups; see docs/search.md for what can be said."""
        return _asked({"q": q, **options} if q else {**options}, _found)

    @Method
    def search_several(self, searches: Sequence[SearchDocument]) -> Request[FoundSeveral]:
        """Search up to 20 times at once, answered from one revision; each has its answer or its ``error``."""
        return _asked({"searches": list(searches)}, _several)

    @Iteration
    def hits(self, q: str = "", *, page_size: int = PAGE_SIZE, **options: Unpack[SearchOptions]) -> Stream[Hit]:
        """Iterate over all hits of a search, by pages; what is written meanwhile moves none of them.

        Facets are counted for none of the pages: ``search`` does that.
        """
        given = {name: value for name, value in options.items() if name not in _OF_A_PAGE | {"facets"}}
        return _hits(self._core, {**({"q": q} if q else {}), **given, "limit": page_size})

    @Method
    def suggest(self, q: str, *, limit: int = 5) -> Request[Suggestions]:
        """Return what may be meant by what was typed so far."""
        return get(SUGGEST, _suggestions, {"q": q, "limit": limit})

    @Method
    def report_click(
        self,
        search_id: str,
        *,
        group_id: str = "",
        sku: str = "",
        position: int | None = None,
        idempotency_key: str = "",
    ) -> Request[None]:
        """Report that somebody clicked a hit of a search; ``position`` counts from 1."""
        return _event("click", search_id, {"group_id": group_id, "sku": sku, "position": position}, idempotency_key)

    @Method
    def report_order(
        self,
        search_id: str,
        *,
        group_id: str = "",
        sku: str = "",
        position: int | None = None,
        idempotency_key: str = "",
    ) -> Request[None]:
        """Report that somebody ordered a hit of a search; ``position`` counts from 1."""
        return _event("order", search_id, {"group_id": group_id, "sku": sku, "position": position}, idempotency_key)


def _asked(document: dict[str, Any], read: Any) -> Request[Any]:  # noqa: ANN401 - what reads the answer
    # A search changes nothing, so it may be sent again whatever became of it.
    return Request(
        method="POST",
        target=SEARCH,
        read=read,
        headers={"content-type": JSON},
        body=encoded(document),
        is_repeatable=True,
        wait_seconds=_milliseconds(document) / 1000,
    )


def _milliseconds(document: dict[str, Any]) -> int:
    given = document.get("timeout_ms")
    return given if isinstance(given, int) else 0


def _hits(core: Core, asked: dict[str, Any]) -> Stream[Hit]:
    after: str | None = None
    while True:
        found = yield from core.performed(_asked({**asked, "after": after}, _whole))
        for hit in found.hits:
            yield Item(hit)
        if found.next is None:
            return
        after = found.next


def _whole(answer: Answer) -> Found:
    """Return a page of hits; one without hits because the time was over would look like the last one.

    Raises:
        BrokenAnswerError: The page is partial.
    """
    found = _found(answer)
    if found.partial:
        raise BrokenAnswerError("the time was over before the page was found; give it a longer timeout_ms")
    return found


def _event(kind: str, search_id: str, of: dict[str, Any], key: str) -> Request[None]:
    said = {name: value for name, value in of.items() if value}
    return write("POST", EVENTS, nothing, {"type": kind, "search_id": search_id, **said}, key=key)
