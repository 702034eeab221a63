"""Rules as forms send them, and drafts that are compared or saved."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from facetry.application.acting import acting
from facetry.application.search_settings import SearchSettings, Wish
from facetry.application.search_trial import SearchTrial
from facetry.dashboard.call import PageCall
from facetry.dashboard.forms import FIELD_ERRORS, field_errors
from facetry.dashboard.studio.frame import NO_COMPARISON, ShownComparison, shown_comparison, typed
from facetry.domain.errors import OutdatedError
from facetry.domain.search.rules import SearchRules
from facetry.domain.tenant import Tenant

Draft = Callable[[SearchRules], SearchRules]
"""Makes new rules of those that count."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of saving.

    Attributes:
        is_saved: Whether the rules count now.
        is_outdated: Whether somebody else changed the tenant's settings meanwhile; then nothing was saved.
        version: Of the settings that count now: what the next attempt is to replace.
        errors: What is wrong, by field.
    """

    is_saved: bool = False
    is_outdated: bool = False
    version: int
    errors: dict[str, str] = {}

    @property
    def status(self) -> int:
        """Return the HTTP status of the page that tells of it."""
        return 409 if self.is_outdated else 422 if self.errors else 200


class Drafts:
    """Compares and saves drafts."""

    def __init__(self, settings: SearchSettings, trial: SearchTrial) -> None:
        """Save settings, and try searches."""
        self._settings = settings
        self._trial = trial

    @property
    def is_semantic(self) -> bool:
        """Return whether rules can look at what words mean."""
        return self._trial.is_semantic

    async def compared(self, call: PageCall, text: str, draft: Draft) -> ShownComparison:
        """Return what a draft does to a search; nothing where no text is given, or why it cannot be told."""
        asked = typed(text)
        if not asked:
            return NO_COMPARISON
        settings = call.settings
        try:
            rules = draft(settings.rules)
            return shown_comparison(call, await self._trial.compare(call.tenant, settings, asked, rules))
        except FIELD_ERRORS as error:
            return ShownComparison(text=asked, error="; ".join(map(call.texts.told, field_errors(error).values())))

    async def save(self, call: PageCall, version: int, draft: Draft) -> Attempt:
        """Save a draft in the place of the rules of a version of the tenant's record."""
        record: Tenant = call.tenant_record
        try:
            rules = draft(record.settings.rules)
            stored = await self._settings.set_rules(call.tenant, rules, Wish(version, acting().name))
        except OutdatedError:
            return Attempt(is_outdated=True, version=(await self._settings.get(call.tenant)).version)
        except FIELD_ERRORS as error:
            return Attempt(version=version, errors=dict(field_errors(error)))
        return Attempt(is_saved=True, version=stored.version)
