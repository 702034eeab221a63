"""The calls about product groups: GET and DELETE."""

from __future__ import annotations

import msgspec

from facetry.api.catalog.call import Call
from facetry.api.catalog.rendering import group_document
from facetry.api.catalog.replies import invalid, success
from facetry.application.catalog import Catalog
from facetry.application.relay import ChangeRelay
from facetry.domain.errors import GroupNotFoundError
from facetry.http.answer import Answer, group_tag, json_answer, product_tag


class Groups:
    """Handles the calls about product groups."""

    def __init__(self, catalog: Catalog, relay: ChangeRelay) -> None:
        """Read and write a catalog."""
        self._catalog = catalog
        self._relay = relay

    async def get(self, call: Call) -> Answer:
        """Show the group with this id or, where there is none, that of the product with this SKU."""
        tenant, name = call.session.tenant, call.name
        revision = await self._relay.settle(tenant)
        tags: tuple[str, ...] = (group_tag(name), product_tag(name))
        try:
            group = await self._catalog.group(tenant, name)
        except GroupNotFoundError:
            answer = invalid(f"Product Group with ID {name} not found ...")
        else:
            answer = json_answer(group_document(group))
            tags = (*tags, group_tag(group.group_id))
        return msgspec.structs.replace(answer, cache_key=call.cache_key, tags=tags, revision=revision)

    async def delete(self, call: Call) -> Answer:
        """Remove a group with its products."""
        await self._catalog.delete_group(call.session.tenant, call.name)
        return success(message="Product group is now deleted ...")
