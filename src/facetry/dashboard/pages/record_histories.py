"""Pages with all changes of a gemstone, listing, order or client, also of one that is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facetry.application.record_history import RecordHistory
from facetry.application.records import Records
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.line_places import line_place, next_lines
from facetry.dashboard.product_views.changes import Change
from facetry.dashboard.records.changes import RecordChanges
from facetry.dashboard.records.paging import number_key, url_of
from facetry.dashboard.rendering import render
from facetry.dashboard.routing import Page, PageHandler
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.gemstone import Gemstone
from facetry.domain.order import Client, Order
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.user import Role
from facetry.http.answer import Answer

PAGE_SIZE = 50


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_AREAS: Mapping[RecordKind, tuple[str, str]] = {
    RecordKind.GEMSTONE: (_("Gemstones"), "/dashboard/gemstones"),
    RecordKind.LISTING: (_("Listings"), "/dashboard/listings"),
    RecordKind.ORDER: (_("Orders"), "/dashboard/orders"),
    RecordKind.CLIENT: (_("Clients"), "/dashboard/clients"),
}
"""What the list of a kind is called, and where it is."""


@dataclass(frozen=True, kw_only=True)
class RecordHistoryPage:
    """All changes of a record.

    Attributes:
        name: What the record is called.
        area: Name and URL of the list that it is in.
        url: Of the record.
        is_there: Whether there still is one.
        changes: A page of them, newest first.
        next: Where the next page begins; empty for none.
    """

    name: str
    area: tuple[str, str]
    url: str
    is_there: bool
    changes: Sequence[Change]
    next: str


class RecordHistories:
    """Shows changes of records."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read records and their histories."""
        self._records: Records = dependencies.records
        self._history = RecordHistory(dependencies.journal)

    def of(self, kind: RecordKind) -> PageHandler:
        """Return what shows the changes of a record of a kind."""

        async def show(call: PageCall) -> Answer:
            return await self._show(call, kind)

        return show

    async def _show(self, call: PageCall, kind: RecordKind) -> Answer:
        key = RecordKey(code=call.variables["code"]) if kind is RecordKind.GEMSTONE else number_key(call, kind)
        (record,) = await self._records.find(call.tenant, kind, [key])
        number = record.id if record else await self._history.id_of(call.tenant, key)
        after = line_place(call.query)
        lines = await self._history.lines(call.tenant, kind, number, PAGE_SIZE + 1, after) if number else []
        if record is None and not lines and after is None:
            raise RecordNotFoundError(kind.value, str(key))
        label, base = _AREAS[kind]
        url, changes = url_of(base, str(key)), RecordChanges(call)
        page = RecordHistoryPage(
            name=_name(record) if record else key.code or f"#{key.id}",
            area=(call.texts.gettext(label), base),
            url=url,
            is_there=record is not None,
            changes=[changes.change(one.line, url) for one in lines[:PAGE_SIZE]],
            next=next_lines(lines, PAGE_SIZE),
        )
        return render(call, "records/history.html", page)


def _name(record: Record) -> str:
    match record:
        case Gemstone():
            return record.code
        case Order():
            return record.reference or f"#{record.id}"
        case Client():
            names = record.name, record.company, record.email, record.username, record.reference
            return next(filter(None, names), f"#{record.id}")
    return f"#{record.id}"


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of histories of records."""
    histories = RecordHistories(dependencies)
    parts: Mapping[bool, str] = {True: "{code}", False: "{id}"}
    return [
        Page("GET", f"{base}/{parts[kind is RecordKind.GEMSTONE]}/history", histories.of(kind), Role.VIEWER)
        for kind, (_, base) in _AREAS.items()
    ]
