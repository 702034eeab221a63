"""The calls about groups, which are derived from their products."""

from __future__ import annotations

from facetry.api.native.call import Call
from facetry.api.native.conditions import without_condition
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.fields import GROUP_FIELDS, Document
from facetry.api.native.reads import PAGED, Reads, kept, page_document
from facetry.api.native.routing import Route
from facetry.api.native.writes import Writes
from facetry.domain.catalog import Deleted, DeleteGroup
from facetry.domain.errors import GroupNotFoundError
from facetry.domain.group import ProductGroup
from facetry.domain.tenant import Scope
from facetry.http.answer import EVERYTHING, Answer, group_tag, json_answer
from facetry.ports.catalog_store import CatalogStore

GROUPS = "/v2/groups"
GROUP = "/v2/groups/{group_id}"


class Groups:
    """Handles the calls about groups."""

    def __init__(self, store: CatalogStore, reads: Reads, writes: Writes) -> None:
        """Read groups from a store, and write to a catalog."""
        self._store = store
        self._reads = reads
        self._writes = writes

    async def list(self, call: Call) -> Answer:
        """Show a page of groups."""
        reading = await self._reads.begin(call, *PAGED)
        found = await self._store.groups_after(call.session.tenant, reading.after_name, reading.limit + 1)
        page = found[: reading.limit]
        last = page[-1].group_id if len(found) > len(page) else None
        currency = call.session.settings.currency
        answer = json_answer(page_document([group_document(one, currency) for one in page], last))
        return kept(answer, call, reading, EVERYTHING)

    async def get(self, call: Call) -> Answer:
        """Show a group."""
        reading = await self._reads.begin(call)
        name = call.variables["group_id"]
        group = await self._store.group(call.session.tenant, name)
        if group is None:
            raise GroupNotFoundError(name)
        return kept(json_answer(group_document(group, call.session.settings.currency)), call, reading, group_tag(name))

    async def delete(self, call: Call) -> Answer:
        """Remove a group with all its products."""
        without_condition(call)
        done = await self._writes.written(call, DeleteGroup(call.variables["group_id"]))
        assert isinstance(done.effect, Deleted)  # noqa: S101 - narrows the union for the type checker
        return done.answer({"skus": done.effect.skus})


def group_document(group: ProductGroup, currency: str) -> Document:
    """Return a group with the SKUs of its products; what it does not have is left out.

    Args:
        group: The group.
        currency: The tenant's, for one that names none.
    """
    document: Document = {name: read(group, currency) for name, read in GROUP_FIELDS.items() if name != "image"}
    document["products"] = group.product_skus
    return {name: value for name, value in document.items() if value is not None}


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of groups."""
    groups = Groups(dependencies.store, Reads(dependencies.relay), Writes(dependencies.catalog, dependencies.clock))
    return [
        Route("GET", GROUPS, groups.list, Scope.READ),
        Route("GET", GROUP, groups.get, Scope.READ),
        Route("DELETE", GROUP, groups.delete, Scope.WRITE),
    ]
