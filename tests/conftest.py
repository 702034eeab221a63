"""Settings of every test run: Hypothesis profiles and the slice of slow tests."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Generator
from itertools import groupby
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ("tests.real_servers", "tests.profiles")

EXAMPLES, SLOW_EXAMPLES = 50, 500
"""So many examples Hypothesis draws where a test does not say it, in the first tier and where slow tests run too."""
SLOW_SECONDS = 600
SLICE_FILES = 3
"""From so many files a slice takes a test each: continuous integration has minutes, and another slice next time."""
LONG_FOLDERS = ("faults", "server", "data", "property", "cli", "api")
"""Folders with files that take long, longest first: a worker that began one of them last would work on alone."""


def pytest_configure(config: pytest.Config) -> None:
    """Choose how Hypothesis draws examples, before any test is read."""
    examples = SLOW_EXAMPLES if config.option.markexpr.startswith("slow") else EXAMPLES
    hypothesis.settings.register_profile("local", deadline=None, max_examples=examples)
    # Continuous integration must give the same verdict on the same commit, so it does not draw new examples.
    hypothesis.settings.register_profile("ci", deadline=None, max_examples=examples, derandomize=True, print_blob=True)
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests are read, and never again at what is read: all of it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--slow-slice`` and ``--screenshots``."""
    parser.addoption("--slow-slice", metavar="SEED", help="run a few slow tests, chosen by this seed")
    parser.addoption("--screenshots", action="store_true", help="write the pictures of docs/images anew")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, give slow tests their time; keep a few of them where a slice is asked for."""
    items.sort(key=lambda item: folder_rank(item.path))
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))
    seed = config.getoption("--slow-slice")
    if seed is None:
        return
    kept = slow_slice(items, seed)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def folder_rank(path: Path) -> int:
    """Return how early tests of a file run, wherever it is; those of one rank keep their order."""
    tests = Path(__file__).parent
    folder = path.relative_to(tests).parts[0] if tests in path.parents else ""
    return LONG_FOLDERS.index(folder) if folder in LONG_FOLDERS else len(LONG_FOLDERS)


def slow_slice(items: list[pytest.Item], seed: str) -> list[pytest.Item]:
    """Return slow tests of a few files, one of each; the same seed chooses the same, whatever order they come in."""

    def draw(item: pytest.Item) -> bytes:
        return hashlib.sha256(f"{seed} {item.nodeid}".encode()).digest()

    slow = [item for item in items if item.get_closest_marker("slow")]
    picked = [min(group, key=draw) for _, group in groupby(slow, key=lambda item: item.path)]
    chosen = {item.nodeid for item in sorted(picked, key=draw)[:SLICE_FILES]}
    return [item for item in picked if item.nodeid in chosen]


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, as the server does."""
    return "asyncio"
