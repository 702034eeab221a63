"""The documents of gemstones, listings, orders and clients, as a POST, PUT and PATCH send them.

UNSET is what is not spoken of, None what is to have no value.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from facetry.api.native.documents import check_names, converted
from facetry.domain.product import Scalar

Text = str | UnsetType | None
Whole = int | UnsetType | None
Number = int | float | UnsetType | None
Texts = tuple[str, ...] | UnsetType | None
Flag = bool | UnsetType | None
Name = int | str | UnsetType | None
"""A number or a name."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The report on a gemstone; at most two images."""

    lab: Text = UNSET
    number: Text = UNSET
    images: Texts = UNSET


class Gemstone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gemstone, or a parcel of equal ones."""

    id: Whole = UNSET
    code: Text = UNSET
    name: Text = UNSET
    type: Name = UNSET
    creation: Text = UNSET
    shape: Text = UNSET
    carat: int | float | str | UnsetType | None = UNSET
    color: Text = UNSET
    clarity: Text = UNSET
    cut: Text = UNSET
    polish: Text = UNSET
    symmetry: Text = UNSET
    fluorescence: Text = UNSET
    treatment: Text = UNSET
    quantity: Whole = UNSET
    quantity_alert: Whole = UNSET
    is_unique: Flag = UNSET
    is_real: Flag = UNSET
    cost: Number = UNSET
    price: Number = UNSET
    price_per_carat: Number = UNSET
    certificate: Certificate | UnsetType | None = UNSET
    images: Texts = UNSET
    details: dict[str, Scalar] | UnsetType | None = UNSET


class Listing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product's offer on an account of a sales channel."""

    id: Whole = UNSET
    sku: Text = UNSET
    product_id: Whole = UNSET
    channel: Name = UNSET
    account_id: Text = UNSET
    external_id: Text = UNSET
    status: Text = UNSET
    price: Number = UNSET
    quantity: Whole = UNSET
    url: Text = UNSET
    title: Text = UNSET
    description: Text = UNSET
    images: Texts = UNSET


class Client(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who orders."""

    id: Whole = UNSET
    reference: Text = UNSET
    type: Text = UNSET
    name: Text = UNSET
    username: Text = UNSET
    company: Text = UNSET
    email: Text = UNSET
    phone: Text = UNSET
    country: Text = UNSET
    country_code: Text = UNSET
    address: Text = UNSET
    comments: Text = UNSET
    tags: Texts = UNSET
    discount: Number = UNSET
    created: Text = UNSET
    updated: Text = UNSET


class Address(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an order goes."""

    first_name: Text = UNSET
    last_name: Text = UNSET
    email: Text = UNSET
    phone: Text = UNSET
    line_one: Text = UNSET
    line_two: Text = UNSET
    city: Text = UNSET
    state: Text = UNSET
    country: Text = UNSET
    zip: Text = UNSET


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pieces of one product in an order."""

    id: Whole = UNSET
    sku: Text = UNSET
    product_id: Whole = UNSET
    title: Text = UNSET
    amount: Whole = UNSET
    price: Number = UNSET
    original_price: Number = UNSET
    buying_price: Number = UNSET
    comment: Text = UNSET
    listing_id: Whole = UNSET
    stock_action: Text = UNSET
    tracking_number: Text = UNSET
    carrier: Text = UNSET


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order."""

    id: Whole = UNSET
    reference: Text = UNSET
    channel: Name = UNSET
    account_id: Text = UNSET
    store_name: Text = UNSET
    client_id: Whole = UNSET
    client: Client | UnsetType | None = UNSET
    customer: Text = UNSET
    currency: Text = UNSET
    status: Text = UNSET
    own_status: Text = UNSET
    order_date: Text = UNSET
    due_date: Text = UNSET
    update_date: Text = UNSET
    address: Address | UnsetType | None = UNSET
    shipping_price: Number = UNSET
    shipping_type: Text = UNSET
    discount_rate: Number = UNSET
    discount_sum: Number = UNSET
    final_price: Number = UNSET
    total: Number = UNSET
    tracking_number: Text = UNSET
    carrier: Text = UNSET
    ship_date: Text = UNSET
    comments: Text = UNSET
    is_gift: Flag = UNSET
    is_archived: Flag = UNSET
    lines: tuple[OrderLine, ...] | UnsetType | None = UNSET


class Parcel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parcel that a line of an order is in."""

    id: int
    tracking_number: str
    carrier: str = ""


class Shipment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an order was sent: as one parcel, or lines in parcels of their own."""

    tracking_number: str = ""
    carrier: str = ""
    ship_date: str | None = None
    lines: tuple[Parcel, ...] = ()


Body = TypeVar("Body", bound=msgspec.Struct)
_WITHIN = {
    Gemstone: (Certificate,),
    Order: (Client, Address, OrderLine),
    Shipment: (Parcel,),
}


def body_of(document: dict[str, object], kind: type[Body]) -> Body:
    """Return what a decoded document says.

    Raises:
        BadDocumentError: A name is unknown, or a value of another type.
    """
    check_names(document, kind.__struct_fields__)
    names = [name for one in _WITHIN.get(kind, ()) for name in one.__struct_fields__]
    return converted(document, kind, names)
