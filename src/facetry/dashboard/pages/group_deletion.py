"""Removing a product group with all its products."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from facetry.application.catalog import Catalog
from facetry.dashboard.addresses import CATALOG, group_url
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.catalog import AllOrNone, DeleteProduct, Guarded
from facetry.domain.errors import ChangedMeanwhileError, ProductNotFoundError
from facetry.domain.group import ProductGroup
from facetry.domain.guarding import Condition, tag_of
from facetry.domain.patching import ProductKey
from facetry.domain.user import Role
from facetry.http.answer import Answer

DELETE = "/dashboard/groups/{group}/delete"
_CONFLICT = 409


@dataclass(frozen=True)
class DeleteGroupPage:
    """The page that asks whether a group is to go.

    Attributes:
        tag: Of all its products.
        is_changed: Whether one of them was changed since it was asked for the first time.
    """

    group: ProductGroup
    url: str
    tag: str
    is_changed: bool = False


class GroupDeletion:
    """Asks, and removes groups."""

    def __init__(self, catalog: Catalog) -> None:
        """Write to a catalog."""
        self._catalog = catalog

    async def ask(self, call: PageCall) -> Answer:
        """Ask whether a group is to be removed."""
        return await self._asked(call)

    async def remove(self, call: PageCall) -> Answer:
        """Remove a group, if all its products still are as they were when that was asked."""
        form = await call.form()
        group = await self._catalog.group(call.tenant, call.variables["group"])
        if form.text("tag") != _tag(group):
            return await self._asked(call, is_changed=True)
        writes = [
            Guarded(Condition(ProductKey(sku=one.sku), tags=(tag_of(one),)), DeleteProduct(one.sku))
            for one in group.products
        ]
        try:
            await self._catalog.do(call.tenant, AllOrNone(tuple(writes)))
        except (ChangedMeanwhileError, ProductNotFoundError):
            return await self._asked(call, is_changed=True)
        return redirect(call, CATALOG, call.texts.gettext("The product group was deleted."))

    async def _asked(self, call: PageCall, *, is_changed: bool = False) -> Answer:
        group = await self._catalog.group(call.tenant, call.variables["group"])
        page = DeleteGroupPage(group, group_url(group.group_id), _tag(group), is_changed)
        return render(call, "groups/delete.html", page, status=_CONFLICT if is_changed else 200)


def _tag(group: ProductGroup) -> str:
    """Return what is the same as long as nothing of any product of a group changes."""
    tags = " ".join(map(tag_of, group.products))
    return hashlib.blake2b(tags.encode(), digest_size=8).hexdigest()


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of removing groups."""
    deletion = GroupDeletion(dependencies.catalog)
    return [
        Page("GET", DELETE, deletion.ask, Role.EDITOR),
        Page("POST", DELETE, deletion.remove, Role.EDITOR),
    ]
