"""The form of a product as a page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facetry.dashboard.call import PageCall
from facetry.dashboard.product_form.state import GEMSTONES, METALS, ProductState
from facetry.dashboard.product_views.changes import FieldChange
from facetry.dashboard.product_views.labels import TYPE_LABELS, label_of, part_label
from facetry.domain.part_reading import GEMSTONE_READERS, METAL_READERS
from facetry.domain.product import Product
from facetry.domain.search.fields import METALS as METALS_PREFIX
from facetry.domain.search.fields import STONES

USUAL_STONE = (
    *("code", "type", "shape", "carat", "color", "clarity", "cut", "quantity", "certificate_lab"),
    "certificate_number",
)
"""Properties of a gemstone that every row shows; the others open below."""
FEW_PARTS = 20
"""With more metals and gemstones a row has only what it is filled with, beside what is usual."""


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_KIND_LABELS = {
    "text": _("Text"),
    "number": _("Number"),
    "boolean": _("Yes or no"),
    "list": _("List"),
    "json": _("JSON"),
}


@dataclass(frozen=True)
class PartInput:
    """One property of a metal or gemstone."""

    name: str
    label: str
    value: str
    error: str


@dataclass(frozen=True)
class PartView:
    """One metal or gemstone.

    Attributes:
        name: What its inputs begin with: ``metals.0``.
        was: See ``PartRow``.
        usual: What is always shown.
        further: What opens.
        is_open: Whether something of that is filled, or wrong.
    """

    name: str
    was: str
    usual: Sequence[PartInput]
    further: Sequence[PartInput]
    is_open: bool


@dataclass(frozen=True)
class Fault:
    """Something that is wrong.

    Attributes:
        field: Name of the field beside which it stands; empty for what is wrong with the product as a whole.
    """

    field: str
    label: str
    message: str


@dataclass(frozen=True)
class ProductFormPage:
    """A form of a product.

    Attributes:
        product: That is changed; None for a new one.
        state: What stands in the form.
        errors: What is wrong by field, in the visitor's language.
        faults: The same, one after the other.
        tag: Of the product as the form shows it.
        like: SKU of the product that a new one is made after; empty for none.
        url: Of the product; empty for a new one.
        action: Where the form goes.
        back: Where cancelling leads.
        conflict: What somebody else has changed meanwhile (``before``), beside what stands in the form (``after``).
        focus: The list that has got a new row; empty for none.
    """

    product: Product | None
    state: ProductState
    errors: Mapping[str, str]
    tag: str
    url: str
    action: str
    back: str
    metals: Sequence[PartView]
    gemstones: Sequence[PartView]
    attribute_names: Sequence[str]
    kinds: Sequence[tuple[str, str]]
    types: Sequence[tuple[str, str]]
    currency: str
    faults: Sequence[Fault] = ()
    like: str = ""
    conflict: Sequence[FieldChange] = ()
    focus: str = ""
    tab: str = "product"


def part_views(call: PageCall, state: ProductState, kind: str, errors: Mapping[str, str]) -> Sequence[PartView]:
    """Return the metals, or the gemstones, of a form."""
    rows = getattr(state, kind)
    usual, readers, prefix = (
        ((*METAL_READERS,), METAL_READERS, METALS_PREFIX) if kind == METALS else (USUAL_STONE, GEMSTONE_READERS, STONES)
    )
    typed = [one.name.removeprefix(prefix) for one in call.settings.attributes if one.name.startswith(prefix)]
    known = dict.fromkeys([*usual, *readers, *typed])
    is_few = len(state.metals) + len(state.gemstones) <= FEW_PARTS
    views = []
    for place, row in enumerate(rows):
        name = f"{kind}.{place}"
        inputs = {
            one: _input(call, f"{name}.{one}", row.values.get(one, ""), errors)
            for one in known
            if one in usual or is_few or row.values.get(one)
        }
        further = [one for key, one in inputs.items() if key not in usual]
        shown = [one for key, one in inputs.items() if key in usual]
        is_open = any(one.value or one.error for one in further)
        views.append(PartView(name, row.was, shown, further, is_open))
    return views


def form_page(call: PageCall, state: ProductState, errors: Mapping[str, str], **further: object) -> ProductFormPage:
    """Return the page of a form; ``further`` are those of its attributes that do not follow from the rest."""
    text = call.texts.gettext
    metals, gemstones = (part_views(call, state, kind, errors) for kind in (METALS, GEMSTONES))
    prefix = "attributes."
    typed = [one.name.removeprefix(prefix) for one in call.settings.attributes]
    return ProductFormPage(
        state=state,
        errors=errors,
        metals=metals,
        gemstones=gemstones,
        attribute_names=[name for name in typed if "." not in name],
        kinds=[(kind, text(label)) for kind, label in _KIND_LABELS.items()],
        types=[(name, text(label)) for name, label in TYPE_LABELS.items()],
        currency=state.values["currency"] or call.settings.currency,
        faults=_faults(call, state, errors, (*metals, *gemstones)),
        **further,  # type: ignore[arg-type]  # attributes of it
    )


def _faults(
    call: PageCall, state: ProductState, errors: Mapping[str, str], parts: Sequence[PartView]
) -> Sequence[Fault]:
    """Return what is wrong in the order in which it is read: what stands beside no field first."""
    labels = {name: label_of(call.texts, name) for name in state.values}
    for place, row in enumerate(state.attributes):
        names = (f"attributes.{place}.{name}" for name in ("name", "kind", "value"))
        labels |= dict.fromkeys(names, row.name or label_of(call.texts, "attributes"))
    labels |= {one.name: one.label for view in parts for one in (*view.usual, *view.further)}
    found = [Fault(field if field in labels else "", labels.get(field, field), text) for field, text in errors.items()]
    return sorted(found, key=lambda fault: fault.field != "")


def _input(call: PageCall, name: str, value: str, errors: Mapping[str, str]) -> PartInput:
    return PartInput(name, part_label(call.texts, name.split(".", 2)[2]), value, errors.get(name, ""))
