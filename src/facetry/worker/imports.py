"""Imports that tenants have started: done in the background, by the process that owns the catalog."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from facetry.application.acting import act_as
from facetry.application.catalog import Catalog
from facetry.application.import_jobs import options_of
from facetry.application.interchange.importing import ImportProgress, import_file
from facetry.application.interchange.report import ImportReport
from facetry.application.records import Records
from facetry.domain.actor import IMPORT, Actor
from facetry.domain.errors import FacetryError, IndexBehindError, StoreError
from facetry.domain.import_job import ImportJob, JobState
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.import_jobs import ImportJobs, JobFiles

_log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""How long a new job, or a wish to cancel one, may stay unseen."""
MOST_AT_ONCE = 2
"""So many tenants' jobs run at once; of each tenant one."""
RETRY_SECONDS = 5.0
"""After a failure of the store a job waits so long before it goes on."""
TIDY_SECONDS = 600.0
BEFORE = "before.ndjson"
"""What runs that were broken off have rejected."""


class ImportWorker:
    """Run jobs, one per tenant at a time in the order in which they came; what a crash broke off goes on."""

    def __init__(
        self, jobs: ImportJobs, catalog: Catalog, store: CatalogStore, clock: Clock, keep_seconds: float
    ) -> None:
        """Import into a catalog; jobs that are over are kept for ``keep_seconds``."""
        self._jobs = jobs
        self._catalog = catalog
        self._store = store
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._running: dict[str, tuple[int, asyncio.Task[None]]] = {}
        self._pauses: dict[str, float] = {}
        self._tidied = 0.0

    async def run(self, look_seconds: float = LOOK_SECONDS) -> None:
        """Look for jobs again and again, until cancelled; then those under way stop where they are.

        What keeps it from looking is told once, not each time.
        """
        before = ""
        try:
            while True:
                try:
                    await self.look()
                    before = ""
                except (StoreError, OSError) as error:
                    # A full disk, say: nothing is lost, and the next look tries again.
                    if str(error) != before:
                        before = str(error)
                        _log.error("imports cannot be looked for, and wait: %s", error)
                except Exception:  # noqa: BLE001 - whatever failed, the next look tries again
                    _log.exception("imports could not be looked for")
                await asyncio.sleep(look_seconds)
        finally:
            for _, task in self._running.values():
                task.cancel()

    async def look(self) -> None:
        """Start what may start, and end what was cancelled before it began."""
        for tenant, job_id in await self._jobs.open_jobs():
            running = self._running.get(tenant)
            if running is not None and running[0] == job_id:
                continue
            if await self._jobs.is_canceled(tenant, job_id):
                await self._finish(tenant, job_id, JobState.CANCELED)
            elif running is None and len(self._running) < MOST_AT_ONCE and self._may_start(tenant):
                task = asyncio.create_task(self._guarded(tenant, job_id))
                self._running[tenant] = (job_id, task)
        if time.monotonic() - self._tidied > TIDY_SECONDS or not self._tidied:
            self._tidied = time.monotonic()
            await self.tidy()

    async def tidy(self) -> None:
        """Remove jobs that have been over for long, and those of tenants that are gone."""
        await self._jobs.trim(self._clock.now() - self._keep_seconds)
        for tenant in await self._jobs.tenants():
            record = await self._store.tenant(tenant)
            for job in await self._jobs.jobs_after(tenant, 0, 1_000_000):
                # A tenant of the same id may have been made since.
                if record is None or job.created < record.created:
                    await self._jobs.remove(tenant, job.id)

    async def idle(self) -> None:
        """Wait until no job is running."""
        while self._running:
            await asyncio.wait([task for _, task in self._running.values()])

    def _may_start(self, tenant: str) -> bool:
        return time.monotonic() >= self._pauses.get(tenant, 0.0)

    async def _guarded(self, tenant: str, job_id: int) -> None:
        try:
            await self._work(tenant, job_id)
        except (StoreError, IndexBehindError) as error:
            _log.warning("an import pauses: %s", error)
            self._pauses[tenant] = time.monotonic() + RETRY_SECONDS
        except FacetryError as error:
            await self._finish(tenant, job_id, JobState.FAILED, error.message)
        except Exception:  # noqa: BLE001 - whatever failed, other jobs go on
            _log.exception("an import failed")
            await self._finish(tenant, job_id, JobState.FAILED, "something went wrong on our side")
        finally:
            del self._running[tenant]

    async def _work(self, tenant: str, job_id: int) -> None:
        job, record = await self._jobs.job(tenant, job_id), await self._store.tenant(tenant)
        if job is None or record is None or job.created < record.created:
            await self._jobs.remove(tenant, job_id)
            return
        act_as(Actor(f"user:{job.by}") if job.by else IMPORT)
        async with self._jobs.work(tenant, job_id) as files:
            if job.drafted and job.started is None:
                # A dry run may have left some, by another mapping perhaps.
                await asyncio.to_thread(_forget_rejected, files)
            started = job.started or self._clock.now()
            job = msgspec.structs.replace(job, state=JobState.RUNNING, started=started)
            await self._jobs.save(tenant, job)
            await self._import(tenant, _Run(job), files, record.settings.currency)

    async def _import(self, tenant: str, run: _Run, files: JobFiles, currency: str) -> None:
        await asyncio.to_thread(_keep_rejected, files)
        options = options_of(run.job.wish, files, currency)
        task = asyncio.ensure_future(import_file(options, self._catalog, tenant, run.note, Records(self._store)))
        try:
            await self._attend(tenant, run, task)
        finally:
            task.cancel()
            await asyncio.wait((task,))
        if task.cancelled():
            await self._finish(tenant, run.job.id, JobState.CANCELED)
            return
        run.report(task.result())
        more = await asyncio.to_thread(_add_rejected, files)
        done = msgspec.structs.replace(run.job, rejected=run.job.rejected + more)
        await self._jobs.save(tenant, self._over(done, JobState.DONE))

    async def _attend(self, tenant: str, run: _Run, task: asyncio.Future[ImportReport]) -> None:
        """Keep how far a run has come until it ends, or somebody wants it to."""
        kept = run.job
        while not task.done():
            await asyncio.wait((task,), timeout=LOOK_SECONDS)
            if await self._jobs.is_canceled(tenant, run.job.id):
                return
            if run.job is not kept:
                kept = run.job
                await self._jobs.save(tenant, kept)

    async def _finish(self, tenant: str, job_id: int, state: JobState, error: str = "") -> None:
        job = await self._jobs.job(tenant, job_id)
        if job is not None:
            await self._jobs.save(tenant, msgspec.structs.replace(self._over(job, state), error=error))

    def _over(self, job: ImportJob, state: JobState) -> ImportJob:
        if job.drafted and job.wish.dry_run:
            # Whatever came of it, its owner decides what becomes of the file.
            state = JobState.DRAFT
        return msgspec.structs.replace(job, state=state, finished=self._clock.now(), seconds_left=None)


class _Run:
    """How far one run of a job has come.

    Attributes:
        job: The job as it is now.
    """

    def __init__(self, job: ImportJob) -> None:
        """Begin."""
        self.job = job

    def note(self, progress: ImportProgress) -> None:
        """Take over how far it has come."""
        left = progress.remaining_seconds
        self.job = msgspec.structs.replace(
            self.job,
            bytes_read=progress.bytes_read,
            stored=progress.stored,
            rejected=progress.rejected,
            rate=round(progress.rate, 1),
            seconds_left=None if left is None else round(left, 1),
        )

    def report(self, report: ImportReport) -> None:
        """Take over what it has done."""
        self.job = msgspec.structs.replace(
            self.job,
            format=report.format,
            bytes_read=self.job.bytes_total,
            stored=report.stored,
            stored_new=report.created,
            rejected=report.rejected,
            skipped=report.skipped,
            rate=round(report.rate, 1),
            notes={kind: note.count for kind, note in report.notes.items()},
        )


def _forget_rejected(files: JobFiles) -> None:
    """Remove what an earlier job of the same files has rejected."""
    for path in (files.rejected, files.folder / BEFORE):
        path.unlink(missing_ok=True)


def _keep_rejected(files: JobFiles) -> None:
    """Put aside what a run has rejected that was broken off: the next one tells again only what it reads."""
    with suppress(FileNotFoundError):
        lines = files.rejected.read_bytes()
        with (files.folder / BEFORE).open("ab") as before:
            before.write(lines[: lines.rfind(b"\n") + 1])


def _add_rejected(files: JobFiles) -> int:
    """Add what only earlier runs have rejected, where the store refused it, and return how many rows that were."""
    before = files.folder / BEFORE
    if not before.exists():
        return 0
    told = {hash(line) for line in _lines(files.rejected)}
    count = 0
    with files.rejected.open("ab") as rejected:
        for line in _lines(before):
            if hash(line) not in told:
                told.add(hash(line))
                rejected.write(line)
                count += 1
    before.unlink()
    return count


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []
