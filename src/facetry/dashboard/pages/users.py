"""Users of a tenant, for its owners: invite, change, disable, remove, and links shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from facetry.application.users import Invitation, NewUser
from facetry.dashboard.account_words import FORM_ERRORS, form_errors
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.destinations import HOME, confirm_url
from facetry.dashboard.rendering import redirect, render, secret_page
from facetry.dashboard.routing import Page, PageHandler
from facetry.domain.errors import InvalidValueError, OutdatedError
from facetry.domain.user import Role, User
from facetry.http.answer import Answer

USERS = f"{HOME}/users"
ROLES = (Role.VIEWER, Role.EDITOR, Role.OWNER)
_NOT_TAKEN = 422


class UserRow(NamedTuple):
    """A user in a list; state is active, invited or disabled."""

    user: User
    url: str
    state: str


class UsersPage(msgspec.Struct, frozen=True, kw_only=True):
    """The users of a tenant, and the form that invites another one."""

    rows: Sequence[UserRow]
    wish: NewUser = NewUser(email="")
    errors: Mapping[str, str] = {}


class UserPage(msgspec.Struct, frozen=True, kw_only=True):
    """One user, with what the form has and what is wrong with it."""

    shown: User
    row: UserRow
    role: Role
    name: str
    errors: Mapping[str, str] = {}


class LinkPage(msgspec.Struct, frozen=True, kw_only=True):
    """A link by which somebody chooses a password once; ``back`` leads to where it was asked for."""

    link: str
    user: User
    back: str
    back_label: str


class UserPages:
    """Handlers of the pages."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Answer with these use cases."""
        self._users = dependencies.users
        self._sign_ins = dependencies.sign_ins
        self._factor = dependencies.second_factor

    async def list(self, call: PageCall) -> Answer:
        """Show all users, and in the form what was wished before the password was asked for."""
        text = call.query.text
        role = next((one for one in ROLES if one.value == text("role")), Role.EDITOR)
        wish = NewUser(email=text("email"), name=text("name"), role=role)
        return render(call, "users/index.html", UsersPage(rows=await self._rows(call), wish=wish))

    async def invite(self, call: PageCall) -> Answer:
        """Invite a user, and show the link once."""
        form = await call.form()
        wish = NewUser(email=form.text("email"), name=form.text("name"), role=_role(form.text("role")))
        if not self._is_confirmed(call):
            wished = {"email": wish.email, "name": wish.name, "role": wish.role.value}
            return redirect(call, confirm_url(f"{USERS}?{urlencode(wished)}"))
        try:
            invitation = await self._users.invite(call.tenant, wish)
        except FORM_ERRORS as error:
            page = UsersPage(rows=await self._rows(call), wish=wish, errors=form_errors(call, error))
            return render(call, "users/index.html", page, status=_NOT_TAKEN)
        return link_answer(call, invitation, USERS, call.texts.gettext("To all users"))

    async def show(self, call: PageCall) -> Answer:
        """Show a user."""
        user = await self._user(call)
        return render(call, "users/show.html", _page(user, call.now))

    async def change(self, call: PageCall) -> Answer:
        """Take role and name."""
        user, form = await self._user(call), await call.form()
        role, name = _role(form.text("role")), form.text("name")
        if user.version != form.number("version"):
            raise OutdatedError(user.version)
        if role is not user.role and not self._is_confirmed(call):
            return redirect(call, confirm_url(user_url(user)))
        try:
            await self._users.change(user, role, name, by=call.user)
        except FORM_ERRORS as error:
            page = msgspec.structs.replace(_page(user, call.now), role=role, name=name)
            page = msgspec.structs.replace(page, errors=form_errors(call, error))
            return render(call, "users/show.html", page, status=_NOT_TAKEN)
        return redirect(call, USERS, call.texts.gettext("%(name)s is changed.") % {"name": name or user.email})

    async def set_disabled(self, call: PageCall) -> Answer:
        """Disable a user, or let them in again."""
        user, form = await self._user(call), await call.form()
        disabled = form.flag("disabled")
        await self._users.set_disabled(call.tenant, user.id, disabled=disabled, by=call.user)
        text = call.texts.gettext("%(email)s may sign in again.")
        if disabled:
            text = call.texts.gettext("%(email)s is disabled.")
        return redirect(call, user_url(user), text % {"email": user.email})

    async def remove(self, call: PageCall) -> Answer:
        """Remove a user."""
        user = await self._user(call)
        await self._users.remove(call.tenant, user.id, by=call.user)
        return redirect(call, USERS, call.texts.gettext("%(email)s is removed.") % {"email": user.email})

    async def renew_link(self, call: PageCall) -> Answer:
        """Give a user a new link, and show it once."""
        user = await self._user(call)
        if not self._is_confirmed(call):
            return redirect(call, confirm_url(user_url(user)))
        invitation = await self._users.renew_link(call.tenant, user.id)
        return link_answer(call, invitation, user_url(user), call.texts.gettext("Back"))

    async def end_factor(self, call: PageCall) -> Answer:
        """Turn off the second factor of a user whose phone is lost."""
        user = await self._user(call)
        if not self._is_confirmed(call):
            return redirect(call, confirm_url(user_url(user)))
        await self._factor.disable(call.tenant, user.id)
        return redirect(call, user_url(user), call.texts.gettext("The second factor is off."))

    def _is_confirmed(self, call: PageCall) -> bool:
        """Return whether the password was given lately: who finds a browser open makes no way in of their own."""
        return self._sign_ins.is_confirmed(call.user_session)

    async def _user(self, call: PageCall) -> User:
        return await self._users.get(call.tenant, call.variables["user"])

    async def _rows(self, call: PageCall) -> Sequence[UserRow]:
        return [user_row(user, call.now) for user in await self._users.list(call.tenant)]


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages, one = UserPages(dependencies), f"{USERS}/{{user}}"
    handlers: Sequence[tuple[str, str, PageHandler]] = (
        ("GET", USERS, pages.list),
        ("POST", USERS, pages.invite),
        ("GET", one, pages.show),
        ("POST", one, pages.change),
        ("POST", f"{one}/disabled", pages.set_disabled),
        ("POST", f"{one}/remove", pages.remove),
        ("POST", f"{one}/link", pages.renew_link),
        ("POST", f"{one}/second-factor/off", pages.end_factor),
    )
    return [Page(method, path, handler, Role.OWNER) for method, path, handler in handlers]


def user_url(user: User) -> str:
    """Return the path of a user's page; ids need no escaping."""
    return f"{USERS}/{user.id}"


def user_row(user: User, now: float) -> UserRow:
    """Return a user as a list shows them."""
    if user.disabled:
        state = "disabled"
    elif user.password:
        state = "active"
    else:
        state = "invited" if now < user.link_expires else "expired"
    return UserRow(user, user_url(user), state)


def link_answer(call: PageCall, invitation: Invitation, back: str, back_label: str) -> Answer:
    """Return the page that shows a link once."""
    link = f"{call.base_url}{HOME}/welcome/{invitation.token}"
    page = LinkPage(link=link, user=invitation.user, back=back, back_label=back_label)
    return secret_page(call, "users/link.html", page)


def _page(user: User, now: float) -> UserPage:
    return UserPage(shown=user, row=user_row(user, now), role=user.role, name=user.name)


def _role(text: str) -> Role:
    """Return a role that an owner may give.

    Raises:
        InvalidValueError: It is none.
    """
    found = next((role for role in ROLES if role.value == text), None)
    if found is None:
        raise InvalidValueError("role", "must be viewer, editor or owner")
    return found
