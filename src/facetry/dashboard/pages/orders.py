"""Pages of orders: all of them, and one with its lines, amounts and client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from facetry.application.record_lists import RecordLists
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.forms import FIELD_ERRORS, field_errors
from facetry.dashboard.product_views.changes import Change
from facetry.dashboard.records.editing import do_guarded
from facetry.dashboard.records.forms import Remarks, Texts
from facetry.dashboard.records.histories import LastOfRecords
from facetry.dashboard.records.order_forms import FORMS, OrderForm, next_statuses, sent_order, shown_order
from facetry.dashboard.records.paging import Choice, Pager, number_key, pager, place_of, url_of
from facetry.dashboard.records.queries import order_query
from facetry.dashboard.records.words import ORDER_BADGES, OrderWords
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.values import Values
from facetry.domain.errors import ChangedMeanwhileError
from facetry.domain.guarding import tag_of
from facetry.domain.order import OVER, Client, Order, OrderLine, OrderStatus
from facetry.domain.order_statuses import statuses_of
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.user import Role
from facetry.http.answer import Answer

URL = "/dashboard/orders"
_ONE = f"{URL}/{{id}}"
_KIND = RecordKind.ORDER
_CONFLICT, _REFUSED = 409, 422


@dataclass(frozen=True, kw_only=True)
class OrdersPage:
    """The list.

    Attributes:
        orders: Each with its URL.
        words: What statuses and channels are called.
        badges: The kind of badge of each status.
        client: The one whose orders these are; None where they are everybody's.
        is_all: Whether nothing is filtered.
    """

    orders: Sequence[tuple[Order, str]]
    pager: Pager
    query: Values
    words: OrderWords
    currency: str
    client: Client | None
    is_all: bool
    errors: Mapping[str, str]
    badges: Mapping[OrderStatus, str] = field(default_factory=lambda: ORDER_BADGES)


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    """One order.

    Attributes:
        currency: In which its amounts are.
        lines: Each with the URL of its product, empty where that is not in the catalog.
        client: Who gave it; None where nobody is known.
        client_url: Where they are shown.
        statuses: Those that it may get into.
        is_over: Whether it was returned or canceled, and goes on no more.
        values: What stands in the forms.
        errors: What is wrong with that, by field.
        is_conflict: Whether somebody has changed the order meanwhile.
        history: Who changed it last.
    """

    order: Order
    tag: str
    url: str
    currency: str
    lines: Sequence[tuple[OrderLine, str]]
    client: Client | None
    client_url: str
    words: OrderWords
    statuses: Sequence[Choice]
    is_over: bool
    values: Texts
    errors: Mapping[str, str]
    is_conflict: bool
    history: Sequence[Change]
    badges: Mapping[OrderStatus, str] = field(default_factory=lambda: ORDER_BADGES)


class Orders:
    """Handles the pages of orders."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read orders, and write them through a catalog."""
        self._catalog = dependencies.catalog
        self._records = dependencies.records
        self._lists = RecordLists(dependencies.records)
        self._last = LastOfRecords(dependencies.journal)

    async def list(self, call: PageCall) -> Answer:
        """Show a page of the list."""
        wanted = order_query(call.query, call.settings)
        found = await self._lists.page(call.tenant, _KIND, wanted.query, place_of(call.query))
        page = OrdersPage(
            orders=[(one, f"{URL}/{one.id}") for one in found.records if isinstance(one, Order)],
            pager=pager(call, found),
            query=call.query,
            words=OrderWords(call.settings, call.texts),
            currency=call.settings.currency,
            client=await self._client(call, call.query.number("client")),
            is_all=wanted.is_all,
            errors=wanted.errors,
        )
        return render(call, "orders/_results.html" if call.is_partial else "orders/index.html", page)

    async def get(self, call: PageCall) -> Answer:
        """Show an order."""
        order = await self._order(call)
        return await self._page(call, order, shown_order(order, statuses_of(call.settings.client_api.statuses)))

    def saved_by(self, form: OrderForm) -> Callable[[PageCall], Awaitable[Answer]]:
        """Return what handles one of the forms of an order."""

        async def save(call: PageCall) -> Answer:
            return await self._save(call, form)

        return save

    async def _save(self, call: PageCall, form: OrderForm) -> Answer:
        """Do what a form asks for, or show the order again with what stands against it."""
        order, values = await self._order(call), await call.form()
        statuses = statuses_of(call.settings.client_api.statuses)
        try:
            await do_guarded(call, self._catalog, order, form(values, order, call.settings, call.now))
        except FIELD_ERRORS as error:
            return await self._page(call, order, sent_order(values, order, statuses), field_errors(error))
        except ChangedMeanwhileError:
            now = await self._order(call)
            return await self._page(call, now, sent_order(values, now, statuses), is_conflict=True)
        return redirect(call, f"{URL}/{order.id}", call.texts.gettext("Saved."))

    async def _page(
        self,
        call: PageCall,
        order: Order,
        values: Texts,
        errors: Mapping[str, str] | None = None,
        *,
        is_conflict: bool = False,
    ) -> Answer:
        words = OrderWords(call.settings, call.texts)
        client = await self._client(call, order.client_id)
        page = OrderPage(
            order=order,
            tag=tag_of(order),
            url=f"{URL}/{order.id}",
            currency=order.currency or call.settings.currency,
            lines=[(line, url_of("/dashboard/products", line.sku) if line.product_id else "") for line in order.lines],
            client=client,
            client_url=f"/dashboard/clients/{client.id}" if client else "",
            words=words,
            statuses=words.statuses(next_statuses(order, statuses_of(call.settings.client_api.statuses))),
            is_over=order.status in OVER,
            values=values,
            errors=Remarks(errors or {}),
            is_conflict=is_conflict,
            history=await self._last.of(call, order, f"{URL}/{order.id}"),
        )
        return render(call, "orders/show.html", page, status=_CONFLICT if is_conflict else _REFUSED if errors else 200)

    async def _order(self, call: PageCall) -> Order:
        order = await self._records.one(call.tenant, _KIND, number_key(call, _KIND))
        assert isinstance(order, Order)  # noqa: S101 - narrows the union for the type checker
        return order

    async def _client(self, call: PageCall, client_id: int) -> Client | None:
        if not client_id:
            return None
        (client,) = await self._records.find(call.tenant, RecordKind.CLIENT, [RecordKey(client_id)])
        return client if isinstance(client, Client) else None


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = Orders(dependencies)
    return [
        Page("GET", URL, pages.list, Role.VIEWER),
        Page("GET", _ONE, pages.get, Role.VIEWER),
        *(Page("POST", f"{_ONE}/{name}", pages.saved_by(form), Role.EDITOR) for name, form in FORMS.items()),
    ]
