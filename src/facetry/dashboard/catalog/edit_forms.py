"""The forms of edits of many products: what they can say, and the edit that they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

import msgspec

from facetry.dashboard.values import Values
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
from facetry.domain.errors import InvalidValueError
from facetry.domain.money import SCALE
from facetry.domain.trade_terms import numbers
from facetry.domain.typed_values import typed_count, typed_price

MOST_GROUPS = 1000
"""So many groups can be ticked."""


class Subject(Enum):
    """What of products is edited; each has a form of its own."""

    PRICE = "price"
    STOCK = "stock"
    ACTIVE = "active"
    CATEGORY = "category"


class EditForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a form says, as it was typed.

    Attributes:
        subject: What is edited.
        how: One of ``HOWS`` of the subject.
        amount: A price, a percentage or a number of pieces.
        prices: Which prices.
        rounding: Of prices that are calculated.
        category: A category, by its path.
        old_category: The one that it takes the place of.
    """

    subject: Subject = Subject.PRICE
    how: str = ""
    amount: str = ""
    prices: str = PriceField.BOTH.value
    rounding: str = Rounding.CENT.value
    category: str = ""
    old_category: str = ""

    def fields(self) -> list[tuple[str, str]]:
        """Return names and values of the fields, as a form sends them."""
        values = {**msgspec.structs.asdict(self), "do": self.subject.value}
        return [(name, str(value)) for name, value in values.items() if name != "subject" and value]


def read_form(values: Values) -> EditForm:
    """Return what a form says; choices that there are not are the first ones."""
    do, prices, rounding = values.text("do"), values.text("prices"), values.text("rounding")
    subject = Subject(do) if do in {one.value for one in Subject} else Subject.PRICE
    how = values.text("how")
    return EditForm(
        subject=subject,
        how=how if how in HOWS[subject] else "",
        amount=values.text("amount"),
        prices=prices if prices in {one.value for one in PriceField} else PriceField.BOTH.value,
        rounding=rounding if rounding in {one.value for one in Rounding} else Rounding.CENT.value,
        category=values.text("category"),
        old_category=values.text("old_category"),
    )


def edit_of(form: EditForm, currency: str) -> Edit:
    """Return the edit that a form means, with amounts in a currency.

    Raises:
        InvalidValueError: A field does not say what it must; it is named as the form names it.
    """
    read = HOWS[form.subject].get(form.how)
    if read is None:
        raise InvalidValueError("how", "must be chosen")
    return read(form, currency)


def _price(form: EditForm, currency: str) -> int:
    price = typed_price("amount", form.amount, currency)
    if price is None:
        raise InvalidValueError("amount", "must not be empty")
    return price


def _percent(form: EditForm) -> int:
    """Return ten-thousandths of a percent."""
    if not form.amount:
        raise InvalidValueError("amount", "must not be empty")
    # Nobody can mean the sign: whether prices rise or fall was chosen.
    percent = numbers.decimal("amount", form.amount.removesuffix("%")) * SCALE
    if percent != int(percent):
        raise InvalidValueError("amount", "must have at most 4 decimals")
    if percent <= 0:
        raise InvalidValueError("amount", "must be greater than 0")
    return int(percent)


def _pieces(form: EditForm) -> int:
    count = typed_count("amount", form.amount)
    if count is None:
        raise InvalidValueError("amount", "must not be empty")
    return count


def _set_price(form: EditForm, currency: str) -> Edit:
    return SetPrice(_price(form, currency), currency, PriceField(form.prices))


def _added(sign: int) -> Callable[[EditForm, str], Edit]:
    return lambda form, currency: AddToPrice(
        sign * _price(form, currency), currency, PriceField(form.prices), Rounding(form.rounding)
    )


def _scaled(sign: int) -> Callable[[EditForm, str], Edit]:
    return lambda form, _: ScalePrice(sign * _percent(form), PriceField(form.prices), Rounding(form.rounding))


HOWS: Mapping[Subject, Mapping[str, Callable[[EditForm, str], Edit]]] = {
    Subject.PRICE: {
        "percent_up": _scaled(1),
        "percent_down": _scaled(-1),
        "amount_up": _added(1),
        "amount_down": _added(-1),
        "set": _set_price,
    },
    Subject.STOCK: {
        "set": lambda form, _: SetStock(_pieces(form)),
        "add": lambda form, _: AddStock(_pieces(form)),
        "take": lambda form, _: AddStock(-_pieces(form)),
    },
    Subject.ACTIVE: {
        "show": lambda _, __: SetActive(active=True),
        "hide": lambda _, __: SetActive(active=False),
    },
    Subject.CATEGORY: {
        "add": lambda form, _: AddCategory(form.category),
        "remove": lambda form, _: RemoveCategory(form.category),
        "replace": lambda form, _: ReplaceCategory(form.old_category, form.category),
    },
}
"""What can be done to each subject, and the edit that it is."""
