"""What strangers try: forged forms, fixed sessions, things of other tenants, pages of other roles, many passwords."""

from __future__ import annotations

import re

import pytest

from facetry.application.users import NewUser, Welcome
from facetry.dashboard.cookies import GUEST, SESSION
from facetry.dashboard.routes import all_pages, refusal
from facetry.domain.user import Role
from facetry.http.exchange import Exchange
from tests.api.server import FORM, Server, product
from tests.dashboard.server import HOST, Shown, Visitor, visitor

pytestmark = pytest.mark.anyio

HOME = "/dashboard"
SIGN_IN = f"{HOME}/sign-in"
ACCOUNT = f"{HOME}/account"
PASSWORD = "correct horse battery"
RUTH = {"email": "ruth@shop.example", "password": PASSWORD}
PAGES = [(page.method, page.template) for page in all_pages(Server().pages)]
WRITES = [template for method, template in PAGES if method == "POST"]
READS = [template for method, template in PAGES if method == "GET"]
NOBODY = (f"{SIGN_IN}*", f"{HOME}/welcome/*")
EVERYBODY = (
    *(HOME, ACCOUNT, f"{ACCOUNT}/profile", f"{ACCOUNT}/password", f"{ACCOUNT}/sessions", f"{ACCOUNT}/confirm"),
    *(f"{ACCOUNT}/second-factor*", f"{HOME}/sign-out"),
)
OWNERS = (f"{ACCOUNT}/api*", f"{HOME}/users*", f"{HOME}/settings*")
OPERATORS = (f"{HOME}/operator*",)
EDITORS = tuple(f"{HOME}/{part}" for part in ("*/new", "*/edit", "*/delete", "products/*/fields/*"))
VIEWERS_WRITE = (f"{HOME}/catalog/views*",)
"""What viewers may send although it is a POST: it changes nothing but what is theirs."""
UNREAD = f"{HOME}/imports"
"""Where a form is read as it arrives: one that is none is refused before its token is looked for."""


def is_in(template, patterns):
    return any(re.fullmatch(re.escape(one).replace(r"\*", ".*"), template) for one in patterns)


def needed(method, template):
    """Return who may: ``None`` for everybody, ``""`` for who is signed in, else the least role; by address alone."""
    if is_in(template, NOBODY):
        return None
    if is_in(template, EVERYBODY):
        return ""
    if is_in(template, OPERATORS):
        return Role.OPERATOR
    if is_in(template, OWNERS):
        return Role.OWNER
    changes = method == "POST" and not is_in(template, VIEWERS_WRITE)
    return Role.EDITOR if changes or is_in(template, EDITORS) else Role.VIEWER


def path_of(template, **names):
    """Return a path of a template, with made-up names where none is given."""
    return re.sub(r"\{(\w+)\}", lambda match: names.get(match[1], "1"), template)


@pytest.fixture
async def ruth(server, shop):
    invitation = await server.users.invite("shop", NewUser(email=RUTH["email"], role=Role.OWNER))
    return await server.users.accept(invitation.token, Welcome(password=PASSWORD))


# --- Who may what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role.value if role else "guest")
async def test_every_page_is_for_who_may_see_it_and_nobody_else(server, shop, role):
    who = Visitor(server) if role is None else await visitor(server, "" if role is Role.OPERATOR else "shop", role)
    wrong = []
    for method, template in PAGES:
        if template == f"{HOME}/sign-out":
            continue
        least = needed(method, template)
        path = path_of(template)
        shown = await (who.get(path) if method == "GET" else who.post(path))
        is_led = shown.status == 303 and shown.headers["location"].startswith(f"{SIGN_IN}?")
        if role is None and least is not None:
            expected = is_led
        elif least is None or least == "" or role.covers(least):
            expected = not is_led and shown.status not in {403, 405} and shown.status < 500
        else:
            expected = shown.status == 403
        if not expected:
            wrong.append((method, template, shown.status))
    assert wrong == []


async def test_another_role_holds_at_the_next_request(server, editor):
    assert (await editor.get(f"{HOME}/products/new")).status == 200
    seen = await server.users.get("shop", editor.user.id)
    await server.users.change(seen, Role.VIEWER, "", by=None)
    assert (await editor.get(f"{HOME}/products/new")).status == 403


async def test_a_disabled_user_and_a_disabled_tenant_end_at_once(server, editor, owner):
    await server.users.set_disabled("shop", editor.user.id, disabled=True, by=None)
    assert (await editor.get(HOME)).headers["location"].startswith(SIGN_IN)
    assert (await owner.get(ACCOUNT)).status == 200
    await server.tenants.set_active("shop", active=False)
    assert (await owner.get(ACCOUNT)).headers["location"].startswith(SIGN_IN)


# --- Other tenants --------------------------------------------------------------------------------------------------


async def test_nothing_of_another_tenant_can_be_read_or_changed(server, shop, rival_owner):
    await shop.post(product("A", "G1", name="Secret of the shop"))
    victim = await server.users.invite("shop", NewUser(email="victim@shop.example", role=Role.OWNER))
    keys = await server.access_keys.list("shop")
    names = {"sku": "A", "group": "G1", "user": victim.user.id, "key": keys[0].key.id, "tenant": "shop"}
    before = (
        *(await server.store.revision("shop"), await server.tenants.get("shop"), await server.users.list("shop")),
        await server.store.group("shop", "G1"),
    )
    for method, template in PAGES:
        if template == f"{HOME}/sign-out" or is_in(template, NOBODY):
            continue
        path = path_of(template, **names)
        shown = await (rival_owner.get(path) if method == "GET" else rival_owner.post(path, {"sku": "A", "id": "A"}))
        assert "Secret of the shop" not in shown.text, path
        assert "victim@shop.example" not in shown.text, path
        assert keys[0].secret not in shown.text, path
    after = (
        *(await server.store.revision("shop"), await server.tenants.get("shop"), await server.users.list("shop")),
        await server.store.group("shop", "G1"),
    )
    assert after == before


@pytest.mark.parametrize("template", [one for one in READS if "{sku}" in one or "{group}" in one or "{user}" in one])
async def test_what_another_tenant_has_is_not_there(server, shop, rival_owner, template):
    await shop.post(product("A", "G1"))
    victim = await server.users.invite("shop", NewUser(email="victim@shop.example"))
    shown = await rival_owner.get(path_of(template, sku="A", group="G1", user=victim.user.id, field="price"))
    assert shown.status == 404


# --- Forged requests ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, Role.OWNER, Role.OPERATOR], ids=lambda role: role.value if role else "guest")
async def test_no_form_is_taken_that_may_be_forged(server, shop, role):
    """Neither without a token, nor with one of another visitor, nor from another site."""
    who = Visitor(server) if role is None else await visitor(server, "" if role is Role.OPERATOR else "shop", role)
    other = Visitor(server) if role is None else await visitor(server, "" if role is Role.OPERATOR else "shop", role)
    foreign = (await other.get(ACCOUNT if role else SIGN_IN)).token
    await who.get(ACCOUNT if role else SIGN_IN)
    users = await server.users.list("shop")
    revision, tenant = await server.store.revision("shop"), await server.tenants.get("shop")
    tries = (
        ({"csrf": ""}, {}),
        ({"csrf": "x" * 86}, {}),
        ({"csrf": foreign}, {}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
        ({}, {"origin": "https://evil.example"}),
        ({}, {"origin": "null"}),
    )
    for template in WRITES:
        least = needed("POST", template)
        if (least is None) != (role is None) or (least not in {None, ""} and not role.covers(least)):
            continue
        for values, headers in tries:
            shown = await who.post(path_of(template), values, headers=headers)
            refused = {400, 403} if template == UNREAD else {403}
            assert shown.status in refused, (template, values, headers)
    assert (await server.store.revision("shop"), await server.tenants.get("shop")) == (revision, tenant)
    assert await server.users.list("shop") == users


async def test_a_token_ends_with_its_session(server, ruth):
    who = Visitor(server)
    await who.post(SIGN_IN, RUTH)
    old = (await who.get(ACCOUNT)).token
    await who.post(f"{HOME}/sign-out")
    await who.get(SIGN_IN)
    await who.post(SIGN_IN, RUTH)
    assert (await who.post(f"{ACCOUNT}/profile", {"csrf": old, "name": "Forged"})).status == 403


async def test_tokens_differ_on_every_page(owner):
    tokens = {(await owner.get(ACCOUNT)).token for _ in range(3)}
    assert len(tokens) == 3


async def test_what_is_no_form_is_refused(owner):
    for content_type in ("application/json", "text/plain", ""):
        shown = await owner.send("POST", f"{ACCOUNT}/profile", b'{"csrf": "x"}', headers={"content-type": content_type})
        assert shown.status in {400, 403, 415}


# --- Sessions -------------------------------------------------------------------------------------------------------


async def test_a_session_that_somebody_has_fixed_is_not_adopted(server, ruth):
    victim = Visitor(server)
    victim.cookies[SESSION] = "fixed-by-somebody-else"
    await victim.post(SIGN_IN, RUTH)
    assert victim.cookies[SESSION] != "fixed-by-somebody-else"
    assert (await victim.get(ACCOUNT)).status == 200
    attacker = Visitor(server)
    attacker.cookies[SESSION] = "fixed-by-somebody-else"
    assert (await attacker.get(ACCOUNT)).status == 303


async def test_signing_in_over_a_session_ends_it_and_begins_another(server, owner, ruth):
    before = owner.cookies[SESSION]
    await owner.post(SIGN_IN, RUTH)
    assert owner.cookies[SESSION] != before
    assert (await owner.get(ACCOUNT)).texts(".page__subtitle") == [RUTH["email"]]
    attacker = Visitor(server)
    attacker.cookies[SESSION] = before
    assert (await attacker.get(ACCOUNT)).status == 303


async def test_what_tokens_were_bound_to_before_is_forgotten(server, ruth):
    who = Visitor(server)
    await who.get(SIGN_IN)
    guest = who.cookies[GUEST]
    await who.post(SIGN_IN, RUTH)
    assert GUEST not in who.cookies
    await who.post(f"{HOME}/sign-out")
    assert who.cookies.get(GUEST) != guest


@pytest.mark.parametrize(("scheme", "end"), [("http", ""), ("https", "; Secure")])
async def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(server, ruth, scheme, end):
    headers = {"host": HOST}
    _, sent, body = await server.call_whole("GET", SIGN_IN, headers=headers, scheme=scheme)
    (guest,) = [value for name, value in sent if name == "set-cookie"]
    token = re.search(rb'name="csrf-token" content="([^"]+)"', body)[1].decode()
    headers |= {"cookie": guest.partition(";")[0], "content-type": FORM}
    form = f"email=ruth%40shop.example&password=correct+horse+battery&csrf={token}".encode()
    status, sent, _ = await server.call_whole("POST", SIGN_IN, headers=headers, body=form, scheme=scheme)
    (cookie,) = [value for name, value in sent if name == "set-cookie" and value.startswith(SESSION)]
    assert status == 303
    assert re.fullmatch(
        rf"{SESSION}=[\w-]{{43}}; Path=/dashboard; HttpOnly; SameSite=Lax; Max-Age=1209600{end}", cookie
    )


# --- Guessing -------------------------------------------------------------------------------------------------------


async def test_guessing_passwords_is_limited_also_for_the_right_one(server, ruth):
    who = Visitor(server)
    seen = [(await who.post(SIGN_IN, {**RUTH, "password": f"guess number {n}"})).status for n in range(11)]
    assert seen == [422] * 10 + [429]
    refused = await who.post(SIGN_IN, RUTH)
    assert (refused.status, SESSION in who.cookies) == (429, False)
    assert "Too many failed attempts. Try again in 30 seconds." in refused.words
    server.clock.time += 30
    assert (await who.post(SIGN_IN, RUTH)).status == 303


async def test_nobody_learns_who_has_an_account(server, ruth):
    await server.users.invite("shop", NewUser(email="invited@shop.example"))
    pages = set()
    for email in ("ruth@shop.example", "invited@shop.example", "nobody@shop.example"):
        shown = await Visitor(server).post(SIGN_IN, {"email": email, "password": "wrong password"})
        pages.add((shown.status, shown.words))
    assert len(pages) == 1


# --- Where visitors are led, and what browsers are told -------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/dashboard/..//evil.example", "javascript:1"],
)
async def test_nobody_is_led_away(server, ruth, target):
    who = Visitor(server)
    assert (await who.get(f"{SIGN_IN}?next={target}")).values()["next"] == [HOME]
    assert (await who.post(SIGN_IN, {**RUTH, "next": target})).headers["location"] == HOME
    done = await who.post(f"{ACCOUNT}/confirm", {"next": target, "password": PASSWORD, "csrf": await token_of(who)})
    assert done.headers["location"] == HOME


async def token_of(who):
    return (await who.get(ACCOUNT)).token


def strict(headers):
    """Return whether an answer forbids its page to be framed, and scripts and styles of others."""
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    wanted = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "frame-ancestors": "'none'"}
    further = {"x-frame-options": "DENY", "x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
    return wanted.items() <= policy.items() and further.items() <= headers.items() and "unsafe" not in str(policy)


async def test_refusals_forbid_frames_and_scripts_of_others(guest, viewer):
    for who in (guest, viewer):
        for path in (HOME, f"{HOME}/users", f"{HOME}/nowhere", f"{HOME}/static/x/y.css", SIGN_IN):
            assert strict((await who.get(path)).headers), path
        assert strict((await who.post(SIGN_IN, {"csrf": ""})).headers)


async def test_what_is_refused_before_it_is_read_is_a_page_with_words_and_styles(guest):
    answer = refusal(413, Exchange("id-7", 0.0, ""))
    shown = Shown(answer.status, [], answer.body)
    assert shown.texts("main h1, main p") == [
        *("This is too large", "Nothing was changed. Try again with less at once.", "Request id-7", "To the home page"),
    ]
    sheets = [one["href"] for one in shown.page.select("link[rel=stylesheet]")]
    assert len(sheets) == 3
    for sheet in sheets:
        assert (await guest.get(sheet)).status == 200


async def test_pages_have_no_scripts_styles_or_handlers_in_them_and_are_nobody_elses(owner, operator, guest):
    for template in READS:
        who = guest if is_in(template, NOBODY) else operator if is_in(template, OPERATORS) else owner
        shown = await who.get(path_of(template))
        assert strict(shown.headers), template
        assert re.search("no-store|private", shown.headers["cache-control"]), template
        if not shown.headers.get("content-type", "").startswith("text/html"):
            continue
        scripts = [one.get("src", "") for one in shown.page.select("script")]
        assert all(source.startswith("/dashboard/static/") for source in scripts), template
        assert shown.page.select("style, [style]") == [], template
        assert [name for one in shown.page.find_all(True) for name in one.attrs if name.startswith("on")] == [], (
            template
        )


async def test_no_page_with_a_secret_is_kept_by_anybody(server, owner, operator, ruth):
    invitation = await server.users.invite("shop", NewUser(email="new@shop.example"))
    who = await owner.post(f"{HOME}/users", {"email": "other@shop.example", "role": "viewer"})
    made = await operator.post(f"{HOME}/operator/new", {"name": "Nova", "language": "en", "currency": "USD"})
    pages = {
        "link": who,
        "keys of a new tenant": made,
        "welcome": await Visitor(server).get(f"{HOME}/welcome/{invitation.token}"),
        "welcome refused": await Visitor(server).post(f"{HOME}/welcome/{invitation.token}", {"password": "short"}),
        "second factor": await owner.get(f"{ACCOUNT}/second-factor"),
        "keys": await owner.get(f"{ACCOUNT}/api?show=1"),
        "link of an owner": await operator.post(f"{HOME}/operator/tenants/shop/owners/{owner.user.id}/link"),
    }
    assert {name: shown.headers["cache-control"] for name, shown in pages.items()} == dict.fromkeys(pages, "no-store")
