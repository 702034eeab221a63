"""Rules about the tests themselves."""

from __future__ import annotations

import re

from tests.support import ROOT

TEST = re.compile(r"^\s*(?:async )?def test_", re.MULTILINE)
PATCH = re.compile(r"\b(?:monkeypatch\.setattr|mock\.patch|mocker\.patch)\(")
PATCHES_PER_HUNDRED = 3


def counted(texts):
    """Return how many tests and how many patches there are."""
    return sum(len(TEST.findall(text)) for text in texts), sum(len(PATCH.findall(text)) for text in texts)


def test_counting_finds_both():
    patched = "monkeypatch." + "setattr(a, 'b', 1)"
    assert counted([f"def test_a():\n    {patched}\n    async def test_b(): ...\n"]) == (2, 1)


def test_few_tests_patch():
    tests, patches = counted([path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py")])
    assert patches * 100 <= PATCHES_PER_HUNDRED * tests
