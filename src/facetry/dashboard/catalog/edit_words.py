"""Edits of many products in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from facetry.dashboard.call import PageCall
from facetry.dashboard.catalog.edit_forms import Subject
from facetry.dashboard.formats import Formats
from facetry.domain.bulk_edit import EditStatus
from facetry.domain.edits import (
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
)
from facetry.domain.money import SCALE
from facetry.domain.product import Product, ProductContent


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


SUBJECTS: Mapping[Subject, str] = {
    Subject.PRICE: _("Price"),
    Subject.STOCK: _("Stock"),
    Subject.ACTIVE: _("Visibility"),
    Subject.CATEGORY: _("Category"),
}
HOW_TEXTS: Mapping[Subject, Mapping[str, str]] = {
    Subject.PRICE: {
        "percent_up": _("Raise by percent"),
        "percent_down": _("Lower by percent"),
        "amount_up": _("Raise by an amount"),
        "amount_down": _("Lower by an amount"),
        "set": _("Set to a price"),
    },
    Subject.STOCK: {"set": _("Set to"), "add": _("Add"), "take": _("Take away")},
    Subject.ACTIVE: {"show": _("Show to shoppers"), "hide": _("Hide from shoppers")},
    Subject.CATEGORY: {
        "add": _("Add a category"),
        "remove": _("Remove a category"),
        "replace": _("Move to another category"),
    },
}
PRICE_FIELDS: Mapping[PriceField, str] = {
    PriceField.BOTH: _("Price and offer price"),
    PriceField.REGULAR: _("Price only"),
    PriceField.PROMOTION: _("Offer price only"),
}
ROUNDINGS: Mapping[Rounding, str] = {
    Rounding.CENT: _("to 0.01"),
    Rounding.TENTH: _("to 0.10"),
    Rounding.WHOLE: _("to 1"),
    Rounding.FIVE: _("to 5"),
    Rounding.TEN: _("to 10"),
    Rounding.ENDING_99: _("to an ending of .99"),
    Rounding.ENDING_95: _("to an ending of .95"),
    Rounding.EXACT: _("not at all"),
}
STATUSES: Mapping[EditStatus, tuple[str, str]] = {
    EditStatus.RUNNING: (_("Running"), "info"),
    EditStatus.DONE: (_("Done"), "success"),
    EditStatus.STOPPED: (_("Stopped"), "warning"),
    EditStatus.FAILED: (_("Failed"), "danger"),
}
"""Words and kinds of badges."""
LOST = (_("Interrupted"), "danger")


class EditWords:
    """Tells one visitor of edits."""

    def __init__(self, call: PageCall) -> None:
        """Speak to a visitor."""
        self._call = call
        self._text = call.texts.gettext

    def options(self, texts: Mapping[Any, str]) -> Sequence[tuple[str, str]]:
        """Return the choices of a field as values and labels; of enumerations the values of their members."""
        return [(str(getattr(key, "value", key)), self._text(label)) for key, label in texts.items()]

    def title(self, edit: Edit) -> str:
        """Return what an edit does, in one line."""
        message, values = _TITLES[type(edit)](edit, self._call.formats)
        return self._text(message) % values

    def details(self, edit: Edit) -> str:
        """Return what else is to be known of an edit; empty for nothing."""
        if isinstance(edit, SetPrice):
            return self._text(PRICE_FIELDS[edit.field])
        if isinstance(edit, AddToPrice | ScalePrice):
            rounding = self._say(_("rounded %(how)s"), how=self._text(ROUNDINGS[edit.rounding]))
            return f"{self._text(PRICE_FIELDS[edit.field])}, {rounding}"
        return ""

    def values(self, edit: Edit, product: Product | ProductContent) -> Sequence[str]:
        """Return what an edit may change of a product, as a visitor reads it."""
        match edit:
            case SetPrice() | AddToPrice() | ScalePrice():
                currency = product.currency or self._call.settings.currency
                prices = (product.regular_price, product.promotion_price)
                return ["" if price is None else self._call.formats.price(price, currency) for price in prices]
            case SetStock() | AddStock():
                return [self._call.formats.number(product.quantity)]
            case SetActive():
                return [self._text(_("Active") if product.active else _("Inactive"))]
            case AddCategory() | RemoveCategory() | ReplaceCategory():
                return [", ".join(product.category)]

    def columns(self, edit: Edit) -> Sequence[str]:
        """Return what these values are called."""
        match edit:
            case SetPrice() | AddToPrice() | ScalePrice():
                return [self._text(_("Price")), self._text(_("Offer price"))]
            case SetStock() | AddStock():
                return [self._text(_("Stock"))]
            case SetActive():
                return [self._text(_("Visibility"))]
            case AddCategory() | RemoveCategory() | ReplaceCategory():
                return [self._text(_("Category"))]

    def _say(self, message: str, **values: str) -> str:
        return self._text(message) % values


def _signed(number: int, more: str, less: str) -> str:
    return more if number > 0 else less


_Title = Callable[[Any, Formats], tuple[str, Mapping[str, str]]]
_TITLES: Mapping[type[Edit], _Title] = {
    SetPrice: lambda edit, formats: (
        _("Set prices to %(amount)s"),
        {"amount": formats.price(edit.price, edit.currency)},
    ),
    AddToPrice: lambda edit, formats: (
        _signed(edit.amount, _("Raise prices by %(amount)s"), _("Lower prices by %(amount)s")),
        {"amount": formats.price(abs(edit.amount), edit.currency)},
    ),
    ScalePrice: lambda edit, formats: (
        _signed(edit.percent, _("Raise prices by %(amount)s"), _("Lower prices by %(amount)s")),
        {"amount": f"{formats.number(abs(edit.percent) / SCALE)} %"},
    ),
    SetStock: lambda edit, formats: (_("Set stock to %(amount)s"), {"amount": formats.number(edit.quantity)}),
    AddStock: lambda edit, formats: (
        _signed(edit.change, _("Add %(amount)s to stock"), _("Take %(amount)s from stock")),
        {"amount": formats.number(abs(edit.change))},
    ),
    SetActive: lambda edit, _formats: (_("Show to shoppers") if edit.active else _("Hide from shoppers"), {}),
    AddCategory: lambda edit, _formats: (_("Add the category %(name)s"), {"name": edit.path}),
    RemoveCategory: lambda edit, _formats: (_("Remove the category %(name)s"), {"name": edit.path}),
    ReplaceCategory: lambda edit, _formats: (
        _("Move from %(old)s to %(name)s") if edit.old else _("Move all to the category %(name)s"),
        {"old": edit.old, "name": edit.new},
    ),
}
"""The line that tells of each kind of edit, and the values in it."""
