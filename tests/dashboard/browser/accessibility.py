"""What axe finds on a page that would keep people out."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Page

from tests.support import require

WORST = {"serious", "critical"}


@cache
def axe() -> str:
    """Return the script of axe; the test is skipped by name where it is not installed."""
    package = find_spec("axe_playwright_python")
    require("browser", package, "axe-playwright-python is not installed")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).with_name("axe.min.js").read_text("utf-8")


def barriers(page: Page, *rules: str) -> list[str]:
    """Return a sentence about each element that keeps people out, of those who see a page or hear it.

    Args:
        page: What is looked at.
        rules: The only rules that are asked about; all of them where none is named.
    """
    page.evaluate(axe())
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = page.evaluate("options => axe.run(document, options)", {"resultTypes": ["violations"], **only})
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in WORST
        for node in violation["nodes"]
    ]
