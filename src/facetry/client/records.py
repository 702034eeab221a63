"""Calls about gemstones, listings, orders and clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

import msgspec

from facetry.client.exchange import Answer, Request, Stream, get, nothing, path_of, reader, tagged, write
from facetry.client.methods import AsyncPart, Iteration, Method, Methods, SyncPart
from facetry.client.paging import items
from facetry.client.types.page import Page
from facetry.client.types.product import HistoryEntry, StockLevel
from facetry.client.types.record import (
    Client,
    ClientFilter,
    Gemstone,
    GemstoneFilter,
    Listing,
    ListingFilter,
    Order,
    OrderFilter,
    Parcel,
)

R = TypeVar("R", bound=msgspec.Struct)
F = TypeVar("F")
K = TypeVar("K", int, str)
_history = reader(Page[HistoryEntry])
_stock = reader(StockLevel)
_DERIVED: Mapping[type[msgspec.Struct], Mapping[str, Any]] = {
    Client: {"created": None, "updated": None},
    Order: {"total": None, "customer": "", "update_date": None},
}
"""What follows from the rest, as it is where it is left out."""


class RecordMethods(Methods, Generic[R, F, K]):
    """What can be done with records of one kind; of both clients. ``K`` is what names one: an id, or a code."""

    _path: str
    _read: Callable[[Answer], R]
    _read_page: Callable[[Answer], Page[R]]

    @Method
    def get(self, key: K, *, min_revision: int = 0) -> Request[R]:
        """Return one."""
        return get(self._path + path_of(key), self._read, {"min_revision": min_revision or None})

    @Method
    def page(
        self, narrowed: F | None = None, *, after: str | None = None, limit: int = 50, min_revision: int = 0
    ) -> Request[Page[R]]:
        """Return a page of them, in order of their ids."""
        paged = {"after": after, "limit": limit, "min_revision": min_revision or None}
        return get(self._path, self._read_page, {**_filter(narrowed), **paged})

    @Iteration
    def each(self, narrowed: F | None = None, *, page_size: int = 500, min_revision: int = 0) -> Stream[R]:
        """Iterate over them, in order of their ids; those that live all the while come exactly once."""
        paged = {"limit": page_size, "min_revision": min_revision or None}
        return items(self._core, self._path, self._read_page, {**_filter(narrowed), **paged})

    @Method
    def add(self, record: R, *, idempotency_key: str = "") -> Request[R]:
        """Store a new one, and return it as it is stored.

        Raises:
            ConflictError: Its code or reference is taken.
        """
        return write("POST", self._path, self._read, _new(record), key=idempotency_key)

    @Method
    def patch(self, key: K, changes: Mapping[str, Any], *, if_match: str = "", idempotency_key: str = "") -> Request[R]:
        """Change fields of one, and return it as it is then; None empties a field.

        Raises:
            ChangedMeanwhileError: It is not as it was at ``if_match`` any more; nothing was changed.
        """
        headers = {"if-match": if_match}
        return write("PATCH", self._path + path_of(key), self._read, changes, key=idempotency_key, headers=headers)

    @Iteration
    def history(self, key: K, *, page_size: int = 50) -> Stream[HistoryEntry]:
        """Iterate over the changes of one, newest first."""
        return items(self._core, self._path + path_of(key, "history"), _history, {"limit": page_size})


class DeletableMethods(Methods, Generic[K]):
    """Records that can be removed; of both clients."""

    _path: str

    @Method
    def delete(self, key: K, *, if_match: str = "", idempotency_key: str = "") -> Request[None]:
        """Remove one."""
        headers = {"if-match": if_match}
        return write("DELETE", self._path + path_of(key), nothing, key=idempotency_key, headers=headers)


class GemstoneMethods(RecordMethods[Gemstone, GemstoneFilter, str], DeletableMethods[str]):
    """What can be done with gemstones, which are named by their codes; of both clients."""

    _path = "/v2/gemstones"
    _read = staticmethod(tagged(Gemstone))
    _read_page = staticmethod(reader(Page[Gemstone]))

    @Method
    def put(
        self, gemstone: Gemstone, *, if_match: str = "", only_new: bool = False, idempotency_key: str = ""
    ) -> Request[Gemstone]:
        """Store a gemstone as a whole, and return it as it is stored.

        Raises:
            ChangedMeanwhileError: A condition does not hold; nothing was changed.
        """
        headers = {"if-match": if_match, "if-none-match": "*" if only_new else ""}
        path = self._path + path_of(gemstone.code)
        return write("PUT", path, self._read, _new(gemstone), key=idempotency_key, headers=headers)

    @Method
    def change_stock(
        self, code: str, change: int, *, reason: str = "", if_match: str = "", idempotency_key: str = ""
    ) -> Request[StockLevel]:
        """Add pieces to the stock of a gemstone, or take some away.

        Raises:
            ConflictError: There are not that many (``insufficient_stock``); nothing was changed.
        """
        document = {"change": change, "reason": reason}
        path = self._path + path_of(code, "stock")
        return write("POST", path, _stock, document, key=idempotency_key, headers={"if-match": if_match})


class ListingMethods(RecordMethods[Listing, ListingFilter, int], DeletableMethods[int]):
    """What can be done with listings; of both clients."""

    _path = "/v2/listings"
    _read = staticmethod(tagged(Listing))
    _read_page = staticmethod(reader(Page[Listing]))


class OrderMethods(RecordMethods[Order, OrderFilter, int]):
    """What can be done with orders, which cannot be deleted, only canceled; of both clients."""

    _path = "/v2/orders"
    _read = staticmethod(tagged(Order))
    _read_page = staticmethod(reader(Page[Order]))

    @Method
    def ship(
        self,
        order: int,
        *,
        tracking_number: str = "",
        carrier: str = "",
        ship_date: datetime | None = None,
        lines: Sequence[Parcel] = (),
        idempotency_key: str = "",
    ) -> Request[Order]:
        """Note how an order was sent: as one parcel, or ``lines`` in parcels of their own; return it as it is then."""
        said = {"tracking_number": tracking_number, "carrier": carrier, "ship_date": ship_date, "lines": list(lines)}
        document = {name: value for name, value in said.items() if value}
        return write("POST", self._path + path_of(order, "shipment"), self._read, document, key=idempotency_key)


class ClientMethods(RecordMethods[Client, ClientFilter, int], DeletableMethods[int]):
    """What can be done with clients, those who order; of both clients."""

    _path = "/v2/clients"
    _read = staticmethod(tagged(Client))
    _read_page = staticmethod(reader(Page[Client]))


class Gemstones(GemstoneMethods, SyncPart):
    """Gemstones, blocking."""


class AsyncGemstones(GemstoneMethods, AsyncPart):
    """Gemstones, awaited."""


class Listings(ListingMethods, SyncPart):
    """Listings, blocking."""


class AsyncListings(ListingMethods, AsyncPart):
    """Listings, awaited."""


class Orders(OrderMethods, SyncPart):
    """Orders, blocking."""


class AsyncOrders(OrderMethods, AsyncPart):
    """Orders, awaited."""


class Clients(ClientMethods, SyncPart):
    """Clients, blocking."""


class AsyncClients(ClientMethods, AsyncPart):
    """Clients, awaited."""


def _filter(narrowed: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", narrowed or {})


def _new(record: R) -> R:
    """Return of a record what may be written: what only reading knows is left out."""
    return msgspec.structs.replace(record, id=0, etag="", **_DERIVED.get(type(record), {}))
