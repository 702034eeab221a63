"""Signing in and out, choosing an account, codes, and links to choose a password."""

from __future__ import annotations

import pyotp
import pytest

from facetry.application.users import LINK_SECONDS, NewUser, Welcome
from facetry.dashboard.cookies import GUEST, SESSION
from facetry.dashboard.destinations import confirm_url, local_path
from facetry.domain.user import Role
from tests.dashboard.server import Visitor

pytestmark = pytest.mark.anyio

SIGN_IN = "/dashboard/sign-in"
PASSWORD = "correct horse battery"
RUTH = {"email": "ruth@shop.example", "password": PASSWORD}


@pytest.fixture
async def ruth(server, shop):
    """Return a user with a password."""
    invitation = await server.users.invite("shop", NewUser(email=RUTH["email"], name="Ruth", role=Role.OWNER))
    return await server.users.accept(invitation.token, Welcome(password=PASSWORD))


async def enrol(server, user):
    secret = server.pages.second_factor.propose(user).secret
    phone = pyotp.TOTP(secret)
    await server.pages.second_factor.confirm(user, secret, phone.at(int(server.clock.time)))
    server.clock.time += 60
    return phone


async def test_the_page_asks_for_e_mail_and_password(guest):
    shown = await guest.get(SIGN_IN)
    assert shown.status == 200
    assert shown.texts("h1") == ["Sign in"]
    assert shown.page.select_one('input[type=password][autocomplete="current-password"]') is not None
    assert shown.texts("label") == ["E-mail", "Password"]


async def test_who_signs_in_is_led_to_where_they_wanted_to_go(guest, ruth):
    wanted = "/dashboard/catalog?q=gold%20ring&f.metal=Gold"
    led = await guest.get(wanted)
    page = await guest.follow(led)
    done = await guest.post(SIGN_IN, {**page.values(), **RUTH})
    assert (done.status, done.headers["location"]) == (303, wanted)
    assert GUEST not in guest.cookies
    assert (await guest.get("/dashboard/account")).texts(".page__subtitle") == ["ruth@shop.example"]
    assert (await guest.get(f"{SIGN_IN}?next=/dashboard/orders")).headers["location"] == "/dashboard/orders"


@pytest.mark.parametrize("values", [{"password": "wrong password"}, {"email": "nobody@shop.example"}, {"email": ""}])
async def test_a_wrong_try_says_so_and_keeps_the_e_mail(guest, ruth, values):
    shown = await guest.post(SIGN_IN, {**RUTH, **values, "next": "/dashboard/orders"})
    assert shown.status == 422
    assert shown.texts(".notice") == ["E-mail or password is wrong."]
    assert shown.page.select_one("#field-email")["value"] == {**RUTH, **values}["email"]
    assert not shown.page.select_one("#field-password").has_attr("value")
    assert shown.values()["next"] == ["/dashboard/orders"]
    assert SESSION not in guest.cookies


async def test_signing_out_ends_the_session(guest, ruth):
    await guest.post(SIGN_IN, RUTH)
    assert (await guest.get("/dashboard/account")).status == 200
    cookie = guest.cookies[SESSION]
    done = await guest.post("/dashboard/sign-out")
    assert (done.status, done.headers["location"]) == (303, SIGN_IN)
    assert SESSION not in guest.cookies
    guest.cookies[SESSION] = cookie
    assert (await guest.get("/dashboard/account")).status == 303


async def test_who_is_signed_out_already_is_led_to_the_sign_in(guest):
    done = await guest.post("/dashboard/sign-out")
    assert done.headers["location"].startswith(SIGN_IN)


async def test_one_of_several_accounts_is_chosen(guest, server, ruth, rival):
    for tenant, role in (("rival", Role.EDITOR), ("", Role.OPERATOR)):
        invitation = await server.users.invite(tenant, NewUser(email=RUTH["email"], role=role))
        await server.users.accept(invitation.token, Welcome(password=PASSWORD))
    shown = await guest.post(SIGN_IN, {**RUTH, "next": "/dashboard/orders"})
    assert (shown.status, shown.texts("h1")) == (200, ["Choose an account"])
    buttons = {" ".join(one.get_text().split()): one["value"] for one in shown.page.select("button[name=account]")}
    assert sorted(buttons) == ["Conte America", "Rival", "The server itself"]
    values = shown.values()
    done = await guest.post(f"{SIGN_IN}/account", {**values, "account": buttons["Rival"]})
    assert done.headers["location"] == "/dashboard/orders"
    assert (await guest.get("/dashboard/account")).texts(".brand__tenant") == ["Rival"]
    strange = await Visitor(server).post(f"{SIGN_IN}/account", {"token": "x", "account": buttons["Rival"]})
    assert (strange.status, strange.texts("h1")) == (422, ["Sign in"])


async def test_a_code_is_asked_for_after_the_password(guest, server, ruth):
    phone = await enrol(server, ruth)
    shown = await guest.post(SIGN_IN, {**RUTH, "next": "/dashboard/orders"})
    assert (shown.status, shown.texts("h1")) == (200, ["Second step"])
    assert SESSION not in guest.cookies
    values = shown.values()
    wrong = await guest.post(f"{SIGN_IN}/code", {**values, "code": "000000"})
    assert (wrong.status, wrong.texts(".field__error")) == (422, ["The code is wrong or was used."])
    code = phone.at(int(server.clock.time))
    done = await guest.post(f"{SIGN_IN}/code", {**wrong.values(), "code": f"{code[:3]} {code[3:]}"})
    assert done.headers["location"] == "/dashboard/orders"
    again = await Visitor(server).post(f"{SIGN_IN}/code", {**values, "code": code, "csrf": ""})
    assert again.status == 403


async def test_a_password_is_chosen_by_a_link(guest, server, shop):
    invitation = await server.users.invite("shop", NewUser(email="new@shop.example", role=Role.VIEWER))
    path = f"/dashboard/welcome/{invitation.token}"
    for _ in range(2):
        page = await guest.get(path)
        assert (page.status, page.texts("h1")) == (200, ["Choose a password"])
    assert "You are invited to Conte America." in page.words
    assert page.page.select_one("#field-email").has_attr("readonly")
    for password, again, field in (("short", "short", "password"), (PASSWORD, "another one", "again")):
        refused = await guest.post(path, {"name": "Nora", "password": password, "again": again})
        assert refused.status == 422
        assert refused.page.select_one(f"#field-{field}-error") is not None
        assert refused.page.select_one("#field-name")["value"] == "Nora"
    done = await guest.post(path, {"name": "Nora", "password": PASSWORD, "again": PASSWORD})
    assert done.headers["location"] == "/dashboard"
    assert "Nora" in (await guest.get("/dashboard/account")).words
    used = await Visitor(server).get(path)
    assert (used.status, used.texts("h1")) == (410, ["The link is good no more"])


async def test_the_first_operator_chooses_an_e_mail_too(guest, server, shop):
    first = await server.users.first_link("first", "", NewUser(email="", role=Role.OPERATOR), 60.0)
    path = f"/dashboard/welcome/{first.token}"
    assert "You are the operator of this server." in (await guest.get(path)).words
    values = {"password": PASSWORD, "again": PASSWORD}
    refused = await guest.post(path, {**values, "email": "none"})
    told = ["Must be an e-mail address such as name@example.com."]
    assert (refused.status, refused.texts("#field-email-error")) == (422, told)
    done = await guest.post(path, {**values, "email": "Op@Server.example"})
    assert (await guest.follow(done)).status in {200, 303}
    assert (await guest.get("/dashboard/operator")).status == 200


async def test_a_link_that_has_ended_shows_nobody(guest, server, ruth):
    link = await server.users.renew_link("shop", ruth.id)
    server.clock.time += LINK_SECONDS
    for path in (f"/dashboard/welcome/{link.token}", "/dashboard/welcome/x", "/dashboard/welcome/%F0%9F%92%8D"):
        shown = await guest.get(path)
        assert shown.status == 410
        assert "ruth" not in shown.text


async def test_a_new_password_by_a_link_does_not_get_around_the_second_factor(guest, server, ruth):
    await enrol(server, ruth)
    link = await server.users.renew_link("shop", ruth.id)
    path = f"/dashboard/welcome/{link.token}"
    done = await guest.post(path, {"password": "another password", "again": "another password"})
    assert done.headers["location"] == SIGN_IN
    assert SESSION not in guest.cookies
    assert "Your password is set. Sign in with it." in (await guest.follow(done)).words


async def test_it_is_told_in_german(server, ruth):
    visitor = Visitor(server, language="de")
    shown = await visitor.post(SIGN_IN, {**RUTH, "password": "falsch und zu lang"})
    assert shown.texts("h1") == ["Anmelden"]
    assert shown.texts(".notice") == ["E-Mail oder Passwort stimmt nicht."]


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard",
        "/dashboard/",
        "/dashboard?x=1",
        "/dashboard/catalog?q=a%20b&f.metal=Gold",
        "/dashboard/products/a%2Fb",
        "/dashboard/catalog?next=//evil.example",
    ],
)
def test_paths_of_the_dashboard_are_kept(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "//evil.example",
        "/\\evil.example",
        "/dashboardevil",
        "/dashboard\\@evil.example",
        "/dashboard//evil.example",
        "/dashboard/../v2/products",
        "/dashboard/%2e%2E/v2",
        "/dashboard/./x",
        "https://evil.example/dashboard",
        "javascript:alert(1)",
        "/dashboard\r\nset-cookie: a=b",
        "/dashboard/\x00",
        "/dashboard/é",
        "/dashboard#x",
        "/dashboard/" + "x" * 5_000,
        " /dashboard",
        "/v2/search",
    ],
    ids=repr,
)
def test_all_else_leads_home(path):
    assert local_path(path) == "/dashboard"


def test_who_confirms_is_led_on():
    assert confirm_url("/dashboard/a?b=c") == "/dashboard/account/confirm?next=%2Fdashboard%2Fa%3Fb%3Dc"
