"""Users of the dashboard: invite, list, change, disable, remove; and what they change of themselves."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence

import msgspec

from facetry.application.passwords import Passwords
from facetry.application.secrets import new_id
from facetry.application.tenants import tenant_record
from facetry.domain.account_errors import LastOwnerError, LinkExpiredError, UserNotFoundError
from facetry.domain.errors import InvalidValueError, OutdatedError
from facetry.domain.user import Role, SavedView, User
from facetry.domain.user_rules import MAX_USERS, check_user, read_email
from facetry.ports.accounts import Accounts
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock

LINK_SECONDS = 3 * 86_400
"""So long an invitation is good."""
_TRIES = 8


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """What is wished of a new user."""

    email: str
    name: str = ""
    role: Role = Role.EDITOR


class Invitation(msgspec.Struct, frozen=True):
    """A user, and the secret of the link by which they choose a password once."""

    user: User
    token: str


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """What is chosen by a link; the e-mail counts only for who has none yet, an empty name changes nothing."""

    password: str
    email: str = ""
    name: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What users choose for themselves: name, language and theme, empty for what the browser asks for."""

    name: str = ""
    language: str = ""
    theme: str = ""


Change = Callable[[User], User]


class Users:
    """The use cases of users; the tenant ``""`` is that of the operators.

    Methods with ``by`` refuse to leave a tenant without an active owner; where it is None somebody acts from outside
    the dashboard, who may.
    """

    def __init__(self, accounts: Accounts, store: CatalogStore, clock: Clock, passwords: Passwords) -> None:
        """Work on accounts; ``store`` knows which tenants there are."""
        self._accounts = accounts
        self._store = store
        self._clock = clock
        self._passwords = passwords

    async def list(self, tenant: str) -> Sequence[User]:
        """Return all users of a tenant, by e-mail."""
        return await self._accounts.users(tenant)

    async def get(self, tenant: str, user_id: str) -> User:
        """Return a user of a tenant.

        Raises:
            UserNotFoundError: It has none with this id.
        """
        user = await self._accounts.user(user_id)
        if user is None or user.tenant != tenant:
            raise UserNotFoundError(user_id)
        return user

    async def by_email(self, tenant: str, email: str) -> User:
        """Return the user of a tenant who has an e-mail.

        Raises:
            UserNotFoundError: It has none with it.
        """
        wanted = email.strip().lower()
        for user in await self._accounts.users_by_email(wanted):
            if user.tenant == tenant:
                return user
        raise UserNotFoundError(email)

    async def invite(self, tenant: str, wish: NewUser, seconds: float = LINK_SECONDS) -> Invitation:
        """Add a user, who chooses a password by the link; it is good for so many seconds, and once.

        Raises:
            TenantNotFoundError: There is no such tenant.
            InvalidValueError: A wish is not allowed, or there are too many users.
            UserExistsError: The tenant has a user with this e-mail.
        """
        return await self._add(tenant, msgspec.structs.replace(wish, email=read_email(wish.email)), new_id(), seconds)

    async def first_link(self, user_id: str, tenant: str, wish: NewUser, seconds: float) -> Invitation | None:
        """Return a link for the first user of a tenant, made where there is none yet; None once a password is chosen.

        Raises:
            TenantNotFoundError: There is no such tenant.
        """
        user = await self._accounts.user(user_id)
        if user is None:
            return await self._add(tenant, wish, user_id, seconds)
        return None if user.password else await self.renew_link(tenant, user_id, seconds)

    async def renew_link(self, tenant: str, user_id: str, seconds: float = LINK_SECONDS) -> Invitation:
        """Give a user a new link to choose a password; the one before is good no more, the password stays until then.

        Raises:
            UserNotFoundError: The tenant has no such user.
        """
        token = secrets.token_urlsafe(32)
        return Invitation(await self.update(tenant, user_id, self._linked(token, seconds)), token)

    async def by_link(self, token: str) -> User:
        """Return the user whose link this is.

        Raises:
            LinkExpiredError: It is good no more.
        """
        user = await self._accounts.user_by_link(link_digest(token))
        if user is None or user.disabled or user.link_expires <= self._clock.now():
            raise LinkExpiredError
        return user

    async def accept(self, token: str, wish: Welcome) -> User:
        """Set the password that somebody has chosen by a link, end their sessions, and the link.

        Raises:
            LinkExpiredError: The link is good no more.
            InvalidValueError: The password, or the e-mail that is still to be chosen, is not allowed.
            UserExistsError: The tenant has a user with this e-mail.
        """
        user = await self.by_link(token)
        email = user.email or read_email(wish.email)
        self._passwords.check(wish.password, email)
        hashed = await self._passwords.hash(wish.password)
        name = wish.name.strip() or user.name
        changed = msgspec.structs.replace(user, email=email, name=name, password=hashed, link=b"", link_expires=0.0)
        check_user(changed)
        try:
            done = await self._accounts.replace_user(changed)
        except (OutdatedError, UserNotFoundError):
            # Of two who use a link at once one is late, and so is who uses one that was just replaced.
            raise LinkExpiredError from None
        await self._accounts.end_sessions(user.id)
        return done

    async def set_password(self, tenant: str, user_id: str, password: str, *, forget_factor: bool = False) -> User:
        """Set a password from outside, and end all sessions and the link; the second factor can be forgotten too.

        Raises:
            UserNotFoundError: The tenant has no such user.
            InvalidValueError: The password is not allowed.
        """
        user = await self.get(tenant, user_id)
        self._passwords.check(password, user.email)
        hashed = await self._passwords.hash(password)

        def change(user: User) -> User:
            kept = b"" if forget_factor else user.totp
            return msgspec.structs.replace(user, password=hashed, totp=kept, link=b"", link_expires=0.0)

        done = await self.update(tenant, user_id, change)
        await self._accounts.end_sessions(user_id)
        return done

    async def change(self, seen: User, role: Role, name: str, by: User | None) -> User:
        """Change role and name of a user as somebody has seen them.

        Raises:
            UserNotFoundError: There is no such user any more.
            OutdatedError: They have changed meanwhile.
            InvalidValueError: Role or name is not allowed.
            LastOwnerError: Nobody would be left.
        """
        changed = msgspec.structs.replace(seen, role=role, name=name.strip())
        check_user(changed)
        return await self._replace(seen, changed, by)

    async def set_disabled(self, tenant: str, user_id: str, *, disabled: bool, by: User | None) -> User:
        """Refuse a user from now on, or let them in again; disabling ends their sessions.

        Raises:
            UserNotFoundError: The tenant has no such user.
            LastOwnerError: Nobody would be left.
        """
        for _ in range(_TRIES):
            seen = await self.get(tenant, user_id)
            try:
                done = await self._replace(seen, msgspec.structs.replace(seen, disabled=disabled), by)
            except OutdatedError as error:
                outdated = error
            else:
                if disabled:
                    await self._accounts.end_sessions(user_id)
                return done
        raise outdated

    async def remove(self, tenant: str, user_id: str, by: User | None) -> None:
        """Remove a user for good, with their sessions.

        Raises:
            UserNotFoundError: The tenant has no such user.
            LastOwnerError: Nobody would be left.
        """
        # Who is disabled first leaves no moment in which two owners can remove each other.
        await self.set_disabled(tenant, user_id, disabled=True, by=by)
        await self._accounts.remove_user(user_id)

    async def set_profile(self, user: User, wish: Profile) -> User:
        """Set what a user chooses for themselves.

        Raises:
            InvalidValueError: A value is not allowed.
        """
        values = msgspec.structs.asdict(msgspec.structs.replace(wish, name=wish.name.strip()))
        return await self.update(user.tenant, user.id, lambda seen: msgspec.structs.replace(seen, **values))

    async def save_view(self, user: User, view: SavedView) -> User:
        """Keep a search under a name, in place of the one that has this name.

        Raises:
            InvalidValueError: Name or query is not allowed, or there are too many.
        """

        def change(seen: User) -> User:
            others = [kept for kept in seen.views if kept.name != view.name]
            return msgspec.structs.replace(seen, views=tuple(sorted([*others, view], key=lambda one: one.name)))

        return await self.update(user.tenant, user.id, change)

    async def remove_view(self, user: User, name: str) -> User:
        """Forget a saved search; harmless where there is none of this name."""

        def change(seen: User) -> User:
            return msgspec.structs.replace(seen, views=tuple(kept for kept in seen.views if kept.name != name))

        return await self.update(user.tenant, user.id, change)

    async def update(self, tenant: str, user_id: str, change: Change) -> User:
        """Change a user as they are now, whatever else changes of them meanwhile.

        Raises:
            UserNotFoundError: The tenant has no such user.
            InvalidValueError: What the change makes of them is not allowed.
        """
        for _ in range(_TRIES):
            changed = change(await self.get(tenant, user_id))
            check_user(changed)
            try:
                return await self._accounts.replace_user(changed)
            except OutdatedError as error:
                outdated = error
        raise outdated

    async def _add(self, tenant: str, wish: NewUser, user_id: str, seconds: float) -> Invitation:
        if tenant:
            await tenant_record(self._store, tenant)
        user = User(
            id=user_id,
            tenant=tenant,
            email=wish.email,
            name=wish.name.strip(),
            role=wish.role,
            created=self._clock.now(),
        )
        check_user(user)
        if len(await self._accounts.users(tenant)) >= MAX_USERS:
            raise InvalidValueError("email", f"cannot be added: there are {MAX_USERS:,} users already")
        token = secrets.token_urlsafe(32)
        user = self._linked(token, seconds)(user)
        await self._accounts.add_user(user)
        return Invitation(user, token)

    def _linked(self, token: str, seconds: float) -> Change:
        digest, expires = link_digest(token), self._clock.now() + seconds
        return lambda user: msgspec.structs.replace(user, link=digest, link_expires=expires)

    async def _replace(self, seen: User, changed: User, by: User | None) -> User:
        """Replace a user, unless that would leave nobody who may look after the others."""
        if by is None or not _leads(seen) or _leads(changed):
            return await self._accounts.replace_user(changed)
        if not await self._has_leader(seen.tenant, but=seen.id):
            raise LastOwnerError
        done = await self._accounts.replace_user(changed)
        if not await self._has_leader(seen.tenant):
            # Somebody did the same to the other one at the same moment: both see so, and both take it back.
            await self._accounts.replace_user(msgspec.structs.replace(seen, version=done.version))
            raise LastOwnerError
        return done

    async def _has_leader(self, tenant: str, but: str = "") -> bool:
        return any(_leads(user) and user.id != but for user in await self._accounts.users(tenant))


def link_digest(token: str) -> bytes:
    """Return the digest by which a link is looked up; its token is random, so no secret is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _leads(user: User) -> bool:
    """Return whether a user can come in and look after others."""
    return user.role in {Role.OWNER, Role.OPERATOR} and bool(user.password) and not user.disabled
