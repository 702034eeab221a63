"""Calls about groups."""

from __future__ import annotations

from facetry.client.exchange import Request, Stream, get, path_of, reader, write
from facetry.client.methods import AsyncPart, Iteration, Method, Methods, SyncPart
from facetry.client.paging import items
from facetry.client.types.page import Page
from facetry.client.types.product import DeletedGroup, Group

PATH = "/v2/groups"
_group, _page, _deleted = reader(Group), reader(Page[Group]), reader(DeletedGroup)


class GroupMethods(Methods):
    """What can be done with groups; of both clients."""

    @Method
    def get(self, group_id: str, *, min_revision: int = 0) -> Request[Group]:
        """Return a group."""
        return get(PATH + path_of(group_id), _group, {"min_revision": min_revision or None})

    @Method
    def page(self, *, after: str | None = None, limit: int = 50, min_revision: int = 0) -> Request[Page[Group]]:
        """Return a page of groups, in order of their ids."""
        return get(PATH, _page, {"after": after, "limit": limit, "min_revision": min_revision or None})

    @Iteration
    def each(self, *, page_size: int = 500, min_revision: int = 0) -> Stream[Group]:
        """Iterate over groups, in order of their ids; those that live all the while come exactly once."""
        return items(self._core, PATH, _page, {"limit": page_size, "min_revision": min_revision or None})

    @Method
    def delete(self, group_id: str, *, idempotency_key: str = "") -> Request[DeletedGroup]:
        """Remove a group with all its products, and return their SKUs."""
        return write("DELETE", PATH + path_of(group_id), _deleted, key=idempotency_key)


class Groups(GroupMethods, SyncPart):
    """Groups, blocking."""


class AsyncGroups(GroupMethods, AsyncPart):
    """Groups, awaited."""
