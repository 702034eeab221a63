"""Whatever a catalog holds, its export comes back as the same bytes; and no file, however hostile, stops an import."""

import asyncio
import csv
import io
import re
import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from facetry.application.interchange.exporting import ExportFormat, export_chunks, export_file
from facetry.application.interchange.formulas import as_meant
from facetry.application.interchange.importing import ImportOptions, import_file
from facetry.application.interchange.plain_text import plain_text
from facetry.application.interchange.table import Table
from facetry.application.interchange.workbook import csv_of
from facetry.application.interchange.workbook_writing import workbook_of
from facetry.application.tenants import NewTenant
from facetry.domain.catalog import PutProduct, Stored
from facetry.domain.errors import InterchangeError
from facetry.domain.money import MAX_PRICE, parse_price, price_to_text
from facetry.domain.product import MAX_ID_LENGTH, ProductContent, identifier_problem
from facetry.domain.record import RecordKind
from tests.unit.application.shop import Shop

HOSTILE = st.sampled_from(
    [
        "",
        '"',
        '""',
        ",",
        ";",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "|",
        "[",
        "[]",
        "{",
        "=1+1",
        "\x00",
        "\ufeff",
        "\uffff",
        "_x0041_",
        "_x000D_",
        "'=x",
        "\u2028",
        "null",
        "0",
        " ",
    ]
)
TEXT = st.lists(HOSTILE | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=4).map("".join)
IDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=MAX_ID_LENGTH).filter(
    lambda text: identifier_problem(text) is None
)
PRICES = st.none() | st.integers(1, MAX_PRICE)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
ATTRIBUTES = st.none() | st.dictionaries(TEXT, SCALARS | st.lists(SCALARS, max_size=3), max_size=3)
CONTENTS = st.builds(
    ProductContent,
    sku=IDS,
    name=TEXT.filter(bool),
    group_id=st.sampled_from(["", "G", "g", "é", "="]),
    description=TEXT,
    regular_price=PRICES,
    promotion_price=PRICES,
    images=st.lists(TEXT, max_size=3).map(tuple),
    search_keywords=st.lists(TEXT, max_size=3).map(tuple),
    category=st.lists(TEXT, max_size=3).map(tuple),
    quantity=st.integers(0, 2**53 - 1),
    color=st.none() | TEXT,
    brand=st.none() | TEXT,
    size=st.none() | TEXT,
    active=st.booleans(),
    is_main=st.booleans(),
    currency=st.none() | TEXT,
    attributes=ATTRIBUTES,
)
LISTS = ("product_skus", "colors", "brands", "sizes", "images", "search_keywords", "category", "main_sku", "name")


async def filled(contents):
    shop = Shop()
    await shop.tenants.create(NewTenant(name="Shop", id="t"))
    receipt = await shop.store.write("t", [PutProduct(content) for content in contents])
    assert [outcome for outcome in receipt.outcomes if not isinstance(outcome, Stored)] == []
    return shop


async def groups(shop):
    return await shop.store.groups_after("t", "", 1000)


async def there_and_back(contents, form, folder):
    """Return the bytes of an export and of the export of its import, and the groups of both."""
    shop = await filled(contents)
    other = await filled([])
    await export_file(shop.store, "t", folder / "first", form)
    report = await import_file(ImportOptions(path=folder / "first"), other.catalog, "t")
    assert [str(rejection) for rejection in report.rejections] == []
    await export_file(other.store, "t", folder / "second", form)
    return (folder / "first").read_bytes(), (folder / "second").read_bytes(), await groups(shop), await groups(other)


def in_a_folder(make):
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(make(Path(folder)))


@settings(max_examples=60)
@given(st.lists(CONTENTS, min_size=1, max_size=8))
def test_an_export_as_ndjson_comes_back_whole(contents):
    first, second, before, after = in_a_folder(lambda folder: there_and_back(contents, ExportFormat.NDJSON, folder))
    assert second == first
    assert [[getattr(g, name) for name in LISTS] for g in after] == [
        [getattr(g, name) for name in LISTS] for g in before
    ]
    assert [[bare(product) for product in g.products] for g in after] == [
        [bare(product) for product in g.products] for g in before
    ]


@settings(max_examples=60)
@given(st.lists(CONTENTS, min_size=1, max_size=8))
def test_an_export_as_csv_comes_back_to_the_same_bytes_and_order(contents):
    first, second, before, after = in_a_folder(lambda folder: there_and_back(contents, ExportFormat.CSV, folder))
    assert second == first
    assert [(g.group_id, g.product_skus, g.main_sku, g.images) for g in after] == [
        (g.group_id, g.product_skus, g.main_sku, g.images) for g in before
    ]


@settings(max_examples=60)
@given(st.lists(CONTENTS, min_size=1, max_size=4))
def test_an_export_as_workbook_says_what_a_workbook_can(contents):
    """No text, whoever wrote it, makes one that cannot be opened; all of it comes back that has a place in XML."""

    async def there_and_back():
        # Spreadsheet programs keep 15 digits of a number.
        shop = await filled([msgspec.structs.replace(one, quantity=one.quantity % 10**15) for one in contents])
        table = [part async for _, _, part in export_chunks(shop.store, "t", ExportFormat.CSV)]
        book = b"".join([piece async for piece in workbook_of(given_pieces(table))])
        with csv_of(io.BytesIO(book), "x") as found:
            read = list(csv.reader(io.StringIO(found.read().decode("utf-8-sig"), newline="")))
        return list(csv.reader(io.StringIO(b"".join(table).decode(), newline=""))), read

    table, read = asyncio.run(there_and_back())
    assert [meant(row) for row in read] == [[kept(text) for text in meant(row)] for row in table]


def meant(row):
    """Return the texts of a row without the empty ones at its end, which no workbook has."""
    cells = [as_meant(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


async def given_pieces(pieces):
    for piece in pieces:
        yield piece


def kept(text):
    """Return what of a text a workbook keeps: no control characters, one kind of line end."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def bare(product):
    """Return a product without what each store gives anew."""
    return msgspec.structs.replace(product, object_id="", joined=0, number=0)


HEADERS = st.sampled_from(
    [
        b"",
        b"sku,name,images,attributes\n",
        b"sku,name,\xff,attributes.\xff\n",
        b"Handle,Title,\xff (product.metafields.a),Option1 Value\n",
        b"Handle,Title,Variant Price,Published\n",
        b"Stock #,Weight,Color,Clarity,Cut,\xff\n",
        b"\x1f\x8b",
        b"\xff\xfe",
        b"{",
        b'{"sku":"A","name":"x"}\n',
    ]
)


@settings(max_examples=150)
@given(
    HEADERS,
    st.lists(st.binary(max_size=30) | st.sampled_from([b'"', b",", b"\n", b"\r", b"A,b", b"{}", b"\x00"]), max_size=12),
)
def test_no_bytes_stop_an_import_otherwise_than_by_its_own_error(header, pieces):
    async def attempt(folder):
        (folder / "file").write_bytes(header + b"".join(pieces))
        shop = await filled([])
        try:
            options = ImportOptions(path=folder / "file", rejected_path=folder / "rejected")
            report = await import_file(options, shop.catalog, "t")
        except InterchangeError as error:
            return error.message.encode()
        stones = await shop.store.records_after("t", RecordKind.GEMSTONE, 0, 100)
        assert (await shop.store.counts("t"))[0] + len(stones) == report.created
        assert len((folder / "rejected").read_bytes().splitlines()) == report.problems
        return msgspec.json.encode(report) + "\n".join(report.lines()).encode()

    assert in_a_folder(attempt)


@given(st.text(max_size=200))
def test_any_markup_has_a_text(markup):
    text = plain_text(markup)
    assert text == text.strip()
    assert "\n\n" not in text


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), min_size=2, max_size=2), max_size=5
    )
)
def test_a_table_reads_what_the_standard_library_wrote(rows):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([["a", "b"], *rows])
    text.seek(0)
    assert [cells for _, cells in Table(text).rows()] == rows


@given(st.integers(1, MAX_PRICE))
def test_a_price_comes_back_from_its_text(minor):
    assert parse_price(price_to_text(minor)) == minor
