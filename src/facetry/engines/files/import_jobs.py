"""Import jobs as folders of files: every process of a data directory sees them, and a crash leaves whole ones only."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice
from pathlib import Path

import msgspec

from facetry.domain.errors import FileTooLargeError
from facetry.domain.import_job import ImportJob
from facetry.engines.files.durable import alone, failures, in_thread, pieces_of, sync, write
from facetry.ports.import_jobs import JobFiles

_JOB, _UPLOAD, _REJECTED, _CANCELED, _LAST = "job.json", "upload", "rejected.ndjson", "canceled", "last"
_DRAFT = "draft."
"""What the names of folders begin with that are no jobs yet, or not any more."""
_DIGITS = 10
_ORPHAN_SECONDS = 60.0
"""A mark without a job of this age is left over from a crash; a younger one belongs to a job that is about to be."""


class _Kept(msgspec.Struct, frozen=True):
    """What a job's file says; its folder says its id."""

    tenant: str
    job: ImportJob


class FilesImportJobs:
    """Jobs in a directory: a folder each in that of their tenant, and an empty file as a mark of each open one."""

    def __init__(self, directory: Path) -> None:
        """Use a directory, made when the first job is."""
        self._directory = directory
        self._open = directory / "open"

    async def add(self, tenant: str, job: ImportJob, pieces: AsyncIterable[bytes], limit: int) -> ImportJob:
        """Keep a file and its job."""
        draft = self._folder(tenant) / f"{_DRAFT}{secrets.token_hex(8)}"
        try:
            with failures():
                self._open.mkdir(mode=0o700, parents=True, exist_ok=True)
                draft.mkdir(mode=0o700, parents=True)
                size = await _written(draft / _UPLOAD, pieces, limit)
            whole = msgspec.structs.replace(job, bytes_total=size)
            return await in_thread(lambda: self._published(tenant, draft, whole))
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    async def job(self, tenant: str, job_id: int) -> ImportJob | None:
        """Return a job, or None."""
        kept = _read(self._place(tenant, job_id))
        return None if kept is None else kept.job

    async def jobs_after(self, tenant: str, job_id: int, limit: int) -> Sequence[ImportJob]:
        """Return jobs that follow, ascending."""

        def found() -> Sequence[ImportJob]:
            folder = self._folder(tenant)
            kept = (_read(folder / _name(one)) for one in _ids(folder) if one > job_id)
            jobs = (one.job for one in kept if one is not None)
            return [job for job, _ in zip(jobs, range(limit), strict=False)]

        return await in_thread(found)

    async def jobs_before(self, tenant: str, job_id: int | None, limit: int) -> Sequence[ImportJob]:
        """Return jobs that came before, descending."""

        def found() -> Sequence[ImportJob]:
            folder = self._folder(tenant)
            ids = (one for one in reversed(_ids(folder)) if job_id is None or one < job_id)
            kept = (_read(folder / _name(one)) for one in ids)
            return list(islice((one.job for one in kept if one is not None), limit))

        return await in_thread(found)

    async def save(self, tenant: str, job: ImportJob) -> None:
        """Replace a job."""
        folder = self._place(tenant, job.id)

        def replace() -> None:
            with suppress(FileNotFoundError):
                write(folder / _JOB, msgspec.json.encode(_Kept(tenant, job)))
            if job.is_over:
                (folder / _UPLOAD).unlink(missing_ok=True)
            if job.is_draft:
                (folder / _CANCELED).unlink(missing_ok=True)
            if not job.is_open:
                self._mark(folder).unlink(missing_ok=True)

        await in_thread(replace)

    async def replace_draft(self, tenant: str, job: ImportJob) -> bool:
        """Replace a draft."""
        place = self._place(tenant, job.id)

        def replace() -> bool:
            with suppress(FileNotFoundError), alone(place.parent):
                kept = _read(place)
                if kept is None or not kept.job.is_draft:
                    return False
                # The mark is made before, as a crash must not come between, and after, as whoever looks for open
                # jobs meanwhile takes that of a draft away.
                self._mark_open(place, job)
                write(place / _JOB, msgspec.json.encode(_Kept(tenant, job)))
                self._mark_open(place, job)
                if job.is_over:
                    (place / _UPLOAD).unlink(missing_ok=True)
                return True
            return False

        return await in_thread(replace)

    async def uploaded(self, tenant: str, job_id: int) -> AsyncIterator[bytes]:
        """Yield the file of a job."""
        async for piece in pieces_of(self.files(tenant, job_id).upload):
            yield piece

    async def cancel(self, tenant: str, job_id: int) -> None:
        """Ask for the end of a job."""
        with failures(), suppress(FileNotFoundError):
            (self._place(tenant, job_id) / _CANCELED).touch(mode=0o600)

    async def is_canceled(self, tenant: str, job_id: int) -> bool:
        """Return whether the end of a job was asked for."""
        return (self._place(tenant, job_id) / _CANCELED).exists()

    @asynccontextmanager
    async def work(self, tenant: str, job_id: int) -> AsyncIterator[JobFiles]:
        """Name the files of a job: every process of the directory works on the same ones."""
        yield self.files(tenant, job_id)

    async def rejected(self, tenant: str, job_id: int) -> AsyncIterator[bytes]:
        """Yield the rejected rows of a job."""
        async for piece in pieces_of(self.files(tenant, job_id).rejected):
            yield piece

    def files(self, tenant: str, job_id: int) -> JobFiles:
        """Return where the files of a job lie, whether there is one or not."""
        folder = self._place(tenant, job_id)
        return JobFiles(folder / _UPLOAD, folder / _REJECTED, folder)

    async def open_jobs(self) -> Sequence[tuple[str, int]]:
        """Return every job that is not over."""
        with failures():
            marks = sorted(self._open.iterdir()) if self._open.is_dir() else []
            found = ((mark, self._marked(mark)) for mark in marks)
            return [(kept.tenant, kept.job.id) for _, kept in found if kept is not None]

    async def remove(self, tenant: str, job_id: int | None = None) -> None:
        """Remove a job, or all jobs of a tenant."""
        folder = self._folder(tenant)

        def remove() -> None:
            for one in _ids(folder) if job_id is None else [job_id]:
                self._remove(folder / _name(one))
            if job_id is None:
                shutil.rmtree(folder, ignore_errors=True)

        await in_thread(remove)

    async def trim(self, moment: float) -> int:
        """Remove jobs that were over before a time, and uploads that a crash has broken off before it."""

        def remove() -> int:
            count = 0
            for place in self._directory.glob(f"*/{'[0-9]' * _DIGITS}"):
                kept = _read(place)
                if kept is not None and _was_left_before(kept.job, moment):
                    self._remove(place)
                    count += 1
            for draft in self._directory.glob(f"*/{_DRAFT}*"):
                if _age(draft) > time.time() - moment:
                    shutil.rmtree(draft, ignore_errors=True)
            return count

        return await in_thread(remove)

    async def tenants(self) -> Sequence[str]:
        """Return the tenants that have jobs."""

        def found() -> Sequence[str]:
            kept = (_read(place) for place in self._directory.glob(f"*/{'[0-9]' * _DIGITS}"))
            return sorted({one.tenant for one in kept if one is not None})

        return await in_thread(found)

    def _folder(self, tenant: str) -> Path:
        # Ids of tenants may hold what no file name may.
        return self._directory / hashlib.blake2b(tenant.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def _place(self, tenant: str, job_id: int) -> Path:
        return self._folder(tenant) / _name(job_id)

    def _mark(self, place: Path) -> Path:
        return self._open / f"{place.parent.name}.{place.name}"

    def _mark_open(self, place: Path, job: ImportJob) -> None:
        if job.is_open:
            self._mark(place).touch(mode=0o600)

    def _marked(self, mark: Path) -> _Kept | None:
        """Return the open job of a mark; None where there is none, and then the mark goes unless one may come."""
        folder, _, name = mark.name.partition(".")
        kept = _read(self._directory / folder / name)
        if kept is not None and kept.job.is_open:
            return kept
        if kept is not None or _age(mark) > _ORPHAN_SECONDS:
            mark.unlink(missing_ok=True)
        return None

    def _published(self, tenant: str, draft: Path, job: ImportJob) -> ImportJob:
        """Make a job of a draft, all at once, under the next id."""
        folder = draft.parent
        write(draft / _JOB, msgspec.json.encode(_Kept(tenant, job)))
        sync(draft)
        with alone(folder):
            job_id = max([_last(folder), *_ids(folder)]) + 1
            place = folder / _name(job_id)
            # The mark comes first: a job without one would never begin.
            self._mark_open(place, job)
            draft.rename(place)
            write(folder / _LAST, str(job_id).encode("ascii"))
        for changed in (folder, self._open, self._directory):
            sync(changed)
        return msgspec.structs.replace(job, id=job_id)

    def _remove(self, place: Path) -> None:
        draft = place.with_name(f"{_DRAFT}{secrets.token_hex(8)}")
        with suppress(FileNotFoundError):
            place.rename(draft)
            shutil.rmtree(draft, ignore_errors=True)
        self._mark(place).unlink(missing_ok=True)


def _name(job_id: int) -> str:
    return f"{job_id:0{_DIGITS}}"


def _ids(folder: Path) -> list[int]:
    """Return the ids of a tenant's jobs, ascending."""
    if not folder.is_dir():
        return []
    return sorted(int(one.name) for one in folder.iterdir() if one.name.isdigit())


def _last(folder: Path) -> int:
    """Return the last id that was given, so that none is given twice when jobs are removed."""
    try:
        return int((folder / _LAST).read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _read(place: Path) -> _Kept | None:
    try:
        kept = msgspec.json.decode((place / _JOB).read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
    return msgspec.structs.replace(kept, job=msgspec.structs.replace(kept.job, id=int(place.name)))


def _was_left_before(job: ImportJob, moment: float) -> bool:
    """Return whether a job was over, or made and not begun, before a time."""
    return not job.is_open and (job.created if job.is_draft else job.finished or 0.0) < moment


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


async def _written(path: Path, pieces: AsyncIterable[bytes], limit: int) -> int:
    """Write a file to disk as it comes, and return its size."""
    size = 0
    with path.open("xb") as file:
        async for piece in pieces:
            size += len(piece)
            if size > limit:
                raise FileTooLargeError(limit)
            file.write(piece)
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
    return size
