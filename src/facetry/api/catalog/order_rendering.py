"""Orders as the documents of v1, key by key in the order of the fields."""

from __future__ import annotations

from collections.abc import Mapping

from facetry.api.catalog.rendering import Document
from facetry.domain.money import price_to_number
from facetry.domain.order import Order, OrderStatus
from facetry.domain.times import iso_time

ADDRESS_PARTS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "phoneNumber": "phone",
    "addressLineOne": "line_one",
    "addressLineTwo": "line_two",
    "city": "city",
    "state": "state",
    "country": "country",
    "pincode": "zip",
}
"""The parts of an address, from v1's name to the domain's."""
STATUSES: Mapping[str, OrderStatus] = {
    "ORDERED": OrderStatus.NEW,
    "UNDER_PROCESSING": OrderStatus.PAID,
    "SHIPPED": OrderStatus.SHIPPED,
    "CANCELED": OrderStatus.CANCELED,
}
"""What each name sets."""
SHOWN_AS: Mapping[OrderStatus, str] = {
    OrderStatus.NEW: "ORDERED",
    OrderStatus.PAID: "UNDER_PROCESSING",
    OrderStatus.IN_PRODUCTION: "UNDER_PROCESSING",
    OrderStatus.SHIPPED: "SHIPPED",
    OrderStatus.DELIVERED: "SHIPPED",
    OrderStatus.COMPLETED: "SHIPPED",
    OrderStatus.RETURNED: "CANCELED",
    OrderStatus.CANCELED: "CANCELED",
    OrderStatus.MEMO_OUT: "ORDERED",
}
"""Under which name each status shows."""


def order_document(order: Order) -> Document:
    """Return an order; a line that is no product is not in it."""
    quantities: dict[str, int] = {}
    prices: dict[str, float] = {}
    for line in order.lines:
        if line.sku:
            quantities[line.sku] = quantities.get(line.sku, 0) + line.amount
        if line.sku and line.price is not None:
            prices.setdefault(line.sku, price_to_number(line.price))
    return {
        "orderID": order.reference,
        "customerID": order.customer,
        "orderDate": iso_time(order.order_date, "milliseconds"),
        "totalAmount": price_to_number(order.total),
        "currency": order.currency,
        "isGift": order.is_gift,
        "status": SHOWN_AS[order.status],
        "shippingAddress": {v1: text for v1, part in ADDRESS_PARTS.items() if (text := getattr(order.address, part))},
        "productQuantity": quantities,
        "productPrice": prices,
    }
