"""The examples of docs/python-client.md run as they stand, one after the other."""

from __future__ import annotations

import re

import pytest

from tests.program import Program, new_tenant
from tests.support import ROOT

PAGE = ROOT / "docs" / "python-client.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
FEWEST = 10


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("docs") / "data", "--search", "memory:") as program:
        yield program


def test_the_page_has_examples():
    assert len(BLOCKS) >= FEWEST


def test_the_examples_run(program, capsys):
    keys = new_tenant(program.data)
    real = {
        "http://127.0.0.1:8080": f"http://127.0.0.1:{program.port}",
        '"ACCESS_KEY"': repr(keys["accessKey"]),
        '"ID"': repr(keys["id"]),
        '"KEY"': repr(keys["apiKey"]),
    }
    names = {"__name__": "example"}
    for block in BLOCKS:
        code = block
        for shown, meant in real.items():
            code = code.replace(shown, meant)
        exec(compile(code, str(PAGE), "exec"), names)
    names["facetry"].close()
    printed = capsys.readouterr().out.splitlines()
    for line in (
        "Solitaire 1250",
        "3000 0 ",
        "insufficient_stock 4",
        "done 1 0",
        "3 404 product with SKU R-none not found",
    ):
        assert any(one.startswith(line) for one in printed), line
