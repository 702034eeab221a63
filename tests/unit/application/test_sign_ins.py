"""Signing in: by password, among several accounts, with a second factor; and the sessions that it begins."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from facetry.application.passwords import Passwords
from facetry.application.pending import PENDING_SECONDS
from facetry.application.sign_ins import (
    CONFIRMED_SECONDS,
    IDLE_SECONDS,
    SESSION_SECONDS,
    AccountChoice,
    Browser,
    CodeNeeded,
    SignedIn,
)
from facetry.application.users import NewUser
from facetry.domain.account_errors import ConfirmationNeededError, LinkExpiredError, SignInRefusedError
from facetry.domain.errors import StoreError, TooManyAttemptsError
from facetry.domain.user import Role
from facetry.engines.memory.accounts import MemoryAccounts
from tests.unit.application.accounts import BROWSER, PASSWORD, Office, quick_hasher

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(anyio_backend):
    office = Office()
    await office.open()
    return office


async def test_the_right_password_begins_a_session(office):
    user = await office.add()
    done = await office.sign_in(" RUTH@example.com ")
    present = await office.sign_ins.session(done.cookie)
    assert present.user == done.user == msgspec.structs.replace(user, signed_in=office.clock.time, version=2)
    assert present.session == done.session
    assert present.tenant.id == "t"
    assert (present.session.address, present.session.agent) == ("192.0.2.1", "Mozilla/5.0")
    assert present.session.expires == office.clock.time + SESSION_SECONDS
    assert done.cookie.encode() not in msgspec.json.encode(present.session)


async def test_every_sign_in_has_an_id_of_its_own(office):
    await office.add()
    cookies = {(await office.sign_in()).cookie for _ in range(3)}
    assert len(cookies) == 3
    assert min(len(cookie) for cookie in cookies) >= 43


@pytest.mark.parametrize("email", ["ruth@example.com", "nobody@example.com", "", "\ud800@example.com", "' OR 1=1 --"])
@pytest.mark.parametrize("password", ["wrong password", "", "x" * 5_000, "\ud800", "\x00"])
async def test_anything_else_is_refused_in_the_same_words(office, email, password):
    await office.add()
    await office.users.invite("t", NewUser(email="invited@example.com"))
    with pytest.raises(SignInRefusedError, match="e-mail or password is wrong"):
        await office.sign_ins.sign_in(email, password, BROWSER)


async def test_who_has_chosen_no_password_is_refused(office):
    await office.users.invite("t", NewUser(email="invited@example.com"))
    with pytest.raises(SignInRefusedError):
        await office.sign_ins.sign_in("invited@example.com", "", BROWSER)


async def test_unknown_users_cost_as_many_hashes_as_known_ones(office):
    class Counting(Passwords):
        looked = 0

        async def verify(self, hashed, password):
            Counting.looked += 1
            return await super().verify(hashed, password)

    await office.add()
    await office.users.invite("t", NewUser(email="invited@example.com"))
    sign_ins = office.new_sign_ins(Counting(quick_hasher()))
    for email in ("ruth@example.com", "nobody@example.com", "invited@example.com", ""):
        before = Counting.looked
        with pytest.raises(SignInRefusedError):
            await sign_ins.sign_in(email, "wrong password", BROWSER)
        assert Counting.looked == before + 1


async def test_disabled_users_and_tenants_are_refused_and_end_at_once(office):
    user = await office.add()
    done = await office.sign_in()
    await office.tenants.set_active("t", active=False)
    assert await office.sign_ins.session(done.cookie) is None
    with pytest.raises(SignInRefusedError):
        await office.sign_in()
    await office.tenants.set_active("t", active=True)
    assert (await office.sign_ins.session(done.cookie)).user.id == user.id
    await office.users.update("t", user.id, lambda seen: msgspec.structs.replace(seen, disabled=True))
    assert await office.sign_ins.session(done.cookie) is None
    with pytest.raises(SignInRefusedError):
        await office.sign_in()


async def test_a_deleted_tenant_lets_nobody_in(office):
    user = await office.add()
    done = await office.sign_in()
    await office.store.delete_tenant("t")
    assert await office.accounts.user(user.id) is not None
    assert await office.sign_ins.session(done.cookie) is None
    with pytest.raises(SignInRefusedError):
        await office.sign_in()


async def test_the_operator_belongs_to_no_tenant(office):
    await office.add(tenant="", role=Role.OPERATOR)
    present = await office.sign_ins.session((await office.sign_in()).cookie)
    assert (present.tenant, present.user.role) == (None, Role.OPERATOR)


async def test_who_has_the_same_password_in_several_tenants_chooses(office):
    first = await office.add()
    second = await office.add(tenant="other", role=Role.VIEWER)
    await office.add(tenant="", role=Role.OPERATOR, password="another password")
    choice = await office.sign_ins.sign_in("ruth@example.com", PASSWORD, BROWSER)
    assert isinstance(choice, AccountChoice)
    assert [(one.user.id, one.tenant_name) for one in choice.accounts] == [
        (second.id, "Shop other"),
        (first.id, "Shop t"),
    ]
    done = await office.sign_ins.choose(choice.token, second.id, BROWSER)
    assert isinstance(done, SignedIn)
    assert done.user.id == second.id
    stranger = await office.add("stranger@example.com")
    for token, wanted in ((choice.token, stranger.id), (choice.token, ""), ("x", first.id), (choice.token[:-4], "")):
        with pytest.raises(SignInRefusedError):
            await office.sign_ins.choose(token, wanted, BROWSER)
    assert (await office.sign_in(password="another password")).user.tenant == ""


async def test_a_choice_ends_with_its_time_with_the_password_and_with_the_user(office):
    first = await office.add()
    second = await office.add(tenant="other")
    choice = await office.sign_ins.sign_in("ruth@example.com", PASSWORD, BROWSER)
    await office.users.set_password("t", first.id, "another password")
    with pytest.raises(SignInRefusedError):
        await office.sign_ins.choose(choice.token, first.id, BROWSER)
    await office.users.set_disabled("other", second.id, disabled=True, by=None)
    with pytest.raises(SignInRefusedError):
        await office.sign_ins.choose(choice.token, second.id, BROWSER)
    await office.users.set_disabled("other", second.id, disabled=False, by=None)
    office.clock.time += PENDING_SECONDS - 1
    assert isinstance(await office.sign_ins.choose(choice.token, second.id, BROWSER), SignedIn)
    office.clock.time += 1
    with pytest.raises(SignInRefusedError, match="too long"):
        await office.sign_ins.choose(choice.token, second.id, BROWSER)


async def test_a_code_is_asked_for_after_the_password(office):
    user = await office.add()
    phone = await office.enrol(user)
    office.clock.time += 60
    step = await office.sign_ins.sign_in("ruth@example.com", PASSWORD, BROWSER)
    assert isinstance(step, CodeNeeded)
    assert list(await office.accounts.sessions(user.id)) == []
    with pytest.raises(SignInRefusedError, match="code"):
        await office.sign_ins.give_code(step.token, "000000", BROWSER)
    done = await office.sign_ins.give_code(step.token, office.code(phone), BROWSER)
    assert (await office.sign_ins.session(done.cookie)).user.id == user.id


async def test_a_code_is_good_once_also_for_two_at_once(office):
    user = await office.add()
    phone = await office.enrol(user)
    office.clock.time += 60
    token = (await office.sign_ins.sign_in("ruth@example.com", PASSWORD, BROWSER)).token
    giving = (office.sign_ins.give_code(token, office.code(phone), BROWSER) for _ in range(4))
    done = await asyncio.gather(*giving, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["SignInRefusedError"] * 3 + ["SignedIn"]
    with pytest.raises(SignInRefusedError, match="used"):
        await office.sign_ins.give_code(token, office.code(phone), BROWSER)
    with pytest.raises(SignInRefusedError, match="used"):
        await office.sign_ins.give_code(token, office.code(phone, -1), BROWSER)


async def test_who_needs_no_code_cannot_come_in_by_one(office):
    await office.add()
    await office.add(tenant="other")
    choice = await office.sign_ins.sign_in("ruth@example.com", PASSWORD, BROWSER)
    with pytest.raises(SignInRefusedError):
        await office.sign_ins.give_code(choice.token, "123456", BROWSER)


async def test_choosing_an_account_with_a_second_factor_asks_for_its_code(office):
    user = await office.add()
    await office.add(tenant="other")
    await office.enrol(user)
    choice = await office.sign_ins.sign_in("ruth@example.com", PASSWORD, BROWSER)
    assert isinstance(await office.sign_ins.choose(choice.token, user.id, BROWSER), CodeNeeded)


async def test_who_has_just_chosen_a_password_is_signed_in_unless_a_code_is_needed(office):
    user = await office.add()
    assert isinstance(await office.sign_ins.begin(user, BROWSER), SignedIn)
    await office.enrol(user)
    with pytest.raises(SignInRefusedError, match="sign in"):
        await office.sign_ins.begin(await office.users.get("t", user.id), BROWSER)


async def test_a_user_who_goes_meanwhile_does_not_come_in(office):
    user = await office.add()
    await office.users.remove("t", user.id, by=None)
    with pytest.raises(SignInRefusedError):
        await office.sign_ins.begin(user, BROWSER)


async def test_tries_are_limited_by_address_and_email(office):
    await office.add()
    for _ in range(10):
        with pytest.raises(SignInRefusedError):
            await office.sign_ins.sign_in("ruth@example.com", "wrong password", BROWSER)
    with pytest.raises(TooManyAttemptsError) as told:
        await office.sign_in()
    assert told.value.wait_seconds == 30
    await office.sign_in(browser=Browser("192.0.2.2"))
    with pytest.raises(SignInRefusedError):
        await office.sign_ins.sign_in("other@example.com", "wrong password", BROWSER)
    office.clock.time += 30
    await office.sign_in()


async def test_many_at_once_are_no_way_around_the_limit(office):
    await office.add()
    trying = (office.sign_ins.sign_in("ruth@example.com", f"wrong {n}", BROWSER) for n in range(30))
    done = await asyncio.gather(*trying, return_exceptions=True)
    assert sum(isinstance(one, SignInRefusedError) for one in done) == 10


async def test_right_passwords_cost_nothing(office):
    await office.add()
    for _ in range(30):
        await office.sign_in()


async def test_an_address_may_not_try_many_emails(office):
    for number in range(100):
        with pytest.raises(SignInRefusedError):
            await office.sign_ins.sign_in(f"u{number}@example.com", "wrong password", BROWSER)
    with pytest.raises(TooManyAttemptsError):
        await office.sign_ins.sign_in("new@example.com", "wrong password", BROWSER)


async def test_one_network_of_ipv6_is_one_address(office):
    for number in range(10):
        with pytest.raises(SignInRefusedError):
            await office.sign_ins.sign_in("a@example.com", "wrong password", Browser(f"2001:db8::{number}"))
    with pytest.raises(TooManyAttemptsError):
        await office.sign_ins.sign_in("a@example.com", "wrong password", Browser("2001:db8::ffff:1"))
    for other in ("2001:db8:0:1::1", "::ffff:192.0.2.1", "not an address"):
        with pytest.raises(SignInRefusedError):
            await office.sign_ins.sign_in("a@example.com", "wrong password", Browser(other))


async def test_a_session_ends_when_it_is_idle_or_old(office):
    await office.add()
    cookie = (await office.sign_in()).cookie
    office.clock.time += IDLE_SECONDS - 1
    assert await office.sign_ins.session(cookie) is not None
    for _ in range(13):
        office.clock.time += IDLE_SECONDS - 1
        assert await office.sign_ins.session(cookie) is not None
    office.clock.time += 14
    assert await office.sign_ins.session(cookie) is None
    idle = (await office.sign_in()).cookie
    office.clock.time += IDLE_SECONDS
    assert await office.sign_ins.session(idle) is None


async def test_use_is_noted_once_a_minute(office):
    user = await office.add()
    done = await office.sign_in()
    begun = office.clock.time
    seen = []
    for seconds in (59.5, 60.0, 119.5, 120.0):
        office.clock.time = begun + seconds
        await office.sign_ins.session(done.cookie)
        seen.append((await office.accounts.sessions(user.id))[0].seen - begun)
    assert seen == [0.0, 60.0, 60.0, 120.0]


async def test_a_full_disk_ends_no_session(office):
    class Full(MemoryAccounts):
        async def replace_session(self, session):
            raise StoreError("no room left")

    user = await office.add()
    done = await office.sign_in()
    full = Full()
    await full.add_user(user)
    await full.add_session(done.session)
    office.sign_ins._accounts = full
    office.clock.time += 100
    assert (await office.sign_ins.session(done.cookie)).session.seen == office.clock.time


@pytest.mark.parametrize("cookie", ["", "x", "\ud800", "x" * 101, "a b", "../.."])
async def test_what_is_no_cookie_is_nobody(office, cookie):
    assert await office.sign_ins.session(cookie) is None


async def test_signing_out_ends_this_session_or_all_others(office):
    user = await office.add()
    first, second, third = [await office.sign_in() for _ in range(3)]
    await office.sign_ins.sign_out(first.session)
    assert await office.sign_ins.session(first.cookie) is None
    await office.sign_ins.sign_out_everywhere(user, but=second.session)
    assert await office.sign_ins.session(third.cookie) is None
    assert [one.digest for one in await office.sign_ins.sessions(user)] == [second.session.digest]
    await office.sign_ins.sign_out_everywhere(user)
    assert await office.sign_ins.session(second.cookie) is None


async def test_nobody_ends_the_sessions_of_others(office):
    await office.add()
    stranger = await office.add("stranger@example.com")
    done = await office.sign_in()
    await office.sign_ins.end(stranger, done.session.digest)
    assert await office.sign_ins.session(done.cookie) is not None
    await office.sign_ins.end(done.user, done.session.digest)
    assert await office.sign_ins.session(done.cookie) is None


async def test_the_password_is_confirmed_for_ten_minutes(office):
    user = await office.add()
    session = (await office.sign_in()).session
    office.clock.time += CONFIRMED_SECONDS - 1
    office.sign_ins.require_confirmed(session)
    office.clock.time += 1
    assert not office.sign_ins.is_confirmed(session)
    with pytest.raises(ConfirmationNeededError):
        office.sign_ins.require_confirmed(session)
    with pytest.raises(SignInRefusedError):
        await office.sign_ins.confirm(session, user, "wrong password")
    assert not office.sign_ins.is_confirmed((await office.accounts.sessions(user.id))[0])
    confirmed = await office.sign_ins.confirm(session, user, PASSWORD)
    assert office.sign_ins.is_confirmed(confirmed)
    assert (await office.accounts.sessions(user.id))[0] == confirmed


async def test_guessing_the_password_of_an_open_session_is_limited(office):
    user = await office.add()
    session = (await office.sign_in()).session
    for _ in range(10):
        with pytest.raises(SignInRefusedError):
            await office.sign_ins.confirm(session, user, "wrong password")
    with pytest.raises(TooManyAttemptsError):
        await office.sign_ins.confirm(session, user, PASSWORD)


async def test_another_password_ends_all_other_sessions(office):
    user = await office.add()
    here, elsewhere = await office.sign_in(), await office.sign_in()
    with pytest.raises(SignInRefusedError):
        await office.sign_ins.change_password(here.session, user, "wrong password", "another password")
    assert await office.sign_ins.session(elsewhere.cookie) is not None
    await office.sign_ins.change_password(here.session, user, PASSWORD, "another password")
    assert await office.sign_ins.session(here.cookie) is not None
    assert await office.sign_ins.session(elsewhere.cookie) is None
    with pytest.raises(SignInRefusedError):
        await office.sign_in()
    await office.sign_in(password="another password")


async def test_another_password_ends_a_link_to_choose_one(office):
    user = await office.add()
    here = await office.sign_in()
    link = await office.users.renew_link(user.tenant, user.id)
    await office.sign_ins.change_password(here.session, user, PASSWORD, "another password")
    with pytest.raises(LinkExpiredError):
        await office.users.by_link(link.token)


async def test_a_password_is_hashed_anew_under_other_parameters(office):
    user = await office.add()
    stronger = Passwords(quick_hasher(time_cost=2))
    done = await office.new_sign_ins(stronger).sign_in("ruth@example.com", PASSWORD, BROWSER)
    assert ",t=1," in user.password
    assert ",t=2," in done.user.password
    assert await stronger.verify(done.user.password, PASSWORD)
    again = await office.new_sign_ins(stronger).sign_in("ruth@example.com", PASSWORD, BROWSER)
    assert again.user.password == done.user.password


async def test_sessions_that_have_ended_are_trimmed(office):
    await office.add()
    await office.sign_in()
    office.clock.time += IDLE_SECONDS
    await office.sign_in()
    assert await office.sign_ins.trim() == 1
    assert await office.sign_ins.trim() == 0


async def test_what_a_browser_calls_itself_is_cut_and_cleaned(office):
    await office.add()
    done = await office.sign_in(browser=Browser("", "<b>\x00\u202e" + "x" * 1000))
    assert done.session.agent == "<b>" + "x" * 295
