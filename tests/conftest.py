"""Settings of every test run: Hypothesis profiles and the slice of slow tests."""

from __future__ import annotations

import hashlib
import os
from itertools import groupby

import hypothesis
import pytest

pytest_plugins = ("tests.real_servers",)

# Continuous integration must give the same verdict on the same commit, so it does not draw new examples.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


SLOW_SECONDS = 600
SLICE_FILES = 3
"""From so many files a slice takes a test each: continuous integration has minutes, and another slice next time."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--slow-slice``, ``--profile`` and ``--screenshots``."""
    parser.addoption("--slow-slice", metavar="SEED", help="run a few slow tests, chosen by this seed")
    profiles = ["embedded", "shared-index", "scale-out"]
    parser.addoption("--profile", choices=profiles, default=profiles[0], help="the engines under tests/api")
    parser.addoption("--screenshots", action="store_true", help="write the pictures of docs/images anew")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give slow tests their time; keep a few of them where a slice is asked for."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))
    seed = config.getoption("--slow-slice")
    if seed is None:
        return
    kept = slow_slice(items, seed)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


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
