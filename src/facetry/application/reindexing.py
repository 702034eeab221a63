"""Which changes of a tenant's settings make its index another one."""

from __future__ import annotations

from facetry.domain.search.fields import silent_attributes
from facetry.domain.tenant import TenantSettings


def reindexes(old: TenantSettings, new: TenantSettings) -> bool:
    """Return whether a tenant's index has to be built anew where its settings change.

    Another language stems otherwise, another currency derives other prices, other attributes give words: in every
    group.
    """
    return old is not new and _built_with(old) != _built_with(new)


def _built_with(settings: TenantSettings) -> tuple[str, str, frozenset[str]]:
    """Return what of a tenant's settings its index was built with."""
    return settings.language, settings.currency, silent_attributes(settings.attributes)
