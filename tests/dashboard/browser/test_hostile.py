"""What people write is text on every page, whatever it looks like."""

from __future__ import annotations

import pytest

from tests.dashboard.browser import hostile

TENANT = "hostile"
OWNER = "owner@hostile.example"
WRITTEN = """() => document.body.innerText + "\\n" +
  [...document.querySelectorAll("input, textarea, option")].map((one) => one.value).join("\\n")"""
STRAY = "document.querySelectorAll('img[src=x], svg[onload], i[onclick], b[onclick], body script').length"
DETAILS = {
    "group": r"/dashboard/groups/[^/?#]+",
    "product": r"/dashboard/products/(?!new)[^/?#]*Ci%20onclick[^/?#]*",
    "gemstone": r"/dashboard/gemstones/(?!new)[^/?#]+",
    "order": r"/dashboard/orders/(?!new)[^/?#]+",
    "client": r"/dashboard/clients/(?!new)[^/?#]+",
}


@pytest.fixture(scope="module")
def filled(house):
    counts = hostile.fill(house.shop(TENANT, OWNER))
    assert min(counts.values()) >= 5, counts
    return counts


@pytest.fixture
def window(open_window, house, filled):
    found = open_window(OWNER)
    found.page.context.add_init_script(hostile.HURT)
    return found


def look(window, path):
    """Open a page of hostile texts, and return all that can be read on it."""
    window.open(path)
    assert window.page.evaluate(STRAY) == 0, path
    return window.page.evaluate(WRITTEN)
