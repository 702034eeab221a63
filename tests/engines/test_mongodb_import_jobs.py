"""Import jobs in MongoDB."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.errors import StoreError
from facetry.domain.import_job import JobState
from facetry.engines.mongodb.import_jobs import MongoImportJobs
from facetry.engines.mongodb.import_pieces import PIECE_BYTES
from facetry.engines.mongodb.opening import open_database
from facetry.testing.import_jobs import ImportJobsConformance, T, added, new_job, pieces, rejected

pytestmark = pytest.mark.anyio


@pytest.fixture
def jobs(database):
    return MongoImportJobs(database)


class TestMongo(ImportJobsConformance):
    @pytest.fixture
    async def peer(self, url, anyio_backend):
        database = await open_database(url)
        yield MongoImportJobs(database)
        await database.client.close()


async def number_of(database, name):
    return await database[name].count_documents({})


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES - 1])
async def test_files_of_any_size_come_back(jobs, size):
    content = bytes(range(256)) * (size // 256 + 1)
    parts = [content[:size][first : first + 700_001] for first in range(0, size, 700_001)]
    job = await jobs.add(T, new_job(), pieces(*parts), size)
    assert job.bytes_total == size
    async with jobs.work(T, job.id) as files:
        assert files.upload.read_bytes() == content[:size]
        (files.folder / "more").write_bytes(content[:size])
    async with jobs.work(T, job.id) as files:
        assert (files.folder / "more").read_bytes() == content[:size]


async def test_nothing_is_left_on_the_machine(jobs):
    await added(jobs)
    async with jobs.work(T, 1) as files:
        assert files.folder.exists()
    assert not files.folder.exists()


async def test_nothing_is_left_of_what_was_removed(jobs, database):
    for _ in range(2):
        await added(jobs)
    async with jobs.work(T, 1) as files:
        files.rejected.write_bytes(b"1\n")
        await jobs.remove(T)
    for name in ("import_jobs", "import_pieces", "import_drafts", "import_ids"):
        assert await number_of(database, name) == 0, name


async def test_only_what_changed_is_written(jobs, database):
    job = await added(jobs)
    async with jobs.work(T, 1) as files:
        files.rejected.write_bytes(b"1" * PIECE_BYTES + b"2")
        await jobs.save(T, job)
        before = {
            one["k"]: one["_id"] for one in await database["import_pieces"].find({"f": files.rejected.name}).to_list()
        }
        await database["import_pieces"].update_one({"k": 0, "f": files.rejected.name}, {"$set": {"seen": True}})
        files.rejected.write_bytes(b"1" * PIECE_BYTES + b"23")
        await jobs.save(T, job)
        found = await database["import_pieces"].find({"f": files.rejected.name}).sort("k").to_list()
        assert [(one["k"], one["_id"], "seen" in one) for one in found] == [(0, before[0], True), (1, before[1], False)]
        files.rejected.write_bytes(b"1")
        await jobs.save(T, job)
        assert await rejected(jobs) == b"1"


async def test_what_a_crash_left_of_an_upload_is_removed(jobs, database):
    await added(jobs)
    kept = await database["import_jobs"].find_one({})
    for draft in ({"t": T, "s": 50.0}, {"_id": kept["_id"], "t": T, "s": 50.0}, {"t": T, "s": 200.0}):
        await database["import_drafts"].insert_one(draft)
        piece = {"t": T, "j": draft["_id"], "f": "upload", "k": 7, "d": b"x"}
        await database["import_pieces"].insert_one(piece)
    assert await jobs.trim(100.0) == 0
    assert [one["s"] for one in await database["import_drafts"].find().to_list()] == [200.0]
    assert await number_of(database, "import_pieces") == 3


async def test_a_file_that_is_half_written_is_not_kept(jobs):
    await added(jobs)
    async with jobs.work(T, 1) as files:
        (files.folder / "progress.new").write_bytes(b"hal")
    async with jobs.work(T, 1) as files:
        assert [path.name for path in files.folder.iterdir()] == ["upload"]


async def test_a_job_is_over_only_once_its_end_is_known(jobs, database):
    """The wish to end it stays, whatever who works on it saves."""
    job = await added(jobs)
    await jobs.cancel(T, 1)
    await jobs.save(T, msgspec.structs.replace(job, state=JobState.CANCELED, finished=2.0))
    assert await jobs.is_canceled(T, 1)
    found = await database["import_jobs"].find_one({})
    assert (found["open"], found["finished"]) == (False, 2.0)
    assert await number_of(database, "import_pieces") == 0


async def test_a_server_that_goes_away_while_a_job_is_worked_on(url, jobs, caplog):
    await added(jobs)
    database = await open_database(url)
    lonely = MongoImportJobs(database)
    async with lonely.work(T, 1) as files:
        (files.folder / "progress").write_bytes(b"half way")
        await database.client.close()
        with pytest.raises(StoreError):
            await lonely.save(T, new_job())
    assert "kept as they were saved last" in caplog.text
    assert not files.folder.exists()
