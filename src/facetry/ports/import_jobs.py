"""The port of import jobs: their files and how far each has come."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from facetry.domain.import_job import ImportJob


class JobFiles(NamedTuple):
    """Where the files of a job lie.

    Attributes:
        upload: What is imported; gone when the job is over.
        rejected: Rejected rows, as JSON lines; missing where there are none yet.
        folder: For whatever else the job keeps while it runs.
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

    async def save(self, tenant: str, job: ImportJob) -> None:
        """Replace a job as a whole; of one that is over the upload is removed. One that is gone stays gone."""

    async def cancel(self, tenant: str, job_id: int) -> None:
        """Ask for the end of a job; harmless to repeat, and for a job that is over or gone."""

    def is_canceled(self, tenant: str, job_id: int) -> bool:
        """Return whether the end of a job was asked for."""

    def files(self, tenant: str, job_id: int) -> JobFiles:
        """Return where the files of a job lie, whether there is one or not."""

    async def open_jobs(self) -> Sequence[tuple[str, int]]:
        """Return tenant and id of every job that is not over, those of a tenant ascending."""

    async def remove(self, tenant: str, job_id: int | None = None) -> None:
        """Remove a job with all its files, or all jobs of a tenant; harmless where there are none."""

    async def trim(self, moment: float) -> int:
        """Remove all jobs that were over before a Unix time, and return how many."""

    async def tenants(self) -> Sequence[str]:
        """Return the tenants that have jobs."""
