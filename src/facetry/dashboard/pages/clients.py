"""Pages of clients: all of them, one with their orders, and their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from facetry.application.record_lists import Place, RecordLists, RecordQuery
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.product_views.changes import Change
from facetry.dashboard.records.client_form import changed_client, client_form
from facetry.dashboard.records.editing import Editing, RecordEditor, do_guarded
from facetry.dashboard.records.histories import LastOfRecords
from facetry.dashboard.records.paging import Pager, number_key, pager, place_of
from facetry.dashboard.records.queries import ListQuery, client_query
from facetry.dashboard.records.words import ORDER_BADGES, OrderWords
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.values import Values
from facetry.domain.guarding import tag_of
from facetry.domain.keeping import DeleteRecord
from facetry.domain.order import Client, Order, OrderStatus
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.user import Role
from facetry.http.answer import Answer

URL = "/dashboard/clients"
_ONE = f"{URL}/{{id}}"
_KIND = RecordKind.CLIENT
_ORDERS = 20


@dataclass(frozen=True, kw_only=True)
class ClientsPage:
    """The list: clients, each with its URL."""

    clients: Sequence[tuple[Client, str]]
    pager: Pager
    query: Values
    is_all: bool


@dataclass(frozen=True, kw_only=True)
class ClientPage:
    """One client.

    Attributes:
        orders: The last ones, each with its URL.
        has_more: Whether there are others before them.
        words: What statuses and channels are called.
        history: Who changed the client last.
        badges: The kind of badge of each status.
    """

    client: Client
    tag: str
    url: str
    currency: str
    orders: Sequence[tuple[Order, str]]
    has_more: bool
    words: OrderWords
    history: Sequence[Change]
    badges: Mapping[OrderStatus, str] = field(default_factory=lambda: ORDER_BADGES)


class Clients:
    """Handles the pages of clients."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read clients and their orders, and write clients through a catalog."""
        self._catalog = dependencies.catalog
        self._records = dependencies.records
        self._lists = RecordLists(dependencies.records)
        self._last = LastOfRecords(dependencies.journal)
        self._editor = RecordEditor(_EDITING, dependencies.records, dependencies.catalog)

    async def list(self, call: PageCall) -> Answer:
        """Show a page of the list."""
        wanted = await self._linked(call, client_query(call.query))
        found = await self._lists.page(call.tenant, _KIND, wanted.query, place_of(call.query))
        page = ClientsPage(
            clients=[(one, _url(one)) for one in found.records if isinstance(one, Client)],
            pager=pager(call, found),
            query=call.query,
            is_all=wanted.is_all,
        )
        return render(call, "clients/_results.html" if call.is_partial else "clients/index.html", page)

    async def get(self, call: PageCall) -> Answer:
        """Show a client."""
        client = await self._client(call)
        place, query = Place(limit=_ORDERS), RecordQuery(link=str(client.id))
        found = await self._lists.page(call.tenant, RecordKind.ORDER, query, place)
        page = ClientPage(
            client=client,
            tag=tag_of(client),
            url=_url(client),
            currency=call.settings.currency,
            orders=[(one, f"/dashboard/orders/{one.id}") for one in found.records if isinstance(one, Order)],
            has_more=bool(found.following),
            words=OrderWords(call.settings, call.texts),
            history=await self._last.of(call, client, _url(client)),
        )
        return render(call, "clients/show.html", page)

    async def edit(self, call: PageCall) -> Answer:
        """Show the form of a client."""
        return await self._editor.show(call, number_key(call, _KIND))

    async def save(self, call: PageCall) -> Answer:
        """Store what was sent of a client."""
        return await self._editor.save(call, number_key(call, _KIND))

    async def delete(self, call: PageCall) -> Answer:
        """Remove a client who has not ordered."""
        client = await self._client(call)
        await do_guarded(call, self._catalog, client, DeleteRecord(_KIND, RecordKey(client.id)))
        return redirect(call, URL, call.texts.gettext("The client was deleted."))

    async def _linked(self, call: PageCall, wanted: ListQuery) -> ListQuery:
        """Return what is asked for by its e-mail address alone, which is found at once, where some client has that."""
        text = call.query.text("q").lower()
        if "@" not in text or not await self._records.after(call.tenant, _KIND, 0, 1, text):
            return wanted
        return wanted._replace(query=msgspec.structs.replace(wanted.query, link=text, words=None))

    async def _client(self, call: PageCall) -> Client:
        client = await self._records.one(call.tenant, _KIND, number_key(call, _KIND))
        assert isinstance(client, Client)  # noqa: S101 - narrows the union for the type checker
        return client


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = Clients(dependencies)
    return [
        Page("GET", URL, pages.list, Role.VIEWER),
        Page("GET", _ONE, pages.get, Role.VIEWER),
        Page("GET", f"{_ONE}/edit", pages.edit, Role.EDITOR),
        Page("POST", f"{_ONE}/edit", pages.save, Role.EDITOR),
        Page("POST", f"{_ONE}/delete", pages.delete, Role.EDITOR),
    ]


def _url(client: Client) -> str:
    return f"{URL}/{client.id}"


_EDITING = Editing(kind=_KIND, base=URL, template="clients/edit.html", form=client_form, write=changed_client, url=_url)
