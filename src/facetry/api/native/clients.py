"""The calls about clients."""

from __future__ import annotations

from facetry.api.native import record_bodies as bodies
from facetry.api.native.call import Call
from facetry.api.native.client_reading import FILTERS, client_values, new_client, wanted_clients
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.record_bodies import body_of
from facetry.api.native.record_calls import RecordCalls, expecting, key_of
from facetry.api.native.routing import Route
from facetry.domain.keeping import PatchRecord
from facetry.domain.order import Client
from facetry.domain.record import RecordKind
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer
from facetry.ports.clock import Clock

CLIENTS = "/v2/clients"
CLIENT = "/v2/clients/{id}"
_KIND = RecordKind.CLIENT


class Clients:
    """Handles the calls about clients."""

    def __init__(self, calls: RecordCalls, clock: Clock) -> None:
        """Read and write clients."""
        self._calls = calls
        self._clock = clock

    async def list(self, call: Call) -> Answer:
        """Show a page of clients."""
        reading = await self._calls.begin(call, *FILTERS)
        return await self._calls.list(call, reading, wanted_clients(reading.parameters))

    async def get(self, call: Call) -> Answer:
        """Show the client with an id."""
        return await self._calls.get(call, key_of(call, _KIND))

    async def post(self, call: Call) -> Answer:
        """Add a client."""
        return await self._calls.add(call, new_client(body_of(await call.document(), bodies.Client), self._clock.now()))

    async def patch(self, call: Call) -> Answer:
        """Change a client where a document speaks of it."""
        key, body = key_of(call, _KIND), body_of(await call.document(), bodies.Client)
        old = await self._calls.before(call, key)
        values = client_values(body, old if isinstance(old, Client) else None)
        write = PatchRecord(_KIND, key, values | {"updated": self._clock.now()})
        return await self._calls.change(call, expecting(body, write), key)

    async def delete(self, call: Call) -> Answer:
        """Remove a client."""
        return await self._calls.delete(call, key_of(call, _KIND))


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of clients."""
    clients = Clients(RecordCalls(_KIND, CLIENTS, dependencies), dependencies.clock)
    return [
        Route("GET", CLIENTS, clients.list, Scope.READ),
        Route("POST", CLIENTS, clients.post, Scope.ORDERS),
        Route("GET", CLIENT, clients.get, Scope.READ),
        Route("PATCH", CLIENT, clients.patch, Scope.ORDERS),
        Route("DELETE", CLIENT, clients.delete, Scope.ORDERS),
    ]
