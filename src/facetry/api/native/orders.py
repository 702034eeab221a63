"""The calls about orders."""

from __future__ import annotations

from facetry.api.native import record_bodies as bodies
from facetry.api.native.call import Call
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.order_reading import FILTERS, OrderReader, order_reader
from facetry.api.native.record_bodies import body_of
from facetry.api.native.record_calls import RecordCalls, expecting, key_of
from facetry.api.native.routing import Route
from facetry.domain.order import Order
from facetry.domain.record import RecordKind
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer
from facetry.ports.clock import Clock

ORDERS = "/v2/orders"
ORDER = "/v2/orders/{id}"
SHIPMENT = "/v2/orders/{id}/shipment"
_KIND = RecordKind.ORDER


class Orders:
    """Handles the calls about orders."""

    def __init__(self, calls: RecordCalls, clock: Clock) -> None:
        """Read and write orders."""
        self._calls = calls
        self._clock = clock

    async def list(self, call: Call) -> Answer:
        """Show a page of orders."""
        reading = await self._calls.begin(call, *FILTERS)
        return await self._calls.list(call, reading, self._reader(call).wanted(reading.parameters))

    async def get(self, call: Call) -> Answer:
        """Show the order with an id."""
        return await self._calls.get(call, key_of(call, _KIND))

    async def post(self, call: Call) -> Answer:
        """Store a new order, whose lines take pieces out of stock."""
        body = body_of(await call.document(), bodies.Order)
        return await self._calls.add(call, expecting(body, self._reader(call).placed(body)))

    async def patch(self, call: Call) -> Answer:
        """Change an order where a document speaks of it; the stock follows its lines."""
        key, body = key_of(call, _KIND), body_of(await call.document(), bodies.Order)
        old = await self._calls.before(call, key)
        write = self._reader(call).revised(body, key, old if isinstance(old, Order) else None)
        return await self._calls.change(call, expecting(body, write), key)

    async def ship(self, call: Call) -> Answer:
        """Note the parcels of an order, which becomes shipped unless it is further."""
        key, body = key_of(call, _KIND), body_of(await call.document(), bodies.Shipment)
        return await self._calls.change(call, self._reader(call).shipped(body, key.id), key)

    def _reader(self, call: Call) -> OrderReader:
        return order_reader(call.session.settings, self._clock.now())


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of orders."""
    orders = Orders(RecordCalls(_KIND, ORDERS, dependencies), dependencies.clock)
    return [
        Route("GET", ORDERS, orders.list, Scope.READ),
        Route("POST", ORDERS, orders.post, Scope.ORDERS),
        Route("GET", ORDER, orders.get, Scope.READ),
        Route("PATCH", ORDER, orders.patch, Scope.ORDERS),
        Route("POST", SHIPMENT, orders.ship, Scope.ORDERS),
    ]
