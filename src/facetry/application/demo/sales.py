"""The orders of the demo catalog: those of some eight weeks, the last ones still to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from facetry.application.demo.dice import Dice
from facetry.application.demo.model import Group
from facetry.application.demo.people import PEOPLE
from facetry.application.demo.prices import reduced
from facetry.domain.money import SCALE
from facetry.domain.order import OVER, SENT, Order, OrderLine, OrderStatus
from facetry.domain.ordering import PlaceOrder

ORDERS = 36
CHANNELS = (5100, 5100, 3000, 1100, 1600, 0)
"""Shopify, Etsy, eBay, and the shop at the corner."""
_CENT = SCALE // 100
_DAY_SECONDS = 86_400
_HOUR_SECONDS = 3_600
_SPACING_HOURS = 37
_SHIPPING = 12 * SCALE
_CARRIERS = ("UPS", "DHL", "FedEx")
_OPEN = (OrderStatus.NEW, OrderStatus.NEW, OrderStatus.PAID, OrderStatus.IN_PRODUCTION)
_DONE = (*(OrderStatus.COMPLETED,) * 5, OrderStatus.DELIVERED, OrderStatus.RETURNED, OrderStatus.CANCELED)
_NOTES = ("Engraving: A & N, 12 June", "Please call before delivery.", "Anniversary, must arrive in time.")


def reference(number: int) -> str:
    """Return the number of an order, counted from 1, as its channel writes it."""
    return f"FD-{10_240 + 7 * number}"


def sales(groups: Sequence[Group], now: float) -> Iterator[PlaceOrder]:
    """Yield the orders of what some groups sell, the oldest first.

    Args:
        groups: Whose first products are sold.
        now: Unix time of the last order but an hour.
    """
    dice = Dice("orders of the demo")
    for number in range(1, ORDERS + 1):
        person = dice.below(len(PEOPLE))
        age = (ORDERS - number) * _SPACING_HOURS * _HOUR_SECONDS + _HOUR_SECONDS + dice.below(_HOUR_SECONDS)
        order = _order(number, groups, now - age, dice)
        client = PEOPLE[person].client(person, order.order_date)
        yield PlaceOrder(_sent(_addressed(order, person), dice, now), client)


def _order(number: int, groups: Sequence[Group], at: float, dice: Dice) -> Order:
    lines = tuple(_line(dice.pick(groups)) for _ in range(1 + dice.below(5) // 3))
    if dice.happens(20):
        lines = (*lines, OrderLine(id=0, title="Gift wrapping", price=6 * SCALE))
    goods = sum(line.price or 0 for line in lines)
    return Order(
        reference=reference(number),
        channel=dice.pick(CHANNELS),
        currency="USD",
        status=_status(number, dice),
        order_date=at,
        update_date=at,
        shipping_price=_SHIPPING if dice.happens(60) else 0,
        shipping_type="Insured parcel",
        discount_sum=goods // 10 // SCALE * SCALE if dice.happens(15) else None,
        comments=dice.pick(_NOTES) if dice.happens(25) else "",
        is_gift=dice.happens(20),
        lines=lines,
    )


def _status(number: int, dice: Dice) -> OrderStatus:
    left = ORDERS - number
    if left < 4:  # noqa: PLR2004 - the last ones have only come in
        return _OPEN[left]
    return OrderStatus.SHIPPED if left < 8 else dice.pick(_DONE)  # noqa: PLR2004 - those before are on their way


def _addressed(order: Order, person: int) -> Order:
    return msgspec.structs.replace(order, address=PEOPLE[person].address)


def _sent(order: Order, dice: Dice, now: float) -> Order:
    """Return an order with the parcel that it went in, if it did."""
    if order.status not in SENT | OVER or order.status is OrderStatus.CANCELED:
        return order
    at = min(order.order_date + _DAY_SECONDS, now)
    number = f"1Z{dice.between(10**9, 10**10 - 1)}"
    return msgspec.structs.replace(
        order, tracking_number=number, carrier=dice.pick(_CARRIERS), ship_date=at, update_date=at
    )


def _line(group: Group) -> OrderLine:
    variant = group.variants[0]
    price = reduced(variant.price, group.discount) * _CENT
    return OrderLine(id=0, sku=variant.code, title=group.name, price=price, original_price=variant.price * _CENT)
