"""A workbook takes memory and time of a process of its own only."""

import resource
import subprocess
import sys
import tempfile

import pytest

from facetry.application.interchange import workbook_apart
from facetry.application.interchange.workbook_apart import csv_apart
from facetry.domain.errors import InterchangeError
from tests.unit.application.interchange.test_workbook import HEADER, changed, written


@pytest.fixture
def file():
    with tempfile.TemporaryFile() as opened:
        yield opened


def keep(file, content):
    file.write(content)
    file.flush()
    return file


def test_a_workbook_is_read_apart_from_its_beginning(file):
    keep(file, written((HEADER, ("R-1", "Ring", 19.9))))
    with csv_apart(file, "shop.xlsx") as found:
        assert found.read() == b'\xef\xbb\xbf"sku","name","price"\n"R-1","Ring","19.9"\n'


def test_what_is_refused_says_the_same_apart(file):
    keep(file, b"PK\x03\x04...")
    with pytest.raises(InterchangeError) as caught:
        csv_apart(file, "Gläser.xlsx")
    assert caught.value.message == "Gläser.xlsx is no workbook (.xlsx) that can be read: save it as CSV (UTF-8)"


@pytest.mark.parametrize(("bound", "value"), [("_PROGRAM", "no.such.module"), ("MOST_SECONDS", 0.001)])
def test_a_process_that_fails_or_takes_too_long_refuses(monkeypatch, file, bound, value):
    monkeypatch.setattr(workbook_apart, bound, value)
    with pytest.raises(InterchangeError, match="is no workbook"):
        csv_apart(keep(file, written((HEADER,))), "shop.xlsx")


def test_a_few_kilobytes_that_are_millions_of_elements_take_no_memory_of_the_server(file):
    cells = b"<row>" + b"<c/>" * 1_000_000
    bomb = changed(
        written((HEADER,)), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<row", cells + b"</row><row", 1)
    )
    assert len(bomb) < 20_000
    keep(file, bomb).seek(0)
    most = 200 << 20

    def narrow():
        resource.setrlimit(resource.RLIMIT_AS, (most, most))

    command = [sys.executable, "-P", "-m", "facetry.application.interchange.workbook_process", "shop.xlsx"]
    done = subprocess.run(command, stdin=file, capture_output=True, check=False, preexec_fn=narrow)
    assert done.returncode == workbook_apart.REFUSED
    assert done.stderr.decode() == "shop.xlsx takes too much memory to be read: save it as CSV (UTF-8)"
