"""Imports that their owner looks at first."""

import asyncio

import msgspec
import pytest

from facetry.application.import_drafts import ImportDrafts
from facetry.application.import_jobs import Imports
from facetry.application.interchange.detection import Format
from facetry.application.interchange.proposing import ATTRIBUTE
from facetry.application.records import Records
from facetry.domain.errors import (
    ChangedMeanwhileError,
    FileTooLargeError,
    ImportNotFoundError,
    InterchangeError,
    InvalidValueError,
    StoreBusyError,
)
from facetry.domain.import_job import ImportJob, ImportWish, JobState
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.engines.files.import_jobs import FilesImportJobs
from facetry.worker.imports import ImportWorker

pytestmark = pytest.mark.anyio

LINES = b'{"sku":"A","name":"Ring","groupID":"G"}\n{"sku":"B"}\n{"sku":"C","name":"Ring","groupID":"G"}\n'
SHEET = b"Nr;Bezeichnung;Preis;Laenge\n1;Ring;1,50;4\n2;Kette;2,00;5\n"


class Office:
    """A shop with its imports and what works on them."""

    def __init__(self, shop, folder):
        self.shop = shop
        self.jobs = FilesImportJobs(folder)
        self.imports = Imports(self.jobs, shop.store, shop.clock, 10_000, cancel_seconds=0.3)
        self.drafts = ImportDrafts(self.jobs, self.imports, shop.clock)
        self.worker = ImportWorker(self.jobs, shop.catalog, shop.store, shop.clock, 1e9)

    async def upload(self, content=LINES, name="list.ndjson"):
        async def pieces():
            yield content

        return await self.drafts.upload("t", name, "ann@example.com", pieces())

    async def finish(self):
        await self.worker.look()
        await self.worker.idle()
        return await self.imports.get("t", 1)

    async def rejected(self):
        return [one async for page in await self.imports.rejections("t", 1) for one in page]


@pytest.fixture
def office(shop, tmp_path):
    return Office(shop, tmp_path)


async def test_a_draft_is_its_tenants_also_where_the_clock_was_set_back(office):
    office.shop.clock.time -= 3600
    assert (await office.imports.get("t", (await office.upload()).id)).is_draft


async def test_an_upload_waits_for_its_owner(office):
    job = await office.upload()
    assert job == ImportJob(
        id=1,
        wish=ImportWish(name="list.ndjson", code_prefix=""),
        state=JobState.DRAFT,
        created=1_000_000.0,
        bytes_total=len(LINES),
        drafted=True,
        by="ann@example.com",
    )
    assert await office.finish() == job
    seen = await office.drafts.preview("t", job)
    assert (seen.format, [row.key for row in seen.rows]) == (Format.NDJSON, ["A", "B", "C"])
    assert await office.imports.before("t", None, 10) == [job]


async def test_a_file_that_is_too_large_is_refused(office):
    with pytest.raises(FileTooLargeError):
        await office.upload(b"x" * 10_001)
    assert await office.imports.before("t", None, 10) == []


@pytest.mark.parametrize("name", ["", "\x00\n\u202e<b>", "x" * 5000])
async def test_any_name_is_taken(office, name):
    job = await office.upload(name=name)
    assert 0 < len(job.wish.name) <= 200
    assert job.wish.name.isprintable()


async def test_a_table_of_its_own_gets_a_mapping_and_an_encoding(office):
    job = await office.upload("Nr;Bezeichnung\n1;Ohrring für Süße\n".encode("cp1252"), "liste.csv")
    assert (job.wish.format, job.wish.encoding) == ("mapped", "cp1252")
    assert job.wish.mapping == '[product]\n"sku" = "Nr"\n"name" = "Bezeichnung"\n'
    seen = await office.drafts.preview("t", job)
    assert (seen.format, seen.rows[0].product.name) == (Format.MAPPED, "Ohrring für Süße")


@pytest.mark.parametrize("content", [b"", b"PK\x03", b"\x1f\x8b\x00", b"[1]"])
async def test_what_cannot_be_read_is_kept_and_told(office, content):
    job = await office.upload(content)
    assert job.wish == ImportWish(name="list.ndjson", code_prefix="")
    assert (await office.drafts.preview("t", job)).problem


async def test_a_workbook_that_is_none_is_not_kept(office):
    with pytest.raises(InterchangeError, match="is no workbook"):
        await office.upload(b"PK\x03\x04")
    assert await office.jobs.job("t", 1) is None


async def test_a_mapping_that_is_none_is_told(office):
    job = msgspec.structs.replace(await office.upload(), wish=ImportWish(mapping="["))
    assert (await office.drafts.preview("t", job)).problem.startswith("the mapping is not right")


async def test_a_dry_run_stores_nothing_and_leaves_the_draft(office):
    job = await office.upload()
    queued = await office.drafts.try_out("t", 1, job.wish)
    assert (queued.state, queued.wish.dry_run) == (JobState.QUEUED, True)
    tried = await office.finish()
    assert (tried.state, tried.stored, tried.rejected, tried.finished) == (JobState.DRAFT, 2, 1, 1_000_000.0)
    assert tried.notes == {"no_description": 2, "no_image": 2, "no_price": 2}
    assert [one.sku for one in await office.rejected()] == ["B"]
    assert await office.shop.store.counts("t") == (0, 0)
    await office.drafts.begin("t", 1, job.wish)
    done = await office.finish()
    assert (done.state, done.stored, done.stored_new, done.rejected, done.by) == (
        JobState.DONE,
        2,
        2,
        1,
        "ann@example.com",
    )
    assert [one.sku for one in await office.rejected()] == ["B"]
    assert await office.shop.store.counts("t") == (2, 1)


async def test_what_a_dry_run_rejected_is_not_told_of_an_import_by_another_mapping(office):
    job = await office.upload(b"Nr;Bezeichnung;Preis\n1;Ring;abc\n", "a.csv")
    await office.drafts.try_out("t", 1, job.wish)
    assert (await office.finish()).rejected == 1
    wish = await office.drafts.with_columns("t", job, {2: ATTRIBUTE["text"]})
    await office.drafts.begin("t", 1, wish)
    assert (await office.finish()).rejected == 0
    assert await office.rejected() == []
    assert (await office.shop.catalog.product("t", "1")).attributes == {"preis": "abc"}


async def test_a_dry_run_that_fails_or_is_canceled_leaves_the_draft(office):
    job = await office.upload(b"[")
    await office.drafts.try_out("t", 1, job.wish)
    failed = await office.finish()
    assert (failed.state, failed.error) == (
        JobState.DRAFT,
        "the file is one JSON array: write one product a line (NDJSON) instead",
    )
    await office.drafts.try_out("t", 1, job.wish)
    await office.imports.cancel("t", 1)
    canceled = await office.finish()
    assert (canceled.state, canceled.error) == (JobState.DRAFT, "")
    await office.drafts.begin("t", 1, job.wish)
    assert (await office.finish()).state is JobState.FAILED


async def test_columns_are_read_as_others(office):
    job = await office.upload(SHEET, "a.csv")
    wish = await office.drafts.with_columns("t", job, {2: "", 3: ATTRIBUTE["number"], 99: "brand"})
    changed = await office.drafts.change("t", 1, wish)
    assert await office.imports.get("t", 1) == changed
    (first, _) = (await office.drafts.preview("t", changed)).rows
    assert (first.product.sku, first.product.name, first.product.regular_price) == ("1", "Ring", None)
    assert first.product.attributes == {"laenge": 4}
    with pytest.raises(InvalidValueError, match="must have a column for sku and name") as caught:
        await office.drafts.with_columns("t", changed, {0: "", 1: ""})
    assert caught.value.field == "mapping"
    back = await office.drafts.with_columns("t", changed, {2: "regularPrice"})
    assert (await office.drafts.preview("t", msgspec.structs.replace(changed, wish=back))).rows[
        0
    ].product.regular_price == 15_000


async def test_a_known_table_can_be_mapped_too(office):
    job = await office.upload(b"sku,name,color\n1,Ring,red\n", "a.csv")
    assert job.wish.format == ""
    wish = await office.drafts.with_columns("t", job, {2: "brand"})
    found = await office.drafts.preview("t", await office.drafts.change("t", 1, wish))
    assert (found.format, found.rows[0].product.brand) == (Format.MAPPED, "red")
    with pytest.raises(InterchangeError):
        await office.drafts.with_columns("t", await office.upload(b""), {})


async def test_what_is_wished_wrongly_changes_nothing(office):
    job = await office.upload()
    for wish in (ImportWish(format="xlsx"), ImportWish(encoding="none-such"), ImportWish(stones_as="?")):
        with pytest.raises(InvalidValueError):
            await office.drafts.change("t", 1, wish)
    with pytest.raises(InterchangeError):
        await office.drafts.begin("t", 1, ImportWish(format="mapped"))
    with pytest.raises(ImportNotFoundError):
        await office.drafts.begin("t", 2, job.wish)
    assert await office.imports.get("t", 1) == job


async def test_a_draft_is_begun_once(office):
    job = await office.upload()
    both = (office.drafts.begin("t", 1, job.wish) for _ in range(2))
    told = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one) for one in told if isinstance(one, Exception)) == [ChangedMeanwhileError]
    assert (await office.finish()).state is JobState.DONE
    with pytest.raises(ChangedMeanwhileError):
        await office.drafts.change("t", 1, job.wish)


async def test_a_draft_is_given_up(office):
    await office.upload()
    over = await office.imports.cancel("t", 1)
    assert (over.state, over.finished) == (JobState.CANCELED, 1_000_000.0)
    assert not office.jobs.files("t", 1).upload.exists()


async def test_jobs_come_newest_first_without_those_of_an_earlier_tenant(office, shop):
    await office.upload()
    shop.clock.time -= 5
    older = ImportJob(wish=ImportWish(), created=shop.clock.now())

    async def pieces():
        yield b""

    await office.jobs.add("t", older, pieces(), 10)
    shop.clock.time += 5
    await office.upload()
    assert [job.id for job in await office.imports.before("t", None, 10)] == [3, 1]
    assert [job.id for job in await office.imports.before("t", 3, 10)] == [1]


async def test_stones_of_a_draft_are_stored(office):
    stones = b"Stock #,Shape,Carat,Color,Clarity,Price\nA-1,Round,1.01,G,VS1,5000\n"
    job = await office.upload(stones, "stones.csv")
    assert job.wish.format == ""
    assert (await office.drafts.preview("t", job, "EUR")).rows[0].stone.code == "A-1"
    await office.drafts.begin("t", 1, job.wish)
    assert (await office.finish()).stored == 1
    (stone,) = await Records(office.shop.store).find("t", RecordKind.GEMSTONE, (RecordKey(code="A-1"),))
    assert (stone.carat, stone.price) == (1.01, 50_000_000)


async def test_repeats_at_the_same_time_begin_one_import(office):
    async def pieces():
        yield LINES

    async def start():
        return await office.imports.start_once("t", ImportWish(name="list"), pieces(), "spring")

    begun = await asyncio.gather(*(start() for _ in range(5)))
    assert len({job.id for job, _ in begun}) == 1
    assert [is_repeat for _, is_repeat in begun].count(False) == 1
    assert len(await office.imports.after("t", 0, 10)) == 1


def beside(office):
    """Return the use cases of another process on the same jobs."""
    return Imports(office.jobs, office.shop.store, office.shop.clock, 10_000, election_seconds=0.3)


async def lines_of():
    yield LINES


async def test_repeats_in_several_processes_begin_one_import(office):
    for number in range(10):
        starts = [
            beside(office).start_once("t", ImportWish(name="list"), lines_of(), f"spring {number}") for _ in range(6)
        ]
        begun = await asyncio.gather(*starts)
        assert len({job.id for job, _ in begun}) == 1
        assert [is_repeat for _, is_repeat in begun].count(False) == 1
        assert len(await office.imports.after("t", 0, 100)) == number + 1


async def test_who_died_before_it_began_holds_nobody_up_for_long(office):
    dead = ImportJob(wish=ImportWish(), created=office.shop.clock.now(), key="spring", state=JobState.DRAFT)
    await office.jobs.add("t", dead, lines_of(), 10_000)
    job, is_repeat = await beside(office).start_once("t", ImportWish(), lines_of(), "spring")
    assert (job.id, is_repeat) == (2, False)
    assert [(one.id, one.state) for one in await office.imports.after("t", 0, 10)] == [
        (1, JobState.CANCELED),
        (2, JobState.QUEUED),
    ]
    again, is_repeat = await beside(office).start_once("t", ImportWish(), lines_of(), "spring")
    assert (again.id, is_repeat) == (2, True)


async def test_who_was_given_up_begins_no_more(office):
    draft = ImportJob(wish=ImportWish(), created=office.shop.clock.now(), key="spring", state=JobState.DRAFT)
    job = await office.jobs.add("t", draft, lines_of(), 10_000)
    await office.imports.cancel("t", job.id)
    begun = msgspec.structs.replace(job, state=JobState.QUEUED, digest="d")
    with pytest.raises(StoreBusyError):
        await beside(office)._begun_before("t", begun)
    assert await office.imports.after("t", 0, 10) == []
