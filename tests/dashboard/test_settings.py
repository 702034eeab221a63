"""Settings on pages: versioned, checked before they are set, and taken back."""

import asyncio

import pytest

from facetry.application.interchange.values import read_content
from facetry.domain.catalog import PutProduct
from facetry.domain.channels import Channel
from facetry.domain.order import OrderStatus, StatusDefinition
from facetry.domain.quotas import Quotas
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.tenant import HttpsRule
from facetry.domain.user import Role
from tests.api.server import product
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

SETTINGS = "/dashboard/settings"
ATTRIBUTES = f"{SETTINGS}/attributes"
EDIT = f"{ATTRIBUTES}/edit"
CLIENT_API = f"{SETTINGS}/client-api"
HISTORY = f"{SETTINGS}/history"
HOSTILE = "<script>alert(1)</script>\"'\u202e" + "w" * 60


async def settings_of(server):
    return (await server.store.tenant("shop")).settings


def form_of(page, action=SETTINGS):
    """Return the values of the form in the content that goes to an action."""
    return page.values(f'main form[action^="{action}"]')


async def saved(owner, page, target, **changes):
    """Send the first form of a page with changes; what is None is left out, as a box that is not ticked."""
    values = {**form_of(page, target), **changes}
    return await owner.post(target, {name: value for name, value in values.items() if value is not None})


# --- Language and currency ------------------------------------------------------------------------------------------


async def test_language_and_currency_are_changed(server, owner):
    page = await owner.get(SETTINGS)
    assert {name: value for name, value in form_of(page).items() if name != "csrf"} == {
        "version": ["1"],
        "language": ["en"],
        "currency": ["USD"],
    }
    after = await owner.follow(await saved(owner, page, SETTINGS, language="de", currency="EUR"))
    assert after.texts("#messages") == ["The settings are saved"]
    assert form_of(after)["currency"] == ["EUR"]
    assert ((await settings_of(server)).language, (await settings_of(server)).currency) == ("de", "EUR")


@pytest.mark.parametrize(("field", "value"), [("language", "klingon"), ("currency", "EURO"), ("currency", "")])
async def test_what_there_is_not_is_told_beside_the_field(server, owner, field, value):
    page = await owner.get(SETTINGS)
    refused = await saved(owner, page, SETTINGS, **{field: value})
    assert refused.status == 422
    assert len(refused.texts(f"#field-{field}-error")) == 1
    assert (await settings_of(server)).currency == "USD"


async def test_a_lost_race_is_shown_and_overwrites_nothing(server, owner):
    page = await owner.get(SETTINGS)
    await saved(owner, page, SETTINGS, currency="EUR")
    lost = await saved(owner, page, SETTINGS, currency="GBP")
    assert lost.status == 409
    assert "Somebody else changed the settings meanwhile" in lost.words
    assert lost.texts("dl.keys dd") == ["English", "EUR"]
    assert form_of(lost)["currency"] == ["GBP"]
    assert (await settings_of(server)).currency == "EUR"
    assert (await saved(owner, lost, SETTINGS)).status == 303
    assert (await settings_of(server)).currency == "GBP"


async def test_a_form_without_a_version_changes_nothing(server, owner):
    assert (await owner.post(SETTINGS, {"language": "de", "currency": "EUR"})).status == 409
    assert (await settings_of(server)).currency == "USD"


# --- Attributes -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def stocked(server, shop):
    await shop.post(product("A", name="ring"))
    document = {"sku": "B", "name": "ring", "groupID": "G1", "attributes": {"length": 4, HOSTILE: "x"}}
    lines = [document, {**document, "sku": "C", "attributes": {"length": "long"}}]
    await server.catalog.write("shop", [_write(line) for line in lines])
    return shop


def _write(line):
    return PutProduct(read_content(line))


async def test_attributes_are_listed_with_what_they_seem_to_be(stocked, owner):
    page = await owner.get(ATTRIBUTES)
    rows = page.texts("tbody tr")
    assert "length Word by its values 2 Search Filter Sorting" in rows
    assert page.page.select("script:not([src])") == []
    found = await owner.get(f"{ATTRIBUTES}?q=LENG", htmx=True)
    assert found.page.select_one("html") is None
    assert [row.split()[0] for row in found.texts("tbody tr")] == ["length"]
    assert "No attribute is called that" in (await owner.get(f"{ATTRIBUTES}?q=zzz")).words
    for link in page.page.select("a.table__main"):
        assert (await owner.get(link["href"])).status == 200


async def test_many_attributes_come_by_pages(server, owner):
    attributes = {f"a{number:02}": number for number in range(60)}
    await server.catalog.write("shop", [_write({"sku": "A", "name": "ring", "attributes": attributes})])
    first = await owner.get(ATTRIBUTES)
    assert len(first.texts("tbody tr")) == 50
    following = await owner.get(first.page.select_one("a[rel=next]")["href"])
    assert [row.split()[0] for row in following.texts("tbody tr")] == [f"a{number}" for number in range(50, 60)]
    assert "60 attributes" in following.words
    assert following.page.select_one("a[rel=next]") is None


async def test_an_empty_catalog_has_no_attributes(owner):
    assert "No attributes yet" in (await owner.get(ATTRIBUTES)).words


async def test_a_type_is_tried_before_it_is_set(server, stocked, owner):
    page = await owner.get(f"{EDIT}?name=attributes.length")
    values = {**form_of(page, EDIT), "type": "decimal", "action": "preview"}
    tried = await owner.post(f"{EDIT}?name=attributes.length", values)
    assert tried.status == 200
    assert "attributes.length : 1 product C" in tried.words
    assert form_of(tried, EDIT)["type"] == ["decimal"]
    refused = await owner.post(f"{EDIT}?name=attributes.length", {**form_of(tried, EDIT)})
    assert refused.status == 422
    assert "cannot be" in refused.texts("#field-type-error")[0]
    assert (await settings_of(server)).attributes == ()


async def test_a_type_is_set_and_taken_back(server, stocked, owner):
    page = await owner.get(f"{EDIT}?name=attributes.length")
    values = {**form_of(page, EDIT), "type": "scale", "scale": "long\n\n 4 \nvery long", "unit": "mm"}
    del values["sortable"]
    fits = await owner.post(f"{EDIT}?name=attributes.length", {**values, "action": "preview"})
    assert "All values in the catalog fit The index stays as it is." in fits.words
    told = await owner.follow(await owner.post(f"{EDIT}?name=attributes.length", values))
    assert any(row.startswith("length Scale Set by you") for row in told.texts("tbody tr"))
    assert (await settings_of(server)).attributes == (
        AttributeDefinition("attributes.length", Kind.SCALE, ("long", "4", "very long"), "mm", sortable=False),
    )
    page = await owner.get(f"{EDIT}?name=length")
    silent = {**form_of(page, EDIT)}
    del silent["searchable"]
    anew = await owner.post(f"{EDIT}?name=length", {**silent, "action": "preview"})
    assert "The index is built anew when this is saved." in anew.words
    assert (await owner.post(f"{EDIT}?name=length", {**form_of(page, EDIT), "action": "remove"})).status == 303
    assert (await settings_of(server)).attributes == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "is no name of an attribute"),
        ({"name": "price"}, "is a built-in field"),
        ({"name": "x", "type": "any"}, "cannot have the type any"),
        ({"name": "x", "type": "scale", "scale": "one"}, "needs a scale"),
        ({"name": HOSTILE * 3, "type": "scale"}, "is no name of an attribute"),
    ],
)
async def test_a_type_that_is_none_is_told(server, owner, changes, words):
    page = await owner.get(EDIT)
    refused = await owner.post(EDIT, {**form_of(page, EDIT), **changes})
    assert refused.status == 422
    assert words in refused.words
    assert refused.page.select("script:not([src])") == []
    assert (await settings_of(server)).attributes == ()


async def test_types_that_somebody_else_set_meanwhile_stay(server, owner):
    page = await owner.get(EDIT)
    values = {**form_of(page, EDIT), "name": "length", "type": "decimal"}
    assert (await owner.post(EDIT, values)).status == 303
    lost = await owner.post(EDIT, {**values, "type": "text"})
    assert (lost.status, lost.texts("dl.keys dd")) == (409, ["Number"])
    assert (await settings_of(server)).attributes == (AttributeDefinition("length", Kind.DECIMAL),)
    other = await owner.post(EDIT, {**values, "name": "width"})
    assert (other.status, other.texts("dl.keys dd")) == (409, ["No type"])


# --- The Client API -------------------------------------------------------------------------------------------------


async def test_https_and_errors_are_changed(server, owner):
    page = await owner.get(CLIENT_API)
    await owner.follow(await saved(owner, page, CLIENT_API, require_https="always", http_errors="on"))
    own = (await settings_of(server)).client_api
    assert (own.require_https, own.http_errors) == (HttpsRule.ALWAYS, True)
    page = await owner.get(CLIENT_API)
    assert page.page.select_one("input[value=always]").has_attr("checked")
    await saved(owner, page, CLIENT_API, http_errors=None, require_https="nonsense")
    own = (await settings_of(server)).client_api
    assert (own.require_https, own.http_errors) == (HttpsRule.ALWAYS, False)
    lost = await saved(owner, page, CLIENT_API, require_https="never")
    assert lost.status == 409
    assert lost.page.select_one("input[value=never]").has_attr("checked")


async def part(owner, **values):
    version = form_of(await owner.get(CLIENT_API), CLIENT_API)["version"]
    return await owner.post(CLIENT_API, {"version": version, **values})


async def test_statuses_are_named_added_and_removed(server, owner):
    await part(owner, part="status", status_number="3", status_name="At the bench")
    await part(owner, part="status", status_number="20", status_name="Engraving", status_means="3")
    assert (await settings_of(server)).client_api.statuses == (
        StatusDefinition(3, "At the bench", OrderStatus.IN_PRODUCTION),
        StatusDefinition(20, "Engraving", OrderStatus.IN_PRODUCTION),
    )
    page = await owner.get(CLIENT_API)
    assert "20 Engraving In production Remove" in page.texts("tbody tr")
    await part(owner, part="status", action="remove", status_number="3")
    assert [one.number for one in (await settings_of(server)).client_api.statuses] == [20]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"status_number": "20", "status_name": "x"}, "status_means"),
        ({"status_number": "0", "status_name": "x", "status_means": "1"}, "status_number"),
        ({"status_number": "20", "status_name": "", "status_means": "1"}, "status_name"),
        ({"status_number": "20", "status_name": "paid", "status_means": "1"}, "status_name"),
    ],
)
async def test_a_status_that_is_none_is_told_beside_its_field(server, owner, values, field):
    refused = await part(owner, part="status", **values)
    assert refused.status == 422
    assert len(refused.texts(f"#field-{field}-error")) == 1
    assert refused.page.select_one("#field-status_number")["value"] == values["status_number"]
    assert refused.page.select_one("details.disclosure[open]") is not None
    assert (await settings_of(server)).client_api.statuses == ()


async def test_channels_are_added_and_removed(server, owner):
    await part(owner, part="channel", channel_number="7000", channel_name=HOSTILE[:90], channel_parent="3000")
    assert (await settings_of(server)).client_api.channels == (Channel(7000, HOSTILE[:90], 3000),)
    page = await owner.get(CLIENT_API)
    assert page.page.select("script:not([src])") == []
    assert any(row.startswith("7000 <script>") for row in page.texts("tbody tr"))
    taken = await part(owner, part="channel", channel_number="7001", channel_name="etsy")
    assert (taken.status, len(taken.texts("#field-channel_name-error"))) == (422, 1)
    await part(owner, part="channel", action="remove", channel_number="7000")
    assert (await settings_of(server)).client_api.channels == ()


# --- Limits and history ---------------------------------------------------------------------------------------------


async def test_limits_are_shown(server, shop, owner):
    await shop.post(product("A"))
    await server.tenants.set_quotas("shop", Quotas(products=1000, writes_per_second=50))
    rows = (await owner.get(f"{SETTINGS}/limits")).texts("tbody tr")
    assert rows[0] == "Products 1 1,000"
    assert rows[2:] == [
        "Writes per second – 50",
        "Searches per second – No limit",
        "Seconds of searching per minute – No limit",
    ]


async def test_settings_go_back_to_what_they_were(server, owner):
    for currency in ("EUR", "GBP"):
        await saved(owner, await owner.get(SETTINGS), SETTINGS, currency=currency)
        server.clock.time += 60
    page = await owner.get(HISTORY)
    rows = page.texts("tbody tr")
    assert rows[0].endswith(f"{owner.user.email} Counts now")
    assert rows[2] == "1 From the beginning – What differs"
    looked = await owner.get(page.page.select("tbody a")[1]["href"])
    assert looked.texts("tbody tr")[0] == "/currency GBP USD"
    back = await owner.post(HISTORY, form_of(looked, HISTORY))
    assert "The earlier settings count again" in (await owner.follow(back)).words
    assert (await settings_of(server)).currency == "USD"
    lost = await owner.post(HISTORY, form_of(looked, HISTORY))
    assert lost.status == 409


async def test_every_part_has_a_history(server, owner):
    await owner.post(EDIT, {**form_of(await owner.get(EDIT), EDIT), "name": "length", "type": "decimal"})
    await part(owner, require_https="always")
    for section in ("attributes", "client_api", "search", "catalog"):
        page = await owner.get(f"{HISTORY}?section={section}&version=1")
        assert page.status == 200
        assert page.texts(".switch [aria-current]") != []
    looked = await owner.get(f"{HISTORY}?section=attributes&version=1")
    assert any("length" in row for row in looked.texts("tbody tr"))
    same = await owner.get(f"{HISTORY}?section=search&version=1")
    assert "Nothing: these settings count now." in same.words


@pytest.mark.parametrize("query", ["?section=none", "?version=99", "?section=catalog&version=77"])
async def test_a_version_that_was_not_there_is_not_found(owner, query):
    assert (await owner.get(f"{HISTORY}{query}")).status == 404


# --- Who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
async def test_settings_are_for_owners(server, shop, role):
    somebody = await visitor(server, "shop", role)
    for target in (SETTINGS, ATTRIBUTES, EDIT, CLIENT_API, f"{SETTINGS}/limits", HISTORY):
        assert (await somebody.get(target)).status == 403
    for target in (SETTINGS, EDIT, CLIENT_API, HISTORY):
        assert (await somebody.post(target, {"version": "1", "currency": "EUR", "language": "en"})).status == 403
    assert (await settings_of(server)).currency == "USD"


async def test_another_tenant_has_its_own(server, owner, rival_owner):
    await saved(owner, await owner.get(SETTINGS), SETTINGS, currency="EUR")
    assert form_of(await rival_owner.get(SETTINGS))["currency"] == ["USD"]


async def test_of_two_at_once_one_is_told(server, owner):
    page = await owner.get(SETTINGS)
    told = await asyncio.gather(*(saved(owner, page, SETTINGS, currency=one) for one in ("EUR", "GBP")))
    assert sorted(one.status for one in told) == [303, 409]


async def test_everything_is_there_in_german(server, shop):
    owner = await visitor(server, "shop", Role.OWNER, language="de")
    page = await owner.get(SETTINGS)
    assert page.texts("h1") == ["Einstellungen"]
    assert "Englisch" in page.texts("#field-language option")
    assert "EUR · Euro" in page.texts("#field-currency option")


async def test_a_page_that_has_notices_of_its_own_shows_the_one_before_too(owner):
    await saved(owner, await owner.get(SETTINGS), SETTINGS, currency="EUR")
    assert (await owner.get(EDIT)).texts("#messages") == ["The settings are saved"]
    assert (await owner.get(EDIT)).texts("#messages") == [""]
