"""Changes of gemstones, listings, orders and clients as their histories show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from facetry.application.record_history import record_change_of
from facetry.dashboard.call import PageCall
from facetry.dashboard.product_views.changes import Change, FieldChange, action_name, actor_name
from facetry.dashboard.records.words import DETAILS, LISTING_STATUSES, OrderWords
from facetry.domain.journal import RecordHistoryLine
from facetry.domain.order import Order, OrderLine
from facetry.domain.product_differences import Place, differing
from facetry.domain.record_differences import LINES, STATUS, record_values
from facetry.domain.records import Record


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_LABELS: Mapping[str, str] = {
    "account_id": _("Account"),
    "address": _("Address"),
    "carat": _("Carat"),
    "carrier": _("Carrier"),
    "certificate_images": _("Pictures of the certificate"),
    "certificate_lab": _("Laboratory"),
    "certificate_number": _("Certificate number"),
    "channel": _("Channel"),
    "city": _("City"),
    "clarity": _("Clarity"),
    "client_id": _("Client"),
    "code": _("Code"),
    "color": _("Color"),
    "comments": _("Notes"),
    "company": _("Company"),
    "cost": _("Cost"),
    "country": _("Country"),
    "country_code": _("Country code"),
    "created": _("Since"),
    "creation": _("Creation"),
    "currency": _("Currency"),
    "customer": _("Reference"),
    "cut": _("Cut"),
    "description": _("Description"),
    "discount": _("Discount"),
    "discount_rate": _("Discount in percent"),
    "discount_sum": _("Discount"),
    "due_date": _("Due"),
    "email": _("E-mail"),
    "external_id": _("The channel's number"),
    "final_price": _("Final price"),
    "first_name": _("First name"),
    "fluorescence": _("Fluorescence"),
    "images": _("Pictures"),
    "is_archived": _("Archived"),
    "is_gift": _("Gift"),
    "is_real": _("It is there"),
    "is_unique": _("Only one of its kind"),
    "last_name": _("Last name"),
    "line_one": _("Address"),
    "line_two": _("Second line of the address"),
    "name": _("Name"),
    "order_date": _("Ordered"),
    "phone": _("Phone"),
    "polish": _("Polish"),
    "price": _("Price"),
    "price_per_carat": _("Price per carat"),
    "quantity": _("Quantity"),
    "quantity_alert": _("Tell me below"),
    "reference": _("Reference"),
    "shape": _("Shape"),
    "ship_date": _("Shipped"),
    "shipping_price": _("Shipping"),
    "shipping_type": _("Type of shipping"),
    "sku": _("SKU of the product"),
    "state": _("State"),
    "status": _("Status"),
    "store_name": _("Store"),
    "symmetry": _("Symmetry"),
    "tags": _("Tags"),
    "title": _("Title"),
    "tracking_number": _("Tracking number"),
    "treatment": _("Treatment"),
    "type": _("Type"),
    "url": _("URL"),
    "username": _("User name"),
    "zip": _("ZIP code"),
}
_ORDER_NUMBER = _("Order number")
_CLIENT_TYPES: Mapping[str, str] = {"regular": _("Regular"), "reseller": _("Reseller")}
_PRICES = frozenset({"cost", "discount_sum", "final_price", "price", "price_per_carat", "shipping_price"})
_TIMES = frozenset({"created", "due_date", "order_date", "ship_date"})
_NONE_AT_ZERO = _TIMES | {"channel", "client_id"}
_DETAILS = "details"


class RecordChanges:
    """Tells changes of records to one visitor."""

    def __init__(self, call: PageCall) -> None:
        """Tell whoever calls, in the words and the currency of the tenant."""
        self._texts = call.texts
        self._formats = call.formats
        self._currency = call.settings.currency
        self._words = OrderWords(call.settings, call.texts)
        self._own: Mapping[str, Callable[[Any], str]] = {
            **dict.fromkeys(_TIMES, call.formats.time),
            "channel": self._words.channel,
            "client_id": "#{}".format,
            "status": lambda status: call.texts.gettext(LISTING_STATUSES[status]),
            "type": lambda word: call.texts.gettext(_CLIENT_TYPES[word]) if word in _CLIENT_TYPES else word,
        }

    def change(self, line: RecordHistoryLine, url: str) -> Change:
        """Return what a line tells of the record with a page."""
        noted = record_change_of(line)
        is_change = noted.before is not None and noted.after is not None
        return Change(
            sku="",
            url=url,
            revision=line.revision,
            time=line.time,
            by=actor_name(self._texts, line.by),
            action=action_name(self._texts, line.action),
            reason=line.reason,
            fields=self.fields(noted.before, noted.after) if is_change else [],  # type: ignore[arg-type]  # neither is None
            undo_url="",
        )

    def fields(self, before: Record, after: Record) -> Sequence[FieldChange]:
        """Return in what a record differs from another state of it."""
        places = differing(record_values(before), record_values(after))
        return [
            FieldChange(self._label(place, after), self._text(place, before), self._text(place, after))
            for place in places
        ]

    def _label(self, place: Place, record: Record) -> str:
        name = place[-1]
        if place == ("reference",) and isinstance(record, Order):
            return self._texts.gettext(_ORDER_NUMBER)
        if place[0] == LINES:
            return self._texts.gettext("Line {number}").format(number=name)
        known = DETAILS.get(name) if place[0] == _DETAILS else _LABELS.get(name)
        return self._texts.gettext(known) if known else name

    def _text(self, place: Place, record: Record) -> str | None:
        """Return what a record has at a place; None for nothing."""
        value, name = record_values(record).get(place), "" if place[0] == _DETAILS else place[-1]
        if value is None or value in ("", ()) or (name in _NONE_AT_ZERO and not value):
            return None
        if not isinstance(record, Order):
            return self._told(name, value, self._currency)
        return self._words.status(record) if place == (STATUS,) else self._told(name, value, record.currency)

    def _told(self, name: str, value: object, currency: str) -> str:
        if name in _PRICES and isinstance(value, int):
            return self._formats.price(value, currency or self._currency)
        if name in self._own:
            return self._own[name](value)
        return self._line(value, currency or self._currency) if isinstance(value, OrderLine) else self._plain(value)

    def _plain(self, value: object) -> str:
        match value:
            case bool():
                return self._texts.gettext("Yes") if value else self._texts.gettext("No")
            case int() | float():
                return self._formats.number(value)
            case tuple():
                return "; ".join(map(str, value))
        return str(value)

    def _line(self, line: OrderLine, currency: str) -> str:
        price = "" if line.price is None else self._formats.price(line.price, currency)
        parcel = " ".join(filter(None, (line.carrier, line.tracking_number)))
        told = f"{self._formats.number(line.amount)} × {line.title or line.sku}"  # noqa: RUF001 - so many of it
        return ", ".join(filter(None, (told, price, parcel, line.comment)))
