"""The calls about the history of a product: who changed what, and taking one change back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.fields import Document
from facetry.api.native.journals import journal_page, position
from facetry.api.native.parameters import read_parameters
from facetry.api.native.product_rendering import product_document
from facetry.api.native.products import PRODUCT, Products, products_of
from facetry.api.native.reads import PAGED, Reads
from facetry.api.native.routing import Route
from facetry.application.catalog import Catalog
from facetry.application.product_history import ProductHistory, change_of
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.journal import HistoryLine
from facetry.domain.product import Product
from facetry.domain.tenant import Scope
from facetry.domain.times import iso_time
from facetry.http.answer import Answer

HISTORY = f"{PRODUCT}/history"
UNDO = f"{PRODUCT}/history/{{id}}/undo"
FORCE = "force"
DERIVED = frozenset({"id", "price", "in_stock"})
"""What follows from the rest, and is told of no change."""
_ATTRIBUTES = "attributes"
_ID = re.compile(r"[1-9]\d{0,15}", re.ASCII)


class History:
    """Handles the calls about the history of a product."""

    def __init__(self, history: ProductHistory, catalog: Catalog, products: Products, reads: Reads) -> None:
        """Show the history of a catalog, and write as the calls about products do."""
        self._history = history
        self._catalog = catalog
        self._products = products
        self._reads = reads

    async def list(self, call: Call) -> Answer:
        """Show the changes of a product, newest first.

        Raises:
            ProductNotFoundError: There is none, and nothing is known of one.
        """
        reading = await self._reads.begin(call, *PAGED)
        tenant, sku = call.session.tenant, call.variables["sku"]
        after = position(reading.parameters)
        found = await self._history.lines(tenant, sku, reading.limit + 1, after)
        if not found and after is None:
            await self._catalog.product(tenant, sku)
        currency = call.session.settings.currency
        return journal_page(found, reading.limit, [change_document(one.line, currency) for one in found])

    async def undo(self, call: Call) -> Answer:
        """Take a change of a product back by a new one."""
        parameters = read_parameters(call, FORCE)
        number = call.variables["id"]
        if not _ID.fullmatch(number):
            raise RecordNotFoundError("change", number[:100])
        tenant, sku = call.session.tenant, call.variables["sku"]
        is_forced = parameters.boolean(FORCE)
        write = await self._history.undoing(tenant, sku, int(number), is_forced=is_forced)
        return await self._products.carry_out(call, write, FORCE)


def change_document(line: HistoryLine, currency: str) -> Document:
    """Return a change as JSON; ``currency`` is the tenant's."""
    change = change_of(line)
    return line_document(line, _changes(change.before, change.after, currency))


def line_document(line: HistoryLine, changes: Iterable[Document]) -> Document:
    """Return a line of a history as JSON, with what was changed."""
    return {
        "id": line.revision,
        "revision": line.revision,
        "time": iso_time(line.time, "milliseconds"),
        "by": line.by,
        "action": line.action,
        **({"reason": line.reason} if line.reason else {}),
        "changes": [*changes],
    }


def _changes(before: Product | None, after: Product | None, currency: str) -> Iterator[Document]:
    if before is None:
        return
    old = product_document(before, currency)
    if after is None:
        yield {"pointer": "", "from": old}
        return
    yield from differences(_flat(old), _flat(product_document(after, currency)))


def differences(then: Document, now: Document) -> Iterator[Document]:
    """Yield in what two documents differ, whose values are named by JSON pointers."""
    for pointer in [*then, *(pointer for pointer in now if pointer not in then)]:
        sides = {"from": then.get(pointer), "to": now.get(pointer)}
        # As JSON, in which 1 is another value than true.
        if msgspec.json.encode(sides["from"]) != msgspec.json.encode(sides["to"]):
            yield {"pointer": pointer} | {name: value for name, value in sides.items() if value is not None}


def _flat(document: Document) -> Document:
    """Return the fields of a product by JSON pointer, attributes each of its own."""
    flat: Document = {f"/{name}": value for name, value in document.items() if name not in {*DERIVED, _ATTRIBUTES}}
    attributes = document[_ATTRIBUTES]
    assert isinstance(attributes, dict)  # noqa: S101 - narrows it for the type checker
    for name, value in attributes.items():
        flat[f"/{_ATTRIBUTES}/{escaped(name)}"] = value
    return flat


def escaped(name: str) -> str:
    """Return a name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of histories."""
    known = ProductHistory(dependencies.journal, dependencies.store)
    history = History(known, dependencies.catalog, products_of(dependencies), Reads(dependencies.relay))
    return [
        Route("GET", HISTORY, history.list, Scope.READ),
        Route("POST", UNDO, history.undo, Scope.WRITE),
    ]
