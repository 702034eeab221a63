"""Users of a tenant as its owners see them."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
import pytest

from facetry.application.sign_ins import CONFIRMED_SECONDS
from facetry.application.users import LINK_SECONDS, NewUser
from facetry.domain.user import Role
from tests.dashboard.server import Visitor, visitor

pytestmark = pytest.mark.anyio

USERS = "/dashboard/users"
PASSWORD = "correct horse battery"


def path_of(visitor):
    return f"{USERS}/{visitor.user.id}"


async def test_users_are_listed_with_role_and_state(owner, editor, viewer, server):
    await server.users.set_disabled("shop", viewer.user.id, disabled=True, by=None)
    shown = await owner.get(USERS)
    assert "3 users" in shown.words
    rows = shown.texts("tbody tr")
    assert [row.split()[0] for row in rows] == [
        "editor-2@shop.example",
        "owner-1@shop.example",
        "viewer-3@shop.example",
    ]
    assert "You" in rows[1]
    assert "Owner" in rows[1]
    assert "Disabled" in rows[2]


async def test_who_is_invited_gets_a_link_that_is_shown_once(owner, server):
    shown = await owner.post(USERS, {"email": "New@Shop.example", "name": "New", "role": "viewer"})
    (link,) = shown.texts("pre")
    (user,) = [one for one in await server.users.list("shop") if one.email == "new@shop.example"]
    assert (user.role, user.name, user.link_expires) == (Role.VIEWER, "New", server.clock.time + LINK_SECONDS)
    assert "Invited" in (await owner.get(USERS)).words
    for target in (USERS, f"{USERS}/{user.id}"):
        assert link.rpartition("/")[2] not in (await owner.get(target)).text
    guest = Visitor(server)
    page = await guest.get(link.removeprefix("http://catalog.example"))
    done = await guest.post(
        link.removeprefix("http://catalog.example"),
        {**page.values(), "password": PASSWORD, "again": PASSWORD},
    )
    assert done.headers["location"] == "/dashboard"
    assert (await guest.get("/dashboard/account")).texts(".page__subtitle") == ["new@shop.example"]


@pytest.mark.parametrize("email", ["", "no e-mail", "owner-1@shop.example"])
async def test_what_cannot_be_invited_is_told_beside_the_field(owner, server, email):
    shown = await owner.post(USERS, {"email": email, "name": "Kept", "role": "editor"})
    assert shown.status == 422
    assert shown.page.select_one("#field-email-error") is not None
    assert shown.page.select_one("#field-name")["value"] == "Kept"
    assert len(await server.users.list("shop")) == 1


async def test_role_and_name_are_changed(owner, editor, server):
    page = await owner.get(path_of(editor))
    values = page.values(f'form[action="{path_of(editor)}"]')
    assert values["role"] == ["editor"]
    done = await owner.post(path_of(editor), {**values, "role": "viewer", "name": " Ed "})
    assert "Ed is changed." in (await owner.follow(done)).words
    user = await server.users.get("shop", editor.user.id)
    assert (user.role, user.name) == (Role.VIEWER, "Ed")
    lost = await owner.post(path_of(editor), {**values, "role": "owner"})
    assert lost.status == 409
    assert await server.users.get("shop", editor.user.id) == user


async def test_what_is_no_role_or_name_changes_nothing(owner, editor, server):
    version = (await owner.get(path_of(editor))).values(f'form[action="{path_of(editor)}"]')["version"]
    for values in ({"role": "operator"}, {"role": "", "name": "x"}, {"role": "viewer", "name": "x" * 101}):
        shown = await owner.post(path_of(editor), {"name": "", "version": version, **values})
        assert shown.status == 422
    assert (await server.users.get("shop", editor.user.id)).role is Role.EDITOR


async def test_a_disabled_user_ends_at_once_and_comes_back(owner, editor):
    shown = await owner.follow(await owner.post(f"{path_of(editor)}/disabled", {"disabled": "on"}))
    assert "editor-2@shop.example is disabled." in shown.words
    assert (await editor.get("/dashboard/account")).status == 303
    shown = await owner.follow(await owner.post(f"{path_of(editor)}/disabled", {"disabled": "off"}))
    assert "may sign in again" in shown.words
    assert (await editor.get("/dashboard/account")).status == 303


async def test_a_removed_user_is_gone(owner, editor):
    shown = await owner.follow(await owner.post(f"{path_of(editor)}/remove"))
    assert "editor-2@shop.example is removed." in shown.words
    assert (await editor.get("/dashboard/account")).status == 303
    assert (await owner.get(path_of(editor))).status == 404


async def test_the_last_owner_cannot_go(owner, server):
    await server.users.set_password("shop", owner.user.id, PASSWORD)
    signed_in = await visitor(server, "shop", Role.OWNER)
    last = f"{USERS}/{owner.user.id}"
    version = (await server.users.get("shop", owner.user.id)).version
    tries = (("", {"role": "viewer", "version": version}), ("/disabled", {"disabled": "on"}), ("/remove", {}))
    for path, values in tries:
        shown = await signed_in.post(f"{last}{path}", values)
        assert shown.status == 409, path
        assert "Somebody must look after the users" in shown.words
    assert (await server.users.get("shop", owner.user.id)).version == version


async def test_a_new_link_is_shown_once_and_says_when_it_has_expired(owner, server):
    invitation = await server.users.invite("shop", NewUser(email="late@shop.example"))
    server.clock.time += LINK_SECONDS
    fresh = await visitor(server, "shop", Role.OWNER)
    path = f"{USERS}/{invitation.user.id}"
    assert "Link expired" in (await fresh.get(path)).words
    shown = await fresh.post(f"{path}/link")
    (link,) = shown.texts("pre")
    assert (await server.users.by_link(link.rpartition("/")[2])).id == invitation.user.id
    assert "Invited" in (await fresh.get(path)).words


async def test_an_owner_turns_off_the_second_factor_of_a_lost_phone(owner, editor, server):
    await server.users.update("shop", editor.user.id, with_totp)
    assert "Turn off the second factor" in (await owner.get(path_of(editor))).words
    await owner.post(f"{path_of(editor)}/second-factor/off")
    assert (await server.users.get("shop", editor.user.id)).totp == b""


async def test_who_finds_a_browser_open_makes_no_way_in_of_their_own(owner, editor, server):
    """Links, invitations, roles and the end of a second factor would open what only the password opens."""
    await server.users.set_password("shop", owner.user.id, PASSWORD)
    signed_in = await visitor(server, "shop", Role.OWNER)
    await server.users.update("shop", signed_in.user.id, with_totp)
    own = path_of(signed_in)
    server.clock.time += CONFIRMED_SECONDS
    before = await server.users.list("shop")
    version = (await server.users.get("shop", editor.user.id)).version
    tries = {
        f"{own}/link": ({}, own),
        f"{own}/second-factor/off": ({}, own),
        path_of(editor): ({"role": "owner", "version": version}, path_of(editor)),
        USERS: ({"email": "a+b@shop.example", "name": "A & B", "role": "owner"}, USERS),
    }
    for path, (values, back) in tries.items():
        shown = await signed_in.post(path, values)
        assert shown.headers["location"].startswith(f"/dashboard/account/confirm?next={quote(back, safe='')}"), path
    assert await server.users.list("shop") == before
    assert (await signed_in.post(path_of(editor), {"role": "editor", "name": "Ed", "version": version})).status == 303


async def test_an_invitation_is_kept_while_the_password_is_asked_for(server, owner):
    await server.users.set_password("shop", owner.user.id, PASSWORD)
    signed_in = Visitor(server)
    await signed_in.post("/dashboard/sign-in", {"email": owner.user.email, "password": PASSWORD})
    server.clock.time += CONFIRMED_SECONDS
    wish = {"email": "a+b@shop.example", "name": "A & B", "role": "viewer"}
    page = await signed_in.follow(await signed_in.post(USERS, {**wish, "csrf": await token_of(signed_in)}))
    done = await signed_in.post("/dashboard/account/confirm", {**page.values("main form"), "password": PASSWORD})
    again = (await signed_in.follow(done)).values("main form")
    assert {name: again[name] for name in wish} == {name: [value] for name, value in wish.items()}


async def token_of(who):
    return (await who.get("/dashboard/account")).token


async def test_users_of_another_tenant_are_not_there(owner, rival_owner, server):
    path, before = path_of(owner), await server.users.get("shop", owner.user.id)
    assert (await rival_owner.get(path)).status == 404
    for part in ("", "/disabled", "/remove", "/link", "/second-factor/off"):
        assert (await rival_owner.post(f"{path}{part}", {"role": "viewer", "disabled": "on"})).status == 404
    assert await server.users.get("shop", owner.user.id) == before
    assert "shop.example" not in (await rival_owner.get(USERS)).text


async def test_hostile_names_are_text(owner, server):
    email = "\"'<script>alert(1)</script>@shop.example"
    shown = await owner.post(USERS, {"email": email, "name": "<img src=x onerror=alert(1)>", "role": "viewer"})
    assert shown.status == 200
    listed = await owner.get(USERS)
    assert email in listed.words
    assert listed.page.select("main script, main img") == []
    (user,) = [one for one in await server.users.list("shop") if "script" in one.email]
    assert (await owner.get(f"{USERS}/{user.id}")).texts("h1") == [email]


def with_totp(user):
    return msgspec.structs.replace(user, totp=b"sealed")
