"""My Account, API: keys, requests and examples."""

import json
from urllib.parse import quote

import pytest

from facetry.application.access_keys import NewAccessKey
from facetry.application.sign_ins import CONFIRMED_SECONDS
from facetry.dashboard.api_access.example_texts import APIS, TOOLS, Values, example
from facetry.dashboard.api_access.frame import HIDDEN
from facetry.domain.errors import TenantExistsError
from facetry.domain.journal import MINUTE_SECONDS, REQUEST_COUNTS, Count, RequestLine, period
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.tenant import ClientApiSettings, Scope

pytestmark = pytest.mark.anyio

API = "/dashboard/account/api"
PAGES = ("", "/keys/main", "/requests", "/examples", "/rotate/api-key", "/rotate/search-key", "/rotate/token-keys")
HOSTILE = ('<script>alert("x")</script>', "'\"><img src=x onerror=alert(1)>", "\u202eabc\u202c", "W" * 100)


async def keys_of(server, tenant="shop"):
    return {one.key.name: one for one in await server.access_keys.list(tenant)}


def later(server, seconds=CONFIRMED_SECONDS):
    """Let so much time pass that the password was given too long ago."""
    server.clock.time += seconds


def note(server, number, **fields):
    line = {"time": server.clock.now() - 100.0 + number, "status": 200, "method": "GET", "route": "/v2/search"}
    server.journal.note("shop", RequestLine(id=f"request{number}", **(line | fields)))


# --- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
async def test_every_page_is_for_owners(owner, editor, viewer, guest, operator, page):
    shown = await owner.get(API + page)
    assert shown.status == 200, shown.words
    assert shown.texts(".tabs__tab") == ["Keys", "Requests", "Examples"]
    assert len(shown.texts(".tabs__tab[aria-current]")) == 1
    assert shown.headers["cache-control"] == ("private, no-cache" if page == "/requests" else "no-store")
    assert [(await one.get(API + page)).status for one in (editor, viewer, operator)] == [403] * 3
    assert (await guest.get(API + page)).status == 303


@pytest.mark.parametrize(
    "path", ["/keys", "/keys/main/rotate", "/keys/main/disable", "/keys/main/delete", "/rotate/api-key"]
)
async def test_others_change_nothing(server, editor, guest, path):
    before = await server.store.tenant("shop")
    assert (await editor.post(API + path, {"name": "mine", "scopes": "read"})).status == 403
    assert (await guest.post(API + path, {"name": "mine"})).status == 303
    assert await server.store.tenant("shop") == before


async def test_a_form_of_somebody_else_is_refused(server, owner, rival_owner):
    forged = (await rival_owner.get(API)).token
    sent = {"name": "mine", "scopes": "read", "csrf": forged}
    assert (await owner.post(f"{API}/keys", sent)).status == 403
    assert list(await keys_of(server)) == ["main"]


# --- Keys are shown --------------------------------------------------------------------------------------------------


async def test_keys_are_dots_until_they_are_asked_for(server, owner):
    keys = await server.tenants.keys("shop")
    secrets = (keys.api_key, keys.search_key, keys.access_key)
    hidden = await owner.get(API)
    assert not any(secret in hidden.text for secret in secrets)
    assert HIDDEN in hidden.words
    assert hidden.page.select_one("[data-copy]")["data-copy"] == "shop"
    shown = await owner.get(hidden.page.select_one("a.button--primary")["href"])
    assert {one["data-copy"] for one in shown.page.select("[data-copy]")} == {"shop", *secrets}
    assert shown.page.select_one(".page__actions a")["href"] == API


async def test_keys_are_shown_only_after_the_password(server, owner):
    later(server)
    hidden = await owner.get(API)
    confirm = f"/dashboard/account/confirm?next={quote(f'{API}?show=1', safe='')}"
    assert hidden.page.select_one("a.button--primary")["href"] == confirm
    for path in (f"{API}?show=1", f"{API}/examples?show=1&api=catalog"):
        answer = await owner.get(path)
        assert (answer.status, answer.headers["location"].startswith("/dashboard/account/confirm?next=")) == (303, True)
    assert hidden.page.select_one("form[action$='/keys']") is None
    assert (await keys_of(server))["main"].secret not in (await owner.get(f"{API}?new=main")).text


@pytest.mark.parametrize("path", ["/keys", "/keys/main/rotate", "/rotate/api-key"])
async def test_what_shows_a_key_needs_the_password(server, owner, path):
    later(server)
    before = await server.store.tenant("shop")
    answer = await owner.post(API + path, {"name": "mine", "scopes": "read"})
    assert answer.status == 303
    assert answer.headers["location"].startswith("/dashboard/account/confirm?next=%2Fdashboard%2Faccount%2Fapi")
    assert await server.store.tenant("shop") == before
    page = await owner.get(API + {"/keys": "", "/keys/main/rotate": "/keys/main"}.get(path, path))
    assert "Give password" in page.words
    assert [one for one in page.page.select("main form[method=post]") if one["action"] == API + path] == []


# --- Access keys -----------------------------------------------------------------------------------------------------


async def test_a_key_is_made_and_shown(server, owner):
    form = (await owner.get(API)).values("#new form")
    assert form["scopes"] == ["read", "write", "orders", "listings"]
    sent = {"name": "Packing table", "scopes": ["read", "orders"], "days": "7"}
    made = await owner.post(f"{API}/keys", sent)
    shown = await owner.follow(made)
    key = (await keys_of(server))["Packing table"]
    assert (key.key.scopes, key.key.expires) == ((Scope.READ, Scope.ORDERS), server.clock.now() + 7 * 86_400)
    assert shown.page.select_one(".notice--success [data-copy]")["data-copy"] == key.secret
    assert "Copy the key now: Packing table" in shown.words
    line = next(one for one in shown.texts("tbody tr") if one.startswith("Packing table"))
    assert line.startswith(f"Packing table {HIDDEN}")
    assert key.secret not in (await owner.get(API)).text
    assert (await call_client(server, key.secret)).json["status"]["code"] == 100


async def call_client(server, secret, action="product_search"):
    return await server.call("GET", f"/client/V1/?auth={quote(secret)}&action={action}&data=%7B%22limit%22%3A1%7D")


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"name": "", "scopes": "read"}, "field-name-error"),
        ({"name": "x" * 101, "scopes": "read"}, "field-name-error"),
        ({"name": "fine", "scopes": []}, None),
        ({"name": "fine", "scopes": "everything"}, None),
    ],
)
async def test_a_key_that_is_not_allowed_is_refused_with_what_was_typed(server, owner, sent, where):
    shown = await owner.post(f"{API}/keys", {**sent, "days": "30"})
    assert shown.status == 422
    assert len(shown.texts(".field__error")) == 1
    assert where is None or shown.page.find(id=where) is not None
    assert (shown.values("#new form")["name"], shown.values("#new form")["days"]) == ([sent["name"]], ["30"])
    assert list(await keys_of(server)) == ["main"]


async def test_more_keys_than_there_may_be_are_refused(server, owner):
    for number in range(100):
        await server.access_keys.create("shop", NewAccessKey(name=f"k{number}"))
    shown = await owner.post(f"{API}/keys", {"name": "one more", "scopes": "read"})
    assert shown.status == 422
    assert "there are 100 already" in shown.words


async def test_a_key_is_replaced_with_an_overlap_and_the_old_one_dies(server, owner):
    old = (await keys_of(server))["main"].secret
    form = (await owner.get(f"{API}/keys/main")).values(f"form[action='{API}/keys/main/rotate']")
    assert form["hours"] == ["24"]
    shown = await owner.follow(await owner.post(f"{API}/keys/main/rotate", {**form, "hours": "1"}))
    new = (await keys_of(server))["main"].secret
    assert shown.page.select_one(".notice--success [data-copy]")["data-copy"] == new
    assert [(await call_client(server, key)).json["status"]["code"] for key in (old, new)] == [100, 100]
    later(server, 3600)
    assert [(await call_client(server, key)).json["status"]["code"] for key in (old, new)] == [102, 100]
    assert "main (replaced)" in (await owner.get(API)).words


async def test_a_key_is_disabled_enabled_and_deleted(server, owner):
    made = await server.access_keys.create("shop", NewAccessKey(name="Kiosk"))
    url = f"{API}/keys/{made.key.id}"
    assert "The key is disabled." in (await owner.follow(await owner.post(f"{url}/disable"))).words
    assert (await call_client(server, made.secret)).json["status"]["code"] == 103
    page = await owner.get(url)
    assert [one["action"] for one in page.page.select("main form")] == [
        f"{url}/rotate",
        f"{url}/enable",
        f"{url}/delete",
    ]
    await owner.follow(await owner.post(f"{url}/enable"))
    assert (await call_client(server, made.secret)).json["status"]["code"] == 100
    assert "The key is deleted." in (await owner.follow(await owner.post(f"{url}/delete"))).words
    assert list(await keys_of(server)) == ["main"]
    assert (await owner.get(url)).status == 404
    for action in ("rotate", "disable", "enable", "delete"):
        assert (await owner.post(f"{url}/{action}")).status == 404


async def test_the_first_key_cannot_be_deleted(server, owner):
    page = await owner.get(f"{API}/keys/main")
    assert page.page.select("form[action$='/delete']") == []
    assert (await owner.post(f"{API}/keys/main/delete")).status == 422
    assert list(await keys_of(server)) == ["main"]


async def test_keys_tell_what_they_are(server, owner):
    soon = server.clock.now() + 60
    await server.access_keys.create("shop", NewAccessKey(name="Old", scopes=(Scope.LISTINGS,), expires=soon))
    later(server, 61)
    lines = (await owner.get(API)).texts("tbody tr")
    assert "Read Write Orders Listings Active Never Never" in lines[0]
    assert "Listings Expired" in lines[1]


async def test_a_lost_race_changes_nothing(server, owner, monkeypatch):
    async def taken(record):
        raise TenantExistsError(record.id)

    before = await server.store.tenant("shop")
    monkeypatch.setattr(server.store, "replace_tenant", taken)
    for path in ("/keys", "/keys/main/rotate", "/keys/main/disable", "/rotate/api-key"):
        answer = await owner.post(API + path, {"name": "mine", "scopes": "read"})
        assert answer.status == 409
        assert "Somebody else changed this meanwhile" in answer.words
    assert await server.store.tenant("shop") == before


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_texts_are_shown_as_texts(server, owner, hostile):
    name = hostile if hostile.isprintable() else "printable"
    made = await server.access_keys.create("shop", NewAccessKey(name=name))
    note(server, 1, route=hostile, error=hostile, code=hostile, key=hostile, method=hostile)
    query = quote(hostile)
    paths = (
        "",
        f"/keys/{made.key.id}",
        "/requests?id=request1",
        f"/requests?id={query}",
        f"/requests?code={query}&key={query}",
    )
    for path in paths:
        shown = await owner.get(API + path)
        assert shown.status == 200
        assert "<script>alert" not in shown.text
        assert shown.page.select("[onerror], img") == []
    assert name in (await owner.get(API)).page.get_text()
    assert hostile in (await owner.get(f"{API}/requests")).page.get_text()


# --- Keys of the tenant ----------------------------------------------------------------------------------------------


async def test_the_api_key_is_replaced_and_the_old_one_dies(server, owner, shop):
    old = await server.tenants.keys("shop")
    page = await owner.get(f"{API}/rotate/api-key")
    assert "The old key and all tokens that were given for it end at once." in page.words
    shown = await owner.follow(await owner.post(f"{API}/rotate/api-key", page.values("main form")))
    new = await server.tenants.keys("shop")
    assert new.api_key != old.api_key
    assert new.api_key in shown.text
    assert (new.search_key, new.access_key) == (old.search_key, old.access_key)
    assert (await shop.search(q="ring")).json["apiResponseKeySuccess"] is False
    bearer = {"authorization": f"Bearer {old.api_key}"}
    assert (await server.call("GET", "/v2/search", headers=bearer)).status == 401


@pytest.mark.parametrize(("what", "words"), [("search-key", "Shop fronts"), ("token-keys", "24 hours at most")])
async def test_the_other_keys_of_a_tenant_are_replaced(server, owner, what, words):
    old = await server.store.tenant("shop")
    assert words in (await owner.get(f"{API}/rotate/{what}")).words
    assert (await owner.post(f"{API}/rotate/{what}")).status == 303
    new = await server.store.tenant("shop")
    changed = (new.search_key_digest != old.search_key_digest, new.token_keys[0].kid != old.token_keys[0].kid)
    assert changed == (what == "search-key", what == "token-keys")
    assert new.api_key_digest == old.api_key_digest


@pytest.mark.parametrize("path", ["/keys/nobody", "/rotate/access-key", "/rotate/x", "/keys/%3Cscript%3E"])
async def test_what_is_not_there_is_not_found(owner, path):
    assert (await owner.get(API + path)).status == 404


async def test_keys_of_another_tenant_are_out_of_reach(server, owner, rival):
    made = await server.access_keys.create("rival", NewAccessKey(name="Rival's"))
    for action in ("rotate", "disable", "delete"):
        assert (await owner.post(f"{API}/keys/{made.key.id}/{action}")).status == 404
    assert (await owner.get(f"{API}/keys/{made.key.id}")).status == 404
    assert list(await keys_of(server, "rival")) == ["main", "Rival's"]


# --- Buckets ---------------------------------------------------------------------------------------------------------


async def test_a_key_tells_how_full_its_buckets_are_and_were(server, owner):
    settings = ClientApiSettings(buckets={"product_search": Bucket(4, 0.5)})
    await server.tenants.set_client_api("shop", settings)
    secret = (await keys_of(server))["main"].secret
    for number in range(6):
        await call_client(server, secret)
        code = "100" if number < 4 else "105"
        note(server, 99, key="main", route="/client/V1 product_search", code=code)
    page = await owner.get(f"{API}/keys/main")
    assert page.texts("table:not(.table--dense) tbody tr") == [
        "product_search 4 4 0.5 8 s",
        "product_update_listings 0 40 2 0 s",
    ]
    assert page.texts("h3.is-code") == ["product_search"]
    assert page.texts(".chart table tbody tr")[-1].endswith("4 2")


async def test_where_nothing_was_called_no_chart_is_drawn(owner):
    page = await owner.get(f"{API}/keys/main")
    assert page.page.select(".chart") == []
    assert "In the last hour no limited action was called with this key." in page.words


async def test_many_limited_actions_are_listed_and_some_are_charted(server, owner):
    buckets = {f"product_{letter}": Bucket(1, 1.0) for letter in "abcdefgh"}
    await server.tenants.set_client_api("shop", ClientApiSettings(buckets=buckets))
    assert len((await owner.get(f"{API}/keys/main")).texts("tbody tr")) == 9


# --- Requests --------------------------------------------------------------------------------------------------------


async def test_requests_are_counted_over_time_and_by_surface(server, owner):
    minute = period(server.clock.now(), MINUTE_SECONDS)
    server.journal.count("shop", Count(REQUEST_COUNTS, minute, "native", (1200, 7)))
    server.journal.count("shop", Count(REQUEST_COUNTS, minute, "client", (30, 3)))
    page = await owner.get(f"{API}/requests?period=hour")
    assert page.texts(".stat") == [
        "Requests 1,230",
        "Failed or refused 10",
        "Native API 1,200 7 failed or refused",
        "Client API 30 3 failed or refused",
    ]
    assert len(page.page.select(".chart tbody tr")) == 60
    assert page.texts(".chart tbody tr")[-1].endswith("1,220 10")
    assert page.texts(".switch__part[aria-current]") == ["An hour"]
    assert [
        len((await owner.get(f"{API}/requests?period={one}")).page.select(".chart tbody tr"))
        for one in ("day", "week", "month")
    ] == [48, 28, 30]


async def test_recent_requests_are_listed_and_narrowed(server, owner):
    note(server, 1, key="main", surface="client", code="105", status=200, error="too many")
    note(server, 2, key="api_key", surface="native", status=404, code="not_found")
    note(server, 3, surface="catalog")
    page = await owner.get(f"{API}/requests")
    assert [line.split("GET")[1] for line in page.texts("#requests tbody tr")] == [
        " /v2/search – 200 – – 0",
        " /v2/search API key 404 not_found – 0",
        " /v2/search main 200 105 too many 0",
    ]
    for query, count in {
        "surface=client": 1,
        "key=api_key": 1,
        "status=404": 1,
        "code=105": 1,
        "failed=on": 2,
        "status=999": 3,
        "status=x": 3,
        "key=main&status=404": 0,
    }.items():
        part = await owner.get(f"{API}/requests?{query}", htmx=True)
        assert part.page.find("html") is None
        assert len(part.texts("tbody tr")) == count, query
    assert "No such requests" in part.words


async def test_requests_are_paged(server, owner):
    for number in range(51):
        note(server, number, surface="native")
    first = await owner.get(f"{API}/requests?surface=native")
    assert len(first.texts("#requests tbody tr")) == 50
    second = await owner.get(first.page.select_one("#requests a[rel=next]")["href"])
    assert len(second.texts("#requests tbody tr")) == 1
    assert second.page.select("#requests a[rel=next]") == []
    assert second.page.select_one("#requests nav a")["href"] == f"{API}/requests?surface=native"
    assert len((await owner.get(f"{API}/requests?after=nonsense")).texts("#requests tbody tr")) == 50


@pytest.mark.parametrize("pasted", ["request7", "  request7 ", "X-DEBUG-UID: request7", '"request7"'])
async def test_a_request_is_looked_up_by_its_id(server, owner, pasted):
    note(server, 7, key="main", surface="client", status=0, code="201", error="it broke", size=1500)
    page = await owner.get(f"{API}/requests?id={quote(pasted)}")
    shown = dict(zip(page.texts("dl.keys dt"), page.texts("dl.keys dd"), strict=True))
    assert shown["Id"].startswith("request7")
    assert (shown["API"], shown["Request"], shown["Key"]) == ("Client API", "GET /v2/search", "main")
    assert (shown["HTTP status"], shown["What was wrong"], shown["Size"]) == (
        "left before the answer",
        "it broke",
        "1.5 kB",
    )


async def test_the_id_of_an_answer_leads_to_its_request(server, owner):
    answer = await call_client(server, (await keys_of(server))["main"].secret, "no_such_action")
    server.log.flush()
    page = await owner.get(f"{API}/requests?id={answer.headers['x-debug-uid']}")
    shown = dict(zip(page.texts("dl.keys dt"), page.texts("dl.keys dd"), strict=True))
    assert (shown["Key"], shown["Code"]) == ("main", "200")


async def test_a_request_that_is_not_known_is_said_to_be(server, owner, rival_owner):
    note(server, 7)
    for visitor, wanted in ((owner, "nothing"), (rival_owner, "request7")):
        page = await visitor.get(f"{API}/requests?id={wanted}")
        assert "No request with this id is known" in page.words
        assert page.page.select("dl.keys") == []


# --- Examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", APIS)
async def test_examples_have_the_tenants_own_values_where_they_are_asked_for(server, owner, api):
    keys = await server.tenants.keys("shop")
    hidden = await owner.get(f"{API}/examples?api={api}")
    assert keys.api_key not in hidden.text
    assert keys.access_key not in hidden.text
    assert HIDDEN in hidden.text
    shown = await owner.get(hidden.page.select_one("a.button--primary")["href"])
    values = Values("http://catalog.example", "shop", keys.api_key, keys.access_key)
    assert [one.get_text() for one in shown.page.select("pre.code")] == [example(api, tool, values) for tool in TOOLS]
    assert [one["data-copy"] for one in shown.page.select(".code-box [data-copy]")] == [
        example(api, tool, values) for tool in TOOLS
    ]
    assert shown.texts(".switch__part[aria-current]") == [
        {"catalog": "Catalog API", "client": "Client API", "native": "Native API"}[api]
    ]


async def test_an_api_that_is_not_there_is_the_first(owner):
    assert (await owner.get(f"{API}/examples?api=soap")).texts(".switch__part[aria-current]") == ["Catalog API"]


@pytest.mark.parametrize("key", ["it's $(id) `id`", 'a"b\\', "</pre><script>", "${x} $x #{x}", "<access_key>"])
def test_values_are_quoted_as_each_language_wants_it(key):
    written = {tool: example("native", tool, Values("https://a.example", "t", key, "other")) for tool in TOOLS}
    assert "Bearer \"'" + key.replace("'", "'\\''") + "' \\\n" in written["curl"]
    assert f'"Bearer " + {key!r}, ' in written["Python"]
    assert "'Authorization: Bearer ' . '" + key.replace("\\", "\\\\").replace("'", "\\'") + "'],\n" in written["PHP"]
    assert f'"Bearer " + {json.dumps(key)} }},\n' in written["Node"]


async def test_no_key_lives_on_behind_all_dates(server, owner):
    """Its end could be shown by no page any more."""
    days = await owner.post(f"{API}/keys", {"name": "Kiosk", "scopes": "read", "days": "999999999"})
    hours = await owner.post(f"{API}/keys/main/rotate", {"hours": "999999999"})
    assert (days.status, hours.status) == (422, 422)
    assert list(await keys_of(server)) == ["main"]
    assert (await owner.get(API)).status == 200
