"""The actions on orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from facetry.api.client.action import Action, ActionCall, Category, DataNeed, FieldNote, Result
from facetry.api.client.dependencies import Dependencies
from facetry.api.client.errors import listed
from facetry.api.client.order_fields import PARCELS_TABLE, SHIPMENT_TABLE, order_table
from facetry.api.client.order_filters import order_filter, order_filter_table
from facetry.api.client.order_reading import OrderReader
from facetry.api.client.order_rendering import order_document
from facetry.api.client.record_exports import chosen, clients_of
from facetry.api.client.record_fields import notes, records_of
from facetry.api.client.written_records import failed_step
from facetry.application.turns import Turns
from facetry.domain.catalog import Refused, error_of
from facetry.domain.errors import FacetryError, IndexBehindError, StoreError
from facetry.domain.keeping import Recorded
from facetry.domain.order import Order
from facetry.domain.order_statuses import Statuses, statuses_of
from facetry.domain.ordering import OrderWrite
from facetry.domain.record import RecordKind
from facetry.domain.tenant import Scope

CHUNK = 200
"""Records that are written and made searchable together: the log of many more would hold other calls up."""


class Orders:
    """Bring orders in, change them, and give them out."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Work with these."""
        self._catalog = dependencies.catalog
        self._records = dependencies.records
        self._clock = dependencies.clock

    async def export(self, call: ActionCall) -> Result:
        """Give orders with their lines and clients."""
        statuses = _statuses(call)
        wanted = order_filter(call.data, statuses, call.settings.client_api.channels)
        found = await chosen(self._records, call.tenant, RecordKind.ORDER, wanted)
        orders = [order for order in found if isinstance(order, Order)]
        return Result(await self._shown(call, orders, statuses))

    async def bring_in(self, call: ActionCall) -> Result:
        """Store new orders."""
        return await self._written(call, self._reader(call).placed)

    async def update(self, call: ActionCall) -> Result:
        """Change orders."""
        reader = self._reader(call)
        return await self._written(call, lambda raw: reader.revised(raw, call.actions))

    async def set_tracking_number(self, call: ActionCall) -> Result:
        """Note the parcels of whole orders."""
        return await self._written(call, self._reader(call).shipped)

    async def set_separate_tracking_numbers(self, call: ActionCall) -> Result:
        """Note the parcels of single lines."""
        return await self._written(call, self._reader(call).shipped_apart)

    def _reader(self, call: ActionCall) -> OrderReader:
        return OrderReader(
            _statuses(call), call.settings.client_api.channels, call.settings.currency, self._clock.now()
        )

    async def _written(self, call: ActionCall, read: Callable[[object], OrderWrite | FacetryError]) -> Result:
        """Do what each record asks for, each on its own."""
        outcomes: list[object] = []
        turns = Turns()
        for raw in records_of(call.data):
            outcomes.append(read(raw))
            await turns.give()
        places = [at for at, one in enumerate(outcomes) if not isinstance(one, FacetryError)]
        for start in range(0, len(places), CHUNK):
            step = places[start : start + CHUNK]
            try:
                await self._write(call, outcomes, step)
            except (IndexBehindError, StoreError) as error:
                told = failed_step(error, step, is_all=len(places) <= CHUNK, is_first=not start)
                for at, one in zip(step, told, strict=True):
                    outcomes[at] = one
        return listed(outcomes, "order")

    async def _write(self, call: ActionCall, outcomes: list[object], places: Sequence[int]) -> None:
        """Do the writes at these places in one transaction, and put there what became of them."""
        receipt = await self._catalog.write(call.tenant, [outcomes[at] for at in places])  # type: ignore[misc]
        orders: dict[int, Order] = {}
        for at, outcome in zip(places, receipt.outcomes, strict=True):
            if isinstance(outcome, Refused):
                outcomes[at] = error_of(outcome)
            elif isinstance(outcome, Recorded) and isinstance(outcome.record, Order):
                orders[at] = outcome.record
        shown = await self._shown(call, orders.values(), _statuses(call))
        for at, document in zip(orders, shown, strict=True):
            outcomes[at] = document

    async def _shown(
        self, call: ActionCall, orders: Iterable[Order], statuses: Statuses
    ) -> Sequence[dict[str, object]]:
        orders = list(orders)
        clients = await clients_of(self._records, call.tenant, orders)
        documents = []
        turns = Turns()
        for order in orders:
            documents.append(order_document(order, clients.get(order.client_id), statuses))
            await turns.give()
        return documents


def actions(dependencies: Dependencies) -> Sequence[Action]:
    """Return the actions on orders."""
    orders = Orders(dependencies)
    fields = order_table(Statuses(), ())
    return [
        Action(
            name="orders_export",
            category=Category.ORDERS,
            about="Gives orders with their products and client, ascending by id; without data all.",
            handler=orders.export,
            scope=Scope.ORDERS,
            aliases=("order_export",),
            fields=notes(order_filter_table(Statuses(), ())),
            sample={"status": "paid", "date_from": "2024-05-01", "limit": 100},
            answer=[_SHOWN],
        ),
        Action(
            name="order_import",
            category=Category.ORDERS,
            about=_IMPORT,
            handler=orders.bring_in,
            scope=Scope.ORDERS,
            need=DataNeed.MANDATORY,
            fields=(*(note for note in notes(fields, ("products",)) if note.name != "order_id"),),
            sample=_SENT,
            answer=[_SHOWN],
        ),
        Action(
            name="order_update",
            category=Category.ORDERS,
            about=_UPDATE,
            handler=orders.update,
            scope=Scope.ORDERS,
            need=DataNeed.MANDATORY,
            fields=notes(fields, ("order_id",)),
            sample={"order_id": 1, "status": "paid", "comments": ""},
            answer=[{**_SHOWN, "status": 2, "status_name": "paid"}],
        ),
        *_shipping_actions(orders),
    ]


def _shipping_actions(orders: Orders) -> Sequence[Action]:
    shipped = {**_SHOWN, "status": 4, "status_name": "shipped"}
    lines = [{"order_product_id": 1, "tracking_number": "JD0146", "carrier": "DHL"}]
    key = FieldNote("order_id", "integer", "The order; or `order_unique`.", is_required=True)
    return [
        Action(
            name="order_set_tracking_number",
            category=Category.ORDERS,
            about="Notes the parcel of an order, which becomes shipped unless it is further; not of one that is over.",
            handler=orders.set_tracking_number,
            scope=Scope.ORDERS,
            need=DataNeed.MANDATORY,
            fields=(key, *notes(SHIPMENT_TABLE, ("tracking_number",))[1:]),
            sample={"order_id": 1, "tracking_number": "JD0146", "carrier": "DHL", "ship_date": "2024-05-31"},
            answer=[{**shipped, "tracking_number": "JD0146"}],
        ),
        Action(
            name="order_set_separate_tracking_numbers",
            category=Category.ORDERS,
            about="Notes the parcels of single lines; the order becomes shipped when every line has one.",
            handler=orders.set_separate_tracking_numbers,
            scope=Scope.ORDERS,
            need=DataNeed.MANDATORY,
            fields=(key, *notes(PARCELS_TABLE, ("products",))[1:]),
            sample={"order_id": 1, "products": lines},
            answer=[{**shipped, "products": [{**_LINE, "tracking_number": "JD0146", "carrier": "DHL"}]}],
        ),
    ]


def _statuses(call: ActionCall) -> Statuses:
    return statuses_of(call.settings.client_api.statuses)


_IMPORT = (
    "Stores new orders, whose lines lower the stock as `product_sold` does: all of an order or none. An `order_unique` "
    "that is there already is refused, so a repeat is harmless. Each line names a product by `product_id` or `sku`; "
    "a SKU that the catalog does not have is kept and moves no stock. The client is found by `client_id`, `reference` "
    "or e-mail address, or made; what was not known of one who is found is added."
)
_UPDATE = (
    "Changes orders: fields left out stay, empty values overwrite, and the stock follows the lines. `products` "
    "replaces the lines, and a line with `order_product_id` keeps what is left out of it; with `actions` "
    '`{"products": "update"}` lines that are not named stay, with `remove` those that are go. `canceled` and '
    "`returned` give the stock back, once, and are final. Fields of `client` overwrite those of the order's client."
)
_LINE = {"order_product_id": 1, "product_id": 1, "sku": "R-1", "amount": 1, "price": 1250}
_SENT = {
    "order_unique": "1042",
    "channel": 5100,
    "shipping_name": "Ada Lovelace",
    "shipping_country": "GB",
    "products": [{"sku": "R-1", "amount": 1, "price": 1250, "stock_action": "revise"}],
    "client": {"name": "Ada Lovelace", "email": "ada@example.com"},
}
_SHOWN = {
    "order_id": 1,
    "order_unique": "1042",
    "status": 1,
    "status_name": "new",
    "final_price": 1250,
    "products": [_LINE],
    "client": {"client_id": 1, "name": "Ada Lovelace", "email": "ada@example.com"},
}
