"""The history of a product, taking changes back, and the product as the APIs see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from facetry.application.catalog import Catalog
from facetry.application.product_history import ProductHistory
from facetry.dashboard.addresses import product_url
from facetry.dashboard.api_documents import ApiDocument
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.line_places import line_place, next_lines
from facetry.dashboard.pages.groups import changes_of
from facetry.dashboard.product_views.changes import Change
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.errors import ChangedSinceError, ProductNotFoundError, RecordNotFoundError
from facetry.domain.product import Product
from facetry.domain.user import Role
from facetry.http.answer import Answer

PRODUCT = "/dashboard/products/{sku}"
PAGE_SIZE = 50
_CONFLICT = 409
_NUMBER = re.compile(r"\d{1,16}", re.ASCII)


@dataclass(frozen=True)
class ProductHistoryPage:
    """The page with the changes of a product.

    Attributes:
        product: None where it is gone, and only its history is known.
        changes: A page of them, newest first.
        next: Where the next page begins; empty for none.
    """

    sku: str
    product: Product | None
    url: str
    changes: Sequence[Change]
    next: str
    tab: str = "history"


@dataclass(frozen=True)
class UndoPage:
    """The page that asks whether to take a change back although something has changed since then.

    Attributes:
        fields: What has.
    """

    sku: str
    url: str
    action: str
    fields: Sequence[str]


@dataclass(frozen=True)
class ProductJsonPage:
    """The page with a product as the APIs answer it."""

    sku: str
    product: Product
    url: str
    documents: Sequence[ApiDocument]
    tab: str = "json"


class ProductChanges:
    """Shows and takes back changes of products."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read histories, and write to a catalog."""
        self._catalog: Catalog = dependencies.catalog
        self._history = ProductHistory(dependencies.journal, dependencies.store)
        self._documents = dependencies.documents

    async def history(self, call: PageCall) -> Answer:
        """Show the changes of a product, also of one that is gone."""
        sku = call.variables["sku"]
        after = line_place(call.query)
        lines = await self._history.lines(call.tenant, sku, PAGE_SIZE + 1, after)
        product = await self._product(call, sku)
        if product is None and not lines and after is None:
            raise ProductNotFoundError(sku)
        changes = changes_of(call)
        page = ProductHistoryPage(
            sku=sku,
            product=product,
            url=product_url(sku, "history"),
            changes=[changes.change(one.line) for one in lines[:PAGE_SIZE]],
            next=next_lines(lines, PAGE_SIZE),
        )
        return render(call, "products/history.html", page)

    async def undo(self, call: PageCall) -> Answer:
        """Take a change back by a new one; ask first where what it changed has changed again."""
        sku, number = call.variables["sku"], call.variables["change"]
        if not _NUMBER.fullmatch(number):
            raise RecordNotFoundError("change", number[:100])
        form = await call.form()
        write = await self._history.undoing(call.tenant, sku, int(number), is_forced=form.flag("force"))
        try:
            await self._catalog.do(call.tenant, write)
        except ChangedSinceError as error:
            return self._asked(call, error)
        return redirect(call, product_url(sku, "history"), call.texts.gettext("The change was taken back."))

    async def json(self, call: PageCall) -> Answer:
        """Show a product as the APIs answer it."""
        product = await self._catalog.product(call.tenant, call.variables["sku"])
        page = ProductJsonPage(
            sku=product.sku,
            product=product,
            url=product_url(product.sku),
            documents=self._documents.of_product(product, call.settings.currency),
        )
        return render(call, "products/json.html", page)

    async def _product(self, call: PageCall, sku: str) -> Product | None:
        try:
            return await self._catalog.product(call.tenant, sku)
        except ProductNotFoundError:
            return None

    def _asked(self, call: PageCall, error: ChangedSinceError) -> Answer:
        sku, changes = call.variables["sku"], changes_of(call)
        places = [tuple(_plain(part) for part in pointer.split("/")[1:]) for pointer in error.pointers]
        page = UndoPage(
            sku=sku,
            url=product_url(sku, "history"),
            action=product_url(sku, f"history/{call.variables['change']}/undo"),
            fields=[changes.label(place) if place else call.texts.gettext("The whole product") for place in places],
        )
        return render(call, "products/undo.html", page, status=_CONFLICT)


def _plain(name: str) -> str:
    """Return a name of a JSON pointer as it was."""
    return name.replace("~1", "/").replace("~0", "~")


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of histories."""
    changes = ProductChanges(dependencies)
    return [
        Page("GET", f"{PRODUCT}/history", changes.history, Role.VIEWER),
        Page("POST", f"{PRODUCT}/history/{{change}}/undo", changes.undo, Role.EDITOR),
        Page("GET", f"{PRODUCT}/json", changes.json, Role.VIEWER),
    ]
