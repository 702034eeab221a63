"""Every command that a document gives can be typed as it stands: it exists, and so do its arguments and flags."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from facetry.cli.main import app
from tests.support import ROOT

PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", *sorted((ROOT / "deploy").rglob("*.service"))]
# What stands before it: the prompt and variables.
BEFORE = r"(?:\$ )?(?:[A-Z_]+=\S+ )*"
LINE = re.compile(rf"^(?: {{4}}|\$ |ExecStart=\S*/)?{BEFORE}facetry +([a-z-]+(?: (?:.*\\\n)*.*)?)$", re.MULTILINE)
INLINE = re.compile(r"`facetry ([^`\n|]+)`")
UsageError = typer.BadParameter.__bases__[0]


def commands():
    """Yield what stands on lines of its own, also over several of them."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for line in LINE.findall(text):
            yield pytest.param(line, id=f"{page.stem}: {line[:40]}")


def mentions():
    """Return what sentences name, such as `facetry tenant quota`."""
    return {line for page in PAGES for line in INLINE.findall(page.read_text("utf-8"))}


def words(line):
    return shlex.split(line.replace("\\\n", " "), comments=True)


def parsed(arguments):
    """Read a command as the program would, without doing anything, and return the names of its parts."""
    command, names = get_command(app), []
    while isinstance(command, TyperGroup) and arguments:
        name, *arguments = arguments
        names.append(name)
        assert name in command.commands, name
        command = command.commands[name]
    if not isinstance(command, TyperGroup):
        command.make_context(names[-1], list(arguments))
    return names


@pytest.mark.parametrize("line", list(commands()))
def test_it_can_be_typed(line):
    assert parsed(words(line))


@pytest.mark.parametrize("line", sorted(mentions()))
def test_what_a_sentence_names_is_there(line):
    with suppress(typer.BadParameter):  # A sentence need not name every argument, nor one that could be.
        parsed(words(line.replace("...", "")))


def test_what_does_not_exist_is_seen():
    with pytest.raises(UsageError, match="No such option: --name"):
        parsed(["tenant", "create", "Shop", "--name", "shop"])
    with pytest.raises(typer.BadParameter):
        parsed(["backup"])
    with pytest.raises(AssertionError):
        parsed(["tenant", "invent"])
