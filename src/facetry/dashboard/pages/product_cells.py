"""Changing one field of a product where it stands: price, offer price, stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facetry.application.catalog import Catalog
from facetry.dashboard.addresses import group_url
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.product_views.cells import CELLS, Cell, CellField, Cells
from facetry.dashboard.product_views.group_facts import GroupFacts, group_facts
from facetry.dashboard.product_views.labels import label_of
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.catalog import Guarded, PatchProduct, Stored
from facetry.domain.errors import ChangedMeanwhileError, InvalidValueError, RecordNotFoundError
from facetry.domain.group import ProductGroup
from facetry.domain.guarding import Condition, tag_of
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product
from facetry.domain.user import Role
from facetry.domain.variations import parent_of
from facetry.http.answer import Answer

FIELD = "/dashboard/products/{sku}/fields/{field}"
_INVALID, _CONFLICT = 422, 409
REMOVE = "remove"
"""What a form says of a price that is meant to go."""
_TRIES = 5
"""So often a write is tried again that met a change of something else of the product."""


@dataclass(frozen=True)
class CellPage:
    """A field that is being changed.

    Attributes:
        label: What the field is called.
        back: Where it was shown.
        value: What stands in the input.
        was: What the field was when the visitor began.
        tag: Of the product then.
        error: What is wrong with the value; empty for nothing.
        is_changed: Whether somebody else has changed the field meanwhile; the cell shows what to.
        is_removal: Whether it is asked if the price is to go.
    """

    product: Product
    cell: Cell
    label: str
    back: str
    value: str
    was: str
    tag: str
    error: str = ""
    is_changed: bool = False
    is_removal: bool = False


@dataclass(frozen=True)
class SavedCell:
    """A field that was changed, and what of its group follows.

    Attributes:
        others: The same field of products that follow this one.
    """

    product: Product
    cell: Cell
    label: str
    group: ProductGroup
    facts: GroupFacts
    others: Sequence[tuple[Product, Cell]]


class ProductCells:
    """Shows and changes single fields."""

    def __init__(self, catalog: Catalog) -> None:
        """Change products of a catalog."""
        self._catalog = catalog

    async def show(self, call: PageCall) -> Answer:
        """Show a field to be changed; as it is where the visitor does not want to change it any more."""
        _field(call)
        product = await self._catalog.product(call.tenant, call.variables["sku"])
        if call.query.flag("leave"):
            return await self._saved(call, product)
        return _edited(call, _page(call, product))

    async def change(self, call: PageCall) -> Answer:
        """Change a field, if it still is what the visitor has seen."""
        field, form = _field(call), await call.form()
        value, was, tag = "" if form.flag(REMOVE) else form.text("value"), form.raw("was"), form.text("tag")
        product = await self._catalog.product(call.tenant, call.variables["sku"])
        for _ in range(_TRIES):
            if value == field.typed(product):
                # Whoever presses twice finds what the first time has done.
                return await self._saved(call, product)
            if tag != tag_of(product):
                if field.typed(product) != was:
                    page = _page(call, product, value=value, is_changed=True)
                    return _edited(call, page, status=_CONFLICT)
                # Something else of it has changed; what the visitor wants takes nothing of that back.
                tag = tag_of(product)
            if not value and field.is_price and not form.flag(REMOVE):
                # A slip of the hand must not take a price away.
                asked = call.texts.gettext("Nothing was stored. To take the price away, press “Remove price”.")
                return _edited(call, _page(call, product, value="", error=asked, is_removal=True), status=_INVALID)
            try:
                product = await self._written(call, field, product, value, tag)
            except ChangedMeanwhileError:
                product = await self._catalog.product(call.tenant, product.sku)
            except InvalidValueError as error:
                page = _page(call, product, value=value, error=error.message)
                return _edited(call, page, status=_INVALID)
            else:
                return await self._saved(call, product)
        return _edited(call, _page(call, product, value=value, is_changed=True), status=_CONFLICT)

    async def _written(self, call: PageCall, field: CellField, product: Product, value: str, tag: str) -> Product:
        """Return the product after the write.

        Raises:
            ChangedMeanwhileError: It is not as the tag says.
            InvalidValueError: It cannot have this value.
        """
        key = ProductKey(sku=product.sku)
        patch = field.patch(value, product.currency or call.settings.currency)
        guarded = Guarded(Condition(key, tags=(tag,)), PatchProduct(key, patch))
        effect = await self._catalog.do(call.tenant, guarded)
        assert isinstance(effect, Stored)  # noqa: S101 - narrows the union for the type checker
        return effect.product

    async def _saved(self, call: PageCall, product: Product) -> Answer:
        if not call.is_partial:
            return redirect(call, group_url(product.group_id))
        group = await self._catalog.group(call.tenant, product.group_id)
        cells, name = Cells(call.formats, call.settings.currency), call.variables["field"]
        followers = [one for one in group.products if parent_of(one) == product.sku]
        saved = SavedCell(
            product=product,
            cell=cells.cell(product, name),
            label=_label(call),
            group=group,
            facts=group_facts(group, cells),
            others=[(one, cells.cell(one, name)) for one in followers],
        )
        return render(call, "products/_cell_saved.html", saved)


def _field(call: PageCall) -> CellField:
    """Return the field that a path names.

    Raises:
        RecordNotFoundError: There is none.
    """
    name = call.variables["field"]
    if name not in CELLS:
        raise RecordNotFoundError("field", name[:100])
    return CELLS[name]


def _label(call: PageCall) -> str:
    return label_of(call.texts, _field(call).field)


def _page(
    call: PageCall,
    product: Product,
    *,
    value: str | None = None,
    error: str = "",
    is_changed: bool = False,
    is_removal: bool = False,
) -> CellPage:
    typed = _field(call).typed(product)
    return CellPage(
        product=product,
        cell=Cells(call.formats, call.settings.currency).cell(product, call.variables["field"]),
        label=_label(call),
        back=group_url(product.group_id),
        value=typed if value is None else value,
        was=typed,
        tag=tag_of(product),
        error=error,
        is_changed=is_changed,
        is_removal=is_removal,
    )


def _edited(call: PageCall, page: CellPage, *, status: int = 200) -> Answer:
    template = "products/_cell_edit.html" if call.is_partial else "products/field.html"
    return render(call, template, page, status=status)


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of single fields."""
    cells = ProductCells(dependencies.catalog)
    return [
        Page("GET", FIELD, cells.show, Role.EDITOR),
        Page("POST", FIELD, cells.change, Role.EDITOR),
    ]
