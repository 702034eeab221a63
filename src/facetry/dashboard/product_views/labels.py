"""What the fields of products are called."""

from __future__ import annotations

from collections.abc import Mapping

from facetry.dashboard.texts import Texts


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


LABELS: Mapping[str, str] = {
    "sku": _("SKU"),
    "group_id": _("Product group"),
    "name": _("Name"),
    "description": _("Description"),
    "regular_price": _("Price"),
    "promotion_price": _("Offer price"),
    "currency": _("Currency"),
    "quantity": _("Stock"),
    "brand": _("Brand"),
    "color": _("Color"),
    "size": _("Size"),
    "category": _("Categories"),
    "search_keywords": _("Keywords"),
    "images": _("Pictures"),
    "active": _("Active"),
    "is_main": _("Main product of its group"),
    "attributes": _("Attributes"),
    "metals": _("Metals"),
    "gemstones": _("Gemstones"),
    "product_type": _("Kind of goods"),
    "unrepeatable": _("One of a kind"),
    "quantity_alert": _("Alert at a stock of"),
    "auto_refill": _("Listings follow the stock"),
    "location": _("Location"),
    "videos": _("Videos"),
    "variation": _("Variation"),
    "variation_parent": _("Variation of SKU"),
    "variation_field": _("Differs in"),
    "variation_value": _("Its value there"),
}
"""By the name of the field."""
PART_LABELS: Mapping[str, str] = {
    "name": _("Name"),
    "purity": _("Fineness"),
    "weight": _("Weight in grams"),
    "color": _("Color"),
    "finish": _("Finish"),
    "code": _("Code"),
    "type": _("Stone"),
    "creation": _("Creation"),
    "shape": _("Shape"),
    "clarity": _("Clarity"),
    "cut": _("Cut"),
    "polish": _("Polish"),
    "symmetry": _("Symmetry"),
    "fluorescence": _("Fluorescence"),
    "treatment": _("Treatment"),
    "carat": _("Carat"),
    "quantity": _("Pieces"),
    "certificate_number": _("Certificate number"),
    "certificate_lab": _("Laboratory"),
    "setting": _("Setting"),
    "fluorescence_color": _("Fluorescence color"),
    "depth": _("Depth"),
    "table": _("Table size"),
    "girdle": _("Girdle"),
    "girdle_thin": _("Girdle, thinnest"),
    "girdle_thick": _("Girdle, thickest"),
    "girdle_percent": _("Girdle in percent"),
    "girdle_condition": _("Girdle condition"),
    "culet": _("Culet"),
    "culet_condition": _("Culet condition"),
    "measurements": _("Measurements"),
    "length": _("Length"),
    "width": _("Width"),
    "height": _("Height"),
    "origin": _("Origin"),
    "fancy_color": _("Fancy color"),
    "fancy_intensity": _("Fancy intensity"),
    "fancy_overtone": _("Fancy overtone"),
    "accents": _("Accents"),
}
"""By the name of the property of a metal or gemstone."""
TYPE_LABELS: Mapping[str, str] = {
    "jewelry": _("Jewelry"),
    "component": _("Component"),
    "loose": _("Loose stone"),
    "set": _("Set"),
}
"""By the kind of goods."""


def label_of(texts: Texts, name: str) -> str:
    """Return what a field is called; an attribute by its own name."""
    known = LABELS.get(name)
    return texts.gettext(known) if known else name.removeprefix("attributes.")


def part_label(texts: Texts, name: str) -> str:
    """Return what a property of a metal or gemstone is called; one that a tenant has added by its own name."""
    known = PART_LABELS.get(name)
    return texts.gettext(known) if known else name
