"""My account: profile, password, second factor, sessions; for every role."""

from __future__ import annotations

import pyotp
import pytest
import segno

from facetry.application.sign_ins import CONFIRMED_SECONDS, Browser
from facetry.application.users import NewUser, Welcome
from facetry.dashboard.cookies import SESSION
from facetry.dashboard.qr_codes import QUIET, qr_code
from facetry.domain.user import Role
from tests.dashboard.server import Visitor

pytestmark = pytest.mark.anyio

ACCOUNT = "/dashboard/account"
FACTOR = f"{ACCOUNT}/second-factor"
PASSWORD = "correct horse battery"


async def signed_in(server, tenant="shop", role=Role.VIEWER, agent="tests"):
    """Return somebody with a password, in a new browser."""
    email = f"{role.value}@{tenant or 'server'}.example"
    if not await server.accounts.users_by_email(email):
        invitation = await server.users.invite(tenant, NewUser(email=email, role=role))
        await server.users.accept(invitation.token, Welcome(password=PASSWORD))
    step = await server.sign_ins.sign_in(email, PASSWORD, Browser("192.0.2.7", agent))
    found = Visitor(server, step.user)
    found.cookies[SESSION] = step.cookie
    return found


@pytest.fixture
async def ruth(server, shop):
    return await signed_in(server)


async def user_of(server, visitor):
    return await server.users.get(visitor.user.tenant, visitor.user.id)


@pytest.mark.parametrize(("tenant", "role"), [("shop", Role.OWNER), ("shop", Role.EDITOR), ("", Role.OPERATOR)])
async def test_everybody_has_an_account(server, shop, tenant, role):
    visitor = await signed_in(server, tenant, role)
    shown = await visitor.get(ACCOUNT)
    assert (shown.status, shown.texts(".page__subtitle")) == (200, [visitor.user.email])
    done = await visitor.post(f"{ACCOUNT}/profile", {"name": "Somebody", "language": "", "theme": "dark"})
    assert "Your profile is saved." in (await visitor.follow(done)).words
    user = await user_of(server, visitor)
    assert (user.name, user.theme) == ("Somebody", "dark")


async def test_language_and_theme_are_those_of_the_next_page(ruth):
    done = await ruth.post(f"{ACCOUNT}/profile", {"name": "", "language": "de", "theme": "light"})
    shown = await ruth.follow(done)
    html = shown.page.select_one("html")
    assert (html["lang"], html["data-theme"]) == ("de", "light")
    assert "Das Profil ist gespeichert." in shown.words
    assert shown.texts("h1") == ["Mein Konto"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": "x" * 101}, "name"), ({"language": "xx"}, "language"), ({"theme": "pink"}, "theme")],
    ids=str,
)
async def test_a_profile_that_cannot_be_is_told_beside_its_field(server, ruth, values, field):
    before = await user_of(server, ruth)
    shown = await ruth.post(f"{ACCOUNT}/profile", {"name": "Ruth", "language": "", "theme": "", **values})
    assert shown.status == 422
    assert shown.page.select_one(f"#field-{field}-error") is not None
    assert await user_of(server, ruth) == before


async def test_another_password_signs_out_all_other_browsers(server, ruth):
    other = await signed_in(server)
    values = {"present": PASSWORD, "password": "another password", "again": "another password"}
    for change, field in (
        ({"present": "wrong password"}, "present"),
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "a third password"}, "again"),
        ({"password": "viewer@shop.example", "again": "viewer@shop.example"}, "password"),
    ):
        refused = await ruth.post(f"{ACCOUNT}/password", {**values, **change})
        assert refused.status == 422
        assert refused.page.select_one(f"#field-{field}-error") is not None, change
    assert (await other.get(ACCOUNT)).status == 200
    done = await ruth.post(f"{ACCOUNT}/password", values)
    assert "Your password is changed." in (await ruth.follow(done)).words
    assert (await other.get(ACCOUNT)).status == 303


async def test_guessing_the_present_password_is_limited(ruth):
    values = {"present": "wrong password", "password": "another password", "again": "another password"}
    seen = [(await ruth.post(f"{ACCOUNT}/password", values)).status for _ in range(11)]
    assert seen == [422] * 10 + [429]


async def test_the_second_factor_is_turned_on_by_its_first_code_and_off(server, ruth):
    page = await ruth.get(FACTOR)
    assert page.status == 200
    secret = page.values('form[method=post]:has(input[name="secret"])')["secret"][0]
    assert secret in page.texts("code")
    assert page.page.select_one("svg.qr-code path")["d"].startswith("M")
    wrong = await ruth.post(FACTOR, {"secret": secret, "code": "000000"})
    assert (wrong.status, wrong.texts("#field-code-error")) == (422, ["Must be the one that the app shows now."])
    assert secret in wrong.texts("code")
    assert (await user_of(server, ruth)).totp == b""
    code = pyotp.TOTP(secret).at(int(server.clock.time))
    shown = await ruth.follow(await ruth.post(FACTOR, {"secret": secret, "code": code}))
    assert "The second factor is on." in shown.words
    assert (await user_of(server, ruth)).totp != b""
    assert secret not in shown.text
    shown = await ruth.follow(await ruth.post(f"{FACTOR}/off"))
    assert "The second factor is off." in shown.words
    assert (await user_of(server, ruth)).totp == b""


async def test_the_second_factor_needs_a_password_given_lately(server, ruth):
    server.clock.time += CONFIRMED_SECONDS
    confirm = f"{ACCOUNT}/confirm?next=%2Fdashboard%2Faccount%2Fsecond-factor"
    assert (await ruth.get(FACTOR)).headers["location"] == confirm
    assert (await ruth.post(FACTOR, {"secret": "A" * 32, "code": "123456"})).headers["location"] == confirm
    assert (await ruth.post(f"{FACTOR}/off")).headers["location"].startswith(f"{ACCOUNT}/confirm")
    page = await ruth.get(confirm)
    refused = await ruth.post(f"{ACCOUNT}/confirm", {**page.values("main form"), "password": "wrong password"})
    assert (refused.status, refused.texts("#field-password-error")) == (422, ["The password is wrong."])
    done = await ruth.post(f"{ACCOUNT}/confirm", {**refused.values("main form"), "password": PASSWORD})
    assert done.headers["location"] == FACTOR
    assert (await ruth.follow(done)).status == 200


async def test_a_secret_of_somebody_elses_making_is_refused(ruth):
    for secret in ("", "short", "a" * 32):
        assert (await ruth.post(FACTOR, {"secret": secret, "code": "123456"})).status == 422


async def test_guessing_the_first_code_is_limited(ruth):
    secret = (await ruth.get(FACTOR)).values('form:has(input[name="secret"])')["secret"][0]
    seen = [(await ruth.post(FACTOR, {"secret": secret, "code": "000000"})).status for _ in range(11)]
    assert seen == [422] * 10 + [429]


async def test_browsers_are_listed_and_signed_out(server, ruth):
    hostile = "<script>alert(1)</script> '\""
    first, second = await signed_in(server, agent=hostile), await signed_in(server, agent="Phone")
    shown = await ruth.get(ACCOUNT)
    rows = shown.texts("tbody tr")
    assert len(rows) == 3
    assert any(hostile in row for row in rows)
    assert sum("This one" in row for row in rows) == 1
    (phone,) = [one for one in shown.page.select("tbody tr") if "Phone" in one.get_text()]
    digest = phone.select_one("input[name=session]")["value"]
    await ruth.post(f"{ACCOUNT}/sessions", {"session": digest})
    assert ((await second.get(ACCOUNT)).status, (await first.get(ACCOUNT)).status) == (303, 200)
    for text in ("", "zz", "abc", "00" * 32):
        assert (await ruth.post(f"{ACCOUNT}/sessions", {"session": text})).status == 303
    await ruth.post(f"{ACCOUNT}/sessions", {"others": "on"})
    assert ((await first.get(ACCOUNT)).status, (await ruth.get(ACCOUNT)).status) == (303, 200)


async def test_nobody_signs_out_somebody_else(server, ruth):
    stranger = await signed_in(server, role=Role.EDITOR)
    (session,) = await server.accounts.sessions(ruth.user.id)
    await stranger.post(f"{ACCOUNT}/sessions", {"session": session.digest.hex()})
    assert (await ruth.get(ACCOUNT)).status == 200


def test_a_qr_code_is_drawn_module_by_module():
    text = "otpauth://totp/Facetry:ruth%40shop.example?secret=" + "A" * 32
    code = qr_code(text)
    matrix = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    dark = {(x + QUIET, y + QUIET) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark}
    drawn = set()
    for run in code.path.split("M")[1:]:
        x, rest = run.split(" ")
        y, length = rest.split("h")[0], rest.split("h")[1].removesuffix("v1")
        drawn |= {(int(x) + step, int(y)) for step in range(int(length))}
    assert code.size == len(matrix) + 2 * QUIET
    assert drawn == dark
