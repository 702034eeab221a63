"""The calls about orders: the same orders as those of the Client API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from facetry.api.catalog.call import Call
from facetry.api.catalog.order_rendering import SHOWN_AS, STATUSES, order_document
from facetry.api.catalog.replies import invalid, success, unprocessable
from facetry.api.catalog.rules import BODY, ORDER_FIELDS, PATH, check
from facetry.application.catalog import Catalog
from facetry.application.records import Records
from facetry.domain.catalog import Write
from facetry.domain.errors import InvalidValueError, RecordNotFoundError
from facetry.domain.keeping import DeleteRecord, Recorded, Removed
from facetry.domain.order import Address, Client, Order, OrderLine
from facetry.domain.ordering import PlaceOrder, ReviseOrder
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.tenant import TenantSettings
from facetry.http.answer import Answer
from facetry.http.long_lists import written_list
from facetry.ports.clock import Clock

DELETED_AT_ONCE = 500
"""The log of many more would hold other calls up."""


class Orders:
    """Handles the calls about orders."""

    def __init__(self, catalog: Catalog, records: Records, clock: Clock) -> None:
        """Write to a catalog, and read its records."""
        self._catalog = catalog
        self._records = records
        self._clock = clock

    async def post(self, call: Call) -> Answer:
        """Store a new order."""
        values, errors = check(ORDER_FIELDS, await call.fields(), BODY)
        if errors:
            return unprocessable(errors)
        order = await self._done(call, _placed(values, call.session.settings, self._clock.now()))
        return success(message="Order Created", response=order_document(order))

    async def get(self, call: Call) -> Answer:
        """Show an order."""
        try:
            order = await self._order(call)
        except RecordNotFoundError:
            return invalid(f"Order with ID {call.name} not found ...")
        return success(message="Order Found", response=order_document(order))

    async def of_customer(self, call: Call) -> Answer:
        """Show all orders of a customer."""
        client = await self._client(call)
        found = [] if client is None else await self._orders_of(call.session.tenant, client)
        return success(message=f"{len(found)} Orders Found", response=await written_list(map(order_document, found)))

    async def update_status(self, call: Call) -> Answer:
        """Set the status of an order."""
        order_id, name = call.names
        if name not in STATUSES:
            message = f"must be {', '.join(STATUSES)}"
            return unprocessable([{"value": name, "msg": message, "param": "STATUS", "location": PATH}])
        order = await self._order(call)
        # What shows under this name already stays what it is: a delivered order is SHIPPED, too.
        if SHOWN_AS[order.status] != name:
            changes = {"status": STATUSES[name].value, "update_date": self._clock.now()}
            try:
                order = await self._done(call, ReviseOrder(RecordKey(order.id), changes))
            except InvalidValueError:
                return invalid(f"Order with ID {order_id} is CANCELED, which is final ...")
        return success(message="Order Updated", response=order_document(order))

    async def delete(self, call: Call) -> Answer:
        """Remove an order; no stock moves."""
        await self._catalog.do(call.session.tenant, DeleteRecord(RecordKind.ORDER, RecordKey(code=call.name)))
        return success(message=f"Order with ID {call.name} deleted ...", response={"orderIDs": [call.name]})

    async def delete_of_customer(self, call: Call) -> Answer:
        """Remove all orders of a customer; no stock moves."""
        client = await self._client(call)
        found = [] if client is None else await self._orders_of(call.session.tenant, client)
        if not found:
            return invalid(f"Customer with ID {call.name} has no orders ...")
        done: list[Order] = []
        for start in range(0, len(found), DELETED_AT_ONCE):
            orders = found[start : start + DELETED_AT_ONCE]
            writes: list[Write] = [DeleteRecord(RecordKind.ORDER, RecordKey(order.id)) for order in orders]
            receipt = await self._catalog.write(call.session.tenant, writes)
            # One that somebody else has deleted meanwhile is refused, and gone all the same.
            done += [order for order, one in zip(orders, receipt.outcomes, strict=True) if isinstance(one, Removed)]
        message = f"{len(done)} orders of customer with ID {call.name} deleted ..."
        return success(message=message, response={"orderIDs": [order.reference for order in done]})

    async def _done(self, call: Call, write: PlaceOrder | ReviseOrder) -> Order:
        outcome = await self._catalog.do(call.session.tenant, write)
        assert isinstance(outcome, Recorded)  # noqa: S101 - narrows the union for the type checker
        assert isinstance(outcome.record, Order)  # noqa: S101 - likewise
        return outcome.record

    async def _order(self, call: Call) -> Order:
        order = await self._records.one(call.session.tenant, RecordKind.ORDER, RecordKey(code=call.name))
        assert isinstance(order, Order)  # noqa: S101 - narrows the union for the type checker
        return order

    async def _client(self, call: Call) -> Client | None:
        (client,) = await self._records.find(call.session.tenant, RecordKind.CLIENT, [RecordKey(code=call.name)])
        return client if isinstance(client, Client) else None

    async def _orders_of(self, tenant: str, client: Client) -> list[Order]:
        link = str(client.id)
        return [one async for one in self._records.each(tenant, RecordKind.ORDER, link) if isinstance(one, Order)]


def _placed(values: Mapping[str, Any], settings: TenantSettings, now: float) -> PlaceOrder:
    """Return the write that stores the order of checked values; each line is of another product."""
    prices: Mapping[str, int] = values.get("prices", {})
    lines = tuple(
        OrderLine(id=at, sku=sku, amount=amount, price=prices.get(sku))
        for at, (sku, amount) in enumerate(values["quantities"].items(), 1)
    )
    address = msgspec.convert(values.get("address", {}), Address)
    order = Order(
        reference=values["order_id"],
        currency=values.get("currency", settings.currency),
        order_date=values.get("order_date", now),
        update_date=now,
        address=address,
        final_price=values.get("total"),
        is_gift=values.get("is_gift", False),
        lines=lines,
    )
    client = Client(
        reference=values["customer_id"],
        name=address.name,
        email=address.email,
        phone=address.phone,
        country=address.country,
        created=now,
        updated=now,
    )
    return PlaceOrder(order, client)
