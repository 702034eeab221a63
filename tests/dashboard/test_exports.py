"""Exports on a page: files that an import reads back."""

import csv
import gzip
import io

import pytest

from facetry.application.interchange.exporting import ExportFormat, export_chunks
from facetry.domain.gemstone import Gemstone
from facetry.domain.order import Client
from facetry.domain.restoring import RestoreRecord
from tests.api.server import product

pytestmark = pytest.mark.anyio

EXPORTS = "/dashboard/exports"


@pytest.fixture
async def stocked(shop):
    for number in range(5):
        await shop.post(product(f"R{number}", f"G{number // 2}", name='a "ring"\n<b>'))
    return shop


async def whole(server, form):
    return b"".join([chunk async for _, _, chunk in export_chunks(server.store, "shop", form)])


@pytest.mark.parametrize("form", list(ExportFormat))
async def test_a_file_has_all_products(server, stocked, viewer, form):
    expected = await whole(server, form)
    plain = await viewer.get(f"{EXPORTS}/products.{form.value}")
    assert plain.body == expected
    assert plain.headers["content-disposition"] == f'attachment; filename="products-2020-09-13.{form.value}"'
    packed = await viewer.get(f"{EXPORTS}/products.{form.value}.gz")
    assert gzip.GzipFile(fileobj=io.BytesIO(packed.body)).read() == expected
    assert packed.headers["content-type"] == "application/gzip"
    assert expected.count(b"R3") == 1


async def test_a_file_has_all_records_too(server, stocked, viewer):
    stone, client = Gemstone(id=3, code="S-1", name="Stone", type="ruby"), Client(id=2, name="Ann", created=5.0)
    await server.catalog.write("shop", [RestoreRecord(stone), RestoreRecord(client)])
    lines = b'{"kind":"gemstone","id":3,"code":"S-1","name":"Stone","type":"ruby"}\n'
    lines += b'{"kind":"client","id":2,"name":"Ann","created":5.0}\n'
    expected = await whole(server, ExportFormat.NDJSON) + lines
    plain = await viewer.get(f"{EXPORTS}/products-and-records.ndjson")
    assert (plain.body, plain.headers["content-type"]) == (expected, "application/x-ndjson")
    named = 'attachment; filename="products-2020-09-13-and-records.ndjson"'
    assert plain.headers["content-disposition"] == named
    packed = await viewer.get(f"{EXPORTS}/products-and-records.ndjson.gz")
    assert gzip.GzipFile(fileobj=io.BytesIO(packed.body)).read() == expected


async def test_no_product_is_a_formula_in_a_spreadsheet(server, shop, viewer):
    """Names and texts may come from a supplier's file, or from a program with a key of its own."""
    formula = '=HYPERLINK("https://evil.example")'
    await shop.post(product("@SKU", "G", name=formula, brand="-10 %", description="+cmd|' /C calc'!A0"))
    for path in (f"{EXPORTS}/products.csv", "/dashboard/catalog/export?format=csv"):
        (row,) = csv.DictReader(io.StringIO((await viewer.get(path)).text))
        assert [row[name] for name in ("sku", "name", "brand", "description")] == [
            *("'@SKU", f"'{formula}", "-10 %", "'+cmd|' /C calc'!A0"),
        ]


async def test_who_asks_for_headers_only_has_nothing_written(stocked, viewer):
    for path in (f"{EXPORTS}/products.csv", "/dashboard/catalog/export"):
        shown = await viewer.send("HEAD", path)
        assert (shown.status, shown.headers["content-type"], shown.body) == (200, "text/csv; charset=utf-8", b"")


async def test_an_empty_catalog_gives_empty_files(shop, viewer):
    assert (await viewer.get(f"{EXPORTS}/products.ndjson")).body == b""
    assert (await viewer.get(f"{EXPORTS}/products.csv")).body.startswith(b"images,searchKeywords")
    page = await viewer.get(EXPORTS)
    assert page.texts(".stat__value") == ["0", "0 B"]


async def test_the_page_leads_to_every_file(stocked, viewer):
    page = await viewer.get(EXPORTS)
    assert page.texts(".stat__value")[0] == "5"
    links = [link["href"] for link in page.page.select("a[download]")]
    assert len(links) == 6
    assert [(await viewer.get(link)).status for link in links] == [200] * 6


@pytest.mark.parametrize("name", ["products.xlsx", "orders.csv", "products", "products.csv.gz.gz", "%2e%2e%2f"])
async def test_there_is_nothing_else(viewer, name):
    assert (await viewer.get(f"{EXPORTS}/{name}")).status == 404


async def test_a_tenant_gets_its_own_products_only(stocked, rival_owner, guest):
    assert (await rival_owner.get(f"{EXPORTS}/products.ndjson")).body == b""
    assert (await guest.get(f"{EXPORTS}/products.ndjson")).status == 303
