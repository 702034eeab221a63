"""The requests that indexes are searched and written by, over a driver."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any
from urllib.parse import quote

import msgspec

from facetry.domain.errors import IndexAwayError, IndexDamagedError, IndexFailedError, SearchError
from facetry.engines.lucene.driver import Body, Driver, Json, Reply

_OK, _BAD_REQUEST, _NOT_FOUND, _CONFLICT = 200, 400, 404, 409
_CREATED = 201
_LOOK_SECONDS = 0.02
_MISSING_INDEX = "index_not_found_exception"
_EXISTING_INDEX = "resource_already_exists_exception"
PATIENCE_SECONDS = 15.0
"""A search, or a look at one document, that takes so long waits for a node that stands still."""
AGAIN_SECONDS = 0.3
"""By then a node that has just lost its connections, or another one in its place, takes new ones."""
BEGIN_SECONDS = 10
"""So long a new index may take until it answers, before whoever asks it something is told that it does not."""


class Place(msgspec.Struct, frozen=True):
    """Where a document stands in the history of changes of its shard, for compare-and-set."""

    seq_no: int
    primary_term: int


class Found(msgspec.Struct, frozen=True):
    """A document that was asked for by its id, as of its last write."""

    source: Json
    place: Place


class Cluster:
    """Ask one cluster; every method may raise ``IndexFailedError``, ``SearchTimeoutError`` or ``IndexDamagedError``.

    The last one says that the index is not there.
    """

    def __init__(self, driver: Driver, index: str) -> None:
        """Ask through ``driver`` about the index behind an alias."""
        self.driver = driver
        self.index = index

    async def searches(self, tenant: str, bodies: Sequence[Json], seconds: float | None = None) -> list[Json]:
        """Return the answers to several searches of a tenant's shard, asked in one request."""
        header = {"index": self.index, "routing": tenant}
        lines = [line for body in bodies for line in (header, body)]
        reply = self._checked(await self._asked("POST", "/_msearch", body=lines, seconds=seconds))
        return [_answer(one) for one in reply.body["responses"]]

    async def search(self, tenant: str, body: Json, seconds: float | None = None) -> Json:
        """Return the answer to a search of a tenant's shard."""
        parameters = {"routing": tenant, "allow_partial_search_results": "false"}
        path = f"/{self.index}/_search"
        reply = await self._asked("POST", path, parameters=parameters, body=body, seconds=seconds)
        return _whole(self._checked(reply).body)

    async def bulk(self, tenant: str, lines: Sequence[Json | msgspec.Raw]) -> list[Json]:
        """Do several writes of a tenant in one request and return what became of each; nothing is refreshed."""
        parameters = {"routing": tenant, "require_alias": "true"}
        reply = self._checked(await self.driver.call("POST", f"/{self.index}/_bulk", parameters=parameters, body=lines))
        outcomes = [next(iter(item.values())) for item in reply.body["items"]]
        for outcome in outcomes:
            _check_index(outcome.get("error"))
        return outcomes

    async def get(self, tenant: str, document: str) -> Found | None:
        """Return the kept source of a document as of its last write, refreshed or not; None where there is none."""
        parameters = {"routing": tenant}
        reply = await self._asked("GET", self._path(document), parameters=parameters)
        if reply.status == _NOT_FOUND:
            _check_index(reply.body.get("error"))
            return None
        body = self._checked(reply).body
        return Found(body["_source"], Place(body["_seq_no"], body["_primary_term"]))

    async def put(
        self, tenant: str, document: str, source: Json, place: Place | None, *, is_refreshed: bool
    ) -> Place | None:
        """Write a document where it is still as at ``place`` (None: where there is none), else return None.

        Args:
            tenant: Whose.
            document: Its id.
            source: What to write.
            place: As of when it is known.
            is_refreshed: Whether searches see all writes of the shard on return.
        """
        expected: dict[str, str] = {"op_type": "create"}
        if place:
            expected = {"if_seq_no": str(place.seq_no), "if_primary_term": str(place.primary_term)}
        parameters = {"routing": tenant, "refresh": str(is_refreshed).lower(), "require_alias": "true", **expected}
        reply = await self.driver.call("PUT", self._path(document), parameters=parameters, body=source)
        if reply.status == _CONFLICT:
            return None
        body = self._checked(reply).body
        return Place(body["_seq_no"], body["_primary_term"])

    async def delete_by_query(self, tenant: str, query: Json) -> int:
        """Remove the documents that a query finds (those that change meanwhile stay) and return how many that were."""
        parameters = {"routing": tenant, "conflicts": "proceed", "refresh": "true"}
        path = f"/{self.index}/_delete_by_query"
        reply = self._checked(await self.driver.call("POST", path, parameters=parameters, body={"query": query}))
        return int(reply.body["deleted"])

    async def refresh(self) -> None:
        """Make all that was written visible to searches."""
        self._checked(await self.driver.call("POST", f"/{self.index}/_refresh"))

    async def aliases(self, pattern: str) -> list[str]:
        """Return the aliases whose names fit a pattern with asterisks."""
        reply = await self.driver.call("GET", f"/_alias/{quote(pattern, safe='*')}", seconds=PATIENCE_SECONDS)
        if reply.status == _NOT_FOUND:
            return []
        return sorted({name for one in self._checked(reply).body.values() for name in one["aliases"]})

    async def drop(self) -> None:
        """Remove the index, and the alias with it; harmless where it is not there."""
        reply = await self.driver.call("GET", f"/_alias/{quote(self.index)}", seconds=PATIENCE_SECONDS)
        for index in () if reply.status == _NOT_FOUND else self._checked(reply).body:
            gone = await self.driver.call("DELETE", f"/{quote(index)}")
            if gone.status != _NOT_FOUND:
                self._checked(gone)

    async def ensure(self, body: Mapping[str, Any]) -> None:
        """Make the index and its alias where they are not there; harmless to do at once.

        Where another process has only just made it, it answers on return.
        """
        if (await self.driver.call("HEAD", f"/_alias/{quote(self.index)}", seconds=PATIENCE_SECONDS)).status == _OK:
            await self._begun()
            return
        reply = await self.driver.call("PUT", f"/{self.index}-000001", body=dict(body))
        if reply.status == _BAD_REQUEST and _error_type(reply.body.get("error")) == _EXISTING_INDEX:
            await self._begun()
            return
        self._checked(reply)

    async def _begun(self) -> None:
        """Wait until all first copies of shards are there; what is said otherwise is for who asks them something.

        A node that has not heard of the index yet says that nothing is amiss, and names no index.
        """
        parameters = {"wait_for_status": "yellow", "timeout": f"{BEGIN_SECONDS}s", "level": "indices"}
        path, ends = f"/_cluster/health/{quote(self.index)}", monotonic() + BEGIN_SECONDS
        while monotonic() < ends:
            reply = await self.driver.call("GET", path, parameters=parameters, seconds=PATIENCE_SECONDS)
            if reply.status != _OK or reply.body["indices"]:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _asked(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Body = None,
        seconds: float | None = None,
    ) -> Reply:
        """Return the answer to a question, asked once more a moment later where no node could be asked."""
        begun, patience = monotonic(), seconds or PATIENCE_SECONDS
        try:
            return await self.driver.call(method, path, parameters=parameters, body=body, seconds=patience)
        except IndexAwayError:
            left = patience - (monotonic() - begun) - AGAIN_SECONDS
            if left <= 0:
                raise
        await asyncio.sleep(AGAIN_SECONDS)
        return await self.driver.call(method, path, parameters=parameters, body=body, seconds=left)

    def _path(self, document: str) -> str:
        return f"/{self.index}/_doc/{quote(document, safe='')}"

    def _checked(self, reply: Reply) -> Reply:
        if reply.status in {_OK, _CREATED}:
            return reply
        error = reply.body.get("error")
        _check_index(error)
        raise IndexFailedError(f"the search engine answered {reply.status}: {_reason(error)}")


def _answer(reply: Json) -> Json:
    error = reply.get("error")
    if error:
        _check_index(error)
        if _error_type(error) == "too_many_nested_clauses" or "too_many_clauses" in str(error):
            raise SearchError("", "asks for more than the search engine can look for at once")
        raise IndexFailedError(f"the search engine answered {reply.get('status')}: {_reason(error)}")
    return _whole(reply)


def _whole(reply: Json) -> Json:
    if reply["_shards"]["failed"] or reply["timed_out"]:
        raise IndexFailedError("a part of the search index did not answer")
    return reply


def _check_index(error: object) -> None:
    if _error_type(error) == _MISSING_INDEX:
        raise IndexDamagedError("the search index is not there")


def _error_type(error: object) -> str:
    return str(error.get("type", "")) if isinstance(error, dict) else ""


def _reason(error: object) -> str:
    """Return the innermost reason that an error tells."""
    if not isinstance(error, dict):
        return str(error or "nothing")
    cause = error.get("caused_by") or next(iter(error.get("root_cause") or ()), None)
    if cause and _error_type(cause) != _error_type(error):
        return _reason(cause)
    return f"{error.get('type')}: {error.get('reason')}"
