"""The conformance suite of the ``Accounts`` port."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from facetry.domain.account_errors import UserExistsError, UserNotFoundError
from facetry.domain.errors import OutdatedError
from facetry.domain.user import Role, SavedView, User, UserSession
from facetry.ports.accounts import Accounts

NOW = 1_700_000_000.0
DAY = 86_400.0
HOSTILE = ("' OR 1=1 --", '"<script>alert(1)</script>', "\u202egnp.exe", "é💍", "a" * 300, "$where", "a\x00b")


def user(number: int = 1, tenant: str = "t", **values: object) -> User:
    """Return a user."""
    made = User(id=f"u{number}", tenant=tenant, email=f"u{number}@example.com", role=Role.EDITOR, created=NOW)
    return msgspec.structs.replace(made, **values)


def session(number: int = 1, of: str = "u1", **values: object) -> UserSession:
    """Return a session of a user."""
    made = UserSession(
        digest=bytes([number]) * 32, user=of, created=NOW, seen=NOW, confirmed=NOW, expires=NOW + DAY, address="::1"
    )
    return msgspec.structs.replace(made, **values)


def ids(users: Sequence[User]) -> list[str]:
    """Return the ids of users."""
    return [one.id for one in users]


class AccountsConformance:
    """Everything that the contract of ``ports.accounts`` promises.

    A subclass provides two pytest fixtures: ``accounts``, empty, and ``peer``, the same ones as another process sees
    them.
    """

    pytestmark = pytest.mark.anyio

    async def test_nothing_is_found_where_nothing_is(self, accounts: Accounts) -> None:
        assert list(await accounts.users("t")) == []
        assert await accounts.user("u1") is None
        assert list(await accounts.users_by_email("u1@example.com")) == []
        assert await accounts.user_by_link(b"x" * 32) is None
        assert await accounts.session(b"x" * 32) is None
        assert list(await accounts.sessions("u1")) == []
        await accounts.remove_user("u1")
        await accounts.end_session(b"x" * 32)
        await accounts.end_sessions("u1")
        await accounts.forget("t")
        assert await accounts.trim(NOW, DAY) == 0

    async def test_a_user_comes_back_as_added_in_every_process(self, accounts: Accounts, peer: Accounts) -> None:
        whole = user(
            name="Ruth \u05e8\u05d5\u05ea 💍",
            password="$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",  # noqa: S106 - made up
            totp=b"\x00\xff sealed",
            totp_step=56_666_666,
            link=b"l" * 32,
            link_expires=NOW + 0.125,
            disabled=True,
            language="de",
            theme="dark",
            views=(SavedView("Rings", "q=ring&metal=gold"), SavedView("<b>", "")),
            version=3,
            signed_in=NOW - 0.5,
        )
        await accounts.add_user(whole)
        assert await peer.user("u1") == whole
        assert await peer.user_by_link(b"l" * 32) == whole
        assert list(await peer.users_by_email("u1@example.com")) == [whole]
        assert list(await peer.users("t")) == [whole]

    async def test_users_of_a_tenant_come_by_email_and_no_others(self, accounts: Accounts) -> None:
        for number, email in enumerate(("b@x.example", "a@x.example", "\u00e9@x.example", "a@x.exampl")):
            await accounts.add_user(user(number, email=email))
        await accounts.add_user(user(10, tenant="T", email="a@x.example"))
        await accounts.add_user(user(11, tenant="", role=Role.OPERATOR, email="a@x.example"))
        assert ids(await accounts.users("t")) == ["u3", "u1", "u0", "u2"]
        assert ids(await accounts.users("T")) == ["u10"]
        assert ids(await accounts.users("")) == ["u11"]
        assert ids(await accounts.users("none")) == []

    async def test_an_email_is_found_in_all_tenants(self, accounts: Accounts) -> None:
        for number, tenant in enumerate(("z", "", "a")):
            await accounts.add_user(user(number, tenant=tenant, email="same@example.com"))
        await accounts.add_user(user(7, tenant="a", email="other@example.com"))
        assert ids(await accounts.users_by_email("same@example.com")) == ["u1", "u2", "u0"]
        assert ids(await accounts.users_by_email("Same@example.com")) == []

    async def test_no_two_users_have_the_same_name(self, accounts: Accounts, peer: Accounts) -> None:
        await accounts.add_user(user(1))
        with pytest.raises(UserExistsError):
            await peer.add_user(user(2, email="u1@example.com"))
        with pytest.raises(UserExistsError):
            await peer.add_user(user(1, tenant="other", email="new@example.com"))
        assert ids(await accounts.users("t")) == ["u1"]
        assert ids(await accounts.users("other")) == []

    async def test_one_of_many_who_add_the_same_at_once_does(self, accounts: Accounts, peer: Accounts) -> None:
        adding = (one.add_user(user(n, email="same@example.com")) for n, one in enumerate((accounts, peer) * 4))
        done = await asyncio.gather(*adding, return_exceptions=True)
        assert sorted(type(one).__name__ for one in done) == ["NoneType", *["UserExistsError"] * 7]
        assert len(await accounts.users("t")) == 1

    async def test_a_replaced_user_has_the_next_version(self, accounts: Accounts, peer: Accounts) -> None:
        await accounts.add_user(user(version=5))
        changed = user(version=5, email="new@example.com", role=Role.OWNER, link=b"n" * 32)
        replaced = await accounts.replace_user(changed)
        assert replaced == msgspec.structs.replace(changed, version=6)
        assert await peer.user("u1") == replaced
        assert list(await peer.users_by_email("u1@example.com")) == []
        assert ids(await peer.users_by_email("new@example.com")) == ["u1"]
        assert await peer.user_by_link(b"n" * 32) == replaced

    async def test_who_has_read_too_early_replaces_nothing(self, accounts: Accounts, peer: Accounts) -> None:
        await accounts.add_user(user())
        first = await peer.replace_user(user(name="first"))
        with pytest.raises(OutdatedError) as told:
            await accounts.replace_user(user(name="second"))
        assert told.value.version == 1
        assert await accounts.user("u1") == first

    async def test_one_of_many_who_replace_at_once_does(self, accounts: Accounts, peer: Accounts) -> None:
        await accounts.add_user(user())
        replacing = (one.replace_user(user(name=str(n))) for n, one in enumerate((accounts, peer) * 4))
        done = await asyncio.gather(*replacing, return_exceptions=True)
        (winner,) = [one for one in done if isinstance(one, User)]
        assert sum(isinstance(one, OutdatedError) for one in done) == 7
        assert await accounts.user("u1") == winner

    async def test_nobody_is_replaced_who_is_not_there(self, accounts: Accounts) -> None:
        with pytest.raises(UserNotFoundError):
            await accounts.replace_user(user())
        assert await accounts.user("u1") is None

    async def test_an_email_that_is_taken_is_not_given_twice(self, accounts: Accounts) -> None:
        await accounts.add_user(user(1))
        await accounts.add_user(user(2))
        await accounts.add_user(user(3, tenant="other", email="free@example.com"))
        with pytest.raises(UserExistsError):
            await accounts.replace_user(user(2, email="u1@example.com"))
        assert await accounts.user("u2") == user(2)
        assert (await accounts.replace_user(user(2, email="free@example.com"))).version == 1

    async def test_an_ended_link_finds_nobody(self, accounts: Accounts) -> None:
        await accounts.add_user(user(1, link=b"l" * 32))
        await accounts.add_user(user(2))
        renewed = await accounts.replace_user(user(1, link=b"m" * 32))
        assert await accounts.user_by_link(b"l" * 32) is None
        assert await accounts.user_by_link(b"m" * 32) == renewed
        await accounts.replace_user(msgspec.structs.replace(renewed, link=b""))
        assert await accounts.user_by_link(b"m" * 32) is None
        assert await accounts.user_by_link(b"") is None

    async def test_a_removed_user_is_gone_with_the_sessions(self, accounts: Accounts, peer: Accounts) -> None:
        await accounts.add_user(user(1, link=b"l" * 32))
        await accounts.add_user(user(2))
        await accounts.add_session(session(1))
        await accounts.add_session(session(2, of="u2"))
        await accounts.remove_user("u1")
        await accounts.remove_user("u1")
        assert await peer.user("u1") is None
        assert await peer.user_by_link(b"l" * 32) is None
        assert await peer.session(session(1).digest) is None
        assert await peer.session(session(2).digest) == (session(2, of="u2"), user(2))
        await accounts.add_user(user(1))
        assert list(await accounts.sessions("u1")) == []

    async def test_a_session_comes_back_with_its_user_as_they_are_now(self, accounts: Accounts, peer: Accounts) -> None:
        begun = session(agent="Mozilla/5.0 (é💍)", confirmed=NOW - 0.25)
        await accounts.add_user(user())
        await accounts.add_session(begun)
        assert await peer.session(begun.digest) == (begun, user())
        changed = await accounts.replace_user(user(disabled=True))
        assert await peer.session(begun.digest) == (begun, changed)
        assert await peer.session(begun.digest[:-1]) is None

    async def test_a_session_of_nobody_is_never_found(self, accounts: Accounts) -> None:
        await accounts.add_session(session(of="gone"))
        assert await accounts.session(session().digest) is None

    async def test_sessions_come_newest_first(self, accounts: Accounts) -> None:
        await accounts.add_user(user())
        for number, created in ((1, NOW), (2, NOW + 2), (3, NOW + 1)):
            await accounts.add_session(session(number, created=created))
        await accounts.add_session(session(9, of="u2"))
        assert [one.digest[0] for one in await accounts.sessions("u1")] == [2, 3, 1]

    async def test_a_session_is_replaced_while_it_lasts(self, accounts: Accounts, peer: Accounts) -> None:
        await accounts.add_user(user())
        await accounts.add_session(session(1))
        later = session(1, seen=NOW + 60, confirmed=NOW + 30)
        await peer.replace_session(later)
        assert await accounts.session(later.digest) == (later, user())
        await accounts.end_session(later.digest)
        await peer.replace_session(later)
        assert await peer.session(later.digest) is None

    async def test_an_ended_session_is_gone_everywhere(self, accounts: Accounts, peer: Accounts) -> None:
        await accounts.add_user(user())
        await accounts.add_session(session(1))
        await accounts.add_session(session(2))
        assert await peer.session(session(1).digest) is not None
        await accounts.end_session(session(1).digest)
        await accounts.end_session(session(1).digest)
        assert await peer.session(session(1).digest) is None
        assert await peer.session(session(2).digest) is not None

    async def test_all_sessions_end_but_one(self, accounts: Accounts) -> None:
        for number in (1, 2):
            await accounts.add_user(user(number))
        for number, of in ((1, "u1"), (2, "u1"), (3, "u1"), (4, "u2")):
            await accounts.add_session(session(number, of=of))
        await accounts.end_sessions("u1", but=session(2).digest)
        assert [one.digest[0] for one in await accounts.sessions("u1")] == [2]
        await accounts.end_sessions("u1")
        assert list(await accounts.sessions("u1")) == []
        assert len(await accounts.sessions("u2")) == 1

    async def test_a_forgotten_tenant_leaves_nobody(self, accounts: Accounts, peer: Accounts) -> None:
        for number, tenant in ((1, "t"), (2, "t"), (3, "T"), (4, "")):
            await accounts.add_user(user(number, tenant=tenant, link=bytes([number]) * 32))
            await accounts.add_session(session(number, of=f"u{number}"))
        await accounts.forget("t")
        await accounts.forget("t")
        assert list(await peer.users("t")) == []
        assert [await peer.session(session(number).digest) is None for number in (1, 2, 3, 4)] == [
            True,
            True,
            False,
            False,
        ]
        assert await peer.user_by_link(b"\x01" * 32) is None
        assert ids([*await peer.users("T"), *await peer.users("")]) == ["u3", "u4"]
        await accounts.add_user(user(1))
        assert list(await accounts.sessions("u1")) == []

    async def test_who_was_made_since_a_time_is_not_forgotten(self, accounts: Accounts, peer: Accounts) -> None:
        for number, created in ((1, NOW - 0.5), (2, NOW), (3, 0.0)):
            await accounts.add_user(msgspec.structs.replace(user(number, tenant="t"), created=created))
            await accounts.add_session(session(number, of=f"u{number}"))
        for _ in range(2):
            await accounts.forget("t", NOW)
            assert ids(await peer.users("t")) == ["u2"]
            assert [await peer.session(session(number).digest) is None for number in (1, 2, 3)] == [True, False, True]

    async def test_sessions_that_have_ended_are_trimmed(self, accounts: Accounts) -> None:
        await accounts.add_user(user())
        await accounts.add_session(session(1, expires=NOW))
        await accounts.add_session(session(2, expires=NOW + 0.5))
        await accounts.add_session(session(3, seen=NOW - 100, expires=NOW + DAY))
        await accounts.add_session(session(4, seen=NOW - 99.5, expires=NOW + DAY))
        await accounts.add_session(session(5, of="gone", expires=NOW - 1))
        assert await accounts.trim(NOW, 100.0) == 3
        assert await accounts.trim(NOW, 100.0) == 0
        assert sorted(one.digest[0] for one in await accounts.sessions("u1")) == [2, 4]

    @pytest.mark.parametrize("text", HOSTILE)
    async def test_hostile_texts_are_texts(self, accounts: Accounts, text: str) -> None:
        await accounts.add_user(user(1, tenant=text, email=text, name=text))
        await accounts.add_user(user(2))
        assert (await accounts.users(text))[0].name == text
        assert ids(await accounts.users_by_email(text)) == ["u1"]
        assert await accounts.user(text) is None
        await accounts.forget(text)
        assert ids(await accounts.users("t")) == ["u2"]

    async def test_closing_is_harmless_to_repeat(self, accounts: Accounts) -> None:
        await accounts.add_user(user())
        await accounts.close()
        await accounts.close()
