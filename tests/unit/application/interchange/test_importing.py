import asyncio
import gc
import gzip
import threading
import time
from pathlib import Path

import msgspec
import pytest

from facetry.application.catalog import Catalog
from facetry.application.interchange import intake
from facetry.application.interchange.detection import Format
from facetry.application.interchange.importing import ImportOptions, ImportProgress, import_file, prefix_of
from facetry.application.interchange.intake import BATCH_PRODUCTS, LARGEST_BATCH
from facetry.application.interchange.report import MOST_REJECTIONS_LISTED
from facetry.application.interchange.source import LONGEST_LINE
from facetry.application.interchange.stones import StoneForm, StoneOptions
from facetry.application.records import Records
from facetry.domain.catalog import Refused
from facetry.domain.change import Receipt
from facetry.domain.errors import IndexBehindError, InterchangeError, StoreError, TenantNotFoundError
from facetry.domain.field_query import FieldQuery
from facetry.domain.keeping import DeleteRecord
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey

pytestmark = pytest.mark.anyio


class ObservedCatalog(Catalog):
    """A catalog that writes down the batches it gets, and can fail at one or refuse a SKU in any."""

    def __init__(self, shop, *, fail_at=None, error=None, refuse=None):
        super().__init__(shop.store, shop.relay)
        self.batches = []
        self.fail_at = fail_at
        self.error = error or StoreError("the disk went away")
        self.refuse = refuse

    async def write(self, tenant, writes):
        if len(self.batches) == self.fail_at:
            raise self.error
        self.batches.append([write.content for write in writes])
        receipt = await super().write(tenant, writes)
        outcomes = tuple(
            Refused("invalid_value", "must not be", "sku") if write.content.sku == self.refuse else outcome
            for write, outcome in zip(writes, receipt.outcomes, strict=True)
        )
        return msgspec.structs.replace(receipt, outcomes=outcomes)


def products(count, **fields):
    return "".join(f'{{"sku":"S{number}","name":"ring {number}"{_more(fields)}}}\n' for number in range(count))


def _more(fields):
    return "".join(f",{msgspec.json.encode({key: value}).decode()[1:-1]}" for key, value in fields.items())


def noted(report):
    return {kind: note.count for kind, note in report.notes.items()}


async def skus(shop):
    return [sku for group in await shop.store.groups_after("t", "", 100_000) for sku in group.product_skus]


async def test_good_rows_go_in_and_are_searchable_and_bad_ones_are_told(shop, write):
    path = write(
        "sku,name,description,images,promotionPrice\n"
        "A,gold ring,d,https://a.example/1.jpg,5\n"
        "B,silver ring,d,https://a.example/1.jpg,abc\n"
        ",ring,d,https://a.example/1.jpg,\n"
        "C,tin ring,d,https://a.example/1.jpg,7\n",
        "shop.csv",
    )
    report = await import_file(ImportOptions(path=path), shop.catalog, "t")
    assert (report.file, report.format, report.stored, report.created, report.replaced) == ("shop.csv", "csv", 2, 2, 0)
    assert (report.rejected, report.problems, noted(report)) == (2, 2, {})
    assert [str(rejection) for rejection in report.rejections] == [
        'shop.csv, line 3: promotionPrice: "abc" must be a decimal number such as 5.99',
        "shop.csv, line 4: sku: is missing",
    ]
    assert [rejection.sku for rejection in report.rejections] == ["B", ""]
    assert await skus(shop) == ["A", "C"]
    found = await shop.search.match("t", FieldQuery(text="ring"))
    assert [hit.group.group_id for hit in found.hits] == ["A", "C"]


async def test_a_second_import_replaces(shop, write):
    path = write(products(3))
    await import_file(ImportOptions(path=path), shop.catalog, "t")
    before = await shop.catalog.product("t", "S1")
    report = await import_file(ImportOptions(path=path), shop.catalog, "t")
    assert (report.stored, report.created, report.replaced) == (3, 0, 3)
    assert await shop.catalog.product("t", "S1") == before


async def test_gaps_and_repetitions_are_noted(shop, write):
    path = write(
        '{"sku":"a1","name":"first","description":"d","images":["i"],"regularPrice":1}\n'
        '{"sku":"A1","name":"other","description":"d","images":["i"],"regularPrice":1}\n'
        '{"sku":"a1","name":"last","description":"d","images":["i"],"regularPrice":1}\n'
        '{"sku":"b","name":"bare"}\n'
    )
    report = await import_file(ImportOptions(path=path), shop.catalog, "t")
    assert noted(report) == {
        "case_variant_sku": 1,
        "duplicate_sku": 1,
        "no_description": 1,
        "no_image": 1,
        "no_price": 1,
    }
    assert report.notes["case_variant_sku"].examples == ["line 2: A1 (beside a1 on line 1)"]
    assert report.notes["duplicate_sku"].examples == ["line 3: a1 (first on line 1)"]
    assert (report.stored, report.created, report.replaced) == (4, 3, 1)
    assert (await shop.catalog.product("t", "a1")).name == "last"
    assert (await shop.catalog.product("t", "A1")).name == "other"


async def test_what_is_beyond_memory_is_stored_but_its_repetition_not_noted(shop, write, monkeypatch):
    monkeypatch.setattr(intake, "MOST_SKUS_REMEMBERED", 2)
    text = "".join(f'{{"sku":"{sku}","name":"x"}}\n' for sku in ("a", "b", "c", "c", "B", "a"))
    report = await import_file(ImportOptions(path=write(text)), shop.catalog, "t")
    assert (report.stored, report.created, noted(report)["no_price"]) == (6, 4, 6)
    assert report.notes["duplicate_sku"].examples == ["line 6: a (first on line 1)"]
    assert "case_variant_sku" not in report.notes


async def test_a_dry_run_tells_the_same_and_writes_nothing(shop, write, tmp_path):
    path = write(products(300) + "{\n")
    options = ImportOptions(path=path, dry_run=True, state_folder=tmp_path / "state")
    report = await import_file(options, shop.catalog, "t")
    assert (report.stored, report.created, report.rejected, report.is_resumable) == (300, 0, 1, False)
    assert await shop.store.counts("t") == (0, 0)
    assert not (tmp_path / "state").exists()


async def test_products_are_written_in_batches_that_keep_groups_together(shop, write):
    catalog = ObservedCatalog(shop)
    text = products(BATCH_PRODUCTS - 1) + "".join(f'{{"sku":"G{n}","name":"g","groupID":"G"}}\n' for n in range(5))
    await import_file(ImportOptions(path=write(text + products(1, groupID="H"))), catalog, "t")
    assert [len(batch) for batch in catalog.batches] == [BATCH_PRODUCTS + 4, 1]


async def test_a_large_group_does_not_make_a_batch_endless(shop, write):
    catalog = ObservedCatalog(shop)
    await import_file(ImportOptions(path=write(products(LARGEST_BATCH + 1, groupID="G"))), catalog, "t")
    assert [len(batch) for batch in catalog.batches] == [LARGEST_BATCH, 1]


async def test_what_the_catalog_refuses_is_rejected(shop, write):
    report = await import_file(ImportOptions(path=write(products(3))), ObservedCatalog(shop, refuse="S1"), "t")
    assert (report.stored, report.rejected) == (2, 1)
    assert [str(rejection) for rejection in report.rejections] == ["products.ndjson, line 2: sku: must not be"]


async def test_every_rejection_goes_to_a_file_and_the_first_ones_into_the_report(shop, write, tmp_path):
    bad = MOST_REJECTIONS_LISTED + 20
    options = ImportOptions(path=write('{"sku":"A"}\n' * bad), rejected_path=tmp_path / "rejected.ndjson")
    report = await import_file(options, shop.catalog, "t")
    assert (report.rejected, report.problems, len(report.rejections)) == (bad, bad, MOST_REJECTIONS_LISTED)
    assert list(report.lines())[-1] == "  ... and 20 more"
    rows = [msgspec.json.decode(line) for line in (tmp_path / "rejected.ndjson").read_bytes().splitlines()]
    assert len(rows) == bad
    assert rows[4] == {
        "file": "products.ndjson",
        "line": 5,
        "sku": "A",
        "field": "name",
        "column": "name",
        "value": "",
        "reason": "is missing",
    }


async def test_bytes_that_are_no_text_are_told_in_escapes_wherever_they_stand(shop, tmp_path):
    path = tmp_path / "sh\udcf6p.csv"
    path.write_bytes(b"sku,name,images,\xe9,attributes.\xe9\nA,x,\xe9|b,1,\nB,x,,,1\nC,x,,,\n")
    report = await import_file(ImportOptions(path=path, rejected_path=tmp_path / "r"), shop.catalog, "t")
    assert (report.stored, report.rejected, report.ignored_columns) == (1, 2, ("\\udce9",))
    told = [str(rejection).partition(" is not in the encoding")[0] for rejection in report.rejections]
    assert told == [
        'sh\\udcf6p.csv, line 2: images: "["\\udce9", "b"]"',
        'sh\\udcf6p.csv, line 3: attributes: "{"\\udce9": "1"}"',
    ]
    assert len((tmp_path / "r").read_bytes().splitlines()) == 2


async def test_a_file_of_rejections_that_cannot_be_written_is_told_before_anything_is_stored(shop, write, tmp_path):
    options = ImportOptions(path=write(products(1)), rejected_path=tmp_path / "no" / "rejected.ndjson")
    with pytest.raises(InterchangeError, match="cannot be written"):
        await import_file(options, shop.catalog, "t")
    assert await shop.store.counts("t") == (0, 0)


@pytest.mark.parametrize("name", ["products.ndjson", "m.toml"])
async def test_rejections_never_go_over_what_is_read(shop, write, tmp_path, name):
    path = write(products(1))
    mapping = write('[product]\nsku = "id"\nname = "n"\n', "m.toml")
    before = (tmp_path / name).read_bytes()
    options = ImportOptions(path=path, mapping=mapping, rejected_path=tmp_path / "x" / ".." / name)
    with pytest.raises(InterchangeError, match="is to be read"):
        await import_file(options, shop.catalog, "t")
    assert (tmp_path / name).read_bytes() == before


BLANK = b"\n" * 3_000_000
"""Half a second of reading in which there is nothing to store."""


@pytest.mark.parametrize(("content", "format_"), [(BLANK, Format.NDJSON), (BLANK + b"sku,name\n", Format.CSV)])
async def test_reading_holds_nobody_up(shop, write, content, format_):
    path = write(gzip.compress(content, 1), "list.gz")
    turns = 0

    async def take_turns():
        nonlocal turns
        while True:
            await asyncio.sleep(0.01)
            turns += 1

    others = asyncio.create_task(take_turns())
    began = time.monotonic()
    report = await import_file(ImportOptions(path=path, format=format_), shop.catalog, "t")
    others.cancel()
    assert report.stored == 0
    assert turns > (time.monotonic() - began) / 0.1


async def test_an_import_that_is_ended_ends_its_reading(shop, write):
    path = write(gzip.compress(BLANK * 20, 1), "list.gz")
    before = threading.active_count()
    running = asyncio.create_task(import_file(ImportOptions(path=path, format=Format.NDJSON), shop.catalog, "t"))
    await asyncio.sleep(0.3)
    assert threading.active_count() > before
    began = time.monotonic()
    running.cancel()
    await asyncio.wait((running,))
    assert (running.cancelled(), threading.active_count()) == (True, before)
    assert time.monotonic() - began < 0.5


async def test_what_stands_before_a_damage_is_told(shop, write):
    path = write(b'{"sku":"A"}\n' + b'{"sku":"B","name":"b"}\n' + b"x" * (LONGEST_LINE + 1))
    rows = path.with_name("rows")
    with pytest.raises(InterchangeError, match="line 3 is longer than"):
        await import_file(ImportOptions(path=path, rejected_path=rows), shop.catalog, "t")
    assert [msgspec.json.decode(row)["line"] for row in rows.read_bytes().splitlines()] == [1]


async def test_compressed_files_and_other_encodings_are_read(shop, write):
    path = write(gzip.compress("sku;name\nA;café\n".encode("cp1252")), "shop.csv.gz")
    report = await import_file(ImportOptions(path=path, encoding="cp1252", format=Format.CSV), shop.catalog, "t")
    assert (report.format, report.stored) == ("csv", 1)
    assert (await shop.catalog.product("t", "A")).name == "café"


async def test_a_mapping_and_its_encoding_are_used(shop, write):
    mapping = write('[file]\nencoding = "cp1252"\n[product]\nsku = "id"\nname = "n"\n', "m.toml")
    path = write("id,n\nA,café\n".encode("cp1252"), "shop.csv")
    report = await import_file(ImportOptions(path=path, mapping=mapping), shop.catalog, "t")
    assert (report.format, report.stored, report.rejected) == ("mapped", 1, 0)
    assert (await shop.catalog.product("t", "A")).name == "café"


async def test_progress_is_told_after_each_batch(shop, write):
    told: list[ImportProgress] = []
    path = write(products(BATCH_PRODUCTS * 2 + 1) + "{\n")
    report = await import_file(ImportOptions(path=path), shop.catalog, "t", told.append)
    assert [(step.stored, step.bytes_total) for step in told] == [
        (count, path.stat().st_size) for count in (BATCH_PRODUCTS, BATCH_PRODUCTS * 2, BATCH_PRODUCTS * 2 + 1)
    ]
    assert (told[-1].bytes_read, told[-1].rejected) == (path.stat().st_size, 1)
    assert told[-1].remaining_seconds == 0
    assert told[-1].rate > 0
    assert report.elapsed_seconds >= told[-1].elapsed_seconds


def test_nobody_knows_the_rest_before_the_first_bytes():
    begun = ImportProgress(bytes_read=0, bytes_total=9, stored=0, rejected=0, elapsed_seconds=1.0, rate=0.0)
    assert begun.remaining_seconds is None
    half = msgspec.structs.replace(begun, bytes_read=3)
    assert half.remaining_seconds == 2.0


async def test_a_tenant_that_is_not_there_is_told(shop, write):
    with pytest.raises(TenantNotFoundError, match="tenant nobody not found"):
        await import_file(ImportOptions(path=write(products(1))), shop.catalog, "nobody")


async def test_a_file_that_breaks_off_keeps_what_came_before(shop, write):
    lines = "".join(f'{{"sku":"S{n}","name":"{hash(n * 7919)}"}}\n' for n in range(20_000))
    path = write(gzip.compress(lines.encode())[:-50], "products.ndjson.gz")
    with pytest.raises(InterchangeError, match="cut off after line"):
        await import_file(ImportOptions(path=path), shop.catalog, "t")
    stored, _ = await shop.store.counts("t")
    assert stored > 10_000
    assert stored % BATCH_PRODUCTS == 0


async def test_of_two_failures_at_once_one_is_told_and_none_is_lost_in_the_log(shop, write):
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    path = write(products(BATCH_PRODUCTS + 10) + "x" * (LONGEST_LINE + 1))
    with pytest.raises(InterchangeError, match="line 261 is longer"):
        await import_file(ImportOptions(path=path), ObservedCatalog(shop, fail_at=0), "t")
    gc.collect()
    await asyncio.sleep(0)
    assert told == []


class TestResuming:
    """A run that is broken off is continued by the next one."""

    @pytest.fixture
    def options(self, write, tmp_path):
        text = products(600) + '{"sku":"x"}\n' + products(400).replace('"S', '"T')
        return ImportOptions(path=write(text), state_folder=tmp_path / "state")

    @pytest.fixture
    async def broken(self, shop, options):
        """Break off after two of four batches."""
        catalog = ObservedCatalog(shop, fail_at=2)
        with pytest.raises(StoreError, match="the disk went away"):
            await import_file(options, catalog, "t")
        assert await shop.store.counts("t") == (500, 500)
        return catalog

    async def test_only_the_rest_is_written_and_the_report_tells_of_all(self, shop, options, broken, tmp_path):
        catalog = ObservedCatalog(shop)
        report = await import_file(options, catalog, "t")
        assert [batch[0].sku for batch in catalog.batches] == ["S500", "T150"]
        assert [len(batch) for batch in catalog.batches] == [250, 250]
        assert (report.stored, report.created, report.replaced, report.resumed_after) == (1000, 1000, 0, 500)
        assert (report.rejected, report.is_resumable) == (1, True)
        assert noted(report) == {"no_description": 1000, "no_image": 1000, "no_price": 1000}
        assert await shop.store.counts("t") == (1000, 1000)
        assert list((tmp_path / "state").iterdir()) == []

    async def test_a_finished_import_begins_anew(self, shop, options, broken):
        await import_file(options, shop.catalog, "t")
        catalog = ObservedCatalog(shop)
        report = await import_file(options, catalog, "t")
        assert (len(catalog.batches), report.replaced, report.resumed_after) == (4, 1000, 0)

    async def test_a_restart_is_one_on_wish(self, shop, options, broken):
        report = await import_file(msgspec.structs.replace(options, restart=True), shop.catalog, "t")
        assert (report.created, report.replaced, report.resumed_after) == (500, 500, 0)

    async def test_another_content_begins_anew(self, shop, options, broken):
        options.path.write_text(products(700))
        report = await import_file(options, shop.catalog, "t")
        assert (report.stored, report.resumed_after) == (700, 0)

    async def test_a_tenant_emptied_meanwhile_is_filled_from_the_start(self, shop, options, broken):
        for number in range(500):
            await shop.catalog.delete_product("t", f"S{number}")
        report = await import_file(options, shop.catalog, "t")
        assert (report.created, report.resumed_after) == (1000, 0)

    async def test_without_a_place_for_progress_the_import_still_works(self, shop, options, tmp_path):
        (tmp_path / "state").write_text("no folder")
        report = await import_file(options, shop.catalog, "t")
        assert (report.stored, report.is_resumable) == (1000, False)

    async def test_a_batch_that_is_not_searchable_in_time_is_written_again(self, shop, options):
        catalog = ObservedCatalog(shop, fail_at=1, error=IndexBehindError(500))
        with pytest.raises(IndexBehindError):
            await import_file(options, catalog, "t")
        report = await import_file(options, shop.catalog, "t")
        assert (report.stored, report.resumed_after) == (1000, 250)

    async def test_a_cancelled_import_waits_for_the_batch_under_way(self, shop, options):
        catalog = SlowCatalog(shop.store, shop.relay)
        running = asyncio.create_task(import_file(options, catalog, "t"))
        await catalog.writing.wait()
        running.cancel()
        await asyncio.sleep(0.01)
        assert not running.done()
        catalog.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await shop.store.counts("t") == (250, 250)
        report = await import_file(options, shop.catalog, "t")
        assert (report.created, report.resumed_after) == (1000, 250)


class SlowCatalog(Catalog):
    """A catalog whose writes wait at a gate."""

    def __init__(self, store, relay):
        super().__init__(store, relay)
        self.writing = asyncio.Event()
        self.gate = asyncio.Event()

    async def write(self, tenant, writes):
        self.writing.set()
        await self.gate.wait()
        return await super().write(tenant, writes)


STONES = "sku,carat,color,clarity,price\n" + "".join(f"S{number},1.5,G,VS1,100\n" for number in range(600))


async def kept_stones(shop):
    return [stone.code async for stone in Records(shop.store).each("t", RecordKind.GEMSTONE)]


@pytest.mark.parametrize(
    ("form", "things", "stones", "skus_"),
    [
        (StoneForm.GEMSTONES, "gemstones", 600, 0),
        (StoneForm.PRODUCTS, "loose products", 0, 600),
        (StoneForm.BOTH, "gemstones with their products", 600, 600),
    ],
)
async def test_stones_become_what_is_wanted_and_are_replaced_by_a_repetition(shop, write, form, things, stones, skus_):
    options = ImportOptions(path=write(STONES, "stones.csv"), stones=StoneOptions(form=form))
    first = await import_file(options, shop.catalog, "t")
    again = await import_file(options, shop.catalog, "t")
    assert [(one.stored, one.created, one.replaced) for one in (first, again)] == [(600, 600, 0), (600, 0, 600)]
    assert (first.format, first.things, noted(first)) == ("gemstones", things, {})
    assert (len(await kept_stones(shop)), len(await skus(shop))) == (stones, skus_)
    assert next(first.lines()).startswith(f"stones.csv (gemstones): 600 {things} stored (600 new, 0 replaced)")


async def test_codes_begin_with_the_name_of_the_file(shop, write):
    path = write("carat,color,clarity\n1,D,IF\n", "my  best stones.2024.csv")
    await import_file(ImportOptions(path=path), shop.catalog, "t")
    assert await kept_stones(shop) == ["my-best-stones-2"]


@pytest.mark.parametrize(
    ("name", "prefix"), [("a b.csv.gz", "a-b"), ("x" * 40, "x" * 30), (".csv", "stone"), (" .csv", "stone")]
)
async def test_the_prefix_of_codes(name, prefix):
    assert prefix_of(Path(name)) == prefix


@pytest.mark.parametrize(("form", "knows_records", "left"), [
    (StoneForm.GEMSTONES, True, 350), (StoneForm.GEMSTONES, False, 600), (StoneForm.PRODUCTS, False, 350),
    (StoneForm.BOTH, False, 350),
])  # fmt: skip
async def test_a_broken_list_of_stones_is_continued(shop, write, tmp_path, form, knows_records, left):
    options = ImportOptions(path=write(STONES, "stones.csv"), state_folder=tmp_path, stones=StoneOptions(form=form))
    broken = BreakingCatalog(shop, at=1)
    with pytest.raises(StoreError):
        await import_file(options, broken, "t")
    records = Records(shop.store) if knows_records else None
    counted = BreakingCatalog(shop)
    report = await import_file(options, counted, "t", records=records)
    assert (report.stored, counted.written) == (600, left)


async def test_an_emptied_tenant_gets_all_stones_again(shop, write, tmp_path):
    options = ImportOptions(path=write(STONES, "stones.csv"), state_folder=tmp_path)
    with pytest.raises(StoreError):
        await import_file(options, BreakingCatalog(shop, at=1), "t")
    gone = [DeleteRecord(RecordKind.GEMSTONE, RecordKey(code=code)) for code in await kept_stones(shop)]
    await shop.catalog.write("t", gone)
    report = await import_file(options, shop.catalog, "t", records=Records(shop.store))
    assert (report.resumed_after, report.stored, report.created) == (0, 600, 600)


async def test_a_stone_that_the_store_refuses_is_told(shop, write):
    class Refusing(Catalog):
        async def write(self, tenant, writes):
            return Receipt(1, tuple(Refused("invalid_value", "must not be", "code") for _ in writes))

    text = "sku,carat,color,clarity\nA,1,D,IF\n"
    report = await import_file(ImportOptions(path=write(text, "s.csv")), Refusing(shop.store, shop.relay), "t")
    assert (report.stored, report.rejected) == (0, 1)
    assert [str(one) for one in report.rejections] == ["s.csv, line 2: sku (code): must not be"]


class BreakingCatalog(Catalog):
    """A catalog that counts what it is to write, and fails at one batch."""

    def __init__(self, shop, at=None):
        super().__init__(shop.store, shop.relay)
        self._left = at
        self.written = 0

    async def write(self, tenant, writes):
        if self._left == 0:
            raise StoreError("the disk went away")
        self._left = None if self._left is None else self._left - 1
        self.written += len(writes)
        return await super().write(tenant, writes)
