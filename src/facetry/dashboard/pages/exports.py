"""Pages of the area exports."""

from __future__ import annotations

from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.routing import Page


def routes(dependencies: Dependencies) -> list[Page]:  # noqa: ARG001 - nothing is here yet
    """Return the pages of this area."""
    return []
