"""My account: profile, password, second factor and the browsers in which somebody is signed in."""

from __future__ import annotations

import binascii
from collections.abc import Mapping, Sequence

import msgspec

from facetry.application.passwords import MIN_LENGTH
from facetry.application.second_factor import Enrolment
from facetry.application.users import Profile
from facetry.dashboard.account_words import ATTEMPT_ERRORS, FORM_ERRORS, attempt_problem, attempt_status, form_errors
from facetry.dashboard.browser_names import browser_name
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.destinations import CONFIRM, HOME, confirm_url, local_path
from facetry.dashboard.qr_codes import QrCode, qr_code
from facetry.dashboard.rendering import redirect, render, secret_page
from facetry.dashboard.routing import Page, PageHandler
from facetry.dashboard.texts import LANGUAGES, texts_in
from facetry.domain.errors import InvalidValueError
from facetry.domain.user import Role, User, UserSession
from facetry.http.answer import Answer

ACCOUNT = f"{HOME}/account"
SECOND_FACTOR = f"{ACCOUNT}/second-factor"
_NOT_TAKEN = 422


class AccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody is, and where they are signed in; ``profile`` is what the form has, ``errors`` what is wrong.

    Attributes:
        browsers: Their names, one for each session.
    """

    profile: Profile
    sessions: Sequence[UserSession]
    browsers: Sequence[str]
    here: UserSession
    errors: Mapping[str, str] = {}
    min_length: int = MIN_LENGTH


class FactorPage(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that is to be shared with a phone, and what was wrong the time before."""

    enrolment: Enrolment
    code: QrCode
    errors: Mapping[str, str] = {}


class ConfirmPage(msgspec.Struct, frozen=True):
    """Where somebody is led once the password was given again, and what was wrong the time before."""

    next: str
    problem: str = ""


class AccountPages:
    """Handlers of the pages."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Answer with these use cases."""
        self._users = dependencies.users
        self._sign_ins = dependencies.sign_ins
        self._factor = dependencies.second_factor

    async def show(self, call: PageCall) -> Answer:
        """Show the account."""
        return render(call, "account/index.html", await self._page(call))

    async def set_profile(self, call: PageCall) -> Answer:
        """Take name, language and theme."""
        form = await call.form()
        wish = Profile(name=form.text("name"), language=form.text("language"), theme=form.text("theme"))
        try:
            if wish.language and wish.language not in LANGUAGES:
                raise InvalidValueError("language", "must be one of those that there are")
            await self._users.set_profile(call.user, wish)
        except FORM_ERRORS as error:
            page = await self._page(call, form_errors(call, error))
            page = msgspec.structs.replace(page, profile=wish)
            return render(call, "account/index.html", page, status=_NOT_TAKEN)
        texts = texts_in(wish.language) if wish.language else call.texts
        return redirect(call, ACCOUNT, texts.gettext("Your profile is saved."))

    async def set_password(self, call: PageCall) -> Answer:
        """Take another password."""
        form = await call.form()
        try:
            if form.raw("password") != form.raw("again"):
                raise InvalidValueError("again", "must be the same as the password")
            await self._sign_ins.change_password(
                call.user_session, call.user, form.raw("present"), form.raw("password")
            )
        except ATTEMPT_ERRORS as error:
            page = await self._page(call, {"present": attempt_problem(call, error)})
            return render(call, "account/index.html", page, status=attempt_status(error))
        except FORM_ERRORS as error:
            page = await self._page(call, form_errors(call, error))
            return render(call, "account/index.html", page, status=_NOT_TAKEN)
        notice = call.texts.gettext("Your password is changed. All other browsers are signed out.")
        return redirect(call, ACCOUNT, notice)

    async def show_factor(self, call: PageCall) -> Answer:
        """Show a new secret to share with a phone; nothing is kept before a code of it is given."""
        if not self._sign_ins.is_confirmed(call.user_session):
            return redirect(call, confirm_url(SECOND_FACTOR))
        return secret_page(call, "account/second_factor.html", _factor_page(self._factor.propose(call.user)))

    async def set_factor(self, call: PageCall) -> Answer:
        """Take the first code of a secret."""
        if not self._sign_ins.is_confirmed(call.user_session):
            return redirect(call, confirm_url(SECOND_FACTOR))
        form = await call.form()
        enrolment = self._factor.described(call.user, form.text("secret"))
        try:
            await self._factor.confirm(call.user, enrolment.secret, form.text("code"))
        except ATTEMPT_ERRORS as error:
            page = _factor_page(enrolment, {"code": attempt_problem(call, error)})
            return secret_page(call, "account/second_factor.html", page, status=attempt_status(error))
        except FORM_ERRORS as error:
            page = _factor_page(enrolment, form_errors(call, error))
            return secret_page(call, "account/second_factor.html", page, status=_NOT_TAKEN)
        return redirect(call, ACCOUNT, call.texts.gettext("The second factor is on."))

    async def end_factor(self, call: PageCall) -> Answer:
        """Turn the second factor off."""
        if not self._sign_ins.is_confirmed(call.user_session):
            return redirect(call, confirm_url(ACCOUNT))
        await self._factor.disable(call.user.tenant, call.user.id)
        return redirect(call, ACCOUNT, call.texts.gettext("The second factor is off."))

    async def end_sessions(self, call: PageCall) -> Answer:
        """Sign out another browser, or all others."""
        form = await call.form()
        if form.flag("others"):
            await self._sign_ins.sign_out_everywhere(call.user, but=call.user_session)
        else:
            await self._sign_ins.end(call.user, _digest(form.text("session")))
        return redirect(call, ACCOUNT, call.texts.gettext("Signed out there."))

    async def show_confirm(self, call: PageCall) -> Answer:
        """Ask for the password again."""
        return render(call, "account/confirm.html", ConfirmPage(local_path(call.query.raw("next"))))

    async def confirm(self, call: PageCall) -> Answer:
        """Take the password again, and lead on."""
        form = await call.form()
        wanted = local_path(form.raw("next"))
        try:
            await self._sign_ins.confirm(call.user_session, call.user, form.raw("password"))
        except ATTEMPT_ERRORS as error:
            page = ConfirmPage(wanted, attempt_problem(call, error))
            return render(call, "account/confirm.html", page, status=attempt_status(error))
        return redirect(call, wanted)

    async def _page(self, call: PageCall, errors: Mapping[str, str] | None = None) -> AccountPage:
        sessions = await self._sign_ins.sessions(call.user)
        return AccountPage(
            profile=_profile(call.user),
            sessions=sessions,
            browsers=[browser_name(one.agent) for one in sessions],
            here=call.user_session,
            errors=errors or {},
        )


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = AccountPages(dependencies)
    handlers: Sequence[tuple[str, str, PageHandler]] = (
        ("GET", ACCOUNT, pages.show),
        ("POST", f"{ACCOUNT}/profile", pages.set_profile),
        ("POST", f"{ACCOUNT}/password", pages.set_password),
        ("GET", SECOND_FACTOR, pages.show_factor),
        ("POST", SECOND_FACTOR, pages.set_factor),
        ("POST", f"{SECOND_FACTOR}/off", pages.end_factor),
        ("POST", f"{ACCOUNT}/sessions", pages.end_sessions),
        ("GET", CONFIRM, pages.show_confirm),
        ("POST", CONFIRM, pages.confirm),
    )
    return [Page(method, path, handler, Role.VIEWER, is_for_all=True) for method, path, handler in handlers]


def _profile(user: User) -> Profile:
    return Profile(name=user.name, language=user.language, theme=user.theme)


def _factor_page(enrolment: Enrolment, errors: Mapping[str, str] | None = None) -> FactorPage:
    return FactorPage(enrolment=enrolment, code=qr_code(enrolment.uri), errors=errors or {})


def _digest(text: str) -> bytes:
    try:
        return binascii.unhexlify(text)
    except (binascii.Error, ValueError):
        return b""
