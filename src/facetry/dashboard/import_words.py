"""What the choices of an import are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from facetry.application.interchange.detection import Format
from facetry.application.interchange.proposing import ATTRIBUTE, NOTHING, TARGETS
from facetry.application.interchange.stones import StoneForm
from facetry.dashboard.texts import Texts

Choices = Sequence[tuple[str, str]]
"""Values and what they are called."""


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_FORMATS = {
    Format.CSV: _("Table with the columns of Facetry (CSV)"),
    Format.NDJSON: _("Lines of JSON (NDJSON)"),
    Format.SHOPIFY: _("Products of Shopify (CSV)"),
    Format.GEMSTONES: _("List of stones (CSV)"),
    Format.MAPPED: _("Any other table (CSV)"),
}
_STONE_FORMS = {
    StoneForm.GEMSTONES: _("Gemstones"),
    StoneForm.PRODUCTS: _("Loose products, to be searched and sold"),
    StoneForm.BOTH: _("Both"),
}
_ENCODINGS = {
    "": _("As the file says, else UTF-8"),
    "utf-8": "UTF-8",
    "cp1252": _("Western (Windows)"),
    "cp1250": _("Central European (Windows)"),
    "cp1251": _("Cyrillic (Windows)"),
    "cp1255": _("Hebrew (Windows)"),
    "mac-roman": _("Western (Mac)"),
    "utf-16": "UTF-16",
}
_NUMBERS = {"plain": "1234.50", "point": "1,234.50", "comma": "1.234,50"}
_TARGETS = {
    "sku": _("SKU"),
    "name": _("Name"),
    "groupID": _("Product group"),
    "description": _("Description"),
    "regularPrice": _("Regular price"),
    "promotionPrice": _("Promotion price"),
    "quantity": _("Stock"),
    "category": _("Category"),
    "images": _("Pictures"),
    "brand": _("Brand"),
    "color": _("Color"),
    "size": _("Size"),
    "searchKeywords": _("Search words"),
    "currency": _("Currency"),
    "active": _("Active"),
    "isMain": _("Main product"),
}
_ATTRIBUTES = {
    "text": _("Attribute: text"),
    "number": _("Attribute: number"),
    "flag": _("Attribute: yes or no"),
}


_NOTES = {
    "no_description": _("products without a description"),
    "no_image": _("products without a picture"),
    "no_price": _("products without a price"),
    "zero_price": _("prices of 0, read as no price"),
    "negative_quantity": _("quantities below 0, read as 0"),
    "duplicate_sku": _("SKUs again in the same file: the last one stays"),
    "case_variant_sku": _("SKUs that differ from another only in case: products of their own"),
    "derived_sku": _("variants without a SKU: made of handle and position"),
    "derived_code": _("stones without a code: made of their certificate, or of the line"),
    "unknown_label": _("values that are in no table, kept as written"),
    "zero_size": _("sizes of 0, read as none"),
    "long_handle": _("handles too long for a group id: shortened"),
}


def notes(texts: Texts, counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    """Return what was noted about rows, and how often."""
    return [(texts.gettext(_NOTES.get(kind, kind)), count) for kind, count in counts.items()]


def formats(texts: Texts) -> Choices:
    """Return the formats of files."""
    return [(one.value, texts.gettext(name)) for one, name in _FORMATS.items()]


def stone_forms(texts: Texts) -> Choices:
    """Return what stones can become."""
    return [(one.value, texts.gettext(name)) for one, name in _STONE_FORMS.items()]


def encodings(texts: Texts, own: str) -> Choices:
    """Return encodings; ``own`` is one that is chosen already."""
    known = _ENCODINGS if own in _ENCODINGS else {**_ENCODINGS, own: own}
    return [(value, texts.gettext(name)) for value, name in known.items()]


def number_forms(texts: Texts) -> Choices:
    """Return how a file may write numbers."""
    return [(value, texts.gettext(example)) for value, example in _NUMBERS.items()]


def targets(texts: Texts) -> Choices:
    """Return what a column can be read as."""
    fields = [(name, texts.gettext(_TARGETS[name])) for name in sorted(TARGETS, key=list(_TARGETS).index)]
    kinds = [(ATTRIBUTE[kind], texts.gettext(name)) for kind, name in _ATTRIBUTES.items()]
    return [(NOTHING, texts.gettext("Not imported")), *fields, *kinds]
