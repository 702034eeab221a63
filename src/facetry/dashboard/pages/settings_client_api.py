"""Pages of what the Client API does for a tenant: HTTPS, errors, statuses of orders, sales channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from facetry.application.search_settings import SearchSettings
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.forms import field_errors
from facetry.dashboard.records.words import OrderWords
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.settings_forms import SETTINGS, Conflict, conflict_of, wish_of
from facetry.dashboard.settings_words import Choices, https_rules
from facetry.dashboard.values import Values
from facetry.domain.channels import Channel, all_channels
from facetry.domain.errors import InvalidValueError, OutdatedError
from facetry.domain.order import OrderStatus, StatusDefinition
from facetry.domain.order_statuses import Statuses
from facetry.domain.tenant import ClientApiSettings, HttpsRule
from facetry.domain.user import Role
from facetry.http.answer import Answer

CLIENT_API = f"{SETTINGS}/client-api"


@dataclass(frozen=True)
class Status:
    """A status of orders.

    Attributes:
        number: By which programs name it.
        name: What it is called.
        means: What the built-in status is called that it behaves as.
        is_own: Whether it was set, so that it can be taken back.
    """

    number: int
    name: str
    means: str
    is_own: bool


@dataclass(frozen=True)
class ClientApiPage:
    """What the Client API does for a tenant.

    Attributes:
        settings: As they stand in the form.
        version: Of the settings that the forms show.
        rules: The rules about HTTPS that can be chosen.
        statuses: All statuses of orders.
        built_in: The built-in ones: numbers and names.
        channels: All channels.
        channel_names: Their names by number.
        own_channels: Numbers of those that can be taken back.
        typed: What was typed and refused, by field.
        conflict: What somebody else has set meanwhile; None for nothing.
        errors: What is wrong, by field.
    """

    settings: ClientApiSettings
    version: int
    rules: Choices
    statuses: Sequence[Status]
    built_in: Choices
    channels: Sequence[Channel]
    channel_names: Mapping[int, str]
    own_channels: frozenset[int]
    typed: Values
    conflict: Conflict | None
    errors: Mapping[str, str]


class ClientApiPages:
    """Handles settings of the Client API."""

    def __init__(self, settings: SearchSettings) -> None:
        """Show and change settings."""
        self._settings = settings

    async def show(self, call: PageCall) -> Answer:
        """Show the settings."""
        return self._page(call, call.settings.client_api, Values())

    async def save(self, call: PageCall) -> Answer:
        """Replace what the form names: the rules, one status or one channel; or take one back."""
        form = await call.form()
        own = call.settings.client_api
        wanted = own
        try:
            wanted = _changed(own, form)
            await self._settings.set_client_api(call.tenant, wanted, wish_of(call, form))
        except InvalidValueError as error:
            return self._page(call, own, form, errors=_renamed(field_errors(error), form))
        except OutdatedError as error:
            return self._page(call, wanted, form, conflict=conflict_of(error, {}))
        return redirect(call, CLIENT_API, call.texts.gettext("The settings are saved"))

    def _page(
        self,
        call: PageCall,
        settings: ClientApiSettings,
        typed: Values,
        *,
        errors: Mapping[str, str] | None = None,
        conflict: Conflict | None = None,
    ) -> Answer:
        own = call.settings.client_api
        words = OrderWords(call.settings, call.texts)
        channels = all_channels(own.channels)
        page = ClientApiPage(
            settings=settings,
            version=conflict.version if conflict else call.tenant_record.version,
            rules=https_rules(call.texts),
            statuses=_statuses(own, words),
            built_in=[(str(status.value), f"{status.value} {words.built_in(status)}") for status in OrderStatus],
            channels=channels,
            channel_names={one.number: one.name for one in channels},
            own_channels=frozenset(one.number for one in own.channels),
            typed=typed,
            conflict=conflict,
            errors=errors or {},
        )
        return render(call, "settings/client_api.html", page, status=409 if conflict else 422 if errors else 200)


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of the Client API's settings."""
    pages = ClientApiPages(dependencies.search_settings)
    return [
        Page("GET", CLIENT_API, pages.show, Role.OWNER),
        Page("POST", CLIENT_API, pages.save, Role.OWNER),
    ]


def _changed(own: ClientApiSettings, form: Values) -> ClientApiSettings:
    """Return the settings with what a form changes.

    Raises:
        InvalidValueError: A status means none that there is.
    """
    match form.text("part"):
        case "status":
            return msgspec.structs.replace(own, statuses=_with_status(own, form))
        case "channel":
            return msgspec.structs.replace(own, channels=_with_channel(own, form))
        case _:
            rule = next((one for one in HttpsRule if one.value == form.text("require_https")), own.require_https)
            return msgspec.structs.replace(own, require_https=rule, http_errors=form.flag("http_errors"))


def _with_status(own: ClientApiSettings, form: Values) -> tuple[StatusDefinition, ...]:
    number = form.number("status_number")
    others = tuple(one for one in own.statuses if one.number != number)
    if form.text("action") == "remove":
        return others
    built_in = {status.value for status in OrderStatus}
    means = number if number in built_in else form.number("status_means")
    if means not in built_in:
        raise InvalidValueError("means", "must say which of 1 to 9 the status behaves as")
    return (*others, StatusDefinition(number, form.text("status_name"), OrderStatus(means)))


def _with_channel(own: ClientApiSettings, form: Values) -> tuple[Channel, ...]:
    number = form.number("channel_number")
    others = tuple(one for one in own.channels if one.number != number)
    if form.text("action") == "remove":
        return others
    return (*others, Channel(number, form.text("channel_name"), form.number("channel_parent")))


def _statuses(own: ClientApiSettings, words: OrderWords) -> list[Status]:
    meanings = {status.value: status for status in OrderStatus} | {one.number: one.means for one in own.statuses}
    set_here = {one.number for one in own.statuses}
    return [
        Status(number, words.status_named(number), words.built_in(meanings[number]), number in set_here)
        for number in Statuses(own.statuses).names
    ]


def _renamed(errors: Mapping[str, str], form: Values) -> dict[str, str]:
    """Return what is wrong by the fields of the form: those of a part begin with its name."""
    part = form.text("part")
    return {f"{part}_{'name' if field == 'channels' else field}": told for field, told in errors.items()}
