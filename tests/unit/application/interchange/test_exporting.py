import asyncio
import gzip
import resource

import pytest

from facetry.application.interchange.exporting import ExportFormat, export_chunks, export_file, format_of_name
from facetry.application.interchange.importing import ImportOptions, import_file
from facetry.domain.errors import InterchangeError
from facetry.domain.trade import ProductType, Trade
from tests.unit.application.shop import Shop, content

pytestmark = pytest.mark.anyio

FULL = (
    b'{"images":["https://a.example/1.jpg"],"searchKeywords":["ring"],"category":["Jewelry>Rings"],"isMain":true,'
    b'"sku":"B","name":"gold \xe2\x80\xa8ring","description":"d","groupID":"G","regularPrice":7.5,"promotionPrice":5,'
    b'"quantity":3,"color":"gold","brand":"Ax","size":"52","active":false,"currency":"EUR",'
    b'"attributes":{"carat":0.5,"stones":["ruby",null]},"metals":[],"gemstones":[{"carat":0.5}],'
    b'"backOffice":{"product_type":3,"unrepeatable":true,"location":"safe","videos":["v"]}}\n'
)
BARE = (
    b'{"images":[],"searchKeywords":[],"category":[],"isMain":false,"sku":"A","name":"ring A","description":"",'
    b'"groupID":"G","quantity":0,"active":true}\n'
)
CSV = (
    b"images,searchKeywords,category,isMain,sku,name,description,groupID,regularPrice,promotionPrice,quantity,color,"
    b"brand,size,active,currency,attributes,metals,gemstones,backOffice\r\n"
    b'"[""https://a.example/1.jpg""]","[""ring""]","[""Jewelry>Rings""]",true,B,gold \xe2\x80\xa8ring,d,G,7.5,5,3,gold,'
    b'Ax,52,false,EUR,"{""carat"":0.5,""stones"":[""ruby"",null]}",[],"[{""carat"":0.5}]",'
    b'"{""product_type"":3,""unrepeatable"":true,""location"":""safe"",""videos"":[""v""]}"\r\n'
    b",,,false,A,ring A,,G,,,0,,,,true,,,,,\r\n"
)


@pytest.fixture
async def filled(shop):
    full = content(
        "B",
        name="gold \u2028ring",
        description="d",
        images=("https://a.example/1.jpg",),
        search_keywords=("ring",),
        category=("Jewelry>Rings",),
        is_main=True,
        regular_price=75_000,
        promotion_price=50_000,
        quantity=3,
        color="gold",
        brand="Ax",
        size="52",
        active=False,
        currency="EUR",
        attributes={"carat": 0.5, "stones": ["ruby", None]},
        metals=(),
        gemstones=({"carat": 0.5},),
        trade=Trade(product_type=ProductType.SET, unrepeatable=True, location="safe", videos=("v",)),
    )
    for each in (full, content("A")):
        await shop.catalog.put_product("t", each)
    return shop


@pytest.mark.parametrize(("form", "expected"), [(ExportFormat.NDJSON, FULL + BARE), (ExportFormat.CSV, CSV)])
async def test_products_stand_in_the_order_in_which_they_joined(filled, form, expected):
    chunks = [chunk async for chunk in export_chunks(filled.store, "t", form)]
    assert b"".join(chunk for _, _, chunk in chunks) == expected
    assert (chunks[-1][0], chunks[-1][1]) == (2, 1)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.ndjson", ExportFormat.NDJSON),
        ("a.csv", ExportFormat.CSV),
        ("a.csv.gz", ExportFormat.CSV),
        ("a.gz", ExportFormat.NDJSON),
        ("csv", ExportFormat.NDJSON),
    ],
)
def test_the_name_says_the_format(tmp_path, name, form):
    assert format_of_name(tmp_path / name) is form


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "a.csv", "a.csv.gz"])
async def test_what_is_exported_is_imported_to_the_same_bytes(filled, tmp_path, name):
    first, second = tmp_path / name, tmp_path / f"second-{name}"
    report = await export_file(filled.store, "t", first)
    assert (report.products, report.groups) == (2, 1)
    other = Shop()
    await other.store.create_tenant(await filled.store.tenant("t"))
    imported = await import_file(ImportOptions(path=first), other.catalog, "t")
    assert (imported.stored, imported.rejected) == (2, 0)
    await export_file(other.store, "t", second)
    assert second.read_bytes() == first.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([first.name, second.name])


async def test_all_pages_are_exported_and_told(shop, tmp_path):
    for number in range(250):
        await shop.catalog.put_product("t", content(f"S{number:03}", group_id=f"G{number:03}"))
    told = []
    report = await export_file(shop.store, "t", tmp_path / "a.txt", ExportFormat.CSV, told.append)
    assert (report.products, report.groups, told) == (250, 250, [0, 100, 200, 250])
    rows = (tmp_path / "a.txt").read_text().splitlines()
    assert [row.split(",")[4] for row in rows[1:]] == [f"S{number:03}" for number in range(250)]


async def test_a_compressed_export_names_neither_time_nor_file(filled, tmp_path):
    await export_file(filled.store, "t", tmp_path / "a.ndjson.gz")
    packed = (tmp_path / "a.ndjson.gz").read_bytes()
    assert packed[3:8] == bytes(5)
    assert gzip.decompress(packed) == FULL + BARE


async def test_an_empty_tenant_is_an_empty_file_or_a_header(shop, tmp_path):
    await export_file(shop.store, "t", tmp_path / "a.ndjson")
    await export_file(shop.store, "t", tmp_path / "a.csv")
    assert (tmp_path / "a.ndjson").read_bytes() == b""
    assert (tmp_path / "a.csv").read_bytes() == CSV.splitlines(keepends=True)[0]


async def test_a_place_that_cannot_be_written_is_told(filled, tmp_path):
    with pytest.raises(InterchangeError, match="cannot be written"):
        await export_file(filled.store, "t", tmp_path / "no" / "a.ndjson")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InterchangeError, match="cannot be written"):
        await export_file(filled.store, "t", tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


class FailingStore:
    """A store that fails behind the first page."""

    def __init__(self, store, error):
        self._store = store
        self._error = error

    async def groups_after(self, tenant, group_id, limit):
        if group_id:
            raise self._error
        return await self._store.groups_after(tenant, group_id, limit)


async def test_a_broken_export_leaves_the_old_file_and_nothing_else(filled, tmp_path):
    (tmp_path / "a.ndjson").write_bytes(b"old")
    with pytest.raises(RuntimeError, match="broken"):
        await export_file(FailingStore(filled.store, RuntimeError("broken")), "t", tmp_path / "a.ndjson")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.ndjson", b"old")]


@pytest.mark.parametrize("name", ["a.csv", "a.ndjson.gz"])
async def test_two_exports_at_once_to_one_place_leave_a_whole_file(shop, tmp_path, name):
    for number in range(250):
        await shop.catalog.put_product("t", content(f"S{number:03}", group_id=f"G{number:03}"))
    await asyncio.gather(*(export_file(SlowStore(shop.store, turns), "t", tmp_path / name) for turns in (1, 7)))
    together = (tmp_path / name).read_bytes()
    await export_file(shop.store, "t", tmp_path / f"alone-{name}")
    assert together == (tmp_path / f"alone-{name}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


class SlowStore:
    """A store that lets others go on between pages."""

    def __init__(self, store, turns):
        self._store = store
        self._turns = turns

    async def groups_after(self, *page):
        for _ in range(self._turns):
            await asyncio.sleep(0)
        return await self._store.groups_after(*page)


async def test_a_full_disk_is_told(filled, tmp_path):
    for number in range(300):
        await filled.catalog.put_product("t", content(f"S{number}", description="x" * 1000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, limits[1]))
    try:
        with pytest.raises(InterchangeError, match=r"full\.ndjson cannot be written: File too large"):
            await export_file(filled.store, "t", tmp_path / "full.ndjson")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []
