"""What statuses and channels are called on pages, in the visitor's language where the tenant has not named them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from facetry.dashboard.records.paging import Choice
from facetry.dashboard.texts import Texts
from facetry.domain.channels import all_channels
from facetry.domain.listing import BatchStatus, ListingStatus
from facetry.domain.order import Order, OrderStatus
from facetry.domain.order_statuses import Statuses, statuses_of
from facetry.domain.tenant import TenantSettings

Word = TypeVar("Word")


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_ORDER_STATUSES: Mapping[int, str] = {
    OrderStatus.NEW: _("New"),
    OrderStatus.PAID: _("Paid"),
    OrderStatus.IN_PRODUCTION: _("In production"),
    OrderStatus.SHIPPED: _("Shipped"),
    OrderStatus.DELIVERED: _("Delivered"),
    OrderStatus.COMPLETED: _("Completed"),
    OrderStatus.RETURNED: _("Returned"),
    OrderStatus.CANCELED: _("Canceled"),
    OrderStatus.MEMO_OUT: _("Memo out"),
}
ORDER_BADGES: Mapping[OrderStatus, str] = {
    OrderStatus.NEW: "accent",
    OrderStatus.PAID: "info",
    OrderStatus.IN_PRODUCTION: "gold",
    OrderStatus.SHIPPED: "info",
    OrderStatus.DELIVERED: "success",
    OrderStatus.COMPLETED: "success",
    OrderStatus.RETURNED: "warning",
    OrderStatus.CANCELED: "danger",
    OrderStatus.MEMO_OUT: "gold",
}
"""The kind of badge of each status."""
LISTING_STATUSES: Mapping[ListingStatus, str] = {
    ListingStatus.ACTIVE: _("Active"),
    ListingStatus.SCHEDULED: _("Scheduled"),
    ListingStatus.ENDED: _("Ended"),
}
LISTING_BADGES = {ListingStatus.ACTIVE: "success", ListingStatus.SCHEDULED: "info", ListingStatus.ENDED: ""}
BATCH_STATUSES: Mapping[BatchStatus, str] = {
    BatchStatus.QUEUED: _("Queued"),
    BatchStatus.IN_PROGRESS: _("Running"),
    BatchStatus.PAUSED: _("Paused"),
    BatchStatus.SUCCESS: _("Done"),
    BatchStatus.WARNINGS: _("Done with warnings"),
    BatchStatus.ERRORS: _("Failed"),
    BatchStatus.CANCELED: _("Canceled"),
}
BATCH_BADGES: Mapping[BatchStatus, str] = {
    BatchStatus.QUEUED: "info",
    BatchStatus.IN_PROGRESS: "accent",
    BatchStatus.PAUSED: "gold",
    BatchStatus.SUCCESS: "success",
    BatchStatus.WARNINGS: "warning",
    BatchStatus.ERRORS: "danger",
    BatchStatus.CANCELED: "",
}
LISTED_FIELDS: Mapping[str, str] = {
    "price": _("Price"),
    "quantity": _("Quantity"),
    "title": _("Title"),
    "description": _("Description"),
    "images": _("Pictures"),
}
"""What a batch brings up to date."""
DETAILS: Mapping[str, str] = {
    "origin": _("Origin"),
    "measurements": _("Measurements"),
    "depth": _("Depth"),
    "table": _("Table size"),
    "girdle": _("Girdle"),
    "culet": _("Culet"),
    "color_range": _("Range of colors"),
    "fancy_color": _("Fancy color"),
    "fancy_intensity": _("Intensity"),
    "fluorescence_color": _("Color of the fluorescence"),
}
"""What is called by a name of ours among the details of gemstones."""
_BUILT_IN = Statuses().names


def translated(words: Mapping[Word, str], texts: Texts) -> Mapping[Word, str]:
    """Return words in a language; templates must not translate what may be anybody's text."""
    return {one: texts.gettext(text) for one, text in words.items()}


class OrderWords:
    """What a tenant's statuses and channels are called."""

    def __init__(self, settings: TenantSettings, texts: Texts) -> None:
        """Know a tenant's names, and a language for all others."""
        self._statuses = statuses_of(settings.client_api.statuses)
        self._channels = {one.number: one.name for one in all_channels(settings.client_api.channels)}
        self._texts = texts

    def status(self, order: Order) -> str:
        """Return what the status is called that an order is in."""
        return self.status_named(self._statuses.number(order))

    def status_named(self, number: int) -> str:
        """Return what the status with a number is called."""
        name = self._statuses.names[number]
        return self._texts.gettext(_ORDER_STATUSES[number]) if name == _BUILT_IN.get(number) else name

    def built_in(self, status: OrderStatus) -> str:
        """Return what a status is called where the tenant has not named it."""
        return self._texts.gettext(_ORDER_STATUSES[status])

    def channel(self, number: int) -> str:
        """Return what a channel is called; one that is none any more by its number, and nothing for none."""
        return self._channels.get(number, str(number)) if number else ""

    def statuses(self, numbers: Iterable[int] | None = None) -> tuple[Choice, ...]:
        """Return the entries of a select of statuses, of all unless they are named."""
        wanted = self._statuses.names if numbers is None else numbers
        return tuple(Choice(str(number), self.status_named(number)) for number in wanted)

    @property
    def channels(self) -> tuple[Choice, ...]:
        """Return the entries of a select of channels."""
        return tuple(Choice(str(number), name) for number, name in self._channels.items())
