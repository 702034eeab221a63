"""The beginning of a file, as it is seen before an import."""

import gzip

import pytest

from facetry.application.interchange.detection import Format
from facetry.application.interchange.mapping import parse_mapping
from facetry.application.interchange.preview import (
    HEAD_BYTES,
    Column,
    Head,
    Preview,
    Reading,
    likely_encoding,
    preview,
    read_head,
    samples_of,
)
from facetry.application.interchange.stones import StoneForm, StoneOptions
from facetry.domain.errors import InterchangeError
from tests.support import data_path

pytestmark = pytest.mark.anyio

CSV = b"sku,name,regularPrice,foo\nR1,Ring,12.50,x\nR2,,abc,\n"
STONES = b"Stock #,Shape,Carat,Color,Clarity,Price\nA-1,Round,1.01,G,VS1,5000\nA-2,Round,x,G,VS1,10\n"


async def parts(content, size=1000):
    for start in range(0, len(content), size):
        yield content[start : start + size]


def seen(content, **reading):
    return preview(Head(content, is_whole=True), Reading(**reading))


async def test_rows_are_seen_as_products_and_problems():
    found = seen(CSV)
    assert (found.format, found.problem) == (Format.CSV, "")
    good, bad = found.rows
    assert (good.line, good.key, good.product.name, good.product.regular_price) == (2, "R1", "Ring", 125_000)
    assert (bad.key, bad.product) == ("R2", None)
    assert [(one.field, one.reason) for one in bad.problems] == [
        ("regularPrice", "must be a decimal number such as 5.99"),
        ("name", "is missing"),
    ]
    assert found.columns == (
        Column("sku", ("R1", "R2"), "sku"),
        Column("name", ("Ring",), "name"),
        Column("regularPrice", ("12.50", "abc"), "regularPrice"),
        Column("foo", ("x",)),
    )


async def test_lines_of_json_have_no_columns():
    found = seen(b'{"sku":"A","name":"B"}\n[]\n')
    assert (found.format, found.columns) == (Format.NDJSON, ())
    assert [row.problems and row.problems[0].reason for row in found.rows] == [(), "is no JSON object"]


@pytest.mark.parametrize(
    ("form", "has_stone", "has_product"),
    [(StoneForm.GEMSTONES, True, False), (StoneForm.PRODUCTS, False, True), (StoneForm.BOTH, True, True)],
)
async def test_stones_are_seen_as_what_becomes_of_them(form, has_stone, has_product):
    found = seen(STONES, stones=StoneOptions(form=form))
    good, bad = found.rows
    assert (found.format, good.key) == (Format.GEMSTONES, "A-1")
    assert (good.stone is not None, good.product is not None) == (has_stone, has_product)
    assert bad.problems[0].field == "carat"
    assert Column("Carat", ("1.01", "x"), "carat") in found.columns


async def test_an_unknown_table_is_told_with_its_columns():
    found = seen(b"Nr;Bez\n1;Ring\n")
    assert found.format is None
    assert found.problem.startswith("the columns Nr, Bez are neither ours")
    assert found.columns == (Column("Nr", ("1",)), Column("Bez", ("Ring",)))


async def test_a_mapping_says_what_the_columns_are():
    mapping = parse_mapping('[product]\nsku = "Nr"\nname = "Bez"\n')
    found = seen(b"Nr;Bez;More\n1;Ring;x\n", mapping=mapping)
    assert (found.format, found.rows[0].product.name) == (Format.MAPPED, "Ring")
    assert [column.field for column in found.columns] == ["sku", "name", ""]
    wrong = seen(b"a;b\n1;2\n", mapping=mapping)
    assert wrong.problem == "the file has no column Nr; it has a, b"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"[1]\n", "the file is one JSON array: write one product a line (NDJSON) instead"),
        (b"PK\x03\x04...", "the file is no workbook (.xlsx) that can be read: save it as CSV (UTF-8)"),
        (b"\x00" * 100, "the columns \\x00"),
    ],
)
async def test_garbage_is_told(content, problem):
    found = seen(content)
    assert found.problem.startswith(problem)
    assert (found.format, found.rows, found.columns) == (None, (), ())


async def test_an_encoding_that_is_none_or_wrong_is_told():
    assert seen(CSV, encoding="none-such").problem == "there is no encoding none-such"
    found = seen("sku,name\n1,Größe\n".encode("cp1252"))
    assert found.rows[0].problems[0].reason == "is not in the encoding of the file (name another, such as cp1252)"
    cut = seen("sku,name\n".encode("utf-16") + b"x")
    assert cut.problem.startswith("the file is not in utf-16 after line 1")


async def test_the_encoding_is_guessed():
    text = "sku,name\n1,Größe\n"
    assert likely_encoding(Head(text.encode("cp1252"), is_whole=True)) == "cp1252"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert likely_encoding(Head(text.encode(encoding), is_whole=True)) == ""
    assert likely_encoding(Head("sku\nGröß".encode()[:-1], is_whole=False)) == ""


async def test_no_more_than_the_beginning_is_read():
    asked = []

    async def endless():
        while True:
            asked.append(1)
            yield b"sku,name\n" * 1000

    head = await read_head(endless())
    assert (len(head.content), head.is_whole) == (HEAD_BYTES, False)
    assert len(asked) == HEAD_BYTES // 9000 + 1
    assert len(seen(head.content).rows) == 10


async def test_the_last_line_of_a_beginning_is_left_out():
    cut = Head(CSV[:-5], is_whole=False)
    assert [row.key for row in preview(cut, Reading()).rows] == ["R1"]
    assert preview(Head(b"sku,na", is_whole=False), Reading()).problem == "its first line is longer than 6 bytes"


async def test_a_quote_that_never_ends_is_told():
    content = b'sku,name\nA,"' + b"x\n" * 150_000
    found = preview(await read_head(parts(content)), Reading())
    assert [row.key for row in found.rows] == ["A"]


async def test_compressed_files_are_unpacked_under_a_limit():
    packed = gzip.compress(CSV)
    assert await read_head(parts(packed)) == Head(CSV, is_whole=True)
    bomb = await read_head(parts(gzip.compress(b"\n" * (40 << 20))))
    assert (len(bomb.content), bomb.is_whole) == (1 << 20, False)
    with pytest.raises(InterchangeError, match="cut off"):
        await read_head(parts(packed[:-9]))
    with pytest.raises(InterchangeError, match="damaged"):
        await read_head(parts(packed[:10] + b"\xff" * 20))


async def test_a_header_with_what_cannot_be_printed_is_shown():
    found = seen(b"sku,name,\xff\x1b<b>\n1,2,3\n")
    assert found.columns[2].label == "\\udcff\\x1b<b>"


async def test_values_of_columns_of_one_name_are_the_first_ones():
    head = Head(b"a,b,a\n1,,3\n,2,4\n", is_whole=True)
    assert samples_of(head, None) == {"a": ("1",), "b": ("2",)}


async def test_a_real_list_of_stones_is_seen():
    content = data_path("diamonds", "diamonds.csv.gz").read_bytes()
    found = preview(await read_head(parts(content)), Reading())
    assert isinstance(found, Preview)
    assert (found.format, len(found.rows)) == (Format.GEMSTONES, 10)
    assert [row.problems for row in found.rows] == [()] * 10
    assert found.rows[0].stone.carat == 0.23
