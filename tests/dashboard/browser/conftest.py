"""A browser, a demo to look at with it, and windows that fail a test when anything goes wrong in them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.dashboard.browser.house import House
from tests.dashboard.browser.house import house as serve_house
from tests.dashboard.browser.windows import DESKTOP, Device, Window
from tests.support import require

FOLDER = Path(__file__).parent
SECONDS = 240
"""How long a test may take that goes through all pages."""
PATIENCE_MILLISECONDS = 15_000
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    # Any name but the server's own leads nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder, and give them time."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(SECONDS))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a browser; it ends with the module, for other tests want the event loop that drives it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    require("browser", program, "no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> Iterator[House]:
    """Return a demo that all tests share: each changes only what no other looks at."""
    with serve_house(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def open_window(chromium: Browser, house: House) -> Iterator[Callable[..., Window]]:
    """Return what opens a window for somebody who is signed in, or for nobody; its faults fail the test."""
    opened: list[Window] = []

    def open_one(
        who: str = "", device: Device = DESKTOP, theme: str = "light", *, scripts: bool = True, language: str = "en-US"
    ) -> Window:
        context = chromium.new_context(
            viewport=device.viewport,
            color_scheme=theme,
            java_script_enabled=scripts,
            locale=language,
            storage_state=house.state(who) if who else None,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        window = Window(context, house.url)
        opened.append(window)
        return window

    yield open_one
    for window in opened:
        window.page.context.close()
    assert [fault for window in opened for fault in window.faults] == []
