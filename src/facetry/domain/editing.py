"""What an edit does to one product, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from facetry.domain.catalog import PatchProduct, Write
from facetry.domain.edits import (
    CRUMB,
    HUNDRED_PERCENT,
    AddCategory,
    AddStock,
    AddToPrice,
    Edit,
    PriceField,
    RemoveCategory,
    ReplaceCategory,
    Rounding,
    ScalePrice,
    SetActive,
    SetPrice,
    SetStock,
    category_crumbs,
)
from facetry.domain.errors import InvalidValueError
from facetry.domain.money import SCALE
from facetry.domain.patching import ProductKey, ProductPatch, patched
from facetry.domain.product import Product, ProductContent, completed
from facetry.domain.stocking import ChangeStock, changed_quantity

_STEPS: Mapping[Rounding, tuple[int, int]] = {
    Rounding.EXACT: (1, 0),
    Rounding.CENT: (SCALE // 100, 0),
    Rounding.TENTH: (SCALE // 10, 0),
    Rounding.WHOLE: (SCALE, 0),
    Rounding.FIVE: (5 * SCALE, 0),
    Rounding.TEN: (10 * SCALE, 0),
    Rounding.ENDING_99: (SCALE, SCALE * 99 // 100),
    Rounding.ENDING_95: (SCALE, SCALE * 95 // 100),
}
"""Distance of neighbours, and what lies between them and its multiples, in ten-thousandths."""


def write_of(edit: Edit, product: Product, default_currency: str, reason: str = "") -> Write | None:
    """Return the write that does an edit to a product as it is, None where it changes nothing.

    Args:
        edit: What to do.
        product: As it was read; who does the write sees to it that it still is, or reads it again.
        default_currency: The tenant's, of products that name none.
        reason: Why stock changes, for the history.

    Raises:
        InvalidValueError: The product cannot take it.
        InsufficientStockError: It has fewer pieces than are to be taken away.
    """
    if isinstance(edit, AddStock):
        changed_quantity(product.sku, product.quantity, edit.change)
        return ChangeStock(ProductKey(sku=product.sku), edit.change, reason)
    patch = _patch(edit, product, default_currency)
    if _same(product, completed(patched(product, patch))):
        return None
    return PatchProduct(ProductKey(sku=product.sku), patch)


def edited(edit: Edit, product: Product, default_currency: str) -> ProductContent:
    """Return what a product is after an edit; raises what ``write_of`` does."""
    if isinstance(edit, AddStock):
        patch = ProductPatch(quantity=changed_quantity(product.sku, product.quantity, edit.change))
    else:
        patch = _patch(edit, product, default_currency)
    return completed(patched(product, patch))


def rounded(price: Fraction, rounding: Rounding) -> int:
    """Return the price in ten-thousandths that is nearest to an exact one among those a rounding allows."""
    step, ending = _STEPS[rounding]
    # Half a step up, then down to the next multiple: exact, and the higher one of two that are as near.
    return int((price - ending + Fraction(step, 2)) // step) * step + ending


def _patch(edit: Edit, product: Product, default_currency: str) -> ProductPatch:
    return _PATCHES[type(edit)](edit, product, default_currency)


def _set_price(edit: SetPrice, product: Product, default_currency: str) -> ProductPatch:
    _check_currency(edit.currency, product, default_currency)
    return _priced(edit.field, edit.price, edit.price)


def _add_to_price(edit: AddToPrice, product: Product, default_currency: str) -> ProductPatch:
    _check_currency(edit.currency, product, default_currency)
    return _calculated(edit, product, lambda price: Fraction(price + edit.amount))


def _scale_price(edit: ScalePrice, product: Product, _: str) -> ProductPatch:
    factor = Fraction(HUNDRED_PERCENT + edit.percent, HUNDRED_PERCENT)
    return _calculated(edit, product, lambda price: price * factor)


def _calculated(edit: AddToPrice | ScalePrice, product: Product, calculate: Callable[[int], Fraction]) -> ProductPatch:
    regular, promotion = (
        None if price is None else rounded(calculate(price), edit.rounding)
        for price in (product.regular_price, product.promotion_price)
    )
    wanted = {PriceField.REGULAR: (regular,), PriceField.PROMOTION: (promotion,)}.get(edit.field, (regular, promotion))
    _check(any(price is not None for price in wanted), "price", "is missing, so that nothing can be calculated")
    return _priced(edit.field, regular, promotion)


def _priced(field: PriceField, regular: int | None, promotion: int | None) -> ProductPatch:
    """Return the patch of prices; where only the regular one is set, a promotion price that is the same follows."""
    match field:
        case PriceField.REGULAR:
            return ProductPatch(regular_price=regular)
        case PriceField.PROMOTION:
            return ProductPatch(promotion_price=promotion)
        case PriceField.BOTH:
            return ProductPatch(regular_price=regular, promotion_price=promotion)


def _check_currency(currency: str, product: Product, default_currency: str) -> None:
    own = product.currency or default_currency
    _check(own == currency, "currency", f"is {own}, and the amount is given in {currency}")


def _categories(edit: AddCategory | RemoveCategory | ReplaceCategory, product: Product, _: str) -> ProductPatch:
    match edit:
        case AddCategory():
            known = {category_crumbs(path) for path in product.category}
            added = () if category_crumbs(edit.path) in known else (_joined(category_crumbs(edit.path)),)
            return ProductPatch(category=(*product.category, *added))
        case RemoveCategory():
            gone = category_crumbs(edit.path)
            return ProductPatch(category=tuple(path for path in product.category if not _is_below(path, gone)))
        case ReplaceCategory():
            return ProductPatch(category=_moved(edit, product.category))


def _moved(edit: ReplaceCategory, category: tuple[str, ...]) -> tuple[str, ...]:
    old, new = category_crumbs(edit.old), category_crumbs(edit.new)
    if not old:
        return category if [category_crumbs(path) for path in category] == [new] else (_joined(new),)
    moved = (_joined((*new, *category_crumbs(path)[len(old) :])) if _is_below(path, old) else path for path in category)
    return tuple({category_crumbs(path): path for path in moved}.values())


def _is_below(path: str, crumbs: tuple[str, ...]) -> bool:
    """Return whether a category is the one with these levels, or below it."""
    return category_crumbs(path)[: len(crumbs)] == crumbs


def _joined(crumbs: tuple[str, ...]) -> str:
    return CRUMB.join(crumbs)


def _same(product: Product, content: ProductContent) -> bool:
    return all(getattr(product, name) == getattr(content, name) for name in ProductContent.__struct_fields__)


def _check(is_right: bool, field: str, message: str) -> None:  # noqa: FBT001 - read beside what it is about
    if not is_right:
        raise InvalidValueError(field, message)


_PATCHES: Mapping[type[Edit], Callable[[Any, Product, str], ProductPatch]] = {
    SetPrice: _set_price,
    AddToPrice: _add_to_price,
    ScalePrice: _scale_price,
    SetStock: lambda edit, _, __: ProductPatch(quantity=edit.quantity),
    SetActive: lambda edit, _, __: ProductPatch(active=edit.active),
    **dict.fromkeys((AddCategory, RemoveCategory, ReplaceCategory), _categories),
}
