"""Signing in: by password, among several accounts, with a code; signing out; and links to choose a password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from facetry.application.passwords import MIN_LENGTH
from facetry.application.sign_ins import (
    SESSION_SECONDS,
    Account,
    AccountChoice,
    Browser,
    CodeNeeded,
    SignedIn,
    SignIns,
    Step,
)
from facetry.application.users import Users, Welcome
from facetry.dashboard import cookies
from facetry.dashboard.account_words import ATTEMPT_ERRORS, FORM_ERRORS, attempt_problem, attempt_status, form_errors
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.destinations import HOME, local_path
from facetry.dashboard.rendering import redirect, render, secret_page
from facetry.dashboard.routing import Page
from facetry.domain.account_errors import SignInRefusedError
from facetry.domain.errors import InvalidValueError
from facetry.domain.user import Role, User
from facetry.http.answer import Answer

SIGN_IN = f"{HOME}/sign-in"


class SignInForm(msgspec.Struct, frozen=True):
    """What the form asks for, and what was wrong the time before."""

    next: str
    email: str = ""
    problem: str = ""


class AccountForm(msgspec.Struct, frozen=True):
    """The accounts among which somebody chooses."""

    next: str
    token: str
    accounts: Sequence[Account]


class CodeForm(msgspec.Struct, frozen=True):
    """What the form for a code carries along, and what was wrong the time before."""

    next: str
    token: str
    problem: str = ""


class WelcomeForm(msgspec.Struct, frozen=True):
    """Who chooses a password, and what was wrong the time before."""

    token: str
    user: User
    tenant_name: str
    email: str = ""
    name: str = ""
    errors: Mapping[str, str] = {}
    min_length: int = MIN_LENGTH


class SignInPages:
    """Handlers of the pages."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Answer with these use cases."""
        self._sign_ins: SignIns = dependencies.sign_ins
        self._users: Users = dependencies.users
        self._store = dependencies.store

    async def show(self, call: PageCall) -> Answer:
        """Show the form; who is signed in is led on."""
        wanted = local_path(call.query.raw("next"))
        if call.visitor is not None:
            return redirect(call, wanted)
        return render(call, "sign_in/index.html", SignInForm(wanted))

    async def sign_in(self, call: PageCall) -> Answer:
        """Take e-mail and password."""
        form = await call.form()
        wanted, email = local_path(form.raw("next")), form.text("email")
        try:
            step = await self._sign_ins.sign_in(email, form.raw("password"), _browser(call))
        except ATTEMPT_ERRORS as error:
            page = SignInForm(wanted, email, attempt_problem(call, error))
            return render(call, "sign_in/index.html", page, status=attempt_status(error))
        return await self._go_on(call, step, wanted)

    async def choose(self, call: PageCall) -> Answer:
        """Take the choice of one of several accounts."""
        form = await call.form()
        wanted = local_path(form.raw("next"))
        try:
            step = await self._sign_ins.choose(form.raw("token"), form.raw("account"), _browser(call))
        except SignInRefusedError as error:
            page = SignInForm(wanted, problem=attempt_problem(call, error))
            return render(call, "sign_in/index.html", page, status=attempt_status(error))
        return await self._go_on(call, step, wanted)

    async def give_code(self, call: PageCall) -> Answer:
        """Take a code of the second factor."""
        form = await call.form()
        wanted, token = local_path(form.raw("next")), form.raw("token")
        try:
            step = await self._sign_ins.give_code(token, form.text("code"), _browser(call))
        except ATTEMPT_ERRORS as error:
            page = CodeForm(wanted, token, attempt_problem(call, error))
            return secret_page(call, "sign_in/code.html", page, status=attempt_status(error))
        return await self._go_on(call, step, wanted)

    async def sign_out(self, call: PageCall) -> Answer:
        """End the session."""
        await self._sign_ins.sign_out(call.user_session)
        call.remove_cookie(cookies.SESSION)
        return redirect(call, SIGN_IN)

    async def show_welcome(self, call: PageCall) -> Answer:
        """Show the form for a password to who has a link; the link stays good until it is used."""
        token = call.variables["token"]
        user = await self._users.by_link(token)
        return secret_page(call, "sign_in/welcome.html", await self._welcome(token, user))

    async def welcome(self, call: PageCall) -> Answer:
        """Take a password by a link, and sign in."""
        form, token = await call.form(), call.variables["token"]
        user = await self._users.by_link(token)
        wish = Welcome(password=form.raw("password"), email=form.text("email"), name=form.text("name"))
        try:
            if wish.password != form.raw("again"):
                raise InvalidValueError("again", "must be the same as the password")
            user = await self._users.accept(token, wish)
        except FORM_ERRORS as error:
            page = await self._welcome(token, user)
            page = msgspec.structs.replace(page, email=wish.email, name=wish.name, errors=form_errors(call, error))
            return secret_page(call, "sign_in/welcome.html", page, status=422)
        try:
            return await self._enter(call, await self._sign_ins.begin(user, _browser(call)), HOME)
        except SignInRefusedError:
            return redirect(call, SIGN_IN, call.texts.gettext("Your password is set. Sign in with it."))

    async def _go_on(self, call: PageCall, step: Step, wanted: str) -> Answer:
        match step:
            case SignedIn():
                return await self._enter(call, step, wanted)
            case AccountChoice():
                return secret_page(call, "sign_in/accounts.html", AccountForm(wanted, step.token, step.accounts))
            case CodeNeeded():
                return secret_page(call, "sign_in/code.html", CodeForm(wanted, step.token))

    async def _enter(self, call: PageCall, signed_in: SignedIn, wanted: str) -> Answer:
        """Lead in under the new session; one that this browser had before ends."""
        if call.visitor is not None:
            await self._sign_ins.sign_out(call.user_session)
        call.set_cookie(cookies.SESSION, signed_in.cookie, SESSION_SECONDS)
        call.remove_cookie(cookies.GUEST)
        return redirect(call, wanted)

    async def _welcome(self, token: str, user: User) -> WelcomeForm:
        tenant = await self._store.tenant(user.tenant) if user.tenant else None
        return WelcomeForm(token, user, tenant.name if tenant is not None else "", user.email, user.name)


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = SignInPages(dependencies)
    return [
        Page("GET", SIGN_IN, pages.show, None),
        Page("POST", SIGN_IN, pages.sign_in, None),
        Page("POST", f"{SIGN_IN}/account", pages.choose, None),
        Page("POST", f"{SIGN_IN}/code", pages.give_code, None),
        Page("POST", f"{HOME}/sign-out", pages.sign_out, Role.VIEWER, is_for_all=True),
        Page("GET", f"{HOME}/welcome/{{token}}", pages.show_welcome, None),
        Page("POST", f"{HOME}/welcome/{{token}}", pages.welcome, None),
    ]


def _browser(call: PageCall) -> Browser:
    return Browser(call.address, call.header(b"user-agent") or "")
