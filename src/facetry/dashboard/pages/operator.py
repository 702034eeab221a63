"""Pages of the operator: tenants with what they have, their quotas and owners, and the engines of the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from facetry.application.server_overview import IndexState, OpenImport, Order, TenantOverview, TenantWish
from facetry.application.tenants import NewTenant, TenantKeys
from facetry.application.users import NewUser
from facetry.dashboard.account_words import FORM_ERRORS, form_errors
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import About, Dependencies
from facetry.dashboard.destinations import HOME, confirm_url
from facetry.dashboard.pages.users import UserRow, link_answer, user_row
from facetry.dashboard.rendering import redirect, render, secret_page
from facetry.dashboard.routing import Page, PageHandler
from facetry.domain.errors import InvalidValueError, OutdatedError, TenantExistsError
from facetry.domain.quotas import Quotas
from facetry.domain.tenant import Tenant, TenantSettings
from facetry.domain.user import Role
from facetry.domain.user_rules import read_email
from facetry.http.answer import Answer

_T = TypeVar("_T")
OPERATOR = f"{HOME}/operator"
PAGE_SIZE = 25
ENGINES = f"{OPERATOR}/engines"
_NOT_TAKEN = 422
_NEW: Mapping[str, str] = {"name": "", "id": "", "language": "en", "currency": "USD", "email": ""}
"""What the form for a new tenant begins with."""


class TenantRow(NamedTuple):
    """A tenant in a list."""

    overview: TenantOverview
    url: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of all tenants a page shows, and where the others are.

    Attributes:
        words: What their ids or names hold.
        order: The name of one of ``Order``.
        first: How many come before.
        last: How many come before the next page.
        count: How many there are.
        previous: Empty for no page before.
        next: Empty for no page behind.
        sorts: Where all are shown from the beginning in each order.
    """

    words: str
    order: str
    first: int
    last: int
    count: int
    previous: str
    next: str
    sorts: Mapping[str, str]


class TenantsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some tenants."""

    rows: Sequence[TenantRow]
    part: Part


class NewTenantPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the form for a new tenant has, and what is wrong with it."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = {}


class KeysPage(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of a new tenant, and the link of its owner, all shown once."""

    keys: TenantKeys
    url: str
    link: str


class TenantPage(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant, its quotas as the form has them, its owners, and what is wrong with a form."""

    overview: TenantOverview
    url: str
    quotas: Mapping[str, str]
    owners: Sequence[UserRow]
    email: str = ""
    errors: Mapping[str, str] = {}


class EnginesPage(msgspec.Struct, frozen=True, kw_only=True):
    """The engines: where they are, whether those on other machines answer, and how far indexes and imports are."""

    about: About
    states: Mapping[str, bool | None]
    indexes: Sequence[IndexState]
    part: Part
    imports: Sequence[OpenImport]


class OperatorPages:
    """Handlers of the pages."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Answer with these use cases."""
        self._dependencies = dependencies
        self._tenants = dependencies.tenants
        self._overview = dependencies.overview
        self._users = dependencies.users
        self._sign_ins = dependencies.sign_ins

    async def list(self, call: PageCall) -> Answer:
        """Show some tenants."""
        wish, found, count = await _asked(call, self._overview.tenants)
        rows = [TenantRow(one, tenant_url(one.tenant.id)) for one in found]
        page = TenantsPage(rows=rows, part=_part(OPERATOR, wish, count))
        return render(call, "operator/_results.html" if call.is_partial else "operator/index.html", page)

    async def show_new(self, call: PageCall) -> Answer:
        """Show the form for a new tenant."""
        return render(call, "operator/new.html", NewTenantPage(values=_NEW))

    async def create(self, call: PageCall) -> Answer:
        """Make a tenant and its owner, and show keys and link once."""
        form = await call.form()
        values = {name: form.text(name) for name in _NEW}
        settings = TenantSettings(language=values["language"], currency=values["currency"].upper())
        wish = NewTenant(name=values["name"], id=values["id"] or None, settings=settings)
        try:
            # Who is to be told the keys must not lose them to a slip in the last field.
            owner = read_email(values["email"]) if values["email"] else ""
            keys = await self._tenants.create(wish)
        except TenantExistsError:
            errors = {"id": call.texts.gettext("There is a tenant with this id already.")}
            page = NewTenantPage(values=values, errors=errors)
            return render(call, "operator/new.html", page, status=_NOT_TAKEN)
        except FORM_ERRORS as error:
            page = NewTenantPage(values=values, errors=form_errors(call, error))
            return render(call, "operator/new.html", page, status=_NOT_TAKEN)
        url, link = tenant_url(keys.tenant.id), ""
        if owner:
            invitation = await self._users.invite(keys.tenant.id, NewUser(email=owner, role=Role.OWNER))
            link = f"{call.base_url}{HOME}/welcome/{invitation.token}"
        return secret_page(call, "operator/keys.html", KeysPage(keys=keys, url=url, link=link))

    async def show(self, call: PageCall) -> Answer:
        """Show a tenant."""
        return render(call, "operator/show.html", await self._page(call))

    async def set_quotas(self, call: PageCall) -> Answer:
        """Take quotas; what is empty has no limit."""
        form, tenant = await call.form(), call.variables["tenant"]
        given = {name: form.text(name) for name in Quotas.__struct_fields__}
        try:
            quotas = Quotas(**{name: _limit(name, text) for name, text in given.items()})
            await _alone(self._tenants.set_quotas(tenant, quotas))
        except FORM_ERRORS as error:
            page = await self._page(call, errors=form_errors(call, error))
            page = msgspec.structs.replace(page, quotas=given)
            return render(call, "operator/show.html", page, status=_NOT_TAKEN)
        return redirect(call, tenant_url(tenant), call.texts.gettext("The quotas are saved."))

    async def set_active(self, call: PageCall) -> Answer:
        """Disable a tenant, or let it in again."""
        form, tenant = await call.form(), call.variables["tenant"]
        active = form.flag("active")
        await _alone(self._tenants.set_active(tenant, active=active))
        notice = call.texts.gettext("The tenant is active again.")
        if not active:
            notice = call.texts.gettext("The tenant is disabled: its keys and users are refused at once.")
        return redirect(call, tenant_url(tenant), notice)

    async def invite(self, call: PageCall) -> Answer:
        """Invite an owner of a tenant, and show the link once."""
        form, tenant = await call.form(), call.variables["tenant"]
        if not self._sign_ins.is_confirmed(call.user_session):
            return redirect(call, confirm_url(tenant_url(tenant)))
        try:
            invitation = await self._users.invite(tenant, NewUser(email=form.text("email"), role=Role.OWNER))
        except FORM_ERRORS as error:
            page = await self._page(call, errors=form_errors(call, error))
            page = msgspec.structs.replace(page, email=form.text("email"))
            return render(call, "operator/show.html", page, status=_NOT_TAKEN)
        return link_answer(call, invitation, tenant_url(tenant), call.texts.gettext("Back to the tenant"))

    async def renew_link(self, call: PageCall) -> Answer:
        """Give an owner who is locked out a new link, and show it once."""
        tenant = call.variables["tenant"]
        if not self._sign_ins.is_confirmed(call.user_session):
            return redirect(call, confirm_url(tenant_url(tenant)))
        invitation = await self._users.renew_link(tenant, call.variables["user"])
        return link_answer(call, invitation, tenant_url(tenant), call.texts.gettext("Back to the tenant"))

    async def delete(self, call: PageCall) -> Answer:
        """Remove a tenant whose id was typed in again."""
        form, tenant = await call.form(), call.variables["tenant"]
        if form.raw("confirmation") != tenant:
            error = InvalidValueError("confirmation", "must be the id of the tenant")
            page = await self._page(call, errors=form_errors(call, error))
            return render(call, "operator/show.html", page, status=_NOT_TAKEN)
        await self._dependencies.erase_tenant(tenant)
        return redirect(call, OPERATOR, call.texts.gettext("The tenant is deleted with all it had."))

    async def engines(self, call: PageCall) -> Answer:
        """Show the engines, and how far the indexes of some tenants are."""
        wish, indexes, count = await _asked(call, self._overview.index_states)
        page = EnginesPage(
            about=self._dependencies.about,
            states=self._dependencies.states,
            indexes=indexes,
            part=_part(ENGINES, wish, count),
            imports=await self._overview.open_imports(),
        )
        return render(call, "operator/engines.html", page)

    async def _page(self, call: PageCall, errors: Mapping[str, str] | None = None) -> TenantPage:
        tenant = await self._tenants.get(call.variables["tenant"])
        users = await self._users.list(tenant.id)
        limits = msgspec.structs.asdict(tenant.settings.quotas)
        return TenantPage(
            overview=await self._overview.tenant(tenant),
            url=tenant_url(tenant.id),
            quotas={name: "" if limit is None else str(limit) for name, limit in limits.items()},
            owners=[user_row(user, call.now) for user in users if user.role is Role.OWNER],
            errors=errors or {},
        )


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages, one = OperatorPages(dependencies), f"{OPERATOR}/tenants/{{tenant}}"
    handlers: Sequence[tuple[str, str, PageHandler]] = (
        ("GET", OPERATOR, pages.list),
        ("GET", f"{OPERATOR}/new", pages.show_new),
        ("POST", f"{OPERATOR}/new", pages.create),
        ("GET", one, pages.show),
        ("POST", f"{one}/quotas", pages.set_quotas),
        ("POST", f"{one}/active", pages.set_active),
        ("POST", f"{one}/owners", pages.invite),
        ("POST", f"{one}/owners/{{user}}/link", pages.renew_link),
        ("POST", f"{one}/delete", pages.delete),
        ("GET", ENGINES, pages.engines),
    )
    return [Page(method, path, handler, Role.OPERATOR) for method, path, handler in handlers]


async def _alone(change: Awaitable[Tenant]) -> Tenant:
    """Return the record that a change makes.

    Raises:
        OutdatedError: Somebody else changed the record at the same time; nothing was changed.
    """
    try:
        return await change
    except TenantExistsError as error:
        raise OutdatedError(0) from error


def tenant_url(tenant: str) -> str:
    """Return the path of a tenant's page."""
    return f"{OPERATOR}/tenants/{quote(tenant, safe='')}"


async def _asked(
    call: PageCall, ask: Callable[[TenantWish], Awaitable[tuple[Sequence[_T], int]]]
) -> tuple[TenantWish, Sequence[_T], int]:
    """Return which part of all tenants is shown, that part, and how many there are; behind the last page that one."""
    wish = _wish(call)
    found, count = await ask(wish)
    if count and wish.after >= count:
        # Whoever has the last page open may have seen its tenants go.
        wish = msgspec.structs.replace(wish, after=(count - 1) // PAGE_SIZE * PAGE_SIZE)
        found, count = await ask(wish)
    return wish, found, count


def _wish(call: PageCall) -> TenantWish:
    """Return which part of all tenants a page is asked for."""
    wanted = call.query.text("sort")
    order = Order(wanted) if wanted in {one.value for one in Order} else Order.ID
    return TenantWish(call.query.number("first"), PAGE_SIZE, call.query.text("q"), order)


def _part(path: str, wish: TenantWish, count: int) -> Part:
    """Return what a page tells of its place among all tenants, ``count`` of them."""
    behind = wish.after + wish.limit

    def url(first: int, order: Order = wish.order) -> str:
        return f"{path}?{urlencode({'q': wish.words, 'sort': order.value, 'first': first})}"

    return Part(
        words=wish.words,
        order=wish.order.value,
        first=wish.after,
        last=min(behind, count),
        count=count,
        previous=url(max(0, wish.after - wish.limit)) if wish.after else "",
        next=url(behind) if behind < count else "",
        sorts={order.value: url(0, order) for order in Order},
    )


def _limit(name: str, text: str) -> int | None:
    """Return what a field of quotas says; None for no limit.

    Raises:
        InvalidValueError: It is no whole number.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 16):  # noqa: PLR2004 - what is longer is no quota
        raise InvalidValueError(name, "must be a whole number, or nothing for no limit")
    return int(text)
