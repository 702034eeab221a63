"""What people write is text on every page, whatever it looks like."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest

from tests.dashboard.browser import hostile
from tests.dashboard.browser.windows import DESKTOP, PHONE, SMALL_PHONE
from tests.dashboard.places import FURTHER, HOME, PLACES, leads, links, path_of

TENANT = "hostile"
OWNER = "owner@hostile.example"
WRITTEN = """() => document.body.innerText + "\\n" +
  [...document.querySelectorAll("input, textarea, option")].map((one) => one.value).join("\\n")"""
STRAY = "document.querySelectorAll('img[src=x], svg[onload], i[onclick], b[onclick], body script').length"


@pytest.fixture(scope="module")
def filled(house):
    counts = hostile.fill(house.shop(TENANT, OWNER))
    assert min(counts.values()) >= 5, counts
    return counts


@pytest.fixture
def open_hurting(open_window, filled):
    """Return what opens a window for the owner of the hostile shop."""

    def open_one(device):
        found = open_window(OWNER, device)
        found.lacks_pictures = True
        found.page.context.add_init_script(hostile.HURT)
        return found

    return open_one


@pytest.fixture
def window(open_hurting):
    return open_hurting(DESKTOP)


def look(window, path):
    """Open a page of hostile texts, and return all that can be read on it."""
    window.open(path)
    assert window.page.evaluate(STRAY) == 0, path
    return window.page.evaluate(WRITTEN)


def every_path(window):
    """Return the pages of the shop: those at hand, and those of the hostile things."""
    paths = [place.path for place in PLACES if not place.links and place.role in {"editor", "owner"}]
    for place in (*PLACES, *FURTHER):
        if place.links and place.role in {"editor", "owner"}:
            found = path_of(place._replace(path=place.path.replace("q=ring", "q=Ring")), window.read)
            paths += [found] if found else []
    return paths


def test_no_page_takes_a_text_for_markup(window):
    paths = every_path(window)
    assert len(paths) > 30
    for path in paths:
        look(window, path)


def test_texts_are_shown_as_they_are(window):
    group = next(path for path in links(window.read(f"{HOME}/catalog?q=Ring")) if leads(f"{HOME}/groups/*", path))
    products = [path for path in links(window.read(group)) if leads(f"{HOME}/products/*", path)]
    (hurting,) = {path for path in products if "onclick" in path}
    written = look(window, hurting)
    # SKU and group, name, description, brand, color, size, categories, a keyword, attributes, the location.
    assert hostile.short(0) in written
    assert [number for number in (2, 3, 5, 6, 7, 8, 9, 10) if hostile.shown(number) not in written] == []
    for kind, number in (("gemstones", 1), ("orders", 0), ("clients", 2)):
        found = links(window.read(f"{HOME}/{kind}"))
        first = next(path for path in found if leads(f"{HOME}/{kind}/*", path))
        assert hostile.MARK in look(window, first), number


def test_what_people_type_is_shown_as_it_is(window):
    text = hostile.text(70)
    written = look(window, f"{HOME}/catalog?{urlencode({'q': text})}")
    assert hostile.shown(70) in written
    look(window, f"{HOME}/search?{urlencode({'q': text})}")
    look(window, f"{HOME}/orders?{urlencode({'q': text})}")
    look(window, f"{HOME}/catalog?{urlencode({'f.brand': text, 'sort': text, 'view': text, 'page': text})}")
    window.open(f"{HOME}/{quote(text, safe='')}", 404)
    assert window.page.evaluate(STRAY) == 0


def test_names_of_views_files_and_users_are_shown_as_they_are(window):
    page = window.page
    name = '<b onclick="hurt()">"\'&'
    window.open(f"{HOME}/catalog/views?query=q%3DRing")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    assert name in look(window, f"{HOME}/catalog/views?query=q%3DRing")
    look(window, f"{HOME}/catalog")
    window.open(f"{HOME}/account")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save").first.click()
    assert name in look(window, f"{HOME}/users")
    window.open(f"{HOME}/imports")
    sent = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": f"sku,name\n{name},{hostile.text(71)}\n".encode()}
    page.locator("input[type=file]").set_input_files(sent)
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url("**/imports/*")
    assert page.evaluate(STRAY) == 0
    look(window, f"{HOME}/imports")


@pytest.mark.parametrize(("device", "is_mirrored"), [(PHONE, False), (SMALL_PHONE, True)])
def test_a_narrow_window_holds_long_words(open_hurting, device, is_mirrored):
    window = open_hurting(device)
    if is_mirrored:
        window.mirror()
    for path in every_path(window):
        window.open(path)
        wide = window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
