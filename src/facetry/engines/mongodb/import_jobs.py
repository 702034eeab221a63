"""Import jobs as documents, with their files in pieces beside them: any machine may work on any job."""

from __future__ import annotations

import asyncio
import logging
import math
import shutil
import tempfile
import time
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from bson import ObjectId
from pymongo.asynchronous.database import AsyncDatabase

from facetry.domain.errors import StoreError
from facetry.domain.import_job import ImportJob
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.import_pieces import Kept, Pieces, Place
from facetry.engines.mongodb.numbering import next_numbers
from facetry.engines.mongodb.side_collections import IMPORT_DRAFTS, IMPORT_IDS, IMPORT_JOBS
from facetry.ports.import_jobs import JobFiles

_log = logging.getLogger(__name__)
_UPLOAD, _REJECTED = "upload", "rejected.ndjson"
_Document = dict[str, Any]


class _Work(NamedTuple):
    """A job that this process works on: where, in which folder, and what is kept of that."""

    place: Place
    folder: Path
    known: dict[str, Kept]


class MongoImportJobs:
    """Jobs of a database; the files of those under way lie in temporary folders of this machine too."""

    def __init__(self, database: AsyncDatabase[_Document]) -> None:
        """Keep jobs in a database."""
        self._jobs = database[IMPORT_JOBS]
        self._ids = database[IMPORT_IDS]
        self._drafts = database[IMPORT_DRAFTS]
        self._pieces = Pieces(database)
        self._works: dict[tuple[str, int], _Work] = {}

    async def add(self, tenant: str, job: ImportJob, pieces: AsyncIterable[bytes], limit: int) -> ImportJob:
        """Keep a file and its job."""
        place = Place(tenant, ObjectId())
        with failures():
            await self._drafts.insert_one({"_id": place.job, "t": tenant, "s": time.time()})
        try:
            size = await self._pieces.upload(place, _UPLOAD, pieces, limit)
            kept = msgspec.structs.replace(job, bytes_total=size)
            with failures():
                number = await next_numbers(self._ids, tenant)
                await self._jobs.insert_one({"_id": place.job, "n": number, "t": tenant, **_stored(kept)})
        except BaseException:
            await self._pieces.remove(place)
            await self._remove_draft(place)
            raise
        await self._remove_draft(place)
        return msgspec.structs.replace(kept, id=number)

    async def job(self, tenant: str, job_id: int) -> ImportJob | None:
        """Return a job, or None."""
        found = await self._found(tenant, job_id)
        return None if found is None else _job(found)

    async def jobs_after(self, tenant: str, job_id: int, limit: int) -> Sequence[ImportJob]:
        """Return jobs that follow, ascending."""
        with failures():
            found = self._jobs.find({"t": tenant, "n": {"$gt": job_id}}).sort("n").limit(limit)
            return [_job(one) for one in await found.to_list()]

    async def jobs_before(self, tenant: str, job_id: int | None, limit: int) -> Sequence[ImportJob]:
        """Return jobs that came before, descending."""
        wanted: _Document = {"t": tenant} if job_id is None else {"t": tenant, "n": {"$lt": job_id}}
        with failures():
            found = self._jobs.find(wanted).sort("n", -1).limit(limit)
            return [_job(one) for one in await found.to_list()]

    async def save(self, tenant: str, job: ImportJob) -> None:
        """Replace a job."""
        work = self._works.get((tenant, job.id))
        if work is not None:
            await self._keep(work)
        stored = _stored(job)
        if not job.is_draft:
            # Whether its end was asked for is not for who works on it to say.
            del stored["canceled"]
        with failures():
            found = await self._jobs.find_one_and_update({"t": tenant, "n": job.id}, {"$set": stored})
        if found is not None and job.is_over:
            await self._pieces.remove(Place(tenant, found["_id"]), _UPLOAD)

    async def replace_draft(self, tenant: str, job: ImportJob) -> bool:
        """Replace a draft."""
        found = await self._found(tenant, job.id)
        if found is None or not _job(found).is_draft:
            return False
        with failures():
            # What was read is in the condition, so that of several at once only the first one finds it.
            wanted = {"_id": found["_id"], "job": found["job"]}
            replaced = await self._jobs.find_one_and_update(wanted, {"$set": _stored(job)})
        if replaced is not None and job.is_over:
            await self._pieces.remove(Place(tenant, found["_id"]), _UPLOAD)
        return replaced is not None

    async def uploaded(self, tenant: str, job_id: int) -> AsyncIterator[bytes]:
        """Yield the file of a job."""
        async for piece in self._file(tenant, job_id, _UPLOAD):
            yield piece

    async def cancel(self, tenant: str, job_id: int) -> None:
        """Ask for the end of a job."""
        with failures():
            await self._jobs.update_one({"t": tenant, "n": job_id}, {"$set": {"canceled": True}})

    async def is_canceled(self, tenant: str, job_id: int) -> bool:
        """Return whether the end of a job was asked for."""
        with failures():
            found = await self._jobs.find_one({"t": tenant, "n": job_id}, {"canceled": 1})
        return found is not None and bool(found["canceled"])

    @asynccontextmanager
    async def work(self, tenant: str, job_id: int) -> AsyncIterator[JobFiles]:
        """Bring the files of a job to this machine, and keep them as they are in the end."""
        found = await self._found(tenant, job_id)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="facetry-import-"))
        try:
            if found is not None:
                place = Place(tenant, found["_id"])
                self._works[tenant, job_id] = _Work(place, folder, await self._pieces.download(place, folder))
            yield JobFiles(folder / _UPLOAD, folder / _REJECTED, folder)
        finally:
            work = self._works.pop((tenant, job_id), None)
            try:
                if work is not None:
                    await self._keep(work)
            except StoreError as error:
                # What was saved before is enough to go on from, and what ended the work is what is told.
                _log.warning("files of an import are kept as they were saved last: %s", error)
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def rejected(self, tenant: str, job_id: int) -> AsyncIterator[bytes]:
        """Yield the rejected rows of a job."""
        async for piece in self._file(tenant, job_id, _REJECTED):
            yield piece

    async def open_jobs(self) -> Sequence[tuple[str, int]]:
        """Return every job that is not over."""
        with failures():
            found = await self._jobs.find({"open": True}, {"t": 1, "n": 1}).to_list()
        return sorted((one["t"], one["n"]) for one in found)

    async def remove(self, tenant: str, job_id: int | None = None) -> None:
        """Remove a job, or all jobs of a tenant."""
        wanted = {"t": tenant} if job_id is None else {"t": tenant, "n": job_id}
        with failures():
            found = await self._jobs.find(wanted, {"t": 1}).to_list()
        await self._remove(found)
        if job_id is None:
            with failures():
                await self._ids.delete_one({"_id": tenant})

    async def trim(self, moment: float) -> int:
        """Remove jobs that were over before a time, and uploads that a crash has broken off before it."""
        with failures():
            over = await self._jobs.find({"open": False, "finished": {"$lt": moment}}, {"t": 1}).to_list()
            drafts = await self._drafts.find({"s": {"$lt": moment}}).to_list()
        await self._remove(over)
        for draft in drafts:
            place = Place(draft["t"], draft["_id"])
            with failures():
                is_job = await self._jobs.find_one({"_id": place.job}, {"_id": 1})
            if is_job is None:
                await self._pieces.remove(place)
            await self._remove_draft(place)
        return len(over)

    async def tenants(self) -> Sequence[str]:
        """Return the tenants that have jobs."""
        with failures():
            return sorted(await self._jobs.distinct("t"))

    async def _found(self, tenant: str, job_id: int) -> _Document | None:
        with failures():
            return await self._jobs.find_one({"t": tenant, "n": job_id})

    async def _file(self, tenant: str, job_id: int, name: str) -> AsyncIterator[bytes]:
        found = await self._found(tenant, job_id)
        if found is not None:
            async for piece in self._pieces.read(Place(tenant, found["_id"]), name):
                yield piece

    async def _keep(self, work: _Work) -> None:
        """Keep the files of a job as they are now, unless it is gone."""
        await self._pieces.keep(work.place, work.folder, work.known)
        with failures():
            found = await self._jobs.find_one({"_id": work.place.job}, {"_id": 1})
        # Who removes a job removes it before its files, so either of us sees what the other did.
        if found is None:
            await self._pieces.remove(work.place)

    async def _remove(self, found: Sequence[Mapping[str, Any]]) -> None:
        with failures():
            await self._jobs.delete_many({"_id": {"$in": [one["_id"] for one in found]}})
        for one in found:
            await self._pieces.remove(Place(one["t"], one["_id"]))

    async def _remove_draft(self, place: Place) -> None:
        with failures():
            await self._drafts.delete_one({"_id": place.job})


def _stored(job: ImportJob) -> _Document:
    finished = math.inf if job.finished is None else job.finished
    if job.is_draft:
        # So it is removed when nobody has begun it for as long as jobs that are over are kept.
        finished = job.created
    return {"job": msgspec.json.encode(job), "open": job.is_open, "finished": finished, "canceled": False}


def _job(found: Mapping[str, Any]) -> ImportJob:
    return msgspec.structs.replace(msgspec.json.decode(found["job"], type=ImportJob), id=found["n"])
