"""Orders and the clients who give them: one model under both published APIs."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

import msgspec

from facetry.domain.record import RecordBase, RecordKind


class OrderStatus(IntEnum):
    """How far an order is."""

    NEW = 1
    PAID = 2
    IN_PRODUCTION = 3
    SHIPPED = 4
    DELIVERED = 5
    COMPLETED = 6
    RETURNED = 7
    CANCELED = 8
    MEMO_OUT = 9


OVER = frozenset({OrderStatus.RETURNED, OrderStatus.CANCELED})
"""An order in one of these has given its pieces back, once, and never goes on."""
SENT = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED})
"""An order in one of these is under way or there."""


class StatusDefinition(msgspec.Struct, frozen=True):
    """A status as a tenant counts and names it.

    Attributes:
        number: Unique in the tenant.
        name: How it is shown, and taken.
        means: What an order in it does.
    """

    number: int
    name: str
    means: OrderStatus


class Address(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where an order goes."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    line_one: str = ""
    line_two: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    zip: str = ""

    @property
    def name(self) -> str:
        """Return first and last name as one."""
        return " ".join(filter(None, (self.first_name, self.last_name)))


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces of one product in an order; prices are integer ten-thousandths.

    Attributes:
        id: Counted within the order from 1.
        sku: Empty for what is no product, such as an engraving.
        product_id: 0 where the order names a product that the catalog did not have.
        stock_action: What the sale does to listings, by the name of a ``SoldAction``; empty for nothing.
    """

    id: int
    sku: str = ""
    product_id: int = 0
    title: str = ""
    amount: int = 1
    price: int | None = None
    original_price: int | None = None
    buying_price: int | None = None
    comment: str = ""
    listing_id: int = 0
    stock_action: str = ""
    tracking_number: str = ""
    carrier: str = ""


class Order(RecordBase, frozen=True, kw_only=True, tag="order"):
    """An order; dates are Unix times, money is integer ten-thousandths.

    Attributes:
        reference: The channel's number for it, unique where it is given: the Catalog API's orderID, the Client API's
            ``order_unique``.
        client_id: Id of the client; 0 for none.
        customer: The client's own reference: the Catalog API's customerID.
        own_status: Number of the tenant's own status that the order is in; 0 for none beside ``status``.
        final_price: None for the sum of the lines with shipping and discount.
        stones: How many of each gemstone, by its id, went out of stock with the lines.
    """

    kind: ClassVar[RecordKind] = RecordKind.ORDER
    reference: str = ""
    channel: int = 0
    account_id: str = ""
    store_name: str = ""
    client_id: int = 0
    customer: str = ""
    currency: str = ""
    status: OrderStatus = OrderStatus.NEW
    own_status: int = 0
    order_date: float = 0.0
    due_date: float | None = None
    update_date: float = 0.0
    address: Address = Address()
    shipping_price: int | None = None
    shipping_type: str = ""
    discount_rate: float | None = None
    discount_sum: int | None = None
    final_price: int | None = None
    tracking_number: str = ""
    carrier: str = ""
    ship_date: float | None = None
    comments: str = ""
    is_gift: bool = False
    is_archived: bool = False
    lines: tuple[OrderLine, ...] = ()
    stones: dict[int, int] = msgspec.field(default_factory=dict)

    @property
    def unique(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def links(self) -> tuple[str, ...]:
        """Return the client."""
        return (str(self.client_id),) if self.client_id else ()

    @property
    def total(self) -> int:
        """Return what is to be paid, in ten-thousandths: never less than nothing."""
        if self.final_price is not None:
            return self.final_price
        return max(0, self.goods + (self.shipping_price or 0) - self.discount)

    @property
    def goods(self) -> int:
        """Return what the lines cost, in ten-thousandths."""
        return sum((line.price or 0) * line.amount for line in self.lines)

    @property
    def discount(self) -> int:
        """Return what is taken off, in ten-thousandths: the sum, else the rate of what the lines cost."""
        if self.discount_sum is not None:
            return self.discount_sum
        return round(self.goods * (self.discount_rate or 0.0) / 100)


class Client(RecordBase, frozen=True, kw_only=True, tag="client"):
    """Somebody who orders.

    Attributes:
        reference: The client's own, unique where it is given: the Catalog API's customerID.
        type: regular or reseller.
        discount: In percent.
        created: Unix time.
        updated: Unix time of the last change.
    """

    kind: ClassVar[RecordKind] = RecordKind.CLIENT
    reference: str = ""
    type: str = "regular"
    name: str = ""
    username: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    country_code: str = ""
    address: str = ""
    comments: str = ""
    tags: tuple[str, ...] = ()
    discount: float | None = None
    created: float = 0.0
    updated: float = 0.0

    @property
    def unique(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def links(self) -> tuple[str, ...]:
        """Return the e-mail address, in small letters; of a client without a reference also that it has none."""
        if not self.email:
            return ()
        email = self.email.lower()
        return (email,) if self.reference else (email, nameless_link(email))


def nameless_link(email: str) -> str:
    """Return by what a client is found who has an e-mail address and no reference."""
    return f"{email.lower()}\n"
