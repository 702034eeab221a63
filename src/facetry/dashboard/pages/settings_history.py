"""Pages of earlier settings: who has set what when, what differs from now, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec

from facetry.application.search_settings import SearchSettings
from facetry.application.settings_history import SECTIONS, Replacement
from facetry.application.settings_restoring import restore_settings
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.settings_forms import SETTINGS, wish_of
from facetry.dashboard.settings_words import sections
from facetry.domain.differences import Difference, differences
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.record import RecordKind
from facetry.domain.tenant import TenantSettings
from facetry.domain.user import Role
from facetry.http.answer import Answer

HISTORY = f"{SETTINGS}/history"
_MAX_DIFFERENCES = 200


@dataclass(frozen=True)
class HistoryPage:
    """The versions of a part of the settings.

    Attributes:
        section: Which part.
        parts: All parts: what each is called, its URL, and whether it is this one.
        versions: Newest first; the first one counts.
        version: Of all settings, now.
        chosen: A version that is looked at; 0 for none.
        differences: What going back to that would change.
    """

    section: str
    parts: Sequence[tuple[str, str, bool]]
    versions: Sequence[Replacement]
    version: int
    chosen: int
    differences: Sequence[Difference]


class HistoryPages:
    """Handles earlier settings."""

    def __init__(self, settings: SearchSettings) -> None:
        """Show earlier settings and go back to them."""
        self._settings = settings

    async def show(self, call: PageCall) -> Answer:
        """Show the versions of a part, and what differs between one of them and now."""
        section = _section(call.query.text("section") or "catalog")
        chosen = call.query.number("version")
        found: Sequence[Difference] = ()
        if chosen:
            earlier = await self._settings.at(call.tenant, chosen)
            found = _differences(section, call.settings, earlier)
        page = HistoryPage(
            section=section,
            parts=_parts(call, section),
            versions=await self._settings.versions(call.tenant, section),
            version=call.tenant_record.version,
            chosen=chosen,
            differences=found,
        )
        return render(call, "settings/history.html", page)

    async def restore(self, call: PageCall) -> Answer:
        """Go back to a version of a part."""
        form = await call.form()
        section = _section(form.text("section"))
        await restore_settings(self._settings, call.tenant, section, form.number("to"), wish_of(call, form))
        return redirect(call, f"{HISTORY}?section={section}", call.texts.gettext("The earlier settings count again"))


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of earlier settings."""
    pages = HistoryPages(dependencies.search_settings)
    return [
        Page("GET", HISTORY, pages.show, Role.OWNER),
        Page("POST", HISTORY, pages.restore, Role.OWNER),
    ]


def _parts(call: PageCall, here: str) -> list[tuple[str, str, bool]]:
    return [(label, f"{HISTORY}?section={name}", name == here) for name, label in sections(call.texts).items()]


def _section(name: str) -> str:
    if name not in SECTIONS:
        raise RecordNotFoundError(RecordKind.SETTINGS.value, name)
    return name


def _differences(section: str, now: TenantSettings, earlier: TenantSettings) -> Sequence[Difference]:
    return [*islice(differences(_plain(section, now), _plain(section, earlier)), _MAX_DIFFERENCES)]


def _plain(section: str, settings: TenantSettings) -> object:
    """Return a part of settings as JSON has it, what stands in lists by its name so that it is compared by that."""
    if section == "catalog":
        return {"language": settings.language, "currency": settings.currency}
    plain = msgspec.json.decode(msgspec.json.encode(SECTIONS[section](settings)))
    if section == "attributes":
        return {one["name"]: {name: value for name, value in one.items() if name != "name"} for one in plain}
    return plain
