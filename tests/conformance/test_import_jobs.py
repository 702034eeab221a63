"""The conformance suite of import jobs over every engine."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from facetry.domain.errors import StoreError, StoreFullError
from facetry.engines.files.import_jobs import FilesImportJobs
from facetry.testing.import_jobs import ImportJobsConformance, T, added, new_job, pieces

pytestmark = pytest.mark.anyio


class TestFiles(ImportJobsConformance):
    @pytest.fixture
    def jobs(self, tmp_path: Path) -> FilesImportJobs:
        return FilesImportJobs(tmp_path / "jobs")

    @pytest.fixture
    def peer(self, tmp_path: Path) -> FilesImportJobs:
        return FilesImportJobs(tmp_path / "jobs")

    async def test_marks_without_a_job_are_removed_when_none_can_come(
        self, jobs: FilesImportJobs, tmp_path: Path
    ) -> None:
        await added(jobs)
        fresh, old = (tmp_path / "jobs" / "open" / f"x.000000000{n}" for n in (1, 2))
        fresh.touch()
        old.touch()
        os.utime(old, (1, 1))
        assert await jobs.open_jobs() == [(T, 1)]
        assert (fresh.exists(), old.exists()) == (True, False)

    async def test_a_mark_of_a_job_that_is_over_is_removed(self, jobs: FilesImportJobs, tmp_path: Path) -> None:
        await added(jobs)
        (mark,) = (tmp_path / "jobs" / "open").iterdir()
        file = jobs.files(T, 1).folder / "job.json"
        file.write_text(file.read_text().replace("queued", "failed"))
        assert await jobs.open_jobs() == []
        assert not mark.exists()

    async def test_what_a_crash_left_of_an_upload_is_removed(self, jobs: FilesImportJobs, tmp_path: Path) -> None:
        await added(jobs)
        draft = jobs.files(T, 1).folder.with_name("draft.1")
        draft.mkdir()
        os.utime(draft, (1, 1))
        assert await jobs.trim(100.0) == 0
        assert draft.exists() is False

    async def test_a_damaged_job_is_none(self, jobs: FilesImportJobs) -> None:
        await added(jobs)
        (jobs.files(T, 1).folder / "job.json").write_text("{")
        assert await jobs.job(T, 1) is None
        assert (await added(jobs)).id == 2

    @pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, StoreFullError), (errno.EIO, StoreError)])
    async def test_what_the_disk_refuses_leaves_nothing(
        self, jobs: FilesImportJobs, number: int, kind: type[StoreError]
    ) -> None:
        with pytest.raises(kind) as caught:
            await jobs.add(T, new_job(), pieces(b"a", OSError(number, "refused")), 5)
        assert type(caught.value) is kind
        assert await jobs.jobs_after(T, 0, 10) == []
