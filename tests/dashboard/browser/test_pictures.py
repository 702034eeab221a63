"""The pictures of README and docs: they can be taken, and with ``--screenshots`` they are taken anew."""

from __future__ import annotations

import pytest

from tests.dashboard.browser.pictures import MOST_BYTES, picture
from tests.dashboard.browser.windows import DESKTOP, PHONE
from tests.support import ROOT

FOLDER = ROOT / "docs" / "images"
TAKEN = {
    "home": ("owner", "/dashboard", DESKTOP, "light"),
    "catalog": ("editor", "/dashboard/catalog?q=halo+ring", DESKTOP, "light"),
    "group": ("editor", "/dashboard/groups/HR1112", DESKTOP, "light"),
    "orders": ("editor", "/dashboard/orders", DESKTOP, "light"),
    "search-studio": ("owner", "/dashboard/search?q=white+gold+ring+under+3000", DESKTOP, "light"),
    "api": ("owner", "/dashboard/account/api/examples", DESKTOP, "light"),
    "phone": ("editor", "/dashboard/catalog?q=halo", PHONE, "dark"),
}
QUERIES = ("halo ring", "rose gold", "sapphire", "tennis braclet", "pearl pendant", "zirkonia", "halo ring", "stud")


@pytest.fixture(scope="module")
def visited(house):
    """Have something asked, for the pages that tell what was."""
    for query in QUERIES * 3:
        house.v2("POST", "/v2/search", {"q": query})
    return house


@pytest.mark.parametrize("name", TAKEN)
def test_a_page_makes_a_picture(open_window, visited, request, name):
    who, path, device, theme = TAKEN[name]
    window = open_window(who, device, theme)
    window.open(path)
    window.page.wait_for_load_state("networkidle")
    image = picture(window.page)
    assert image.startswith(b"\x89PNG")
    assert len(image) < MOST_BYTES
    if request.config.getoption("--screenshots"):
        (FOLDER / f"dashboard-{name}.png").write_bytes(image)
