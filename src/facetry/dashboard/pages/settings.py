"""Pages of settings: what texts and prices are in, attributes, the Client API, limits, and what counted before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facetry.application.search_settings import SearchSettings
from facetry.application.tenants import Tenants
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.forms import field_errors
from facetry.dashboard.pages import settings_attributes, settings_client_api, settings_history
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.settings_forms import SETTINGS, Conflict, conflict_of, wish_of
from facetry.dashboard.settings_words import Choices, currencies, languages
from facetry.domain.errors import InvalidValueError, OutdatedError
from facetry.domain.quotas import Quotas, Usage
from facetry.domain.user import Role
from facetry.http.answer import Answer


@dataclass(frozen=True)
class GeneralPage:
    """What texts are written in, and what prices are in that name no currency.

    Attributes:
        language: As it stands in the form.
        currency: Likewise.
        version: Of the settings that the form shows.
        languages: All that can be chosen, with their names.
        currencies: Likewise.
        conflict: What somebody else has set meanwhile; None for nothing.
        errors: What is wrong, by field.
    """

    language: str
    currency: str
    version: int
    languages: Choices
    currencies: Choices
    conflict: Conflict | None
    errors: Mapping[str, str]


@dataclass(frozen=True)
class Limit:
    """What a tenant has of something, and may have at most.

    Attributes:
        name: What it is, for the template.
        limit: None for no limit.
        used: None where it is not counted up.
    """

    name: str
    limit: int | None
    used: int | None


@dataclass(frozen=True)
class LimitsPage:
    """What the tenant may have and do."""

    limits: Sequence[Limit]


class GeneralSettings:
    """Handles language and currency, and shows limits."""

    def __init__(self, settings: SearchSettings, tenants: Tenants) -> None:
        """Show and change settings."""
        self._settings = settings
        self._tenants = tenants

    async def show(self, call: PageCall) -> Answer:
        """Show language and currency."""
        own = call.settings
        return self._page(call, own.language, own.currency)

    async def save(self, call: PageCall) -> Answer:
        """Replace language and currency."""
        form = await call.form()
        language, currency = form.text("language"), form.text("currency").upper()
        try:
            await self._settings.set_catalog(call.tenant, language, currency, wish_of(call, form))
        except InvalidValueError as error:
            return self._page(call, language, currency, errors=field_errors(error))
        except OutdatedError as error:
            own = (await self._settings.get(call.tenant)).settings
            now = {"language": own.language, "currency": own.currency}
            return self._page(call, language, currency, conflict=conflict_of(error, now))
        return redirect(call, SETTINGS, call.texts.gettext("The settings are saved"))

    async def limits(self, call: PageCall) -> Answer:
        """Show what the tenant may have and do at most."""
        quotas, usage = call.settings.quotas, await self._tenants.usage(call.tenant)
        return render(call, "settings/limits.html", LimitsPage(_limits(quotas, usage)))

    def _page(
        self,
        call: PageCall,
        language: str,
        currency: str,
        *,
        errors: Mapping[str, str] | None = None,
        conflict: Conflict | None = None,
    ) -> Answer:
        page = GeneralPage(
            language=language,
            currency=currency,
            version=conflict.version if conflict else call.tenant_record.version,
            languages=languages(call.texts),
            currencies=currencies(call.texts),
            conflict=conflict,
            errors=errors or {},
        )
        return render(call, "settings/general.html", page, status=409 if conflict else 422 if errors else 200)


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = GeneralSettings(dependencies.search_settings, dependencies.tenants)
    return [
        Page("GET", SETTINGS, pages.show, Role.OWNER),
        Page("POST", SETTINGS, pages.save, Role.OWNER),
        Page("GET", f"{SETTINGS}/limits", pages.limits, Role.OWNER),
        *settings_attributes.routes(dependencies),
        *settings_client_api.routes(dependencies),
        *settings_history.routes(dependencies),
    ]


def _limits(quotas: Quotas, usage: Usage) -> list[Limit]:
    return [Limit(name, getattr(quotas, name), getattr(usage, name, None)) for name in quotas.__struct_fields__]
