"""Which orders and clients an export asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from facetry.api.client.record_fields import Faults, Reader, RecordField, RecordTable
from facetry.domain.channels import Channel, channel_of, sites_of
from facetry.domain.errors import FacetryError, InvalidFieldsError, InvalidValueError
from facetry.domain.order import Client, Order
from facetry.domain.order_statuses import Statuses
from facetry.domain.record_values import choice, count, text
from facetry.domain.records import Record, RecordKey
from facetry.domain.times import end_of, unix_time
from facetry.domain.trade_terms import numbers

MOST = 10_000
"""So many orders or clients at most stand in one answer."""
_LONGEST_ID = 18


@dataclass(frozen=True)
class RecordFilter:
    """What an export gives.

    Attributes:
        keys: Only these, in this order; None for all that there are.
        link: Only those that name it; empty for all.
        tests: What all must pass.
        offset: How many of those that pass are left out first.
        limit: How many are given then.
    """

    keys: Sequence[RecordKey] | None = None
    link: str = ""
    tests: Sequence[Callable[[Any], bool]] = field(default=())
    offset: int = 0
    limit: int = MOST

    def fits(self, record: Record) -> bool:
        """Return whether a record passes."""
        return all(test(record) for test in self.tests)


def several(reader: Reader) -> Reader:
    """Return the reader of one value, of a list of them, or of a text in which commas part them."""

    def read(path: str, raw: object) -> tuple[object, ...]:
        entries = raw if isinstance(raw, list) else raw.split(",") if isinstance(raw, str) else [raw]
        if len(entries) > MOST:
            raise InvalidValueError(path, f"must be at most {MOST} values")
        return tuple(reader(path, entry) for entry in entries)

    return read


def record_id(path: str, raw: object) -> int:
    """Return an id that some record may have."""
    written = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if not (written.isascii() and written.isdigit()) or len(written) > _LONGEST_ID:
        raise InvalidValueError(path, "must be an id or a list of ids")
    return int(written)


def limit(path: str, raw: object) -> int:
    """Return how many are to be given at most."""
    found = count(path, raw)
    if found > MOST:
        raise InvalidValueError(path, f"must be at most {MOST}; go on with offset")
    return found


_PAGE = (
    RecordField("limit", "limit", limit, "integer", f"How many at most; default and most {MOST}.", MOST),
    RecordField("offset", "offset", numbers.whole, "integer", "How many to leave out first.", 0),
)
CLIENT_FILTER = RecordTable(
    (
        RecordField("client_id", "ids", several(record_id), "integer or list", "Only these clients."),
        RecordField("type", "type", choice("regular", "reseller"), "text", "`regular` or `reseller`."),
        RecordField("updated_from", "updated_from", unix_time, "time", "Changed then or later."),
        *_PAGE,
    )
)


@lru_cache(maxsize=1_000)
def order_filter_table(statuses: Statuses, channels: tuple[Channel, ...]) -> RecordTable:
    """Return what orders can be chosen by."""

    def channel(path: str, raw: object) -> int:
        return channel_of(path, raw, channels).number

    return RecordTable(
        (
            RecordField("order_id", "ids", several(record_id), "integer or list", "Only these orders."),
            RecordField("order_unique", "codes", several(text), "text or list", "Only these, by the channel's number."),
            RecordField("date_from", "date_from", unix_time, "time", "Ordered then or later."),
            RecordField("date_to", "date_to", end_of, "time", "Ordered then or before; a date is the whole day."),
            RecordField("updated_from", "updated_from", unix_time, "time", "Changed then or later."),
            RecordField("status", "status", several(statuses.read), "integer, text or list", "Number or name."),
            RecordField("channel", "channel", several(channel), "integer, text or list", "With all its sites."),
            RecordField("account_id", "account_id", text, "text", "Account at the channel."),
            RecordField("client_id", "client_id", count, "integer", "Orders of this client."),
            RecordField("archived", "archived", numbers.truth, "boolean", "Only those put away, or only the others."),
            *_PAGE,
        )
    )


def order_filter(data: object, statuses: Statuses, channels: tuple[Channel, ...]) -> RecordFilter:
    """Return which orders ``data`` asks for.

    Raises:
        InvalidFieldsError: It has something else in it.
    """
    values = _values(order_filter_table(statuses, channels), data, "order_id")
    codes = [RecordKey(code=code) for code in values.get("codes") or ()]
    ids = [RecordKey(number) for number in values.get("ids") or ()]
    tests = [test for name, test in _order_tests(values, statuses, channels) if values.get(name) is not None]
    client_id = values.get("client_id")
    return RecordFilter(
        keys=[*ids, *codes] if ids or codes or _names_none(data, "order_id", "order_unique") else None,
        link=str(client_id) if client_id else "",
        tests=tests,
        offset=values.get("offset", 0),
        limit=values.get("limit", MOST),
    )


def client_filter(data: object) -> RecordFilter:
    """Return which clients ``data`` asks for.

    Raises:
        InvalidFieldsError: It has something else in it.
    """
    values = _values(CLIENT_FILTER, data, "client_id")
    ids = values.get("ids") or ()
    tests: dict[str, Callable[[Client], bool]] = {
        "type": lambda client: client.type == values["type"],
        "updated_from": lambda client: client.updated >= values["updated_from"],
    }
    return RecordFilter(
        keys=[RecordKey(number) for number in ids] if ids or _names_none(data, "client_id") else None,
        tests=[test for name, test in tests.items() if values.get(name) is not None],
        offset=values.get("offset", 0),
        limit=values.get("limit", MOST),
    )


def _order_tests(
    values: dict[str, Any], statuses: Statuses, channels: Sequence[Channel]
) -> Sequence[tuple[str, Callable[[Order], bool]]]:
    """Return the tests that there are, by the value that each needs."""
    sites = {site for number in values.get("channel") or () for site in sites_of(number, channels)}
    return (
        ("date_from", lambda order: order.order_date >= values["date_from"]),
        ("date_to", lambda order: order.order_date <= values["date_to"]),
        ("updated_from", lambda order: order.update_date >= values["updated_from"]),
        ("status", lambda order: statuses.number(order) in values["status"]),
        ("channel", lambda order: order.channel in sites),
        ("account_id", lambda order: order.account_id == values["account_id"]),
        ("client_id", lambda order: order.client_id == values["client_id"]),
        ("archived", lambda order: order.is_archived == values["archived"]),
    )


def _names_none(data: object, *names: str) -> bool:
    """Return whether a list of ids or codes is given that is empty: who asks for none must not get all."""
    return isinstance(data, dict) and any(data.get(name) == [] for name in names)


def _values(table: RecordTable, data: object, ids: str) -> dict[str, Any]:
    """Return what a filter says; one that is no object is an id, or a list of them.

    Raises:
        InvalidFieldsError: It has something else in it.
    """
    if data is None:
        return {}
    faults = Faults()
    values = table.read(data if isinstance(data, dict) else {ids: data}, faults)
    error: FacetryError | None = faults.error()
    if error is not None:
        assert isinstance(error, InvalidFieldsError)  # noqa: S101 - nothing of a filter is mandatory
        raise error
    return values
