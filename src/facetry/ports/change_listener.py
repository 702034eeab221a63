"""The port of what holds answers derived from a tenant's catalog and must drop them when it changes."""

from __future__ import annotations

from typing import Protocol

from facetry.domain.change import Delta


class ChangeListener(Protocol):
    """A holder of derived answers; called on the event loop before a write is acknowledged, so it must be quick."""

    def changed(self, tenant: str, delta: Delta) -> None:
        """Drop exactly what the delta touched; harmless to repeat."""

    def forget(self, tenant: str) -> None:
        """Drop everything of a tenant, its verified tokens included: its record changed or it is gone."""
