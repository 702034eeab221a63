"""Every page on a desktop and on a phone, light and dark: it fits, stands still, and keeps nobody out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser.accessibility import barriers
from tests.dashboard.browser.windows import DESKTOP, PHONE
from tests.dashboard.places import FURTHER, PLACES

MOST_SHIFTED = 0.05
"""How much may move while a page loads, as browsers count it: half of what people begin to notice."""
LOOKED_AT = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  headings: [...document.querySelectorAll("h1")].map((heading) => heading.textContent.trim()),
  title: document.title,
  language: document.documentElement.lang,
  broken: [...document.images].filter((one) => one.complete && !one.naturalWidth).map((one) => one.src),
  shifted: window.shifted,
})"""


def faults_of(window, *rules):
    """Yield what is wrong with the page that a window shows; of accessibility all, or by these rules only."""
    seen = window.page.evaluate(LOOKED_AT)
    if seen["wide"] > 0:
        yield f"is {seen['wide']} pixels wider than the window"
    if len(seen["headings"]) != 1 or not seen["headings"][0]:
        yield f"has not one heading: {seen['headings']}"
    if not seen["title"].removesuffix("Facetry").strip(" ·"):
        yield "has no title"
    if seen["language"] != "en":
        yield f"says that it is in {seen['language']!r}"
    if seen["shifted"] > MOST_SHIFTED:
        yield f"moves while it loads: {seen['shifted']:.3f}"
    yield from (f"has a picture that cannot be shown: {one}" for one in seen["broken"])
    yield from barriers(window.page, *rules)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=lambda device: device.name)
def test_every_page(open_window, house, device, theme):
    # Two of the four ways to look ask everything about every page; the others what a theme and a width have a say in.
    is_whole = (device, theme) in {(DESKTOP, "light"), (PHONE, "dark")}
    places = (*PLACES, *FURTHER) if is_whole else PLACES
    rules = () if is_whole else ("color-contrast", "scrollable-region-focusable")
    windows = {role: open_window(role, device, theme) for role in sorted({place.role for place in places})}
    wrong = []
    for place in places:
        window = windows[place.role]
        path = house.path_of(place, window)
        window.open(path)
        expect(window.page.locator(".htmx-request")).to_have_count(0)
        wrong += [f"{place.name} ({path}) {fault}" for fault in faults_of(window, *rules)]
    assert wrong == []
