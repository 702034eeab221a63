"""What ``make coverage`` does with tests that failed: a few are run once more, alone."""

import os
import subprocess
import sys

import pytest

from tests.support import ROOT

UNSTEADY = """
from pathlib import Path

def test_steady():
    pass

def test_unsteady():
    told = Path("told")
    was_there = told.exists()
    told.write_text("")
    assert was_there
"""
WRONG = "def test_wrong():\n    assert False\n"
MANY = "import pytest\n\n@pytest.mark.parametrize('number', range(4))\ndef test_wrong(number):\n    assert False\n"
BROKEN = "import nothing_like_it\n"


@pytest.mark.parametrize(
    ("text", "status", "tries", "is_named"),
    [
        (UNSTEADY, 0, 2, True),
        (WRONG, 1, 2, False),
        (MANY, 1, 1, False),
        (BROKEN, 2, 2, False),
    ],
    ids=["unsteady", "wrong", "many", "broken"],
)
def test_a_few_failed_tests_are_run_once_more(tmp_path, text, status, tries, is_named):
    (tmp_path / "test_it.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "tools.second_try", sys.executable, "-m", "pytest", "-n", "1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == status, done.stdout
    assert done.stdout.count("test session starts") == tries
    assert ("UNSTEADY, failed among others and passed alone: test_it.py::test_unsteady" in done.stdout) is is_named
