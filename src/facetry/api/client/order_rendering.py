"""Orders and clients as answers show them."""

from __future__ import annotations

from facetry.api.client.record_fields import shown_time
from facetry.domain.money import price_to_number
from facetry.domain.order import Client, Order, OrderLine
from facetry.domain.order_statuses import Statuses

Document = dict[str, object]


def order_document(order: Order, client: Client | None, statuses: Statuses) -> Document:
    """Return an order, whose client is at hand if it has one."""
    number = statuses.number(order)
    return {
        "order_id": order.id,
        "order_unique": order.reference,
        "channel": order.channel or None,
        "account_id": order.account_id,
        "store_name": order.store_name,
        "client_id": order.client_id or None,
        "currency": order.currency,
        "status": number,
        "status_name": statuses.names[number],
        "order_date": shown_time(order.order_date),
        "due_date": shown_time(order.due_date),
        "update_date": shown_time(order.update_date),
        **_shipping(order),
        "discount_rate": order.discount_rate,
        "discount_sum": _price(order.discount_sum),
        "final_price": _price(order.total),
        "tracking_number": order.tracking_number,
        "carrier": order.carrier,
        "ship_date": shown_time(order.ship_date),
        "comments": order.comments,
        "is_gift": order.is_gift,
        "archived": order.is_archived,
        "products": [_line(line) for line in order.lines],
        "client": None if client is None else client_document(client),
    }


def client_document(client: Client) -> Document:
    """Return a client."""
    return {
        "client_id": client.id,
        "reference": client.reference,
        "type": client.type,
        "name": client.name,
        "username": client.username,
        "company": client.company,
        "email": client.email,
        "phone": client.phone,
        "country": client.country,
        "country_code": client.country_code,
        "address": client.address,
        "comments": client.comments,
        "tags": client.tags,
        "discount": client.discount,
        "created": shown_time(client.created),
        "updated": shown_time(client.updated),
    }


def _shipping(order: Order) -> Document:
    place = order.address
    return {
        "shipping_name": place.name,
        "shipping_phone": place.phone,
        "shipping_email": place.email,
        "shipping_address": place.line_two,
        "shipping_street": place.line_one,
        "shipping_city": place.city,
        "shipping_state": place.state,
        "shipping_zip": place.zip,
        "shipping_country": place.country,
        "shipping_price": _price(order.shipping_price),
        "shipping_type": order.shipping_type,
    }


def _line(line: OrderLine) -> Document:
    return {
        "order_product_id": line.id,
        "product_id": line.product_id or None,
        "sku": line.sku,
        "title": line.title,
        "amount": line.amount,
        "buying_price": _price(line.buying_price),
        "original_price": _price(line.original_price),
        "price": _price(line.price),
        "comment": line.comment,
        "listing_id": line.listing_id or None,
        "stock_action": line.stock_action or "no_action",
        "tracking_number": line.tracking_number,
        "carrier": line.carrier,
    }


def _price(minor: int | None) -> float | None:
    return None if minor is None else price_to_number(minor)
