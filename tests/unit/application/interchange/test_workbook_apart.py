"""A workbook takes memory and time of a process of its own only."""

import asyncio
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from facetry.application.interchange import workbook_apart
from facetry.application.interchange.workbook import as_lines
from facetry.application.interchange.workbook_apart import csv_apart
from facetry.domain.errors import InterchangeError
from tests.program import wait_until
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


def test_what_nobody_waits_for_any_more_ends_at_once(file):
    keep(file, slow_book())
    stopped, begun = threading.Event(), time.monotonic()
    threading.Timer(0.5, stopped.set).start()
    with pytest.raises(InterchangeError, match="is no workbook"):
        csv_apart(file, "shop.xlsx", stopped)
    assert time.monotonic() - begun < 5


@pytest.mark.anyio
async def test_who_goes_away_leaves_no_process():
    async def arriving():
        yield slow_book()

    async def read():
        async for _ in as_lines(arriving(), 1 << 30):
            pass

    before = children()
    reading = asyncio.create_task(read())
    await asyncio.to_thread(wait_until, lambda: children() - before, 10)
    reading.cancel()
    await asyncio.wait([reading])
    await asyncio.to_thread(wait_until, lambda: not children() - before, 5)


def slow_book():
    """Return a workbook that takes long to read."""
    rows = b"<row><c><v>1</v></c></row>" * 900_000
    return changed(written((HEADER,)), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<row", rows + b"<row", 1))


def children():
    """Return the processes that this one has started, in whichever thread."""
    return {pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text("ascii").split()}


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
