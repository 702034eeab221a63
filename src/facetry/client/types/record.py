"""Gemstones, listings, orders and clients, as they are written and read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

import msgspec

from facetry.domain.order import Address
from facetry.domain.product import Scalar


class Certificate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a laboratory says of a gemstone."""

    lab: str = ""
    number: str = ""
    images: tuple[str, ...] = ()


class _Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all of them have once they are stored.

    Attributes:
        id: Its number; 0 for one that is not stored yet.
        etag: For ``if_match``; empty where it came in a list.
    """

    id: int = 0
    etag: str = ""


class Gemstone(_Stored, frozen=True, kw_only=True, omit_defaults=True):
    """A gemstone, or a parcel of equal ones.

    Attributes:
        code: The tenant's own name for it, unique.
        carat: Weight of one stone.
        details: What else is said of it, by name.
    """

    code: str
    name: str
    type: str
    creation: str | None = None
    shape: str | None = None
    carat: float | None = None
    color: str | None = None
    clarity: str | None = None
    cut: str | None = None
    polish: str | None = None
    symmetry: str | None = None
    fluorescence: str | None = None
    treatment: str | None = None
    quantity: int = 0
    quantity_alert: int | None = None
    is_unique: bool = False
    is_real: bool = True
    cost: Decimal | None = None
    price: Decimal | None = None
    price_per_carat: Decimal | None = None
    certificate: Certificate | None = None
    images: tuple[str, ...] = ()
    details: dict[str, Scalar] = {}


class Listing(_Stored, frozen=True, kw_only=True, omit_defaults=True):
    """A product's offer on an account of a sales channel; what a new one leaves out is the product's.

    Attributes:
        channel: Number of the channel; of a new one also its name.
        sku: Which product; or ``product_id`` says it.
        external_id: The channel's own name for it, unique on the account.
        status: active, scheduled or ended.
    """

    channel: int | str
    sku: str = ""
    product_id: int = 0
    account_id: str = ""
    external_id: str = ""
    status: str = "active"
    price: Decimal | None = None
    quantity: int | None = None
    url: str = ""
    title: str = ""
    description: str = ""
    images: tuple[str, ...] = ()


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces of one product in an order.

    Attributes:
        id: Counted within the order from 1; 0 for one that is not stored yet.
        sku: Empty for what is no product, such as an engraving.
    """

    id: int = 0
    sku: str = ""
    product_id: int = 0
    title: str = ""
    amount: int = 1
    price: Decimal | None = None
    original_price: Decimal | None = None
    buying_price: Decimal | None = None
    comment: str = ""
    listing_id: int = 0
    stock_action: str = ""
    tracking_number: str = ""
    carrier: str = ""


class Client(_Stored, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who orders.

    Attributes:
        reference: The client's own, unique where it is given.
        type: regular or reseller.
        discount: In percent.
    """

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
    created: datetime | None = None
    updated: datetime | None = None


class Order(_Stored, frozen=True, kw_only=True, omit_defaults=True):
    """An order.

    Attributes:
        reference: The channel's number for it, unique where it is given.
        client_id: Id of the client; 0 for none.
        client: In its place, of a new order: who orders, known already or not.
        own_status: What the tenant calls the status, where it has one of its own.
        status: new, paid, in_production, shipped, delivered, completed, returned, canceled or memo_out.
        final_price: None for the sum of the lines with shipping and discount.
        total: What is to be paid; of one that is stored.
    """

    reference: str = ""
    channel: int = 0
    account_id: str = ""
    store_name: str = ""
    client_id: int = 0
    client: Client | None = None
    customer: str = ""
    currency: str = ""
    status: str = "new"
    own_status: str = ""
    order_date: datetime | None = None
    due_date: datetime | None = None
    update_date: datetime | None = None
    address: Address | None = None
    shipping_price: Decimal | None = None
    shipping_type: str = ""
    discount_rate: float | None = None
    discount_sum: Decimal | None = None
    final_price: Decimal | None = None
    tracking_number: str = ""
    carrier: str = ""
    ship_date: datetime | None = None
    comments: str = ""
    is_gift: bool = False
    is_archived: bool = False
    lines: tuple[OrderLine, ...] = ()
    total: Decimal | None = None


class Parcel(TypedDict, total=False):
    """The parcel that a line of an order, by its ``id``, is in."""

    id: int
    tracking_number: str
    carrier: str


class GemstoneFilter(TypedDict, total=False):
    """What narrows a list of gemstones."""

    type: str
    shape: str
    carat_from: float
    carat_to: float


class ListingFilter(TypedDict, total=False):
    """What narrows a list of listings."""

    sku: str
    channel: int
    status: str


class OrderFilter(TypedDict, total=False):
    """What narrows a list of orders."""

    reference: str
    client_id: int
    status: str
    date_from: datetime
    date_to: datetime


class ClientFilter(TypedDict, total=False):
    """What narrows a list of clients."""

    email: str
    reference: str
