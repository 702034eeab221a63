"""Pages of one product: all its fields in a form, a new one, and its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
from msgspec import UNSET

from facetry.application.catalog import Catalog
from facetry.application.product_history import ProductHistory
from facetry.dashboard.addresses import NEW, PRODUCTS, group_url, product_url
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.forms import FIELD_ERRORS
from facetry.dashboard.pages import product_cells, product_changes
from facetry.dashboard.pages.groups import changes_of
from facetry.dashboard.product_form.reading import ProductFormReader, faults_of
from facetry.dashboard.product_form.state import ADD, REMOVE, ProductState, sent_state, state_of
from facetry.dashboard.product_views.form_views import ProductFormPage, form_page
from facetry.dashboard.product_views.value_texts import ValueTexts
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.catalog import Deleted, DeleteProduct, Guarded, IfExists, PatchProduct, PutProduct
from facetry.domain.errors import (
    ChangedMeanwhileError,
    GroupFullError,
    InvalidFieldsError,
    InvalidValueError,
    ProductExistsError,
    ProductNotFoundError,
)
from facetry.domain.guarding import Condition, tag_of
from facetry.domain.patching import ProductKey, ProductPatch, patched
from facetry.domain.product import Product, ProductContent, completed
from facetry.domain.product_differences import patch_to, values_of
from facetry.domain.user import Role
from facetry.http.answer import Answer

PRODUCT = f"{PRODUCTS}/{{sku}}"
_INVALID, _CONFLICT = 422, 409
_REFUSALS = (*FIELD_ERRORS, ProductExistsError, GroupFullError)


@dataclass(frozen=True)
class ProductFactsPage:
    """The page of a product for who may not change it."""

    product: Product
    url: str
    facts: Sequence[tuple[str, str | None]]
    tab: str = "product"


@dataclass(frozen=True)
class DeletePage:
    """The page that asks whether a product is to go.

    Attributes:
        is_changed: Whether it was changed since it was asked for the first time.
    """

    product: Product
    url: str
    tag: str
    is_changed: bool = False


class Products:
    """Shows, makes, changes and removes products."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Write to a catalog, and look up in its history what a form was made of."""
        self._catalog: Catalog = dependencies.catalog
        self._history = ProductHistory(dependencies.journal, dependencies.store)

    async def show(self, call: PageCall) -> Answer:
        """Show a product: to who may change it as a form."""
        product = await self._catalog.product(call.tenant, call.variables["sku"])
        if call.may(Role.EDITOR):
            return _form(call, _of_product(call, product, state_of(product)))
        page = ProductFactsPage(product, product_url(product.sku), _facts(call, product))
        return render(call, "products/show.html", page)

    async def change(self, call: PageCall) -> Answer:
        """Change a product as its form says, or give the form rows more or less."""
        form, product = await call.form(), await self._catalog.product(call.tenant, call.variables["sku"])
        state, tag = sent_state(form), form.text("tag")
        if form.text(ADD) or form.text(REMOVE):
            page = _of_product(call, product, state)
            return _form(call, replace(page, tag=tag, focus=form.text(ADD)))
        try:
            content = ProductFormReader(call.settings, product).content(_named(state, product.sku))
            patch = patch_to(product, content)
            if tag != tag_of(product):
                return await self._lost(call, product, state, content, tag)
            if patch == ProductPatch():
                return redirect(call, product_url(product.sku), call.texts.gettext("Nothing was changed."))
            await self._patch(call, product, patch, tag)
        except ChangedMeanwhileError:
            current = await self._catalog.product(call.tenant, product.sku)
            return await self._lost(call, current, state, content, tag)
        except _REFUSALS as error:
            page = _of_product(call, product, state, _errors(call, error, state))
            return _form(call, replace(page, tag=tag), status=_INVALID)
        return redirect(call, product_url(product.sku), call.texts.gettext("Saved."))

    async def blank(self, call: PageCall) -> Answer:
        """Show the form of a new product: an empty one, of a group (``group``), or after another product (``like``)."""
        like = await self._like(call, call.query.text("like"))
        content = _copied(like) if like else ProductContent(sku="", name="", group_id=call.query.text("group"))
        return _form(call, _of_new(call, state_of(content), like))

    async def create(self, call: PageCall) -> Answer:
        """Store a new product as its form says, or give the form rows more or less."""
        form = await call.form()
        state, like = sent_state(form), await self._like(call, form.text("like"))
        if form.text(ADD) or form.text(REMOVE):
            return _form(call, replace(_of_new(call, state, like), focus=form.text(ADD)))
        try:
            content = ProductFormReader(call.settings, _copied(like) if like else None).content(state)
            put = PutProduct(content, IfExists.REFUSE, mounts=bool(content.gemstones))
            await self._catalog.do(call.tenant, put)
        except _REFUSALS as error:
            return _form(call, _of_new(call, state, like, _errors(call, error, state)), status=_INVALID)
        return redirect(call, product_url(content.sku), call.texts.gettext("The product was created."))

    async def ask(self, call: PageCall) -> Answer:
        """Ask whether a product is to be removed."""
        product = await self._catalog.product(call.tenant, call.variables["sku"])
        return render(call, "products/delete.html", DeletePage(product, product_url(product.sku), tag_of(product)))

    async def remove(self, call: PageCall) -> Answer:
        """Remove a product, if it still is as it was when that was asked."""
        sku, form = call.variables["sku"], await call.form()
        product = await self._catalog.product(call.tenant, sku)
        condition = Condition(ProductKey(sku=sku), tags=(form.text("tag"),))
        try:
            effect = await self._catalog.do(call.tenant, Guarded(condition, DeleteProduct(sku)))
        except ChangedMeanwhileError:
            current = await self._catalog.product(call.tenant, sku)
            page = DeletePage(current, product_url(sku), tag_of(current), is_changed=True)
            return render(call, "products/delete.html", page, status=_CONFLICT)
        is_last = isinstance(effect, Deleted) and effect.group_gone
        url = "/dashboard/catalog" if is_last else group_url(product.group_id)
        return redirect(call, url, call.texts.gettext("The product was deleted."))

    async def _patch(self, call: PageCall, product: Product, patch: ProductPatch, tag: str) -> None:
        key = ProductKey(sku=product.sku)
        mounts = patch.gemstones is not UNSET and bool(patch.gemstones)
        write = PatchProduct(key, patch, mounts=mounts)
        await self._catalog.do(call.tenant, Guarded(Condition(key, tags=(tag,)), write))

    async def _lost(
        self, call: PageCall, product: Product, state: ProductState, content: ProductContent, tag: str
    ) -> Answer:
        """Show what somebody else has made of a product meanwhile, and what saving the form would make of that."""
        base = await self._history.state(call.tenant, product.sku, tag)
        wanted = completed(content)
        if base is not None:
            # What the visitor has not touched is as the other one has left it.
            typed = ProductFormReader(call.settings, base).content(_named(state, product.sku))
            wanted = completed(patched(product, patch_to(base, typed)))
            state = state_of(wanted)
        conflict = changes_of(call).meeting(base or product, product, wanted)
        if patch_to(product, wanted) == ProductPatch():
            return redirect(call, product_url(product.sku), call.texts.gettext("Somebody else made the same change."))
        page = _of_product(call, product, state)
        return _form(call, replace(page, conflict=conflict), status=_CONFLICT)

    async def _like(self, call: PageCall, sku: str) -> Product | None:
        """Return the product that a new one is made after; None for none, and for one that is gone."""
        try:
            return await self._catalog.product(call.tenant, sku) if sku else None
        except ProductNotFoundError:
            return None


def _copied(product: Product) -> ProductContent:
    """Return what a new variant of the same group begins with."""
    fields = {name: getattr(product, name) for name in ProductContent.__struct_fields__}
    return ProductContent(**fields | {"sku": "", "is_main": False})


def _named(state: ProductState, sku: str) -> ProductState:
    """Return what stands in the form of a product whose SKU cannot be changed."""
    return msgspec.structs.replace(state, values={**state.values, "sku": sku})


def _of_product(
    call: PageCall, product: Product, state: ProductState, errors: Mapping[str, str] | None = None
) -> ProductFormPage:
    return form_page(
        call,
        _named(state, product.sku),
        errors or {},
        product=product,
        tag=tag_of(product),
        url=product_url(product.sku),
        action=product_url(product.sku, "edit"),
        back=group_url(product.group_id),
    )


def _of_new(
    call: PageCall, state: ProductState, like: Product | None, errors: Mapping[str, str] | None = None
) -> ProductFormPage:
    group = like.group_id if like else state.values["group_id"]
    return form_page(
        call,
        state,
        errors or {},
        product=None,
        tag="",
        url="",
        action=f"{PRODUCTS}/{NEW}",
        back=group_url(group) if group else "/dashboard/catalog",
        like=like.sku if like else "",
    )


def _form(call: PageCall, page: ProductFormPage, *, status: int = 200) -> Answer:
    return render(call, "products/_form.html" if call.is_partial else "products/edit.html", page, status=status)


def _errors(call: PageCall, error: Exception, state: ProductState) -> Mapping[str, str]:
    """Return what is wrong by field."""
    match error:
        case ProductExistsError():
            return {"sku": call.texts.gettext("is taken by another product")}
        case GroupFullError():
            return {"group_id": error.message}
        case InvalidValueError() | InvalidFieldsError():
            return faults_of(error, state)
        case _:
            raise error


def _facts(call: PageCall, product: Product) -> Sequence[tuple[str, str | None]]:
    """Return all fields of a product that have a value, by what they are called."""
    changes, texts = changes_of(call), ValueTexts(call.texts, call.formats)
    currency = product.currency or call.settings.currency
    return [
        (changes.label(place), text)
        for place, value in values_of(product).items()
        if (text := texts.text(place[0], value, currency)) is not None
    ]


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of products."""
    products = Products(dependencies)
    return [
        Page("GET", f"{PRODUCTS}/{NEW}", products.blank, Role.EDITOR),
        Page("POST", f"{PRODUCTS}/{NEW}", products.create, Role.EDITOR),
        Page("GET", PRODUCT, products.show, Role.VIEWER),
        Page("GET", f"{PRODUCT}/details", products.show, Role.VIEWER),
        Page("GET", f"{PRODUCT}/edit", products.show, Role.EDITOR),
        Page("POST", f"{PRODUCT}/edit", products.change, Role.EDITOR),
        Page("GET", f"{PRODUCT}/delete", products.ask, Role.EDITOR),
        Page("POST", f"{PRODUCT}/delete", products.remove, Role.EDITOR),
        *product_cells.routes(dependencies),
        *product_changes.routes(dependencies),
    ]
