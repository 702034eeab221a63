"""The table of the contract's sentences names conversations and tests that there are."""

import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
TESTS = FOLDER.parent.parent
TABLE = (FOLDER / "README.md").read_text("utf-8")
ROWS = [row for row in TABLE.splitlines() if row.startswith("|") and not row.startswith(("|--", "| the contract"))]
CONVERSATION = re.compile(r"`([a-z]+): ([^`]+)`")
TEST = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")


def said():
    """Return what each file of conversations says."""
    files = {file.stem: json.loads(file.read_text("utf-8")) for file in FOLDER.glob("*.json")}
    return {(name, case["says"]) for name, content in files.items() for case in content["cases"]}


def test_every_sentence_is_held_by_something():
    assert len(ROWS) >= 70
    held = [row.rpartition(" | ")[2] for row in ROWS]
    assert [row for row in held if not CONVERSATION.search(row) and not TEST.search(row)] == []


def test_every_conversation_that_is_named_is_there():
    named = set(CONVERSATION.findall("\n".join(ROWS)))
    assert len(named) >= 50
    assert named - said() == set()


@pytest.mark.parametrize(("path", "name"), sorted(set(TEST.findall("\n".join(ROWS)))))
def test_every_test_that_is_named_is_there(path, name):
    assert re.search(rf"^ *(async )?def {name}\(", (TESTS / path).read_text("utf-8"), re.MULTILINE)
