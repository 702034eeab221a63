"""What people come for, once more in a browser that runs no scripts."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser.house import email_of, sign_in
from tests.dashboard.browser.windows import DESKTOP, PHONE
from tests.dashboard.places import HOME


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=lambda device: device.name)
def test_a_day_without_scripts(open_window, house, device):
    window = open_window(device=device, scripts=False)
    page = window.page
    sign_in(window, email_of("editor"))
    # Found by a form.
    page.locator("#find").fill("bezel pendant")
    page.locator("#find").press("Enter")
    wanted = house.v2("POST", "/v2/search", {"q": "bezel pendant"})[1]
    expect(page.locator(".catalog__total strong")).to_have_text(str(wanted["total"]))
    page.locator("input[name='f.active'][value=true]").check()
    page.locator("#filters button[type=submit]").first.click()
    shown = house.v2("POST", "/v2/search", {"q": "bezel pendant", "filter": "active = true"})[1]
    expect(page.locator(".catalog__total strong")).to_have_text(str(shown["total"]))
    # Changed on a page of its own.
    page.locator("[data-hit]").first.click()
    sku = page.locator(".variant__sku").first.inner_text()
    page.locator(".variant__price > .cell:first-child a").first.click()
    page.get_by_role("textbox", name="Price").fill("777.25")
    page.get_by_role("button", name="Save").click()
    assert house.v2("GET", f"/v2/products/{quote(sku)}")[1]["regular_price"] == 777.25
    # An order moved on.
    made = house.v2("POST", "/v2/orders", {"reference": f"PLAIN-{device.name}", "lines": [{"sku": sku}]})[1]
    window.open(f"{HOME}/orders/{made['id']}")
    page.get_by_label("Status").select_option(label="Paid")
    page.get_by_role("button", name="Change status").click()
    assert house.v2("GET", f"/v2/orders/{made['id']}")[1]["status"] == "paid"
    expect(page.locator(".page__subtitle")).to_contain_text("Paid")
