"""What keeping import jobs must do in any engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from facetry.domain.errors import FileTooLargeError
from facetry.domain.import_job import ImportJob, ImportWish, JobState
from facetry.ports.import_jobs import ImportJobs

T, OTHER = "acme", "../ünï/\\ tenant"


def new_job(**fields: float) -> ImportJob:
    """Return a job as it is before it is kept."""
    return ImportJob(wish=ImportWish(name="Spring", dry_run=True), created=fields.get("created", 1.5))


async def pieces(*given: bytes | Exception) -> AsyncIterator[bytes]:
    """Yield parts of a file, or fail on the way."""
    for one in given:
        if isinstance(one, Exception):
            raise one
        yield one


async def added(jobs: ImportJobs, tenant: str = T, content: bytes = b"abc") -> ImportJob:
    """Keep a job."""
    return await jobs.add(tenant, new_job(), pieces(content), 1000)


async def added_draft(jobs: ImportJobs) -> ImportJob:
    """Keep a draft."""
    return await jobs.add(T, msgspec.structs.replace(new_job(), state=JobState.DRAFT), pieces(b"abc", b"def"), 1000)


async def uploaded(jobs: ImportJobs, tenant: str = T) -> bytes:
    """Return the file of the first job."""
    return b"".join([piece async for piece in jobs.uploaded(tenant, 1)])


async def rejected(jobs: ImportJobs) -> bytes:
    """Return what is kept of the rejected rows of the first job."""
    return b"".join([piece async for piece in jobs.rejected(T, 1)])


async def upload_is_there(jobs: ImportJobs) -> bool:
    """Return whether the file of the first job is there."""
    async with jobs.work(T, 1) as files:
        return files.upload.exists()


async def break_off(jobs: ImportJobs) -> None:
    """Work on the first job, and fail."""
    async with jobs.work(T, 1) as files:
        (files.folder / "progress").write_bytes(b"half way")
        raise KeyError


class ImportJobsConformance:
    """Everything that the contract of ``ports.import_jobs`` promises.

    A subclass provides two pytest fixtures: ``jobs``, without any, and ``peer``, the same jobs as another process sees
    them.
    """

    async def test_a_job_is_kept_with_its_file(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        job = await jobs.add(T, new_job(), pieces(b"ab", b"", b"cde"), 5)
        assert job == msgspec.structs.replace(new_job(), id=1, bytes_total=5)
        for one in (jobs, peer):
            assert await one.job(T, 1) == job
            assert await one.open_jobs() == [(T, 1)]
            async with one.work(T, 1) as files:
                assert files.upload.read_bytes() == b"abcde"
                assert not files.rejected.exists()
                assert files.upload.parent == files.rejected.parent == files.folder
            assert await rejected(one) == b""

    async def test_there_is_nothing_at_first(self, jobs: ImportJobs) -> None:
        assert await jobs.job(T, 1) is None
        assert (await jobs.jobs_after(T, 0, 10), await jobs.open_jobs(), await jobs.tenants()) == ([], [], [])
        assert await jobs.trim(1e12) == 0
        await jobs.remove(T)
        await jobs.remove(T, 1)
        await jobs.cancel(T, 1)
        assert not await jobs.is_canceled(T, 1)
        assert await rejected(jobs) == b""
        async with jobs.work(T, 1) as files:
            assert not files.upload.exists()
        await jobs.save(T, msgspec.structs.replace(new_job(), id=1))
        assert await jobs.job(T, 1) is None

    async def test_ids_count_from_one_and_are_never_given_twice(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        ids = [(await added(one)).id for one in (jobs, peer, jobs)]
        await jobs.remove(T, 3)
        assert [*ids, (await added(peer)).id, (await added(jobs, OTHER)).id] == [1, 2, 3, 4, 1]
        assert [job.id for job in await jobs.jobs_after(T, 0, 10)] == [1, 2, 4]
        assert [job.id for job in await jobs.jobs_after(T, 1, 1)] == [2]
        assert set(await jobs.open_jobs()) == {(T, 1), (T, 2), (T, 4), (OTHER, 1)}
        assert sorted(await jobs.tenants()) == sorted([T, OTHER])

    async def test_jobs_that_are_added_at_once_have_ids_of_their_own(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        found = await asyncio.gather(*(added(one) for one in (jobs, peer) * 15))
        assert sorted(job.id for job in found) == list(range(1, 31))
        assert [job_id for _, job_id in await jobs.open_jobs()] == list(range(1, 31))

    async def test_a_file_that_is_too_large_or_breaks_off_leaves_nothing(self, jobs: ImportJobs) -> None:
        with pytest.raises(FileTooLargeError) as caught:
            await jobs.add(T, new_job(), pieces(b"abc", b"def"), 5)
        assert caught.value.limit == 5
        with pytest.raises(KeyError):
            await jobs.add(T, new_job(), pieces(b"abc", KeyError()), 5)
        assert (await jobs.jobs_after(T, 0, 10), await jobs.open_jobs()) == ([], [])
        assert (await added(jobs)).id == 1

    async def test_a_job_is_replaced_and_loses_its_file_when_it_is_over(
        self, jobs: ImportJobs, peer: ImportJobs
    ) -> None:
        job = msgspec.structs.replace(await added(jobs), state=JobState.RUNNING, started=2.0, stored=7)
        await peer.save(T, job)
        assert await jobs.job(T, 1) == job
        assert await upload_is_there(jobs)
        job = msgspec.structs.replace(job, state=JobState.DONE, finished=3.0)
        await peer.save(T, job)
        assert await jobs.job(T, 1) == job
        assert (await upload_is_there(jobs), await jobs.open_jobs()) == (False, [])

    async def test_the_end_of_a_job_is_asked_for(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        await added(jobs)
        assert not await peer.is_canceled(T, 1)
        await jobs.cancel(T, 1)
        await jobs.cancel(T, 1)
        assert await peer.is_canceled(T, 1)
        assert await peer.open_jobs() == [(T, 1)]
        await peer.save(T, msgspec.structs.replace(new_job(), id=1, state=JobState.RUNNING))
        assert await jobs.is_canceled(T, 1)

    async def test_another_process_goes_on_where_one_stopped(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        """With all that was written beside the file, and without what was removed."""
        await added(jobs)
        async with jobs.work(T, 1) as files:
            files.rejected.write_bytes(b"1\n2\n")
            (files.folder / "progress").write_bytes(b"half way")
            (files.folder / "passing").write_bytes(b"x" * 100)
        async with peer.work(T, 1) as files:
            assert files.upload.read_bytes() == b"abc"
            assert files.rejected.read_bytes() == b"1\n2\n"
            assert (files.folder / "progress").read_bytes() == b"half way"
            (files.folder / "passing").unlink()
            (files.folder / "progress").write_bytes(b"almost")
        async with jobs.work(T, 1) as files:
            assert (files.folder / "progress").read_bytes() == b"almost"
            assert not (files.folder / "passing").exists()

    async def test_work_that_is_broken_off_is_kept(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        await added(jobs)
        with pytest.raises(KeyError):
            await break_off(jobs)
        async with peer.work(T, 1) as files:
            assert (files.folder / "progress").read_bytes() == b"half way"

    async def test_rejected_rows_are_seen_while_a_job_runs(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        """By every process, as they are when the job is saved; also when the file begins anew."""
        job = await added(jobs)
        async with jobs.work(T, 1) as files:
            for content in (b"1\n", b"1\n22", b"1\n22\n" + b"3" * 3_000_000 + b"\n", b"4\n"):
                files.rejected.write_bytes(content)
                await jobs.save(T, job)
                assert await rejected(peer) == content
        await jobs.save(T, msgspec.structs.replace(job, state=JobState.DONE, finished=3.0))
        assert await rejected(peer) == await rejected(jobs) == b"4\n"
        await jobs.remove(T, 1)
        assert await rejected(peer) == b""

    async def test_the_latest_jobs_come_first_where_they_are_wanted(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        assert await jobs.jobs_before(T, None, 10) == []
        for one in (jobs, peer, jobs):
            await added(one)
        await added(jobs, OTHER)
        assert [job.id for job in await jobs.jobs_before(T, None, 10)] == [3, 2, 1]
        assert [job.id for job in await peer.jobs_before(T, None, 2)] == [3, 2]
        assert [job.id for job in await jobs.jobs_before(T, 3, 1)] == [2]
        assert await jobs.jobs_before(T, 1, 10) == []

    async def test_a_draft_waits_until_it_is_replaced(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        draft = await added_draft(jobs)
        assert await peer.job(T, 1) == draft
        assert await peer.open_jobs() == []
        assert await upload_is_there(peer)
        other = msgspec.structs.replace(draft, wish=ImportWish(name="Other"))
        assert await peer.replace_draft(T, other)
        assert (await jobs.job(T, 1), await jobs.open_jobs()) == (other, [])
        assert await jobs.replace_draft(T, msgspec.structs.replace(other, state=JobState.QUEUED))
        assert not await peer.replace_draft(T, draft)
        assert await peer.open_jobs() == await jobs.open_jobs() == [(T, 1)]
        assert await uploaded(peer) == b"abcdef"

    async def test_a_draft_that_is_over_loses_its_file(self, jobs: ImportJobs) -> None:
        over = msgspec.structs.replace(await added_draft(jobs), state=JobState.CANCELED, finished=2.0)
        assert await jobs.replace_draft(T, over)
        assert not await jobs.replace_draft(T, msgspec.structs.replace(over, state=JobState.QUEUED))
        assert (await jobs.job(T, 1), await jobs.open_jobs(), await uploaded(jobs)) == (over, [], b"")
        assert not await upload_is_there(jobs)

    async def test_only_a_draft_is_replaced_as_one(self, jobs: ImportJobs) -> None:
        job = await added(jobs)
        assert not await jobs.replace_draft(T, msgspec.structs.replace(job, state=JobState.FAILED))
        assert not await jobs.replace_draft(T, msgspec.structs.replace(job, id=2))
        assert not await jobs.replace_draft(OTHER, job)
        assert await jobs.job(T, 1) == job

    async def test_one_of_many_begins_a_draft(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        queued = msgspec.structs.replace(await added_draft(jobs), state=JobState.QUEUED)
        wishes = [msgspec.structs.replace(queued, wish=ImportWish(name=str(number))) for number in range(10)]
        told = await asyncio.gather(*((jobs, peer)[n % 2].replace_draft(T, one) for n, one in enumerate(wishes)))
        (first,) = (number for number, began in enumerate(told) if began)
        assert await jobs.job(T, 1) == wishes[first]

    async def test_a_job_becomes_a_draft_again(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        """With its file, and nobody wants its end any more."""
        draft = await added_draft(jobs)
        await jobs.replace_draft(T, msgspec.structs.replace(draft, state=JobState.QUEUED))
        await peer.cancel(T, 1)
        await jobs.save(T, msgspec.structs.replace(draft, stored=7))
        assert await peer.job(T, 1) == msgspec.structs.replace(draft, stored=7)
        assert (await peer.open_jobs(), await peer.is_canceled(T, 1)) == ([], False)
        assert await uploaded(peer) == b"abcdef"

    async def test_a_file_is_read_in_pieces(self, jobs: ImportJobs, peer: ImportJobs) -> None:
        content = bytes(range(256)) * 9000
        await jobs.add(T, new_job(), pieces(content), 1 << 22)
        assert await uploaded(peer) == content
        assert max([len(piece) async for piece in peer.uploaded(T, 1)]) <= 1 << 20
        assert await uploaded(jobs, OTHER) == b""

    async def test_old_drafts_are_removed(self, jobs: ImportJobs) -> None:
        for created in (5.0, 15.0):
            job = msgspec.structs.replace(new_job(created=created), state=JobState.DRAFT)
            await jobs.add(T, job, pieces(b"abc"), 10)
        assert await jobs.trim(10.0) == 1
        assert [job.id for job in await jobs.jobs_after(T, 0, 10)] == [2]

    async def test_jobs_are_removed(self, jobs: ImportJobs) -> None:
        for _ in range(3):
            await added(jobs)
        await added(jobs, OTHER)
        await jobs.remove(T, 2)
        assert [job.id for job in await jobs.jobs_after(T, 0, 10)] == [1, 3]
        await jobs.remove(T)
        assert (await jobs.jobs_after(T, 0, 10), await jobs.open_jobs()) == ([], [(OTHER, 1)])
        assert not await upload_is_there(jobs)

    async def test_old_jobs_that_are_over_are_removed(self, jobs: ImportJobs) -> None:
        for finished in (10.0, 20.0, None):
            job = await added(jobs)
            if finished is not None:
                done = msgspec.structs.replace(job, state=JobState.CANCELED, finished=finished)
                await jobs.save(T, done)
        assert await jobs.trim(20.0) == 1
        assert [job.id for job in await jobs.jobs_after(T, 0, 10)] == [2, 3]
