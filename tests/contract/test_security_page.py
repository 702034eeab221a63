"""The threat model names tests; each of them exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_ROW = re.compile(r"^\| (?!threat|---)(?P<threat>[^|]+)\|[^|]+\|(?P<tests>[^|]+)\|$", re.MULTILINE)


def functions_in(file):
    tree = ast.parse((ROOT / file).read_text())
    return {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name
    }


def test_every_test_that_is_named_exists():
    named = _NAMED.findall(PAGE.read_text())
    assert len(named) > 50
    assert [f"{file}::{test}" for file, test in named if test not in functions_in(file)] == []


def test_every_threat_names_a_test():
    rows = [(row["threat"].strip(), row["tests"]) for row in _ROW.finditer(PAGE.read_text())]
    assert len(rows) > 20
    assert [threat for threat, tests in rows if not _NAMED.search(tests)] == []
