"""Pages of one product group: its variants, its history, how the APIs see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from facetry.application.catalog import Catalog
from facetry.application.product_history import ProductHistory
from facetry.dashboard.addresses import category_url, group_url
from facetry.dashboard.api_documents import ApiDocument
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.pages import group_deletion
from facetry.dashboard.product_views.cells import Cells
from facetry.dashboard.product_views.changes import Change, Changes
from facetry.dashboard.product_views.group_facts import GroupFacts, group_facts
from facetry.dashboard.product_views.labels import label_of
from facetry.dashboard.product_views.value_texts import ValueTexts
from facetry.dashboard.product_views.variant_views import VariantsView, variants_view
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.breadcrumbs import crumbs_of
from facetry.domain.group import ProductGroup
from facetry.domain.user import Role
from facetry.http.answer import Answer

GROUP = "/dashboard/groups/{group}"
HISTORY_PRODUCTS = 40
"""The changes of so many products of a group are told together."""
HISTORY_LIMIT = 40
MAX_PICTURES = 24
_SHOWN = ("https:", "/", "data:image/")
"""How addresses of pictures begin, beside this server's own, that the policy of pages lets a browser load."""
_TOLD = ("brands", "colors", "sizes", "search_keywords")
_SINGULAR = {"brands": "brand", "colors": "color", "sizes": "size", "search_keywords": "search_keywords"}


@dataclass(frozen=True)
class GroupPage:
    """What all pages of a group show.

    Attributes:
        tab: Which of them it is: ``variants``, ``history`` or ``json``.
        crumbs: Of its category, with where they lead.
    """

    group: ProductGroup
    url: str
    tab: str
    crumbs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class VariantsPage(GroupPage):
    """The page of a group with its variants."""

    facts: GroupFacts
    pictures: Sequence[str]
    details: Sequence[tuple[str, str | None]]
    variants: VariantsView


@dataclass(frozen=True)
class HistoryPage(GroupPage):
    """The page with the changes of a group's products.

    Attributes:
        is_cut: Whether the group has more products than are told of.
    """

    changes: Sequence[Change]
    is_cut: bool


@dataclass(frozen=True)
class JsonPage(GroupPage):
    """The page with a group as the APIs answer it."""

    documents: Sequence[ApiDocument]


class Groups:
    """Shows product groups."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read a catalog and the history of its products."""
        self._catalog: Catalog = dependencies.catalog
        self._history = ProductHistory(dependencies.journal, dependencies.store)
        self._documents = dependencies.documents

    async def variants(self, call: PageCall) -> Answer:
        """Show a group with its variants; only these where a part is asked for."""
        group = await self._catalog.group(call.tenant, call.variables["group"])
        if group.group_id != call.variables["group"]:
            # It was asked for by the SKU of one of its products.
            return redirect(call, group_url(group.group_id))
        cells = Cells(call.formats, call.settings.currency)
        view = variants_view(group, call.query, cells, call.texts)
        if call.is_partial:
            return render(call, "groups/_variants.html", view)
        page = VariantsPage(
            group=group,
            url=view.url,
            tab="variants",
            crumbs=_crumbs(group),
            facts=group_facts(group, cells),
            pictures=_pictures(call, group),
            details=_details(call, group),
            variants=view,
        )
        return render(call, "groups/index.html", page)

    async def history(self, call: PageCall) -> Answer:
        """Show what changed in the products of a group."""
        group = await self._catalog.group(call.tenant, call.variables["group"])
        told = group.product_skus[:HISTORY_PRODUCTS]
        lines = await self._history.newest(call.tenant, told, HISTORY_LIMIT)
        changes = changes_of(call)
        page = HistoryPage(
            group=group,
            url=group_url(group.group_id),
            tab="history",
            crumbs=_crumbs(group),
            changes=[changes.change(line) for line in lines],
            is_cut=len(told) < len(group.product_skus),
        )
        return render(call, "groups/history.html", page)

    async def json(self, call: PageCall) -> Answer:
        """Show a group as the APIs answer it."""
        group = await self._catalog.group(call.tenant, call.variables["group"])
        page = JsonPage(
            group=group,
            url=group_url(group.group_id),
            tab="json",
            crumbs=_crumbs(group),
            documents=self._documents.of_group(group, call.settings.currency),
        )
        return render(call, "groups/json.html", page)


def changes_of(call: PageCall) -> Changes:
    """Return what tells changes to a visitor."""
    return Changes(call.texts, ValueTexts(call.texts, call.formats), call.settings.currency)


def _pictures(call: PageCall, group: ProductGroup) -> Sequence[str]:
    """Return the pictures of a group, those of its main product first."""
    every = chain(group.images, chain.from_iterable(product.images for product in group.products))
    shown = (*_SHOWN, f"{call.base_url}/")
    return [*dict.fromkeys(url for url in every if url.startswith(shown))][:MAX_PICTURES]


def _crumbs(group: ProductGroup) -> Sequence[tuple[str, str]]:
    crumbs = crumbs_of(group.category)
    return [(crumb, category_url(crumbs[: place + 1])) for place, crumb in enumerate(crumbs)]


def _details(call: PageCall, group: ProductGroup) -> Sequence[tuple[str, str | None]]:
    texts = call.texts
    told = [(label_of(texts, _SINGULAR[name]), "; ".join(getattr(group, name)) or None) for name in _TOLD]
    return [
        (texts.gettext("Main product"), group.main_sku),
        (label_of(texts, "category"), "; ".join(group.category) or None),
        *told,
        (label_of(texts, "description"), group.description or None),
    ]


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of product groups."""
    groups = Groups(dependencies)
    return [
        Page("GET", GROUP, groups.variants, Role.VIEWER),
        Page("GET", f"{GROUP}/history", groups.history, Role.VIEWER),
        Page("GET", f"{GROUP}/json", groups.json, Role.VIEWER),
        *group_deletion.routes(dependencies),
    ]
