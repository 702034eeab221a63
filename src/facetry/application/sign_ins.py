"""Signing in to the dashboard, and the sessions that it begins."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from facetry.application.passwords import Passwords
from facetry.application.pending import Pending, PendingSeal
from facetry.application.second_factor import SecondFactor
from facetry.application.sign_in_limits import SignInLimits
from facetry.application.users import Users
from facetry.domain.account_errors import ConfirmationNeededError, SignInRefusedError, UserNotFoundError
from facetry.domain.errors import StoreError
from facetry.domain.storable import is_unicode
from facetry.domain.tenant import Tenant
from facetry.domain.user import User, UserSession
from facetry.ports.accounts import Accounts
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock

_log = logging.getLogger(__name__)

SESSION_SECONDS = 14 * 86_400
"""A session ends after so long in any case."""
IDLE_SECONDS = 86_400
"""It ends when it was not used for so long."""
SEEN_SECONDS = 60
"""That it was used is noted once in this time at most."""
CONFIRMED_SECONDS = 600
"""So long after the password was given what needs it can be done."""
_COOKIE_BYTES = 32
_MAX_COOKIE_LENGTH = 100
_MAX_AGENT_LENGTH = 300


class Browser(NamedTuple):
    """From where somebody signs in: an IP address, and what the browser calls itself."""

    address: str
    agent: str = ""


class Present(NamedTuple):
    """Who is signed in: the session, the user, and the record of the tenant; None for the operator."""

    session: UserSession
    user: User
    tenant: Tenant | None


class SignedIn(NamedTuple):
    """A session that has begun, and the cookie that is its only key."""

    cookie: str
    session: UserSession
    user: User


class Account(NamedTuple):
    """One of several users who have the same e-mail and password; the tenant's name is empty for the operator."""

    user: User
    tenant_name: str


class AccountChoice(NamedTuple):
    """That the right password was given, and it has to be said for which account; ``token`` carries that on."""

    token: str
    accounts: Sequence[Account]


class CodeNeeded(NamedTuple):
    """That the right password was given, and a code of the second factor is to follow; ``token`` carries that on."""

    token: str


Step: TypeAlias = SignedIn | AccountChoice | CodeNeeded
"""Where signing in has got to."""


class SignIns:
    """The use cases of signing in; times are Unix times of the clock."""

    def __init__(
        self, accounts: Accounts, store: CatalogStore, users: Users, passwords: Passwords, factor: SecondFactor
    ) -> None:
        """Work on accounts and the tenants of a store."""
        self._accounts = accounts
        self._store = store
        self._users = users
        self._passwords = passwords
        self._factor = factor
        self._clock: Clock = factor.clock
        self._seal = PendingSeal(factor.vault, self._clock)
        self._limits = SignInLimits(factor.limiter, "sign-in")

    async def sign_in(self, email: str, password: str, browser: Browser) -> Step:
        """Begin to sign in; it takes the same time whether there is such a user or not.

        Raises:
            SignInRefusedError: No user who may come in has this e-mail and password.
            TooManyAttemptsError: This address has tried too often, or too many are at it.
        """
        wanted = email.strip().lower()
        await self._limits.count(browser.address, wanted)
        fitting = await self._fitting(wanted, password)
        if not fitting:
            raise SignInRefusedError
        await self._limits.take_back(browser.address, wanted)
        if len(fitting) == 1:
            return await self._next(fitting[0].user, browser)
        return AccountChoice(self._seal.closed([account.user for account in fitting]), fitting)

    async def choose(self, token: str, user_id: str, browser: Browser) -> Step:
        """Go on with one of several accounts.

        Raises:
            SignInRefusedError: It was none of the choice, or the choice is too old.
        """
        return await self._next(await self._pending(token, user_id), browser)

    async def give_code(self, token: str, code: str, browser: Browser) -> SignedIn:
        """Finish with a code of the second factor.

        Raises:
            SignInRefusedError: The code is wrong or was used, or the password was given too long ago.
            TooManyAttemptsError: Too many codes were wrong.
        """
        user = await self._pending(token)
        if not user.totp:
            raise SignInRefusedError("signing in took too long, begin again")
        return await self._begin(await self._factor.use(user, code), browser)

    async def session(self, cookie: str) -> Present | None:
        """Return who is signed in by a cookie; None where nobody is, or may be any more.

        Raises:
            StoreError: The accounts cannot be read.
        """
        if not 0 < len(cookie) <= _MAX_COOKIE_LENGTH:
            return None
        found = await self._accounts.session(cookie_digest(cookie))
        if found is None:
            return None
        session, user = found
        now = self._clock.now()
        if user.disabled or now >= min(session.expires, session.seen + IDLE_SECONDS):
            return None
        is_open, tenant = await self._tenant(user)
        return Present(await self._noted(session, now), user, tenant) if is_open else None

    async def sessions(self, user: User) -> Sequence[UserSession]:
        """Return the sessions of a user that have not ended, newest first."""
        now = self._clock.now()
        found = await self._accounts.sessions(user.id)
        return [one for one in found if now < min(one.expires, one.seen + IDLE_SECONDS)]

    async def sign_out(self, session: UserSession) -> None:
        """End a session; harmless where it has ended."""
        await self._accounts.end_session(session.digest)

    async def end(self, user: User, digest: bytes) -> None:
        """End one of a user's own sessions; harmless where there is none."""
        if any(one.digest == digest for one in await self._accounts.sessions(user.id)):
            await self._accounts.end_session(digest)

    async def sign_out_everywhere(self, user: User, but: UserSession | None = None) -> None:
        """End all sessions of a user, but one."""
        await self._accounts.end_sessions(user.id, but.digest if but is not None else b"")

    async def begin(self, user: User, browser: Browser) -> SignedIn:
        """Begin a session of a user who has just chosen a password by a link, unless a second factor is asked for too.

        Raises:
            SignInRefusedError: The user may not come in, or has a second factor.
        """
        step = await self._next(user, browser)
        if not isinstance(step, SignedIn):
            raise SignInRefusedError("sign in with the new password")
        return step

    async def confirm(self, session: UserSession, user: User, password: str) -> UserSession:
        """Note that the password was given again, and return the session.

        Raises:
            SignInRefusedError: It is wrong.
            TooManyAttemptsError: It was wrong too often.
        """
        await self._check_password(session, user, password)
        confirmed = msgspec.structs.replace(session, confirmed=self._clock.now())
        await self._accounts.replace_session(confirmed)
        return confirmed

    def is_confirmed(self, session: UserSession) -> bool:
        """Return whether the password was given so lately that what needs it can be done."""
        return 0 <= self._clock.now() - session.confirmed < CONFIRMED_SECONDS

    def require_confirmed(self, session: UserSession) -> None:
        """Check that the password was given lately.

        Raises:
            ConfirmationNeededError: It was not.
        """
        if not self.is_confirmed(session):
            raise ConfirmationNeededError

    async def change_password(self, session: UserSession, user: User, old: str, new: str) -> User:
        """Replace a user's own password, and end all their other sessions and a link to choose one.

        Raises:
            SignInRefusedError: The old one is wrong.
            TooManyAttemptsError: It was wrong too often.
            InvalidValueError: The new one is not allowed.
        """
        await self._check_password(session, user, old)
        self._passwords.check(new, user.email)
        hashed = await self._passwords.hash(new)
        done = await self._users.update(
            user.tenant,
            user.id,
            lambda seen: msgspec.structs.replace(seen, password=hashed, link=b"", link_expires=0.0),
        )
        await self.sign_out_everywhere(user, but=session)
        return done

    async def trim(self) -> int:
        """Remove sessions that have ended; return how many."""
        return await self._accounts.trim(self._clock.now(), IDLE_SECONDS)

    async def _fitting(self, email: str, password: str) -> list[Account]:
        """Return the users with an e-mail and a password who may come in."""
        users = await self._accounts.users_by_email(email) if email and is_unicode(email) else []
        fitting = [user for user in users if await self._passwords.verify(user.password, password)]
        if not users:
            await self._passwords.verify("", password)
        accounts = []
        for user in fitting:
            is_open, tenant = await self._tenant(user)
            if is_open and not user.disabled:
                renewed = await self._rehashed(user, password)
                accounts.append(Account(renewed, tenant.name if tenant is not None else ""))
        return accounts

    async def _rehashed(self, user: User, password: str) -> User:
        """Keep a password under today's parameters, now that it is known."""
        if not self._passwords.is_outdated(user.password):
            return user
        old, hashed = user.password, await self._passwords.hash(password)

        def change(seen: User) -> User:
            # Somebody may have set another password meanwhile.
            return msgspec.structs.replace(seen, password=hashed) if seen.password == old else seen

        return await self._users.update(user.tenant, user.id, change)

    async def _pending(self, token: str, user_id: str | None = None) -> User:
        """Return the user whose right password was given before, as they are now."""
        pending: Pending = self._seal.opened(token)
        for wanted in pending.users:
            if user_id in {None, wanted.id}:
                user = await self._accounts.user(wanted.id)
                if user is not None and wanted.is_same(user) and not user.disabled and (await self._tenant(user))[0]:
                    return user
        raise SignInRefusedError("signing in took too long, begin again")

    async def _next(self, user: User, browser: Browser) -> SignedIn | CodeNeeded:
        if user.totp:
            return CodeNeeded(self._seal.closed([user]))
        return await self._begin(user, browser)

    async def _begin(self, user: User, browser: Browser) -> SignedIn:
        """Begin a session under a random id that nobody has seen before."""
        cookie, now = secrets.token_urlsafe(_COOKIE_BYTES), self._clock.now()
        session = UserSession(
            digest=cookie_digest(cookie),
            user=user.id,
            created=now,
            seen=now,
            confirmed=now,
            expires=now + SESSION_SECONDS,
            address=browser.address,
            agent=_shown(browser.agent),
        )
        try:
            user = await self._users.update(
                user.tenant, user.id, lambda seen: msgspec.structs.replace(seen, signed_in=now)
            )
        except UserNotFoundError:
            raise SignInRefusedError from None
        await self._accounts.add_session(session)
        return SignedIn(cookie, session, user)

    async def _tenant(self, user: User) -> tuple[bool, Tenant | None]:
        """Return whether a user's tenant lets users in, and its record."""
        if not user.tenant:
            return True, None
        tenant = await self._store.tenant(user.tenant)
        return tenant is not None and tenant.active, tenant

    async def _noted(self, session: UserSession, now: float) -> UserSession:
        if abs(now - session.seen) < SEEN_SECONDS:
            return session
        seen = msgspec.structs.replace(session, seen=now)
        try:
            await self._accounts.replace_session(seen)
        except StoreError as error:
            # A full disk ends no session.
            _log.warning("that a session is used cannot be noted: %s", error.message)
        return seen

    async def _check_password(self, session: UserSession, user: User, password: str) -> None:
        await self._limits.count(session.address, user.id)
        if not await self._passwords.verify(user.password, password):
            raise SignInRefusedError("the password is wrong")
        await self._limits.take_back(session.address, user.id)


def cookie_digest(cookie: str) -> bytes:
    """Return the digest by which a session is looked up; a cookie is random, so no secret is needed."""
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).digest()


def _shown(agent: str) -> str:
    """Return what can be kept and shown of what a browser calls itself."""
    return "".join(sign for sign in agent[:_MAX_AGENT_LENGTH] if sign.isprintable() and is_unicode(sign))
