"""Pages of imports: a file is dropped, looked at, tried and begun; what runs is watched, what ran is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from facetry.application.import_drafts import ImportDrafts
from facetry.application.import_jobs import Imports
from facetry.application.interchange.rejections import rejected_csv, rejected_lines
from facetry.application.interchange.report import Rejection
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.forgery import FIELD, HEADER
from facetry.dashboard.forms import FIELD_ERRORS, field_errors
from facetry.dashboard.import_drafts import DraftPage, draft_page, read_wish
from facetry.dashboard.import_words import formats, notes
from facetry.dashboard.problems import FORGED
from facetry.dashboard.remarks import remark
from facetry.dashboard.rendering import problem_answer, redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.errors import FileTooLargeError, ImportNotFoundError, InterchangeError, InvalidValueError
from facetry.domain.import_job import ImportJob
from facetry.domain.user import Role
from facetry.http.answer import Answer
from facetry.http.streaming import StreamAnswer
from facetry.http.uploads import MAX_FIELDS_BYTES, Upload

IMPORTS = "/dashboard/imports"
PAGE_JOBS = 25
MOST_REJECTED_SHOWN = 50
_MAX_DIGITS = 15


@dataclass(frozen=True)
class ImportsPage:
    """The list of imports.

    Attributes:
        jobs: Newest first.
        next_url: Of the next ones; empty where there are none.
        is_first: Whether these are the newest.
        most_bytes: How large a file may be.
        has_open: Whether one of them goes on.
        errors: What was wrong with an upload, by field.
    """

    jobs: Sequence[ImportJob]
    next_url: str
    is_first: bool
    most_bytes: int
    has_open: bool
    errors: Mapping[str, str]


@dataclass(frozen=True)
class JobPage:
    """One import that was begun.

    Attributes:
        job: The import.
        rejected: The first problems of rejected rows.
        has_more: Whether there are more problems.
        notes: What was noted of rows, and how often.
        error: Why it failed.
        format: What the format is called that was found; empty before.
    """

    job: ImportJob
    rejected: Sequence[Rejection]
    has_more: bool
    notes: Sequence[tuple[str, int]]
    error: str
    format: str


class _Download(NamedTuple):
    name: str
    media_type: str


_CSV = _Download("import-{id}-rejected.csv", "text/csv; charset=utf-8")
_LINES = _Download("import-{id}-rejected.ndjson", "application/x-ndjson")


class ImportPages:
    """Handles imports."""

    def __init__(self, imports: Imports, drafts: ImportDrafts) -> None:
        """Show and change imports."""
        self._imports = imports
        self._drafts = drafts

    async def list(self, call: PageCall) -> Answer:
        """Show where a file is dropped, and the imports there were."""
        before = call.query.number("before") or None
        return await self._list(call, before)

    async def upload(self, call: PageCall) -> Answer:
        """Keep a file, as it arrives."""
        try:
            return await self._uploaded(call)
        except FileTooLargeError:
            if call.is_partial:
                raise
            most = call.formats.size(self._imports.most_bytes)
            words = call.texts.gettext("The file is larger than %(size)s") % {"size": most}
            return await self._list(call, None, {"file": words}, status=413)
        except InterchangeError as error:
            if call.is_partial:
                raise
            return await self._list(call, None, {"file": error.message})

    async def _uploaded(self, call: PageCall) -> Answer:
        if _declared(call) > self._imports.most_bytes + MAX_FIELDS_BYTES:
            raise FileTooLargeError(self._imports.most_bytes)
        async with Upload(call.header(b"content-type") or "", call.pieces()) as upload:
            if not call.has_genuine(call.header(HEADER) or upload.fields.get(FIELD, "")):
                return problem_answer(call, FORGED)
            if not upload.file_name and call.is_partial:
                raise InvalidValueError("file", "must be chosen")
            if not upload.file_name:
                # Without scripts the form is shown again.
                return await self._list(call, None, {"file": call.texts.gettext("Choose a file")})
            job = await self._drafts.upload(call.tenant, upload.file_name, call.user.email, upload.content())
        return redirect(call, _url(job))

    async def show(self, call: PageCall) -> Answer:
        """Show an import: what a draft would become, how far another one is."""
        job = await self._job(call)
        if not job.is_draft:
            page = await self._job_page(call, job)
            return render(call, "imports/_job.html" if call.is_partial else "imports/job.html", page)
        if call.is_partial:
            # A dry run is over that was watched.
            return redirect(call, _url(job))
        return await self._draft(call, job)

    async def change(self, call: PageCall) -> Answer:
        """Have a draft be read otherwise, be tried or be begun, as the button says that was pressed."""
        job, form = await self._job(call), await call.form()
        action = form.text("action")
        try:
            wish = await read_wish(call.tenant, self._drafts, job, form)
            if action == "try":
                return redirect(call, _url(await self._drafts.try_out(call.tenant, job.id, wish)))
            if action == "begin":
                return redirect(call, _url(await self._drafts.begin(call.tenant, job.id, wish)))
            changed = await self._drafts.change(call.tenant, job.id, wish)
        except FIELD_ERRORS as error:
            return await self._draft(call, job, _told(call, field_errors(error)))
        except InterchangeError as error:
            return await self._draft(
                call, job, {"mapping": remark(call.texts, error.message)}, form.raw("mapping") or None
            )
        return await self._draft(call, changed) if call.is_partial else redirect(call, _url(changed))

    async def cancel(self, call: PageCall) -> Answer:
        """End an import, or give up a draft."""
        job = await self._job(call)
        await self._imports.cancel(call.tenant, job.id)
        return redirect(call, IMPORTS if job.is_draft else _url(job))

    async def rejected_csv(self, call: PageCall) -> StreamAnswer:
        """Give the rejected rows as CSV."""
        job = await self._job(call)
        pages = await self._imports.rejections(call.tenant, job.id)
        return StreamAnswer(parts=rejected_csv(pages), media_type=_CSV.media_type, headers=_named(_CSV, job))

    async def rejected_lines(self, call: PageCall) -> StreamAnswer:
        """Give the rejected rows as lines of JSON."""
        job = await self._job(call)
        pages = await self._imports.rejections(call.tenant, job.id)
        return StreamAnswer(parts=rejected_lines(pages), media_type=_LINES.media_type, headers=_named(_LINES, job))

    async def _list(
        self, call: PageCall, before: int | None, errors: Mapping[str, str] | None = None, status: int = 422
    ) -> Answer:
        jobs = await self._imports.before(call.tenant, before, PAGE_JOBS + 1)
        shown = jobs[:PAGE_JOBS]
        page = ImportsPage(
            jobs=shown,
            next_url=f"{IMPORTS}?before={shown[-1].id}" if len(jobs) > PAGE_JOBS else "",
            is_first=before is None,
            most_bytes=self._imports.most_bytes,
            has_open=any(job.is_open for job in shown),
            errors=errors or {},
        )
        template = "imports/_history.html" if call.is_partial else "imports/index.html"
        return render(call, template, page, status=status if errors else 200)

    async def _draft(
        self, call: PageCall, job: ImportJob, errors: Mapping[str, str] | None = None, mapping: str | None = None
    ) -> Answer:
        page: DraftPage = await draft_page(call, self._drafts, job, errors or {}, mapping)
        page = page.with_rejected(await self._rejected(call, job) if job.finished else ((), False))
        template = "imports/_draft.html" if call.is_partial else "imports/draft.html"
        return render(call, template, page, status=422 if errors else 200)

    async def _job_page(self, call: PageCall, job: ImportJob) -> JobPage:
        rejected, has_more = await self._rejected(call, job)
        form = dict(formats(call.texts)).get(job.format, "")
        return JobPage(job, rejected, has_more, notes(call.texts, job.notes), remark(call.texts, job.error), form)

    async def _rejected(self, call: PageCall, job: ImportJob) -> tuple[Sequence[Rejection], bool]:
        found: list[Rejection] = []
        async for page in await self._imports.rejections(call.tenant, job.id):
            found += islice(page, MOST_REJECTED_SHOWN + 1 - len(found))
            if len(found) > MOST_REJECTED_SHOWN:
                break
        return found[:MOST_REJECTED_SHOWN], len(found) > MOST_REJECTED_SHOWN

    async def _job(self, call: PageCall) -> ImportJob:
        text = call.variables["id"]
        if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
            raise ImportNotFoundError(0)
        return await self._imports.get(call.tenant, int(text))


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = ImportPages(dependencies.imports, dependencies.import_drafts)
    one = IMPORTS + "/{id}"
    return [
        Page("GET", IMPORTS, pages.list, Role.VIEWER),
        Page("POST", IMPORTS, pages.upload, Role.EDITOR, is_unread=True),
        Page("GET", one, pages.show, Role.VIEWER),
        Page("POST", one, pages.change, Role.EDITOR),
        Page("POST", one + "/cancel", pages.cancel, Role.EDITOR),
        Page("GET", one + "/rejected.csv", pages.rejected_csv, Role.VIEWER),
        Page("GET", one + "/rejected.ndjson", pages.rejected_lines, Role.VIEWER),
    ]


def _url(job: ImportJob) -> str:
    return f"{IMPORTS}/{job.id}"


def _declared(call: PageCall) -> float:
    """Return how many bytes a body says it has; 0 where it says nothing that is a number."""
    text = call.header(b"content-length") or ""
    if not (text.isascii() and text.isdigit()):
        return 0
    return int(text) if len(text) <= _MAX_DIGITS else math.inf


def _told(call: PageCall, errors: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong by field."""
    told = dict(errors)
    if "mapping" in told:
        told["mapping"] = call.texts.gettext("Every product needs a column for its SKU and one for its name.")
    return told


def _named(download: _Download, job: ImportJob) -> tuple[tuple[bytes, bytes], ...]:
    name = download.name.format(id=job.id)
    return ((b"content-disposition", f'attachment; filename="{name}"'.encode()),)
