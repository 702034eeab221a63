"""What the lists of orders and clients are asked for: words and filters of their query strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from facetry.application.record_lists import RecordQuery, Test
from facetry.dashboard.records.filter_values import filter_value
from facetry.dashboard.records.forms import Remarks
from facetry.dashboard.values import Values
from facetry.domain.channels import sites_of
from facetry.domain.order_statuses import Statuses, statuses_of
from facetry.domain.record_texts import has_words
from facetry.domain.records import RecordKey
from facetry.domain.storable import is_unicode
from facetry.domain.tenant import TenantSettings
from facetry.domain.times import LAST, end_of, unix_time

_LONGEST_ID = 15


class ListQuery(NamedTuple):
    """Which records are asked for, what could not be read of that by field, and whether all are."""

    query: RecordQuery
    errors: Mapping[str, str]
    is_all: bool


def order_query(query: Values, settings: TenantSettings) -> ListQuery:
    """Return which orders of a tenant a query string asks for."""
    errors = Remarks()
    client = query.number("client")
    text = query.text("q")
    tests = tuple(_order_tests(query, settings, errors))
    found = RecordQuery(
        keys=keys_of(text), link=str(client) if client else "", tests=tests, words=has_words(text) if text else None
    )
    return ListQuery(found, errors, is_all=not (text or client or tests))


def client_query(query: Values) -> ListQuery:
    """Return which clients a query string asks for."""
    text, kind = query.text("q"), query.text("type")
    tests: tuple[Test, ...] = (lambda client: client.type == kind,) if kind else ()
    found = RecordQuery(keys=keys_of(text), tests=tests, words=has_words(text) if text else None)
    return ListQuery(found, Remarks(), is_all=not (text or kind))


def keys_of(text: str) -> tuple[RecordKey, ...]:
    """Return by which keys a text may name a record at once: its reference, and its number, ``#`` before it or not."""
    if not text or not is_unicode(text):
        return ()
    number = text.removeprefix("#")
    is_number = number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID and int(number)
    by_number = (RecordKey(int(number)),) if is_number else ()
    return (RecordKey(code=text), *by_number)


def _order_tests(query: Values, settings: TenantSettings, errors: dict[str, str]) -> Iterator[Test]:
    statuses, own = statuses_of(settings.client_api.statuses), settings.client_api.channels
    status, channel = query.number("status"), query.number("channel")
    if status:
        yield _has_status(statuses, status)
    if channel:
        sites = sites_of(channel, own)
        yield lambda order: order.channel in sites
    first, last = filter_value(query, "from", unix_time, errors), filter_value(query, "to", end_of, errors)
    if first is not None or last is not None:
        begin, end = first or 0.0, LAST if last is None else last
        yield lambda order: begin <= order.order_date <= end


def _has_status(statuses: Statuses, number: int) -> Test:
    """Return the test that an order is in a status: in a built-in one also by one of the tenant's own."""
    if number not in statuses.names:
        return lambda _: False
    changes = statuses.changes(number)
    if changes["own_status"]:
        return lambda order: statuses.number(order) == number
    return lambda order: order.status.value == number
