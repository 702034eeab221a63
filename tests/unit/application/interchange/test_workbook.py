"""A workbook is read as the CSV that its program would write, within bounds."""

import datetime as dt
import io
import re
import sys
import zipfile

import pytest
from openpyxl import Workbook

from facetry.application.interchange import workbook
from facetry.application.interchange.source import Source
from facetry.application.interchange.table import Table
from facetry.application.interchange.workbook import as_lines, cell_text, csv_of
from facetry.domain.errors import FileTooLargeError, InterchangeError

HEADER = ("sku", "name", "price")


def written(*sheets, hidden=()):
    """Return a workbook of sheets, each of rows."""
    book = Workbook()
    book.remove(book.active)
    for place, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {place}")
        for row in rows:
            sheet.append(row)
        if place in hidden:
            sheet.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content, name, change):
    """Return a workbook with one of its files changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, change(old.read(entry)) if entry == name else old.read(entry))
    return file.getvalue()


def lines(content):
    with csv_of(io.BytesIO(content), "shop.xlsx") as found:
        return found.read().decode("utf-8-sig").splitlines()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ('a, "b"', 'a, "b"'),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (4006381333931, "4006381333931"),
        (5.0, "5"),
        (19.9, "19.9"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (1.5e16, "15000000000000000"),
        (dt.datetime.fromisoformat("2024-05-31"), "2024-05-31"),
        (dt.datetime.fromisoformat("2024-05-31T08:30"), "2024-05-31T08:30:00"),
        (dt.date(2024, 5, 31), "2024-05-31"),
        (dt.time(8, 30), "08:30:00"),
        (dt.timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_cells_are_texts(value, text):
    assert cell_text(value) == text


def test_the_first_sheet_that_is_shown_is_read(tmp_path):
    rows = (HEADER, ("R-1", 'Ring "Anna"; gold', 19.9), (), ("00012", dt.datetime.fromisoformat("2024-05-31"), 5.0))
    content = written((("not", "this"),), rows, (("nor", "this"),), hidden=(0,))
    assert lines(content) == [
        '"sku","name","price"',
        '"R-1","Ring ""Anna""; gold","19.9"',
        "",
        '"00012","2024-05-31","5"',
    ]
    (tmp_path / "shop.xlsx").write_bytes(content)
    with Source(tmp_path / "shop.xlsx", "cp1252") as source:
        table = Table(source)
        assert table.header == list(HEADER)
        # Rows are counted as the program counts them.
        assert [line for line, _ in table.rows()] == [2, 4]
        assert source.position == source.size == 85


def test_formulas_stand_with_their_values():
    content = written((HEADER, ("R-1", "Ring", "=1+2")))
    assert lines(content)[1] == '"R-1","Ring",""'
    kept = changed(content, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb"<v ?/>|<v></v>", b"<v>3</v>", xml))
    assert lines(kept)[1] == '"R-1","Ring","3"'


def test_what_a_sheet_says_of_its_size_is_not_believed():
    lying = changed(
        written((HEADER, ("R-1", "Ring", 1))),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml),
    )
    assert lines(lying) == ['"sku","name","price"', '"R-1","Ring","1"']


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04...",
        written((HEADER,))[:-30],
        changed(written((HEADER,)), "xl/worksheets/sheet1.xml", lambda xml: xml[:-20]),
        changed(written((HEADER,)), "xl/workbook.xml", lambda xml: b""),
        changed(written((HEADER,)), "xl/worksheets/sheet1.xml", lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml),
    ],
    ids=["no archive", "cut off", "cut off inside", "no sheets", "entities"],
)
def test_what_is_no_workbook_is_refused(content):
    told = r"^shop.xlsx is no workbook \(.xlsx\) that can be read: save it as CSV \(UTF-8\)$"
    with pytest.raises(InterchangeError, match=told):
        csv_of(io.BytesIO(content), "shop.xlsx")


@pytest.mark.parametrize(
    ("bound", "most", "told"),
    [
        ("MOST_ROWS", 2, "shop.xlsx has more than 2 rows"),
        ("MOST_CELLS", 8, "shop.xlsx has more than 8 cells"),
        ("MOST_UNPACKED", 1000, "shop.xlsx has more than 1000 bytes when it is unpacked: save it as CSV (UTF-8)"),
    ],
)
def test_a_workbook_beyond_a_bound_is_refused(monkeypatch, bound, most, told):
    content = written((HEADER, ("R-1", "Ring", 1), ("R-2", "Ring", 2)))
    monkeypatch.setattr(workbook, bound, most)
    with pytest.raises(InterchangeError) as caught:
        csv_of(io.BytesIO(content), "shop.xlsx")
    assert caught.value.message == told


def test_a_bomb_is_never_unpacked():
    file = io.BytesIO(written((HEADER,)))
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/bomb", "w") as bomb,
    ):
        for _ in range(257):
            bomb.write(bytes(1 << 20))
    assert len(file.getvalue()) < 1 << 21
    with pytest.raises(InterchangeError, match="more than 268435456 bytes"):
        csv_of(file, "shop.xlsx")


def test_a_text_in_many_cells_is_counted_in_each(monkeypatch):
    content = written((HEADER, *(("R", "x" * 1000, 1) for _ in range(50))))
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 40_000)
    with pytest.raises(InterchangeError, match="more than 40000 bytes when it is unpacked"):
        csv_of(io.BytesIO(content), "shop.xlsx")


def test_without_the_extra_the_way_out_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InterchangeError, match=r"install the extra facetry\[excel\], or save it as CSV"):
        csv_of(io.BytesIO(written((HEADER,))), "shop.xlsx")


async def arriving(content, size):
    for place in range(0, len(content), size):
        yield content[place : place + size]


async def arrived(content, *, size=3, most=1 << 20):
    return b"".join([piece async for piece in as_lines(arriving(content, size), most)])


@pytest.mark.anyio
@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_a_workbook_arrives_as_lines_and_other_files_as_they_are(size):
    assert await arrived(written((HEADER,)), size=size) == b'\xef\xbb\xbf"sku","name","price"\n'
    for content in (b"", b"PK", b"sku,name\nPK\x03\x04,b\n"):
        assert await arrived(content, size=size) == content


@pytest.mark.anyio
async def test_a_workbook_that_is_too_large_does_not_arrive():
    content = written((HEADER,))
    with pytest.raises(FileTooLargeError):
        await arrived(content, most=len(content) - 1)
    assert await arrived(content, most=len(content)) != b""
