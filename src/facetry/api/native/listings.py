"""The calls about listings."""

from __future__ import annotations

from facetry.api.native import record_bodies as bodies
from facetry.api.native.call import Call
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.listing_reading import FILTERS, ListingReader
from facetry.api.native.record_bodies import body_of
from facetry.api.native.record_calls import RecordCalls, expecting, key_of
from facetry.api.native.routing import Route
from facetry.domain.listing import Listing
from facetry.domain.record import RecordKind
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer

LISTINGS = "/v2/listings"
LISTING = "/v2/listings/{id}"
_KIND = RecordKind.LISTING


class Listings:
    """Handles the calls about listings."""

    def __init__(self, calls: RecordCalls) -> None:
        """Read and write listings."""
        self._calls = calls

    async def list(self, call: Call) -> Answer:
        """Show a page of listings."""
        reading = await self._calls.begin(call, *FILTERS)
        return await self._calls.list(call, reading, _reader(call).wanted(reading.parameters))

    async def get(self, call: Call) -> Answer:
        """Show the listing with an id."""
        return await self._calls.get(call, key_of(call, _KIND))

    async def post(self, call: Call) -> Answer:
        """Add a listing."""
        return await self._calls.add(call, _reader(call).added(body_of(await call.document(), bodies.Listing)))

    async def patch(self, call: Call) -> Answer:
        """Change a listing where a document speaks of it."""
        key, body = key_of(call, _KIND), body_of(await call.document(), bodies.Listing)
        old = await self._calls.before(call, key)
        write = _reader(call).changes(body, key.id, old if isinstance(old, Listing) else None)
        return await self._calls.change(call, expecting(body, write), key)

    async def delete(self, call: Call) -> Answer:
        """Remove a listing."""
        return await self._calls.delete(call, key_of(call, _KIND))


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of listings."""
    listings = Listings(RecordCalls(_KIND, LISTINGS, dependencies))
    return [
        Route("GET", LISTINGS, listings.list, Scope.READ),
        Route("POST", LISTINGS, listings.post, Scope.LISTINGS),
        Route("GET", LISTING, listings.get, Scope.READ),
        Route("PATCH", LISTING, listings.patch, Scope.LISTINGS),
        Route("DELETE", LISTING, listings.delete, Scope.LISTINGS),
    ]


def _reader(call: Call) -> ListingReader:
    return ListingReader(call.session.settings.client_api.channels)
