"""Users: invited by a link, changed, disabled and removed, and never the last owner by those inside."""

from __future__ import annotations

import asyncio
import math

import msgspec
import pytest

from facetry.application.tenants import NewTenant
from facetry.application.users import LINK_SECONDS, NewUser, Profile, Welcome
from facetry.domain.account_errors import LastOwnerError, LinkExpiredError, UserExistsError, UserNotFoundError
from facetry.domain.errors import InvalidValueError, OutdatedError, TenantNotFoundError
from facetry.domain.user import Role, SavedView
from facetry.domain.user_rules import MAX_USERS, MAX_VIEWS
from facetry.engines.memory.accounts import MemoryAccounts
from tests.unit.application.accounts import PASSWORD, Office

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(anyio_backend):
    office = Office()
    await office.open()
    return office


async def test_who_is_invited_chooses_a_password_once(office):
    made = await office.users.invite("t", NewUser(email=" Ruth@Example.com ", name=" Ruth ", role=Role.EDITOR))
    assert (made.user.email, made.user.name, made.user.role) == ("ruth@example.com", "Ruth", Role.EDITOR)
    assert (made.user.tenant, made.user.password, made.user.created) == ("t", "", office.clock.time)
    assert await office.users.by_link(made.token) == made.user
    user = await office.users.accept(made.token, Welcome(password=PASSWORD, email="other@example.com", name="Ruthie"))
    assert (user.email, user.name, user.link, user.link_expires) == ("ruth@example.com", "Ruthie", b"", 0.0)
    assert await office.passwords.verify(user.password, PASSWORD)
    with pytest.raises(LinkExpiredError):
        await office.users.accept(made.token, Welcome(password="another password"))
    assert await office.users.get("t", user.id) == user


async def test_no_link_is_kept_in_the_clear(office):
    made = await office.users.invite("t", NewUser(email="a@example.com"))
    assert len(made.token) >= 40
    assert made.token.encode() not in msgspec.json.encode(made.user)


async def test_a_link_ends_at_its_very_moment(office):
    made = await office.users.invite("t", NewUser(email="a@example.com"))
    office.clock.time += LINK_SECONDS - 0.5
    assert await office.users.by_link(made.token) == made.user
    office.clock.time += 0.5
    with pytest.raises(LinkExpiredError):
        await office.users.by_link(made.token)
    for token in ("", "x", "\ud800", "x" * 100_000):
        with pytest.raises(LinkExpiredError):
            await office.users.by_link(token)


async def test_a_new_link_ends_the_old_one_and_leaves_the_password_until_it_is_used(office):
    user = await office.add()
    first = await office.users.renew_link("t", user.id)
    second = await office.users.renew_link("t", user.id)
    with pytest.raises(LinkExpiredError):
        await office.users.by_link(first.token)
    signed_in = await office.sign_in()
    await office.users.accept(second.token, Welcome(password="a new password"))
    assert await office.sign_ins.session(signed_in.cookie) is None
    await office.sign_in(password="a new password")


async def test_a_disabled_user_has_no_link(office):
    made = await office.users.invite("t", NewUser(email="a@example.com"))
    await office.users.set_disabled("t", made.user.id, disabled=True, by=None)
    with pytest.raises(LinkExpiredError):
        await office.users.accept(made.token, Welcome(password=PASSWORD))


async def test_of_two_who_use_a_link_at_once_one_does(office):
    made = await office.users.invite("t", NewUser(email="a@example.com"))
    using = (office.users.accept(made.token, Welcome(password=f"password {n}")) for n in range(2))
    done = await asyncio.gather(*using, return_exceptions=True)
    assert sum(isinstance(one, LinkExpiredError) for one in done) == 1


@pytest.mark.parametrize(
    "email", ["", "ruth", "@example.com", "ruth@", "a@b@c", "a b@c.d", "a\n@c.d", "a@.c", "a@c.", f"{'a' * 250}@c.de"]
)
async def test_what_is_no_email_is_refused(office, email):
    with pytest.raises(InvalidValueError) as told:
        await office.users.invite("t", NewUser(email=email))
    assert told.value.field == "email"
    assert list(await office.users.list("t")) == []


@pytest.mark.parametrize(
    "password", ["", "too short", "x" * 1025, "ruth@example.com", "RUTH@example.com", "\ud800" * 12]
)
async def test_what_is_no_password_is_refused(office, password):
    made = await office.users.invite("t", NewUser(email="ruth@example.com"))
    with pytest.raises(InvalidValueError) as told:
        await office.users.accept(made.token, Welcome(password=password))
    assert told.value.field == "password"
    with pytest.raises(InvalidValueError):
        await office.users.set_password("t", made.user.id, password)
    assert await office.users.by_link(made.token) == made.user


async def test_an_email_is_one_users_of_a_tenant(office):
    await office.add()
    with pytest.raises(UserExistsError):
        await office.users.invite("t", NewUser(email="RUTH@example.com"))
    await office.add(tenant="other")
    assert [len(await office.users.list(tenant)) for tenant in ("t", "other", "")] == [1, 1, 0]


async def test_nobody_is_invited_to_no_tenant_or_with_a_role_of_another_kind(office):
    with pytest.raises(TenantNotFoundError):
        await office.users.invite("none", NewUser(email="a@example.com"))
    for tenant, role in (("t", Role.OPERATOR), ("", Role.OWNER)):
        with pytest.raises(InvalidValueError) as told:
            await office.users.invite(tenant, NewUser(email="a@example.com", role=role))
        assert told.value.field == "role"
    assert (await office.add(tenant="", role=Role.OPERATOR)).tenant == ""


async def test_a_tenant_has_so_many_users_at_most(office):
    for number in range(MAX_USERS):
        await office.users.invite("t", NewUser(email=f"u{number}@example.com"))
    with pytest.raises(InvalidValueError, match="1,000 users"):
        await office.users.invite("t", NewUser(email="one@example.com"))
    await office.users.invite("other", NewUser(email="one@example.com"))


async def test_users_of_other_tenants_are_not_found(office):
    user = await office.add()
    for work in (
        office.users.get("other", user.id),
        office.users.get("", user.id),
        office.users.renew_link("other", user.id),
        office.users.set_password("other", user.id, PASSWORD),
        office.users.set_disabled("other", user.id, disabled=True, by=None),
        office.users.remove("other", user.id, by=None),
        office.users.by_email("other", user.email),
        office.users.get("t", "none"),
    ):
        with pytest.raises(UserNotFoundError):
            await work
    assert await office.users.by_email("t", " RUTH@example.com") == user


async def test_role_and_name_change_as_somebody_has_seen_them(office):
    owner, seen = await office.add(), await office.add("b@example.com", role=Role.VIEWER)
    changed = await office.users.change(seen, Role.EDITOR, " Ben ", by=owner)
    assert (changed.role, changed.name, changed.version) == (Role.EDITOR, "Ben", seen.version + 1)
    with pytest.raises(OutdatedError):
        await office.users.change(seen, Role.OWNER, "Ben", by=owner)
    with pytest.raises(InvalidValueError):
        await office.users.change(changed, Role.OPERATOR, "Ben", by=owner)
    with pytest.raises(InvalidValueError):
        await office.users.change(changed, Role.EDITOR, "x" * 101, by=owner)
    assert await office.users.get("t", seen.id) == changed


async def test_the_last_active_owner_stays_one(office):
    owner = await office.add()
    await office.users.invite("t", NewUser(email="invited@example.com", role=Role.OWNER))
    await office.add("other@example.com", tenant="other")
    for work in (
        office.users.change(owner, Role.EDITOR, "", by=owner),
        office.users.set_disabled("t", owner.id, disabled=True, by=owner),
        office.users.remove("t", owner.id, by=owner),
    ):
        with pytest.raises(LastOwnerError):
            await work
    assert await office.users.get("t", owner.id) == owner
    second = await office.add("second@example.com")
    await office.users.remove("t", owner.id, by=second)
    with pytest.raises(LastOwnerError):
        await office.users.change(second, Role.EDITOR, "", by=second)
    await office.users.set_disabled("t", second.id, disabled=True, by=None)
    assert (await office.users.get("t", second.id)).disabled


async def test_two_owners_cannot_remove_each_other_at_once():
    class SlowAccounts(MemoryAccounts):
        async def users(self, tenant):
            found = await super().users(tenant)
            await asyncio.sleep(0.01)
            return found

    office = Office()
    office.accounts = office.users._accounts = SlowAccounts()
    await office.open()
    first, second = await office.add("a@example.com"), await office.add("b@example.com")
    done = await asyncio.gather(
        office.users.remove("t", second.id, by=first),
        office.users.remove("t", first.id, by=second),
        return_exceptions=True,
    )
    assert any(isinstance(one, LastOwnerError) for one in done)
    left = await office.users.list("t")
    assert any(user.role is Role.OWNER and not user.disabled for user in left)


async def test_who_is_disabled_is_let_in_again(office):
    user = await office.add()
    signed_in = await office.sign_in()
    await office.users.set_disabled("t", user.id, disabled=True, by=None)
    await office.users.set_disabled("t", user.id, disabled=False, by=None)
    assert await office.sign_ins.session(signed_in.cookie) is None
    await office.sign_in()


async def test_a_removed_user_is_gone(office):
    user = await office.add()
    signed_in = await office.sign_in()
    await office.users.remove("t", user.id, by=None)
    assert list(await office.users.list("t")) == []
    assert await office.sign_ins.session(signed_in.cookie) is None


async def test_a_password_from_outside_ends_sessions_and_the_link(office):
    user = await office.add()
    signed_in, link = await office.sign_in(), await office.users.renew_link("t", user.id)
    phone = await office.enrol(await office.users.get("t", user.id))
    assert phone is not None
    kept = await office.users.set_password("t", user.id, "from the console")
    assert kept.totp != b""
    assert await office.sign_ins.session(signed_in.cookie) is None
    with pytest.raises(LinkExpiredError):
        await office.users.by_link(link.token)
    assert (await office.users.set_password("t", user.id, "from the console", forget_factor=True)).totp == b""
    await office.sign_in(password="from the console")


async def test_the_first_operator_chooses_an_email_too(office):
    wish = NewUser(email="", role=Role.OPERATOR)
    first = await office.users.first_link("operator", "", wish, 60.0)
    second = await office.users.first_link("operator", "", wish, 60.0)
    with pytest.raises(LinkExpiredError):
        await office.users.by_link(first.token)
    with pytest.raises(InvalidValueError) as told:
        await office.users.accept(second.token, Welcome(password=PASSWORD))
    assert told.value.field == "email"
    user = await office.users.accept(second.token, Welcome(password=PASSWORD, email="Op@Example.com"))
    assert (user.id, user.tenant, user.email, user.role) == ("operator", "", "op@example.com", Role.OPERATOR)
    assert await office.users.first_link("operator", "", wish, 60.0) is None


async def test_users_choose_name_language_and_theme(office):
    user = await office.add()
    done = await office.users.set_profile(user, Profile(name=" Ruth ", language="de", theme="dark"))
    assert (done.name, done.language, done.theme) == ("Ruth", "de", "dark")
    again = await office.users.set_profile(user, Profile())
    assert (again.name, again.language, again.theme) == ("", "", "")
    for wish in (Profile(theme="pink"), Profile(language="<b>"), Profile(language="x" * 17), Profile(name="a\nb")):
        with pytest.raises(InvalidValueError):
            await office.users.set_profile(user, wish)
    assert await office.users.get("t", user.id) == again


async def test_views_are_kept_by_name(office):
    user = await office.add()
    await office.users.save_view(user, SavedView("Rings", "q=ring"))
    await office.users.save_view(user, SavedView("Bands", "q=band"))
    done = await office.users.save_view(user, SavedView("Rings", "q=gold"))
    assert done.views == (SavedView("Bands", "q=band"), SavedView("Rings", "q=gold"))
    assert (await office.users.remove_view(user, "Bands")).views == (SavedView("Rings", "q=gold"),)
    assert (await office.users.remove_view(user, "none")).views == (SavedView("Rings", "q=gold"),)


async def test_views_that_cannot_be_kept_are_refused(office):
    user = await office.add()
    for view in (SavedView(" ", "q"), SavedView("x" * 101, "q"), SavedView("a\n", "q"), SavedView("a", "q" * 4001)):
        with pytest.raises(InvalidValueError):
            await office.users.save_view(user, view)
    for number in range(MAX_VIEWS):
        await office.users.save_view(user, SavedView(f"{number}", "q"))
    with pytest.raises(InvalidValueError, match="50"):
        await office.users.save_view(user, SavedView("more", "q"))
    twice = (SavedView("a", ""), SavedView("a", "b"))
    with pytest.raises(InvalidValueError, match="different"):
        await office.users.update("t", user.id, lambda seen: msgspec.structs.replace(seen, views=twice))


async def test_who_never_gets_a_turn_is_told(office):
    user = await office.add()

    class Busy(MemoryAccounts):
        async def replace_user(self, user):
            raise OutdatedError(7)

    busy = Busy()
    await busy.add_user(user)
    office.users._accounts = busy
    with pytest.raises(OutdatedError):
        await office.users.set_profile(user, Profile(name="x"))
    with pytest.raises(OutdatedError):
        await office.users.set_disabled("t", user.id, disabled=True, by=None)


class Overtaking(MemoryAccounts):
    """Accounts before whose forgetting a tenant with the same id is made, and a user of it."""

    def __init__(self, office):
        super().__init__()
        self.office = office

    async def forget(self, tenant, before=math.inf):
        if self.office is not None:
            office, self.office = self.office, None
            office.clock.time += 1
            await office.tenants.create(NewTenant(name="Again", id=tenant))
            await office.add(tenant=tenant, email="new@example.com")
        await super().forget(tenant, before)


@pytest.mark.parametrize("is_repeated", [False, True])
async def test_users_of_a_namesake_that_is_made_meanwhile_stay(office, is_repeated):
    accounts = Overtaking(office)
    office.users._accounts = office.tenants._accounts = accounts
    await office.add(email="old@example.com")
    if is_repeated:
        await office.store.delete_tenant("t")
        with pytest.raises(TenantNotFoundError):
            await office.tenants.delete("t")
    else:
        await office.tenants.delete("t")
    assert [user.email for user in await office.users.list("t")] == ["new@example.com"]


async def test_a_deleted_tenant_and_its_namesake_have_no_users(office):
    await office.add()
    await office.add(tenant="other")
    await office.tenants.delete("t")
    assert list(await office.users.list("t")) == []
    assert len(await office.users.list("other")) == 1
    await office.tenants.create(NewTenant(name="Again", id="t"))
    assert list(await office.users.list("t")) == []
