"""Settings of a tenant that others took the place of."""

from __future__ import annotations

from typing import ClassVar

from facetry.domain.record import RecordBase, RecordKind


class SettingsVersion(RecordBase, frozen=True, kw_only=True, tag="settings"):
    """Settings as they were until they were replaced.

    Attributes:
        version: That of the tenant's record when they were replaced.
        settings: The ``TenantSettings``, as JSON.
        time: Unix time at which they were replaced.
        by: Who replaced them.
    """

    kind: ClassVar[RecordKind] = RecordKind.SETTINGS
    version: int
    settings: str
    time: float
    by: str = ""

    @property
    def unique(self) -> str:
        """Return the version."""
        return str(self.version)
