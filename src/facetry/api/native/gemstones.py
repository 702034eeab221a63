"""The calls about gemstones."""

from __future__ import annotations

from facetry.api.native import record_bodies as bodies
from facetry.api.native.call import Call
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.gemstone_reading import FILTERS, gemstone_changes, gemstone_filter, new_gemstone
from facetry.api.native.products import stock_body
from facetry.api.native.record_bodies import body_of
from facetry.api.native.record_calls import RecordCalls, expecting, key_of, recorded
from facetry.api.native.record_lists import Wanted
from facetry.api.native.record_rendering import record_tag
from facetry.api.native.routing import Route
from facetry.api.native.writes import Written
from facetry.application.gemstones import Gemstones as Shelves
from facetry.domain.gemstone import Gemstone
from facetry.domain.record import RecordKind
from facetry.domain.stocking import ChangeStock
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer

GEMSTONES = "/v2/gemstones"
GEMSTONE = "/v2/gemstones/{code}"
STOCK = "/v2/gemstones/{code}/stock"
_KIND = RecordKind.GEMSTONE


class Gemstones:
    """Handles the calls about gemstones."""

    def __init__(self, calls: RecordCalls, shelves: Shelves) -> None:
        """Read and write gemstones, and search them."""
        self._calls = calls
        self._shelves = shelves

    async def list(self, call: Call) -> Answer:
        """Show a page of gemstones."""
        reading = await self._calls.begin(call, *FILTERS)
        wanted = gemstone_filter(reading.parameters)
        if not wanted.conditions:
            return await self._calls.list(call, reading, Wanted())
        after = reading.after_id
        found = await self._shelves.find(call.session.tenant, wanted)
        behind = [stone for stone in found if stone.id > after]
        return await self._calls.page(call, reading, behind)

    async def get(self, call: Call) -> Answer:
        """Show the gemstone with a code."""
        return await self._calls.get(call, key_of(call, _KIND))

    async def post(self, call: Call) -> Answer:
        """Add a gemstone."""
        return await self._calls.add(call, new_gemstone(body_of(await call.document(), bodies.Gemstone)))

    async def put(self, call: Call) -> Answer:
        """Store a gemstone as a document says it is as a whole."""
        key, body = key_of(call, _KIND), body_of(await call.document(), bodies.Gemstone)
        write = new_gemstone(body, key.code, await self._old(call))
        return await self._calls.change(call, expecting(body, write), key)

    async def patch(self, call: Call) -> Answer:
        """Change a gemstone where a document speaks of it."""
        key, body = key_of(call, _KIND), body_of(await call.document(), bodies.Gemstone)
        write = gemstone_changes(body, key, await self._old(call))
        return await self._calls.change(call, expecting(body, write), key)

    async def delete(self, call: Call) -> Answer:
        """Remove a gemstone."""
        return await self._calls.delete(call, key_of(call, _KIND))

    async def change_stock(self, call: Call) -> Answer:
        """Add pieces to the stock of a gemstone, or take some away."""
        key, body = key_of(call, _KIND), stock_body(await call.document())
        done = await self._calls.written(call, ChangeStock(key, body.change, body.reason), key)
        if not isinstance(done, Written):
            return done
        stone = recorded(done).record
        assert isinstance(stone, Gemstone)  # noqa: S101 - narrows the union for the type checker
        document = {"code": stone.code, "id": stone.id, "quantity": stone.quantity}
        return done.answer(document, tag=record_tag(stone))

    async def _old(self, call: Call) -> Gemstone | None:
        """Return the gemstone that the path names, as it is; None where there is none."""
        old = await self._calls.before(call, key_of(call, _KIND))
        return old if isinstance(old, Gemstone) else None


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of gemstones."""
    gemstones = Gemstones(RecordCalls(_KIND, GEMSTONES, dependencies), dependencies.gemstones)
    return [
        Route("GET", GEMSTONES, gemstones.list, Scope.READ),
        Route("POST", GEMSTONES, gemstones.post, Scope.WRITE),
        Route("GET", GEMSTONE, gemstones.get, Scope.READ),
        Route("PUT", GEMSTONE, gemstones.put, Scope.WRITE),
        Route("PATCH", GEMSTONE, gemstones.patch, Scope.WRITE),
        Route("DELETE", GEMSTONE, gemstones.delete, Scope.WRITE),
        Route("POST", STOCK, gemstones.change_stock, Scope.WRITE),
    ]
