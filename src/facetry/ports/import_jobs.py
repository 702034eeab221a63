"""The port of import jobs: their files and how far each has come."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from facetry.domain.import_job import ImportJob


class JobFiles(NamedTuple):
    """Where the files of a job lie on this machine while it is worked on.

    Attributes:
        upload: What is imported; gone when the job is over.
        rejected: Rejected rows, as JSON lines; missing where there are none yet.
        folder: For whatever else the job keeps while it runs; the two others lie in it.
    """

    upload: Path
    rejected: Path
    folder: Path


class ImportJobs(Protocol):
    """Jobs of all tenants, seen by every process that shares them; every method may raise ``StoreError``."""

    async def add(self, tenant: str, job: ImportJob, pieces: AsyncIterable[bytes], limit: int) -> ImportJob:
        """Keep a file and its job, durable on return, and return the job with its id and size.

        Where ``pieces`` raises nothing is kept.

        Raises:
            FileTooLargeError: The file has more than ``limit`` bytes; nothing is kept.
            StoreFullError: There is no room left; nothing is kept.
        """

    async def job(self, tenant: str, job_id: int) -> ImportJob | None:
        """Return a job, or None."""

    async def jobs_after(self, tenant: str, job_id: int, limit: int) -> Sequence[ImportJob]:
        """Return up to ``limit`` jobs whose id is greater, ascending; 0 begins at the first."""

    async def jobs_before(self, tenant: str, job_id: int | None, limit: int) -> Sequence[ImportJob]:
        """Return up to ``limit`` jobs whose id is less, descending; None begins at the last."""

    async def save(self, tenant: str, job: ImportJob) -> None:
        """Replace a job as a whole; of one that is over the upload is removed. One that is gone stays gone.

        Where this process works on it, what the work has written into its files by now is kept with it. Of a draft
        that is saved nobody has asked for the end.
        """

    async def replace_draft(self, tenant: str, job: ImportJob) -> bool:
        """Replace a draft as a whole, and return True.

        False, and nothing is changed, where the job is no draft any more or somebody else changes it in the same
        moment: of several that make another thing of a draft than a draft, one is told True.
        """

    def uploaded(self, tenant: str, job_id: int) -> AsyncIterator[bytes]:
        """Yield the file of a job in pieces; nothing where there is no such job, or its file is gone."""

    async def cancel(self, tenant: str, job_id: int) -> None:
        """Ask for the end of a job; harmless to repeat, and for a job that is over or gone."""

    async def is_canceled(self, tenant: str, job_id: int) -> bool:
        """Return whether the end of a job was asked for."""

    def work(self, tenant: str, job_id: int) -> AbstractAsyncContextManager[JobFiles]:
        """Have the files of a job on this machine, as who worked on it before has left them.

        What is written into them stays when the work is over, or broken off, so that any process may go on with it;
        of a process that ends all at once, what was written up to the last ``save``. The files of a job that is not
        there are not there either. Only one process should work on a job.
        """

    def rejected(self, tenant: str, job_id: int) -> AsyncIterator[bytes]:
        """Yield the rejected rows of a job in pieces, as JSON lines, as far as they are kept by now.

        The last line may not be whole. Yields nothing where there are none, or no such job.
        """

    async def open_jobs(self) -> Sequence[tuple[str, int]]:
        """Return tenant and id of every job that goes on by itself, those of a tenant ascending."""

    async def remove(self, tenant: str, job_id: int | None = None) -> None:
        """Remove a job with all its files, or all jobs of a tenant; harmless where there are none."""

    async def trim(self, moment: float) -> int:
        """Remove all jobs that were over, and drafts that were made, before a Unix time; return how many."""

    async def tenants(self) -> Sequence[str]:
        """Return the tenants that have jobs."""
