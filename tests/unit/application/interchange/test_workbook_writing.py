"""A table of products becomes a workbook that says the same."""

import io

import pytest
from openpyxl import load_workbook

from facetry.application.interchange.workbook_writing import workbook_of, writes_workbooks


async def arriving(*pieces):
    for piece in pieces:
        yield piece


async def cells(*pieces):
    content = b"".join([piece async for piece in workbook_of(arriving(*pieces))])
    sheet = load_workbook(io.BytesIO(content)).active
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


@pytest.mark.anyio
async def test_rows_become_cells_of_texts_and_numbers():
    found = await cells(
        b"sku,name,regularPrice,quantity\r\n",
        b'007,"Ring ""A"",\r\nround",19.9,3\r\n',
        b"'=SUM(A1),'=x,,0\r\n",
    )
    assert found == [
        [("sku", "s"), ("name", "s"), ("regularPrice", "s"), ("quantity", "s")],
        [("007", "s"), ('Ring "A",\nround', "s"), (19.9, "n"), (3, "n")],
        # Texts that look like formulas are texts here, with no sign before them.
        [("=SUM(A1)", "s"), ("=x", "s"), (None, "n"), (0, "n")],
    ]


@pytest.mark.anyio
async def test_what_no_cell_can_hold_is_replaced():
    found = await cells(b"sku,name\r\n", "A,\x01é\r\n".encode(), b"B," + b"x" * 40_000 + b"\r\n")
    assert [row[1][0] for row in found[1:]] == ["\ufffdé", "x" * 32_767]


@pytest.mark.anyio
async def test_a_table_without_rows_has_its_header():
    assert await cells(b"sku,name\r\n") == [[("sku", "s"), ("name", "s")]]
    assert writes_workbooks()
