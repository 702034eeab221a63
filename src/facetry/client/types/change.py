"""Pages of changes, which bring a copy of a catalog from one revision to another."""

from __future__ import annotations

from typing import Literal

import msgspec

from facetry.client.types.product import StoredProduct
from facetry.client.types.record import Client, Gemstone, Listing, Order

Included = Literal["products", "groups", "gemstones", "listings", "orders", "clients"]


class Gone(msgspec.Struct, frozen=True):
    """A record that lives no more; ``kind`` is gemstone, listing, order or client."""

    kind: str
    id: int


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """All that was touched after ``since``, as it is at ``revision``.

    A copy that was right at ``since`` and takes it over is right at ``revision``; taking it over twice does no harm.

    Attributes:
        more: Whether another page follows at once.
        products: Those that live.
        gone_products: SKUs of those that live no more.
        groups: Ids of those that live.
        gone_groups: Ids of those that live no more.
    """

    since: int
    revision: int
    more: bool = False
    products: tuple[StoredProduct, ...] = ()
    gone_products: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    gone_groups: tuple[str, ...] = ()
    gemstones: tuple[Gemstone, ...] = ()
    listings: tuple[Listing, ...] = ()
    orders: tuple[Order, ...] = ()
    clients: tuple[Client, ...] = ()
    gone: tuple[Gone, ...] = ()
