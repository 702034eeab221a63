"""Documents name what exists: every decision is listed, every setting explained."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.modules import all_modules
from tests.support import ROOT

DECISIONS = ROOT / "docs" / "adr"
DECISION_NAME = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")


def decisions():
    """Return the files of architecture decisions."""
    return sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")


def documents():
    """Return the text of every document for users and contributors."""
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(path.read_text("utf-8") for path in paths if path.exists())


def setting_names():
    """Return the names of the fields of the class ``Settings``, None where there is none yet."""
    for module in all_modules():
        if module.path == "settings.py":
            for node in module.classes():
                if node.name == "Settings":
                    fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
                    return [item.target.id for item in fields if "ClassVar" not in ast.unparse(item.annotation)]
    return None


def test_decisions_are_numbered_without_gaps():
    names = [DECISION_NAME.match(path.name) for path in decisions()]
    assert None not in names
    assert [int(name[1]) for name in names] == list(range(1, len(names) + 1))


def test_every_decision_is_listed():
    listed = set(re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (DECISIONS / "README.md").read_text("utf-8")))
    assert listed == {path.name for path in decisions()}


@pytest.mark.parametrize("heading", ["## Context", "## Decision", "## Consequences"])
def test_every_decision_has_its_three_parts(heading):
    assert [path.name for path in decisions() if f"\n{heading}\n" not in path.read_text("utf-8")] == []


def test_every_setting_is_documented():
    names = setting_names()
    if names is None:
        pytest.skip("settings.py has no class Settings yet")
    assert names
    text = documents()
    assert [name for name in names if not re.search(rf"\bFACETRY_{name.upper()}\b", text)] == []


def test_every_variable_of_the_environment_is_documented():
    named = {name for module in all_modules() for name in re.findall(r"\bFACETRY_[A-Z0-9_]*[A-Z0-9]\b", module.text)}
    text = documents()
    assert [name for name in sorted(named) if not re.search(rf"\b{name}\b", text)] == []


def test_every_variable_of_the_tests_is_documented():
    named = set()
    for path in (ROOT / "tests").rglob("*.py"):
        named |= set(re.findall(r"environ\S*?[\"'](FACETRY_[A-Z_]+)[\"']", path.read_text("utf-8")))
    assert named >= {"FACETRY_TEST_DATA", "FACETRY_REQUIRE"}
    text = documents()
    assert [name for name in sorted(named) if name not in text] == []


def slug(heading):
    """Return what a heading is called by links to it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_link_between_documents_leads_somewhere():
    wrong = []
    for path in [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]:
        text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
        for name, place in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", text):
            target = path.parent / name if name else path
            if not target.exists():
                wrong.append(f"{path.name}: {name}")
            elif place and place not in {
                slug(one) for one in re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            }:
                wrong.append(f"{path.name}: {name}#{place}")
    assert wrong == []
