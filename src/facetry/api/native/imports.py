"""Imports in the background: started with the file as body, looked at, cancelled."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.conditions import without_condition
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.fields import Document
from facetry.api.native.keyed import Keyed
from facetry.api.native.parameters import Parameters, read_parameters
from facetry.api.native.reads import MAX_NUMBER, PAGED, Reads, page_document
from facetry.api.native.routing import Route
from facetry.api.native.writes import REPLAYED, idempotency_key
from facetry.application.import_jobs import Imports
from facetry.application.interchange.rejections import rejected_csv
from facetry.application.kept_answers import KeptAnswers
from facetry.domain.errors import (
    BadParameterError,
    FileTooLargeError,
    ImportNotFoundError,
    InvalidValueError,
)
from facetry.domain.import_job import ImportJob, ImportWish
from facetry.domain.record import RecordKind
from facetry.domain.tenant import Scope
from facetry.domain.times import iso_time
from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.http.streaming import StreamAnswer
from facetry.http.uploads import whole_pieces

IMPORTS = "/v2/imports"
CSV = "text/csv; charset=utf-8"
WISHES = ("name", "format", "mapping", "encoding", "stones_as", "stone", "code_prefix")
_DRY_RUN = "dry_run"
_SCOPES = {RecordKind.CLIENT: Scope.ORDERS, RecordKind.ORDER: Scope.ORDERS, RecordKind.LISTING: Scope.LISTINGS}
"""What a key needs beside ``write`` to import records of a kind."""


class Importing:
    """Handles imports."""

    def __init__(self, imports: Imports, reads: Reads, keyed: Keyed) -> None:
        """Start and show imports; keep what those who cancel are answered."""
        self._imports = imports
        self._reads = reads
        self._keyed = keyed

    async def post(self, call: Call) -> Answer:
        """Keep the body as a file and have it imported."""
        without_condition(call)
        parameters = read_parameters(call, *WISHES, _DRY_RUN)
        declared = call.header(b"content-length") or ""
        if declared.isdigit() and int(declared) > self._imports.most_bytes:
            raise FileTooLargeError(self._imports.most_bytes)
        try:
            job, is_repeat = await self._started(call, _wish(parameters, call))
        except InvalidValueError as error:
            raise BadParameterError(error.field, error.message.removeprefix(f"{error.field} ")) from error
        headers = ((b"location", f"{IMPORTS}/{job.id}".encode()), *(((REPLAYED, b"true"),) if is_repeat else ()))
        return msgspec.structs.replace(_answer(job, status=201), headers=headers)

    async def _started(self, call: Call, wish: ImportWish) -> tuple[ImportJob, bool]:
        """Return the import of a call, and whether an earlier one with its key has started it."""
        key, tenant, pieces = idempotency_key(call), call.session.tenant, whole_pieces(call.pieces())
        if key:
            return await self._imports.start_once(tenant, wish, pieces, key)
        return await self._imports.start(tenant, wish, pieces), False

    async def list(self, call: Call) -> Answer:
        """Show a page of jobs."""
        reading = await self._reads.begin(call, *PAGED)
        limit = reading.limit
        jobs = await self._imports.after(call.session.tenant, reading.after_id, limit + 1)
        shown = [_document(job) for job in jobs[:limit]]
        last = jobs[limit - 1].id if len(jobs) > limit else None
        return json_answer(page_document(shown, last), policy=CachePolicy.NO_STORE)

    async def get(self, call: Call) -> Answer:
        """Show one job."""
        await self._reads.begin(call)
        return _answer(await self._imports.get(call.session.tenant, _id(call)))

    async def cancel(self, call: Call) -> Answer:
        """End a job."""
        without_condition(call)
        read_parameters(call)
        return await self._keyed.once(call, lambda _: self._canceled(call))

    async def _canceled(self, call: Call) -> Answer:
        return _answer(await self._imports.cancel(call.session.tenant, _id(call)))

    async def rejected(self, call: Call) -> StreamAnswer:
        """Show rejected rows as CSV."""
        await self._reads.begin(call)
        job_id = _id(call)
        pages = await self._imports.rejections(call.session.tenant, job_id)
        name = f'attachment; filename="import-{job_id}-rejected.csv"'.encode()
        return StreamAnswer(parts=rejected_csv(pages), media_type=CSV, headers=((b"content-disposition", name),))


def routes(dependencies: Dependencies, reads: Reads) -> Sequence[Route]:
    """Return the routes of imports."""
    keyed = Keyed(KeptAnswers(dependencies.store, dependencies.clock))
    importing = Importing(dependencies.imports, reads, keyed)
    return [
        Route("POST", IMPORTS, importing.post, Scope.WRITE),
        Route("GET", IMPORTS, importing.list, Scope.READ),
        Route("GET", IMPORTS + "/{id}", importing.get, Scope.READ),
        Route("GET", IMPORTS + "/{id}/rejected", importing.rejected, Scope.READ),
        Route("POST", IMPORTS + "/{id}/cancel", importing.cancel, Scope.WRITE),
    ]


def _id(call: Call) -> int:
    text = call.variables["id"]
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_NUMBER))):
        raise ImportNotFoundError(0)
    return int(text)


def _wish(parameters: Parameters, call: Call) -> ImportWish:
    given = {name: parameters.text(name) for name in WISHES if parameters.text(name)}
    refused = tuple(kind.value for kind, scope in _SCOPES.items() if not call.session.may(scope))
    return ImportWish(**given, dry_run=parameters.boolean(_DRY_RUN), refused_kinds=refused)


def _answer(job: ImportJob, status: int = 200) -> Answer:
    return json_answer(_document(job), status=status, policy=CachePolicy.NO_STORE)


def _document(job: ImportJob) -> Document:
    """Return a job; what it does not have yet is left out."""
    document: Document = {
        "id": job.id,
        "name": job.wish.name,
        "state": job.state.value,
        "dry_run": job.wish.dry_run,
        "format": job.format or job.wish.format,
        "created": iso_time(job.created),
        "started": None if job.started is None else iso_time(job.started),
        "finished": None if job.finished is None else iso_time(job.finished),
        "bytes_total": job.bytes_total,
        "bytes_read": job.bytes_read,
        "stored": job.stored,
        "stored_new": job.stored_new,
        "rejected": job.rejected,
        "skipped": job.skipped,
        "rate": job.rate,
        "seconds_left": job.seconds_left,
        "error": job.error,
    }
    return {name: value for name, value in document.items() if value is not None and value != ""}
