"""The page of earlier rules: who replaced them when, what they were, and the way back to them."""

from __future__ import annotations

import msgspec

from facetry.application.search_settings import SearchSettings
from facetry.application.settings_history import Replacement
from facetry.dashboard.call import PageCall
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.studio.drafts import Attempt, Drafts
from facetry.dashboard.studio.frame import NO_COMPARISON, ShownComparison, tabs, url_of
from facetry.dashboard.tabs import Tab
from facetry.domain.differences import Difference, differences
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.search.rules import SearchRules
from facetry.http.answer import Answer

SECTION = "search"
MOST_DIFFERENCES = 200
_LONGEST_VALUE = 200


class ShownDifference(msgspec.Struct, frozen=True):
    """A value of the rules now and then, as JSON; None for nothing."""

    name: str
    now: str | None
    then: str | None


class VersionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """All versions, the newest first: the first one counts."""

    tabs: list[Tab]
    versions: list[tuple[Replacement, str]]


class VersionPage(msgspec.Struct, frozen=True, kw_only=True):
    """One version."""

    tabs: list[Tab]
    version: int
    replacement: Replacement
    is_current: bool
    differences: list[ShownDifference]
    is_cut: bool
    attempt: Attempt
    q: str
    comparison: ShownComparison = NO_COMPARISON


class Versions:
    """Shows earlier rules, and makes them count again."""

    def __init__(self, drafts: Drafts, settings: SearchSettings) -> None:
        """Compare and save drafts; settings know earlier ones."""
        self._drafts = drafts
        self._settings = settings

    async def list(self, call: PageCall) -> Answer:
        """Show which versions there are."""
        found = await self._settings.versions(call.tenant, SECTION)
        listed = [(one, url_of(f"versions/{one.version}")) for one in found]
        return render(call, "search_studio/versions.html", VersionsPage(tabs=tabs(call), versions=listed))

    async def show(self, call: PageCall) -> Answer:
        """Show what going back to a version would change."""
        version, rules = await self._rules(call)
        q = call.query.text("q")
        comparison = await self._drafts.compared(call, q, lambda _: rules)
        if call.is_partial:
            return render(call, "search_studio/_comparison.html", comparison)
        attempt = Attempt(version=call.tenant_record.version)
        page = await self._page(call, version, rules, attempt)
        page = msgspec.structs.replace(page, q=q, comparison=comparison)
        return render(call, "search_studio/version.html", page)

    async def go_back(self, call: PageCall) -> Answer:
        """Make a version count again."""
        version, rules = await self._rules(call)
        attempt = await self._drafts.save(call, (await call.form()).number("version"), lambda _: rules)
        if attempt.is_saved:
            notice = call.texts.gettext("The earlier rules count again.")
            return redirect(call, url_of("versions"), notice)
        page = await self._page(call, version, rules, attempt)
        return render(call, "search_studio/version.html", page, status=attempt.status)

    async def _rules(self, call: PageCall) -> tuple[int, SearchRules]:
        """Return the version of the path, and the rules that counted then.

        Raises:
            RecordNotFoundError: There was no such version, or it is not kept any more.
        """
        text = call.variables["version"]
        if not (text.isascii() and text.isdigit() and len(text) < len(str(2**53))):
            raise RecordNotFoundError("version", text[:40])
        return int(text), (await self._settings.at(call.tenant, int(text))).rules

    async def _page(self, call: PageCall, version: int, rules: SearchRules, attempt: Attempt) -> VersionPage:
        found = await self._settings.versions(call.tenant, SECTION)
        # A version is the last one of the record that the rules were there in.
        replacement = next((one for one in reversed(found) if one.version >= version), found[0])
        told = [*differences(_plain(call.settings.rules), _plain(rules))]
        return VersionPage(
            tabs=tabs(call),
            version=version,
            replacement=replacement,
            is_current=rules == call.settings.rules,
            differences=[_shown(one) for one in told[:MOST_DIFFERENCES]],
            is_cut=len(told) > MOST_DIFFERENCES,
            attempt=attempt,
            q="",
        )


def _plain(rules: SearchRules) -> object:
    return msgspec.json.decode(msgspec.json.encode(rules))


def _shown(one: Difference) -> ShownDifference:
    return ShownDifference(one.pointer.removeprefix("/"), _written(one.before), _written(one.after))


def _written(value: object) -> str | None:
    """Return a value as JSON, cut; None for nothing."""
    if value is None:
        return None
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
