"""In a language that is written from right to left every page is the mirror of itself, and still fits."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser.windows import DESKTOP, SMALL_PHONE
from tests.dashboard.places import FURTHER, HOME, PLACES

EVERY = (*PLACES, *FURTHER)
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BOXES = """() => Object.fromEntries(["#menu", "#content", ".topbar__menu", "h1"].map((one) => {
  const box = document.querySelector(one).getBoundingClientRect();
  return [one, [Math.round(box.left), Math.round(box.right)]];
}))"""


@pytest.fixture
def open_mirrored(open_window):
    """Return what opens a window whose pages run from right to left."""

    def open_one(role, device):
        found = open_window(role, device)
        found.mirror()
        return found

    return open_one


def test_every_page_fits_a_small_phone(open_mirrored, house):
    windows = {role: open_mirrored(role, SMALL_PHONE) for role in sorted({place.role for place in EVERY})}
    wide = {}
    for place in EVERY:
        window = windows[place.role]
        window.open(house.path_of(place, window))
        expect(window.page.locator(".htmx-request")).to_have_count(0)
        assert window.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        wide[place.name] = window.page.evaluate(WIDE)
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


def test_the_menu_stands_on_the_other_side(open_mirrored, open_window):
    sides = {}
    for name, window in (("left", open_window("owner", DESKTOP)), ("right", open_mirrored("owner", DESKTOP))):
        window.open(f"{HOME}/catalog")
        sides[name] = window.page.evaluate(BOXES)
    width = DESKTOP.width
    assert (sides["left"]["#menu"][0], sides["right"]["#menu"][1]) == (0, width)
    assert sides["left"]["#menu"][1] <= sides["left"]["#content"][0]
    assert sides["right"]["#content"][1] <= sides["right"]["#menu"][0]
    for name in ("#menu", "#content", "h1"):
        left, right = sides["left"][name]
        assert sides["right"][name] == [width - right, width - left], name


def test_the_menu_of_a_phone_comes_from_the_other_side(open_mirrored):
    window = open_mirrored("owner", SMALL_PHONE)
    window.open(f"{HOME}/catalog")
    before = window.page.evaluate(BOXES)
    assert before[".topbar__menu"][0] > SMALL_PHONE.width / 2
    window.page.locator(".topbar__menu").click()
    expect(window.page.locator("#menu:popover-open")).to_have_count(1)
    left, right = window.page.evaluate(BOXES)["#menu"]
    assert right == SMALL_PHONE.width
    assert 0 <= left < SMALL_PHONE.width / 2
    assert window.page.evaluate(WIDE) <= 0
