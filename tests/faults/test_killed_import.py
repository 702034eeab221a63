"""An import that is killed at any batch is continued by the next run, and nothing is missing or there twice."""

import os
import signal
import subprocess
import sys

import pytest

from facetry.application.catalog import Catalog
from facetry.application.interchange.exporting import export_file
from facetry.application.interchange.importing import ImportOptions, import_file
from facetry.application.relay import ChangeRelay
from facetry.application.tenants import NewTenant
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.engines.sqlite.opening import open_store
from tests.support import ROOT
from tests.unit.application.shop import Shop

pytestmark = pytest.mark.anyio

PRODUCTS = 2_500
GROUP = 7
# The child tells each batch and waits for a line before it goes on, so that it is killed where the test says.
CHILD = """
import asyncio, sys
from pathlib import Path
from tests.faults.test_killed_import import run

def told(progress):
    print(progress.stored, flush=True)
    sys.stdin.readline()

asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2]), told))
"""


async def run(folder, source, progress=None):
    """Import a file into the data directory of a folder and return the report."""
    store = await open_store(folder / "data", owner=True)
    try:
        catalog = Catalog(store, ChangeRelay(store, MemorySearchIndex()))
        options = ImportOptions(path=source, state_folder=folder / "imports")
        report = await import_file(options, catalog, "t", progress)
        await export_file(store, "t", folder / "export.ndjson")
        return report
    finally:
        await store.close()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "shop.ndjson"
    lines = [
        f'{{"sku":"S{number}","name":"ring {number}","groupID":"G{number // GROUP}","regularPrice":{number + 1}}}\n'
        for number in range(PRODUCTS)
    ]
    path.write_text("".join(lines) + '{"sku":"bad"}\n')
    return path


@pytest.fixture
def folder(tmp_path):
    """Return what makes a folder with a data directory that has one tenant."""

    async def made(name):
        store = await open_store(tmp_path / name / "data", owner=True)
        try:
            record = Shop()
            keys = await record.tenants.create(NewTenant(name="Shop", id="t"))
            await store.create_tenant(keys.tenant)
        finally:
            await store.close()
        return tmp_path / name

    return made


def killed(folder, source, batches):
    """Run an import in a process of its own and kill it after some batches; return what it said was stored."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(source)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with child:
        for batch in range(batches):
            stored = int(child.stdout.readline())
            if batch < batches - 1:
                child.stdin.write("\n")
                child.stdin.flush()
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    return stored


@pytest.mark.parametrize("batches", [1, 5])
async def test_a_killed_import_goes_on_where_it_was(folder, source, batches):
    whole, broken = await folder("whole"), await folder("broken")
    expected = await run(whole, source)
    stored = killed(broken, source, batches)
    assert 250 * batches <= stored < PRODUCTS
    report = await run(broken, source)
    assert (report.stored, report.created, report.replaced) == (PRODUCTS, PRODUCTS, 0)
    assert (report.resumed_after, report.rejected) == (stored, 1)
    assert report.notes == expected.notes
    assert (broken / "export.ndjson").read_bytes() == (whole / "export.ndjson").read_bytes()
    assert list((broken / "imports").iterdir()) == []
