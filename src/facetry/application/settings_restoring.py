"""Back to settings as they were: a section of an earlier version becomes the one that counts."""

from __future__ import annotations

from facetry.application.search_settings import SearchSettings, Wish
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.record import RecordKind
from facetry.domain.tenant import Tenant


async def restore_settings(settings: SearchSettings, tenant: str, section: str, version: int, wish: Wish) -> Tenant:
    """Replace a section of ``settings_history.SECTIONS`` by what it was, and return the record.

    Args:
        settings: The use cases.
        tenant: Whose settings.
        section: Which part of them.
        version: A version of the record that had the wanted ones.
        wish: Who wants it, and what is to be replaced.

    Raises:
        RecordNotFoundError: There was no such version, or it is not kept any more, or there is no such section.
        OutdatedError: The version that is to be replaced is another one than wished.
        InvalidValueError: What was allowed then is not any more.
        ValuesMisfitError: Products have values by now that do not fit the types of then.
    """
    earlier = await settings.at(tenant, version)
    match section:
        case "search":
            return await settings.set_rules(tenant, earlier.rules, wish)
        case "attributes":
            return await settings.set_attributes(tenant, earlier.attributes, wish)
        case "catalog":
            return await settings.set_catalog(tenant, earlier.language, earlier.currency, wish)
        case "client_api":
            return await settings.set_client_api(tenant, earlier.client_api, wish)
        case _:
            raise RecordNotFoundError(RecordKind.SETTINGS.value, section)
