"""Many products at once: lines of JSON in, and a line of JSON out for each, while more come in."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from multipart import parse_options_header  # type: ignore[import-untyped]

from facetry.api.native.bulk_load import BulkLoad
from facetry.api.native.bulk_reading import BulkReader
from facetry.api.native.bulk_results import Results
from facetry.api.native.call import Call
from facetry.api.native.conditions import without_condition
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.parameters import Parameters, read_parameters
from facetry.api.native.problems import refusal
from facetry.api.native.routing import Route
from facetry.api.native.writes import idempotency_key
from facetry.application.bulk_writes import BulkWrites
from facetry.domain.errors import BadParameterError, UnacceptedTypeError
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer
from facetry.http.lines import LINGER_SECONDS, LineChunks
from facetry.http.streaming import StreamAnswer

BULK = "/v2/products:bulk"
NDJSON = "application/x-ndjson"
_TYPES = frozenset({NDJSON, "application/ndjson", "application/jsonl"})
_TOO_LARGE = 413


class Bulk:
    """Write many products."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Write to a catalog."""
        self._writes = BulkWrites(dependencies.catalog, dependencies.clock)
        self._relay = dependencies.relay

    async def post(self, call: Call) -> Answer | StreamAnswer:
        """Do what the lines of the body say."""
        _check_type(call)
        without_condition(call)
        parameters = read_parameters(call, "atomic", "results")
        key, tenant = idempotency_key(call), call.session.tenant
        results = Results(await self._relay.settle(tenant), only_failed=_wants_failed_only(parameters))
        load = BulkLoad(self._writes, BulkReader(call.session.settings), results, tenant, key=key)
        if parameters.boolean("atomic"):
            all_parts = await load.parts_of_all(LineChunks(call.pieces(), None))
            return refusal(_TOO_LARGE, call.exchange) if all_parts is None else _streamed(all_parts)
        parts = load.parts(LineChunks(call.pieces(), None if key else LINGER_SECONDS))
        # What goes wrong before anything is done is told as of any other call.
        return _streamed(_joined(await anext(parts), parts))


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of bulks."""
    return [Route("POST", BULK, Bulk(dependencies).post, Scope.WRITE)]


def _streamed(parts: AsyncGenerator[bytes, None]) -> StreamAnswer:
    return StreamAnswer(parts=parts, media_type=NDJSON)


async def _joined(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    try:
        yield first
        async for part in rest:
            yield part
    finally:
        await rest.aclose()


def _wants_failed_only(parameters: Parameters) -> bool:
    wanted = parameters.text("results", "all")
    if wanted not in {"all", "failed"}:
        raise BadParameterError("results", "must be all or failed")
    return wanted == "failed"


def _check_type(call: Call) -> None:
    given = call.header(b"content-type")
    if given is not None and parse_options_header(given)[0] not in _TYPES:
        raise UnacceptedTypeError(f"send the body as {NDJSON}")
