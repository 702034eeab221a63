"""The pages of keys: shown after the password, created, rotated, disabled, deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TypeVar

import msgspec

from facetry.application.access_keys import AccessKeys, NewAccessKey, ShownKey
from facetry.application.sign_ins import SignIns
from facetry.application.tenants import Rotation, TenantKeys, Tenants
from facetry.dashboard.api_access.frame import HERE, HIDDEN, key_url, tabs, to_confirm, url_of
from facetry.dashboard.api_access.key_uses import BucketUse, KeyUses
from facetry.dashboard.call import PageCall
from facetry.dashboard.destinations import confirm_url
from facetry.dashboard.forms import FIELD_ERRORS, field_errors
from facetry.dashboard.rendering import redirect, secret_page
from facetry.dashboard.tabs import Tab
from facetry.dashboard.values import Values
from facetry.domain.errors import OutdatedError, RecordNotFoundError, TenantExistsError
from facetry.domain.tenant import ALL_SCOPES, FIRST_ACCESS_KEY, Scope
from facetry.http.answer import Answer

HOUR, DAY = 3600, 86_400
OVERLAPS = (0, 1, 24, 72, 168)
"""Hours for which an old key may stay good after a rotation."""
LIVES = (0, 1, 7, 30, 90, 365)
"""Days after which a new key may end; 0 for never."""
ROTATIONS: Mapping[str, Rotation] = {
    rotation.value: rotation for rotation in (Rotation.API_KEY, Rotation.SEARCH_KEY, Rotation.TOKEN_KEYS)
}
_T = TypeVar("_T")


class KeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """An access key as it is shown.

    Attributes:
        secret: The key itself; dots where it is not shown.
        state: ``active``, ``disabled`` or ``expired``.
    """

    id: str
    name: str
    url: str
    scopes: tuple[str, ...]
    secret: str
    state: str
    created: float
    expires: float | None
    last_used: float | None
    is_first: bool


class KeysPage(msgspec.Struct, frozen=True, kw_only=True):
    """All keys of a tenant.

    Attributes:
        is_shown: Whether keys are shown, not dots.
        show_url: Where they are shown; it leads through the password where that is needed.
        is_confirmed: Whether the password was given lately.
        new: The key that was just made or rotated, always shown.
    """

    tabs: list[Tab]
    customer_id: str
    api_key: str
    search_key: str
    keys: list[KeyLine]
    is_shown: bool
    show_url: str
    hide_url: str
    is_confirmed: bool
    new: KeyLine | None
    name: str
    chosen_scopes: tuple[str, ...]
    days: str
    errors: Mapping[str, str]
    scopes: tuple[str, ...] = tuple(scope.value for scope in Scope)
    lives: tuple[int, ...] = LIVES


class KeyPage(msgspec.Struct, frozen=True, kw_only=True):
    """One access key."""

    tabs: list[Tab]
    key: KeyLine
    is_confirmed: bool
    confirm_url: str
    uses: list[BucketUse]
    requests_url: str
    overlaps: tuple[int, ...] = OVERLAPS


class RotationPage(msgspec.Struct, frozen=True, kw_only=True):
    """What ends when a key of the tenant is replaced."""

    tabs: list[Tab]
    what: str
    is_confirmed: bool
    confirm_url: str


class Keys:
    """Shows and changes keys."""

    def __init__(self, tenants: Tenants, access_keys: AccessKeys, sign_ins: SignIns, uses: KeyUses) -> None:
        """Work on the keys of tenants; ``sign_ins`` knows when the password was given."""
        self._tenants = tenants
        self._access_keys = access_keys
        self._sign_ins = sign_ins
        self._uses = uses

    async def show(self, call: PageCall) -> Answer:
        """Show all keys, as dots unless they are asked for and the password was given lately."""
        if call.query.flag("show") and not self._is_confirmed(call):
            return to_confirm(call, url_of(show="1"))
        return secret_page(call, "api_keys/index.html", await self._page(call, Values(), {}))

    async def show_one(self, call: PageCall) -> Answer:
        """Show an access key with what can be done with it, and how full its buckets are."""
        key = await self._key(call)
        page = KeyPage(
            tabs=tabs(call),
            key=_line(key, call.now, is_shown=False),
            is_confirmed=self._is_confirmed(call),
            confirm_url=confirm_url(key_url(key.key.id)),
            uses=await self._uses.of(call, key.key.id),
            requests_url=url_of("requests", key=key.key.id),
        )
        return secret_page(call, "api_keys/key.html", page)

    async def create(self, call: PageCall) -> Answer:
        """Add an access key, which is shown then."""
        if not self._is_confirmed(call):
            return to_confirm(call, HERE)
        values = await call.form()
        days = values.number("days")
        wish = NewAccessKey(
            name=values.text("name"),
            scopes=tuple(scope for scope in ALL_SCOPES if scope.value in values.texts("scopes")),
            expires=call.now + days * DAY if days else None,
        )
        try:
            made = await _alone(call, self._access_keys.create(call.tenant, wish))
        except FIELD_ERRORS as error:
            page = await self._page(call, values, field_errors(error))
            return secret_page(call, "api_keys/index.html", page, status=422)
        return redirect(call, url_of(new=made.key.id), call.texts.gettext("The key is made."))

    async def rotate(self, call: PageCall) -> Answer:
        """Replace the secret of an access key, which is shown then."""
        key_id = call.variables["key"]
        if not self._is_confirmed(call):
            return to_confirm(call, key_url(key_id))
        overlap = float((await call.form()).number("hours")) * HOUR
        made = await _alone(call, self._access_keys.rotate(call.tenant, key_id, overlap))
        return redirect(call, url_of(new=made.key.id), call.texts.gettext("The key is replaced."))

    async def disable(self, call: PageCall) -> Answer:
        """Refuse an access key from now on."""
        await _alone(call, self._access_keys.set_disabled(call.tenant, call.variables["key"], disabled=True))
        return redirect(call, key_url(call.variables["key"]), call.texts.gettext("The key is disabled."))

    async def enable(self, call: PageCall) -> Answer:
        """Take an access key again."""
        await _alone(call, self._access_keys.set_disabled(call.tenant, call.variables["key"], disabled=False))
        return redirect(call, key_url(call.variables["key"]), call.texts.gettext("The key is enabled."))

    async def delete(self, call: PageCall) -> Answer:
        """Remove an access key."""
        await _alone(call, self._access_keys.delete(call.tenant, call.variables["key"]))
        return redirect(call, HERE, call.texts.gettext("The key is deleted."))

    async def ask_rotation(self, call: PageCall) -> Answer:
        """Say what ends when a key of the tenant is replaced."""
        what = _rotation(call).value
        page = RotationPage(
            tabs=tabs(call),
            what=what,
            is_confirmed=self._is_confirmed(call),
            confirm_url=confirm_url(url_of(f"rotate/{what}")),
        )
        return secret_page(call, "api_keys/rotate.html", page)

    async def rotate_tenant(self, call: PageCall) -> Answer:
        """Replace a key of the tenant."""
        rotation = _rotation(call)
        if not self._is_confirmed(call):
            return to_confirm(call, url_of(f"rotate/{rotation.value}"))
        await _alone(call, self._tenants.rotate(call.tenant, [rotation]))
        return redirect(call, url_of(show="1"), call.texts.gettext("The key is replaced."))

    def _is_confirmed(self, call: PageCall) -> bool:
        return self._sign_ins.is_confirmed(call.user_session)

    async def _key(self, call: PageCall) -> ShownKey:
        """Return the access key of the path.

        Raises:
            RecordNotFoundError: There is none.
        """
        wanted = call.variables["key"]
        found = next((one for one in await self._access_keys.list(call.tenant) if one.key.id == wanted), None)
        if found is None:
            raise RecordNotFoundError("access key", wanted[:100])
        return found

    async def _page(self, call: PageCall, form: Values, errors: Mapping[str, str]) -> KeysPage:
        is_confirmed = self._is_confirmed(call)
        is_shown = is_confirmed and call.query.flag("show")
        new_id = call.query.text("new") if is_confirmed else ""
        found = await self._access_keys.list(call.tenant)
        keys: TenantKeys = await self._tenants.keys(call.tenant)
        new = next((one for one in found if one.key.id == new_id), None)
        return KeysPage(
            tabs=tabs(call),
            customer_id=call.tenant,
            api_key=keys.api_key if is_shown else HIDDEN,
            search_key=keys.search_key if is_shown else HIDDEN,
            keys=[_line(one, call.now, is_shown=is_shown) for one in found],
            is_shown=is_shown,
            show_url=url_of(show="1") if is_confirmed else confirm_url(url_of(show="1")),
            hide_url=HERE,
            is_confirmed=is_confirmed,
            new=_line(new, call.now, is_shown=True) if new else None,
            name=form.text("name"),
            chosen_scopes=form.texts("scopes") if errors else tuple(scope.value for scope in Scope),
            days=form.text("days", "0"),
            errors=errors,
        )


async def _alone(call: PageCall, change: Awaitable[_T]) -> _T:
    """Return what a change of the tenant's record gives.

    Raises:
        OutdatedError: Somebody else changed the record at the same time; nothing was changed.
    """
    try:
        return await change
    except TenantExistsError as error:
        raise OutdatedError(call.tenant_record.version) from error


def _rotation(call: PageCall) -> Rotation:
    what = call.variables["what"]
    if what not in ROTATIONS:
        raise RecordNotFoundError("key", what[:100])
    return ROTATIONS[what]


def _line(shown: ShownKey, now: float, *, is_shown: bool) -> KeyLine:
    key = shown.key
    is_expired = key.expires is not None and key.expires <= now
    return KeyLine(
        id=key.id,
        name=key.name,
        url=key_url(key.id),
        scopes=tuple(scope.value for scope in key.scopes),
        secret=shown.secret if is_shown else HIDDEN,
        state="expired" if is_expired else "disabled" if key.disabled else "active",
        created=key.created,
        expires=key.expires,
        last_used=shown.last_used,
        is_first=key.id == FIRST_ACCESS_KEY,
    )
