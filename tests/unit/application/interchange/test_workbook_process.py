"""The process that reads a workbook writes it as CSV, or what is wrong with it."""

import io

import pytest

from facetry.application.interchange import workbook
from facetry.application.interchange.workbook_process import convert
from tests.unit.application.interchange.test_workbook import HEADER, written


def test_a_workbook_becomes_csv():
    output, problem = io.BytesIO(), io.BytesIO()
    assert convert(io.BytesIO(written((HEADER,))), output, problem, "shop.xlsx") == 0
    assert (output.getvalue(), problem.getvalue()) == (b'\xef\xbb\xbf"sku","name","price"\n', b"")


def test_what_is_wrong_is_told():
    output, problem = io.BytesIO(), io.BytesIO()
    assert convert(io.BytesIO(b"PK"), output, problem, "shop.xlsx") == 3
    told = b"shop.xlsx is no workbook (.xlsx) that can be read: save it as CSV (UTF-8)"
    assert (output.getvalue(), problem.getvalue()) == (b"", told)


@pytest.mark.parametrize("place", ["_check_size", "_counted", "cell_text"])
def test_memory_may_end_anywhere(monkeypatch, place):
    def end(*_arguments):
        raise MemoryError

    monkeypatch.setattr(workbook, place, end)
    problem = io.BytesIO()
    assert convert(io.BytesIO(written((HEADER,))), io.BytesIO(), problem, "shop.xlsx") == 3
    assert problem.getvalue() == b"shop.xlsx takes too much memory to be read: save it as CSV (UTF-8)"
