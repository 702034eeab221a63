"""What the forms of settings share: which version they replace, and what to show where that is another one by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from facetry.application.search_settings import Wish
from facetry.dashboard.call import PageCall
from facetry.dashboard.values import Values
from facetry.domain.errors import OutdatedError

SETTINGS = "/dashboard/settings"
VERSION = "version"


@dataclass(frozen=True)
class Conflict:
    """What somebody else has set while a form was open.

    Attributes:
        version: Of the settings that count now.
        now: What counts now, by field.
    """

    version: int
    now: Mapping[str, object]


def wish_of(call: PageCall, form: Values) -> Wish:
    """Return who wants to replace settings: those that the form has shown."""
    return Wish(form.number(VERSION, -1), f"user:{call.user.email}")


def conflict_of(error: OutdatedError, now: Mapping[str, object]) -> Conflict:
    """Return what somebody else has set meanwhile."""
    return Conflict(error.version, now)
