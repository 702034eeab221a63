"""Changes of a tenant's settings, each of one part of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from facetry.domain.search.fields import AttributeDefinition
from facetry.domain.tenant import ClientApiSettings, TenantSettings

Change = Callable[[TenantSettings], TenantSettings]


def with_catalog(language: str, currency: str) -> Change:
    """Return how to set another language and currency."""
    return lambda old: msgspec.structs.replace(old, language=language, currency=currency)


def with_client_api(wanted: ClientApiSettings) -> Change:
    """Return how to set how the Client API treats a tenant; its limits, which the operator sets, stay."""

    def change(old: TenantSettings) -> TenantSettings:
        kept = msgspec.structs.replace(wanted, buckets=old.client_api.buckets)
        return msgspec.structs.replace(old, client_api=kept)

    return change


def with_attributes(definitions: Iterable[AttributeDefinition]) -> Change:
    """Return how to set other types of attributes."""
    attributes = tuple(definitions)
    return lambda old: msgspec.structs.replace(old, attributes=attributes)


def taken_back(definitions: tuple[AttributeDefinition, ...], old: tuple[AttributeDefinition, ...]) -> Change:
    """Return how to go back to the old types; what somebody else has set since then stays."""

    def change(now: TenantSettings) -> TenantSettings:
        return msgspec.structs.replace(now, attributes=old) if now.attributes == definitions else now

    return change
