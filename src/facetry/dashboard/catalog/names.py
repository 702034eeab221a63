"""How fields and their values are called in the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping

from facetry.dashboard.call import PageCall
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_FIELDS: Mapping[str, str] = {
    "active": _("Visibility"),
    "brand": _("Brand"),
    "category": _("Category"),
    "color": _("Color"),
    "currency": _("Currency"),
    "group_id": _("Product group"),
    "in_stock": _("Stock"),
    "is_main": _("Main product"),
    "name": _("Name"),
    "price": _("Price"),
    "promotion_price": _("Offer price"),
    "quantity": _("Pieces"),
    "regular_price": _("Regular price"),
    "ring_circumference": _("Ring circumference"),
    "search_keywords": _("Search keywords"),
    "size": _("Size"),
    "sku": _("SKU"),
}
_VALUES: Mapping[tuple[str, str], str] = {
    ("active", "true"): _("Active"),
    ("active", "false"): _("Inactive"),
    ("in_stock", "true"): _("Available"),
    ("in_stock", "false"): _("Sold out"),
    ("is_main", "true"): _("Yes"),
    ("is_main", "false"): _("No"),
}


class FieldNames:
    """Names for one visitor.

    Attributes:
        currency: Of prices.
    """

    def __init__(self, call: PageCall) -> None:
        """Speak to a visitor."""
        self._call = call
        self.currency: str = call.settings.currency

    def field(self, name: str) -> str:
        """Return what a field is called, by its full name."""
        if name in _FIELDS:
            return self._call.texts.gettext(_FIELDS[name])
        for prefix, label in ((STONES, _("Gemstone: %(name)s")), (METALS, _("Metal: %(name)s"))):
            if name.startswith(prefix):
                return self._call.texts.gettext(label) % {"name": _readable(name.removeprefix(prefix))}
        return _readable(name.removeprefix(ATTRIBUTES))

    def value(self, field: str, value: str) -> str:
        """Return what a value of a field is called."""
        known = _VALUES.get((field, value.lower()))
        return self._call.texts.gettext(known) if known else value

    def price(self, minor: int) -> str:
        """Return a price in the tenant's currency."""
        return self._call.formats.price(minor, self.currency)

    def price_limits(self, lowest: int | None, highest: int | None) -> str:
        """Return limits of prices, of which one may be missing."""
        if lowest is not None and highest is not None:
            return f"{self.price(lowest)} \N{EN DASH} {self.price(highest)}"
        if highest is not None:
            return self._call.texts.gettext("up to %(price)s") % {"price": self.price(highest)}
        return self._call.texts.gettext("from %(price)s") % {"price": self.price(lowest or 0)}

    def price_range(self, first: int, end: int, count: int) -> str:
        """Return a range of prices in ten-thousandths, its end not included, and how many groups are in it."""
        text = self._call.texts.ngettext(
            "%(from)s to %(to)s: %(num)s group", "%(from)s to %(to)s: %(num)s groups", count
        )
        return text % {"from": self.price(first), "to": self.price(end), "num": self._call.formats.number(count)}


def _readable(name: str) -> str:
    """Return the name of an attribute as a heading: ``ring_style`` as ``Ring style``."""
    text = name.replace("_", " ").strip() or name
    return text[:1].upper() + text[1:]
