"""The calls that search."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic, perf_counter

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.fields import Document, shape_of
from facetry.api.native.kept_products import KeptProducts
from facetry.api.native.problems import problem
from facetry.api.native.rendering import GroupDocuments, View, partial_document, result_document
from facetry.api.native.search_notes import noted, with_ids
from facetry.api.native.visibility import scope_of
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.domain.change import Delta
from facetry.domain.errors import FacetryError, SearchError, SearchTimeoutError
from facetry.domain.search.requests.parameters import read_parameters
from facetry.domain.search.requests.search import MAX_TIMEOUT_MS, OnTimeout, SearchRequest, read_search
from facetry.http.answer import EVERYTHING, Answer, json_answer

MAX_SEARCHES = 20
MAX_TENANTS = 50
"""Of so many tenants, those that searched last, groups are kept as they were answered."""
MOST_ROUNDS = 3
"""So often searches are asked again at most, to answer all of a request at one revision."""
_SEVERAL = "searches"


class Searching:
    """Handles searches."""

    def __init__(self, search: Search, relay: ChangeRelay, max_tenants: int = MAX_TENANTS) -> None:
        """Search what a relay keeps up; of ``max_tenants`` tenants groups are kept as they were answered."""
        self._max_tenants = max_tenants
        self._search = search
        self._relay = relay
        self._groups: dict[str, GroupDocuments] = {}
        self._products = KeptProducts()
        relay.listen(self)

    def changed(self, tenant: str, delta: Delta) -> None:
        """Keep what is there: what was written since is known by other revisions and identities."""

    def forget(self, tenant: str) -> None:
        """Drop what was answered to a tenant; see ``ChangeListener``."""
        self._groups.pop(tenant, None)
        self._products.forget(tenant)

    async def get(self, call: Call) -> Answer:
        """Search by the parameters of the query string."""
        revision = await self._relay.settle(call.session.tenant)
        asked = read_parameters(call.parameters())
        document = await self._answered(asked, call)
        with_ids([document], call.exchange.request_id)
        answer = noted(json_answer(document), [asked], [document])
        if document["partial"]:
            return answer
        return msgspec.structs.replace(answer, cache_key=call.cache_key, tags=(EVERYTHING,), revision=revision)

    async def post(self, call: Call) -> Answer:
        """Search by a JSON object, or by several of them."""
        document = await call.document()
        if _SEVERAL not in document:
            found = await self._answered(document, call)
            with_ids([found], call.exchange.request_id)
            return noted(json_answer(found), [document], [found])
        return await self._several(_searches(document), call)

    async def _several(self, searches: Sequence[Mapping[str, object]], call: Call) -> Answer:
        """Return the answers of several searches, all of one revision where writes leave the time for that."""
        begun = perf_counter()
        answers: list[Document] = [{} for _ in searches]
        pending = [*range(len(searches))]
        for _ in range(MOST_ROUNDS):
            newest = max((_revision(answer) for answer in answers), default=0)
            found = await asyncio.gather(*(self._one(searches[at], at, newest, call) for at in pending))
            for at, answer in zip(pending, found, strict=True):
                answers[at] = answer
            newest = max(map(_revision, answers))
            pending = [at for at, answer in enumerate(answers) if 0 < _revision(answer) < newest]
            if not pending:
                break
        revisions = {_revision(answer) for answer in answers} - {0}
        with_ids(answers, call.exchange.request_id)
        document: Document = {
            "revision": revisions.pop() if len(revisions) == 1 else None,
            "took_ms": round((perf_counter() - begun) * 1000, 3),
            "results": answers,
        }
        return noted(json_answer(document), searches, answers)

    async def _one(self, document: Mapping[str, object], at: int, newest: int, call: Call) -> Document:
        """Return the answer of one of several searches, or what is wrong with it."""
        try:
            return await self._answered(document, call, newest)
        except SearchError as error:
            placed = SearchError(f"/{_SEVERAL}/{at}{error.pointer}", error.message, error.position)
            return {"error": problem(placed, call.exchange.request_id)}
        except FacetryError as error:
            return {"error": problem(error, call.exchange.request_id)}

    async def _answered(self, document: Mapping[str, object], call: Call, newest: int = 0) -> Document:
        """Return the answer of a search that sees at least the revision ``newest``."""
        begun, session = perf_counter(), call.session
        # What it waited before it was read counts.
        deadline = _deadline(document) - (begun - call.exchange.started)
        request: SearchRequest | None = None
        try:
            scope = scope_of(may_only_search=session.may_only_search)
            context = await self._search.context(session.tenant, session.settings, scope, deadline)
            request = read_search(document, context)
            groups = self._groups_of(session.tenant)
            view = View(request.query, shape_of(request.fields), groups, not session.may_only_search)
            revision = max(request.min_revision, newest)
            result = await self._search.search(session.tenant, view.asked, min_revision=revision, deadline=deadline)
        except SearchTimeoutError:
            if request is None or request.on_timeout is not OnTimeout.PARTIAL:
                raise
            return partial_document(await self._relay.settle(session.tenant), (perf_counter() - begun) * 1000)
        return result_document(result, view, (perf_counter() - begun) * 1000)

    def _groups_of(self, tenant: str) -> GroupDocuments:
        groups = self._groups.pop(tenant, None)
        if groups is None:
            groups = GroupDocuments(tenant, self._products)
        self._groups[tenant] = groups
        if len(self._groups) > self._max_tenants:
            del self._groups[next(iter(self._groups))]
        return groups


def _searches(document: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """Return the searches of a request.

    Raises:
        SearchError: They are no array of objects, too many, or not alone in the request.
    """
    if len(document) > 1:
        other = next(name for name in document if name != _SEVERAL)
        raise SearchError("", f"{other[:50]} cannot stand beside {_SEVERAL}; put it into each of them")
    found = document[_SEVERAL]
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_SEARCHES:
        raise SearchError(f"/{_SEVERAL}", f"must be an array of 1 to {MAX_SEARCHES} searches")
    for at, one in enumerate(found):
        if not isinstance(one, dict):
            raise SearchError(f"/{_SEVERAL}/{at}", "must be an object")
    return found


def _deadline(document: Mapping[str, object]) -> float:
    """Return the ``monotonic`` second at which a request ends to wait; a wrong value is refused when it is read."""
    timeout = document.get("timeout_ms")
    if not isinstance(timeout, int) or isinstance(timeout, bool) or not 1 <= timeout <= MAX_TIMEOUT_MS:
        timeout = MAX_TIMEOUT_MS
    return monotonic() + timeout / 1000


def _revision(answer: Document) -> int:
    revision = answer.get("revision", 0)
    return revision if isinstance(revision, int) else 0
