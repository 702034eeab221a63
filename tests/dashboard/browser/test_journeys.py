"""What people come for, from the first page to what a program sees of it afterwards."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, urlencode

from playwright.sync_api import expect

from tests.dashboard.browser.house import PASSWORD, email_of, sign_in
from tests.dashboard.browser.windows import PHONE
from tests.dashboard.places import HOME


def total(page):
    return page.locator(".catalog__total strong")


def search_of(house, **fields):
    """Return the answer of ``/v2`` to a search."""
    status, found = house.v2("POST", "/v2/search", fields)
    assert status == 200, found
    return found


def seen_by_programs(house, sku):
    """Return the price of a product as each of the three APIs tells it."""
    _, native = house.v2("GET", f"/v2/products/{quote(sku)}")
    with house.server.connect(house.server.login({"id": "demo", "apiKey": house.keys["apiKey"]})) as connection:
        catalog = connection.product(sku).json
    data = json.dumps({"sku": sku, "fields": "*"})
    asked = {"auth": house.keys["accessKey"], "action": "product_search", "data": data}
    with house.server.connect() as connection:
        client = connection("GET", f"/client/V1/?{urlencode(asked)}").json
    return native, catalog, client


def test_a_price_is_found_changed_and_seen_everywhere(open_window, house):
    window = open_window()
    page = window.page
    sign_in(window, email_of("editor"))
    page.get_by_role("link", name="Catalog", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Catalog")
    page.locator("#find").press_sequentially("halo ring", delay=20)
    expect(total(page)).to_have_text(str(search_of(house, q="halo ring")["total"]))
    assert "q=halo" in window.path
    page.locator("input[name='f.active'][value=true]").check()
    expect(total(page)).to_have_text(str(search_of(house, q="halo ring", filter="active = true")["total"]))
    page.locator("[data-hit]").first.click()
    price = page.locator(".variant__price > .cell:first-child").first
    sku = page.locator(".variant__sku").first.inner_text()
    price.get_by_role("link").click()
    field = price.get_by_role("textbox")
    expect(field).to_be_focused()
    field.fill("4321.55")
    field.press("Enter")
    expect(price).to_contain_text("$4,321.55")
    native, catalog, client = seen_by_programs(house, sku)
    assert native["regular_price"] == 4321.55
    assert catalog["regularPrice"] == 4321.55
    assert "4321.55" in json.dumps(client)
    window.open(f"{HOME}/catalog?price_from=4321.55&price_to=4321.55")
    # An offer is what is paid, so a price below it hides the regular one.
    wanted = search_of(house, filter="price >= 4321.55 AND price <= 4321.55")["total"]
    expect(total(page)).to_have_text(str(wanted))


def test_somebody_elses_change_is_shown_and_not_overwritten(open_window, house):
    window = open_window("editor")
    page = window.page
    sku, group = a_product(house, "Equator")
    window.open(f"{HOME}/groups/{group}")
    cell = page.locator(".variant", has_text=sku).locator(".variant__stock .cell")
    cell.get_by_role("link").click()
    assert house.v2("PATCH", f"/v2/products/{sku}", {"quantity": 71})[0] == 200
    cell.get_by_role("textbox").fill("5")
    with window.expecting(409):
        cell.get_by_role("textbox").press("Enter")
        expect(cell.get_by_role("alert")).to_contain_text("71")
    assert house.v2("GET", f"/v2/products/{sku}")[1]["quantity"] == 71
    cell.get_by_role("button", name="Use mine").click()
    expect(cell).to_contain_text("5")
    assert house.v2("GET", f"/v2/products/{sku}")[1]["quantity"] == 5


def test_the_keyboard_goes_on_where_it_was(open_window, house):
    window = open_window("editor")
    page = window.page
    sku, group = a_product(house, "Regent")
    window.open(f"{HOME}/groups/{group}")
    value = page.locator(".variant", has_text=sku).locator(".variant__stock .cell__value")
    value.click()
    page.locator("[data-leave]").click()
    expect(value).to_be_focused()
    window.open(f"{HOME}/catalog")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="2", exact=True).press("Enter")
    expect(page.locator("#results")).to_be_focused()


def a_product(house, q):
    """Return SKU and group of the first product that a search finds."""
    product = search_of(house, q=q, limit=1)["hits"][0]["products"][0]
    return product["sku"], product["group_id"]


FILE = """sku,name,groupID,regularPrice,promotionPrice,quantity,images,category,active,isMain,description,searchKeywords
IMP-1,Imported ring,IMP,100,90,3,https://pictures.example/1.jpg,Jewelry>Rings,true,true,A ring,ring
IMP-2,Imported ring,IMP,twelve,90,3,https://pictures.example/1.jpg,Jewelry>Rings,true,false,A ring,ring
IMP-3,Imported ring,IMP,110,90,-4,https://pictures.example/1.jpg,Jewelry>Rings,true,false,A ring,ring
"""


def test_a_file_with_bad_rows_is_imported_and_they_are_named(open_window, house):
    window = open_window("editor")
    page = window.page
    window.open(f"{HOME}/imports")
    sent = {"name": "autumn.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    page.locator("input[type=file]").set_input_files(sent)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("autumn.csv")
    assert house.v2("GET", "/v2/products/IMP-1")[0] == 404
    page.get_by_role("button", name="Check the whole file").click()
    expect(page.get_by_text("The whole file was checked")).to_be_visible()
    assert house.v2("GET", "/v2/products/IMP-1")[0] == 404
    page.get_by_role("button", name="Start import").click()
    expect(page.get_by_text("Rejected rows").first).to_be_visible()
    expect(page.get_by_role("link", name="Open the catalog")).to_be_visible()
    assert house.v2("GET", "/v2/products/IMP-1")[1]["regular_price"] == 100
    assert [house.v2("GET", f"/v2/products/{sku}")[0] for sku in ("IMP-2", "IMP-3")] == [404, 404]
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    text = download.value.path().read_text("utf-8")
    assert "IMP-2" in text
    assert "IMP-3" in text
    assert "IMP-1" not in text


def test_a_synonym_is_added_and_finds(open_window, house):
    window = open_window("owner")
    page = window.page
    assert search_of(house, q="zzfingerjewel")["total"] == 0
    window.open(f"{HOME}/search?q=zzfingerjewel")
    page.get_by_role("link", name="Add a synonym").first.click()
    expect(page.get_by_label("Who types")).to_have_value("zzfingerjewel")
    page.get_by_label("Also finds").fill("bangle")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="bangle").first).to_be_visible()
    assert search_of(house, q="zzfingerjewel")["total"] == search_of(house, q="bangle")["total"] > 0
    window.open(f"{HOME}/catalog?q=zzfingerjewel")
    expect(total(page)).to_have_text(str(search_of(house, q="bangle")["total"]))


def test_five_hundred_products_are_edited_at_once(open_window, house):
    window = open_window("editor")
    page = window.page
    chosen = 'category = "Jewelry > Rings"'
    wanted = search_of(house, filter=chosen)["total_products"]
    assert wanted >= 500
    sku = search_of(house, filter=chosen, sort=["quantity:desc"])["hits"][0]["products"][0]["sku"]
    before = house.v2("GET", f"/v2/products/{quote(sku)}")[1]["quantity"]
    window.open(f"{HOME}/catalog?{urlencode({'f.category': 'Jewelry > Rings'})}")
    page.get_by_role("link", name=f"Edit all {wanted:,} products").click()
    page.get_by_role("link", name="Stock").click()
    page.get_by_label("How").select_option(label="Add")
    page.get_by_label("Pieces").fill("7")
    page.get_by_role("button", name="Preview").click()
    assert house.v2("GET", f"/v2/products/{quote(sku)}")[1]["quantity"] == before
    page.get_by_role("button", name=f"Edit {wanted:,} products now").click()
    changed = page.locator(".figures div", has_text="Changed").locator("dd").first
    expect(changed).to_have_text(f"{wanted:,}", timeout=60_000)
    assert house.v2("GET", f"/v2/products/{quote(sku)}")[1]["quantity"] == before + 7


def test_a_key_is_made_and_replaced_and_the_old_one_dies(open_window, house):
    window = open_window()
    page = window.page
    sign_in(window, email_of("owner"))
    window.open(f"{HOME}/account/api")
    page.get_by_role("link", name="Show keys").click()
    confirm(page)
    expect(page.get_by_text(house.keys["accessKey"], exact=True)).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Packing table")
    page.locator("input[name=scopes][value=read]").check()
    page.get_by_role("button", name="Make the key").click()
    old = shown_secret(page)
    assert house.v2("GET", "/v2/products?limit=1", key=old)[0] == 200
    page.get_by_role("link", name="Packing table").click()
    page.get_by_label("The old key stays good").select_option("0")
    page.get_by_role("button", name="Replace the key").click()
    new = shown_secret(page)
    assert new != old
    assert house.v2("GET", "/v2/products?limit=1", key=new)[0] == 200
    assert house.v2("GET", "/v2/products?limit=1", key=old)[0] == 401


def confirm(page):
    """Give the password again where it is asked for."""
    if page.url.endswith("/account/confirm") or "/account/confirm?" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()


def shown_secret(page):
    """Return the key that a page shows once."""
    notice = page.locator(".notice", has_text="Copy the key now")
    return notice.locator("[data-copy]").get_attribute("data-copy")


def test_a_viewer_sees_everything_and_changes_nothing(open_window, house):
    window = open_window("viewer")
    page = window.page
    sku, group = a_product(house, "Horizon")
    for path in ("catalog", f"groups/{group}", f"products/{quote(sku)}", "gemstones", "orders", "clients", "search"):
        window.open(f"{HOME}/{path}")
        forms = page.locator("form[method=post]:not([action$=sign-out])")
        assert [form.get_attribute("action") for form in forms.all()] == [], path
        assert page.get_by_role("link", name="New product").count() == 0
    for path in ("users", "settings", "account/api", "operator"):
        window.open(f"{HOME}/{path}", 403)
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    target = f"{house.url}{HOME}/products/{quote(sku)}/fields/price"
    answer = page.request.post(target, form={"csrf": token, "value": "1", "tag": "", "was": ""})
    assert answer.status == 403
    assert house.v2("GET", f"/v2/products/{sku}")[1]["regular_price"] != 1


def test_the_language_follows_browser_and_choice(open_window):
    german = open_window("editor", language="de-DE")
    german.open(f"{HOME}/catalog")
    assert german.page.locator("html").get_attribute("lang") == "de"
    expect(german.page.get_by_role("heading", level=1)).to_have_text("Katalog")
    english = open_window("viewer")
    english.open(f"{HOME}/account")
    english.page.get_by_label("Language").select_option(label="Deutsch")
    english.page.get_by_role("button", name="Save").first.click()
    expect(english.page.locator("html")).to_have_attribute("lang", "de")
    english.page.get_by_label("Sprache").select_option(value="")
    english.page.get_by_role("button", name="Speichern").first.click()
    expect(english.page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_is_enough(open_window, house):
    window = open_window("editor")
    page = window.page
    window.open(f"{HOME}/catalog")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("bangle", delay=20)
    expect(total(page)).to_have_text(str(search_of(house, q="bangle")["total"]))
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit]").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-hit]").nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_focused()
    expect(total(page)).to_have_text(str(search_of(house)["total"]))
    page.keyboard.press("ArrowDown")
    name = page.evaluate("document.activeElement.textContent").strip()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.locator(".variant__stock a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell-form] input[name=value]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-cell-form]")).to_have_count(0)


def test_a_phone_has_the_menu_at_hand(open_window):
    window = open_window("editor", PHONE)
    page = window.page
    window.open(HOME)
    link = page.get_by_role("link", name="Orders", exact=True).first
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")


def test_a_phone_opens_filters_over_the_hits(open_window, house):
    window = open_window("editor", PHONE)
    page = window.page
    window.open(f"{HOME}/catalog?q=halo")
    page.get_by_role("button", name="Filter").click()
    page.locator("input[name='f.active'][value=true]").check()
    expect(total(page)).to_have_text(str(search_of(house, q="halo", filter="active = true")["total"]))


def test_the_first_start_prints_a_link_that_lets_somebody_in_once(open_window, house):
    printed = house.server.output + house.server.log
    found = re.findall(r"http://\S+/dashboard/welcome/\S+", printed)
    # The operator's, and that of the owner of the demo.
    assert len(found) == 2, printed
    window = open_window()
    page = window.page
    path = found[1].removeprefix(house.url)
    window.open(path)
    page.get_by_label("Password").fill("a pearl of a password")
    page.get_by_label("The same again").fill("a pearl of a password")
    page.get_by_role("button", name="Set password and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo Jewelry")
    again = open_window()
    again.open(path, 410)
    expect(again.page.get_by_role("heading", level=1)).to_be_visible()
    assert again.page.locator("input[type=password]").count() == 0
