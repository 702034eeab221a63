"""The texts of a record by which somebody may look for it, and the search for words in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

from facetry.domain.gemstone import Gemstone
from facetry.domain.listing import Listing
from facetry.domain.order import Client, Order
from facetry.domain.records import Record

MAX_WORDS = 20
"""More words of a search do not count."""
# Thousands of records are looked through for one page.
_address = attrgetter("first_name", "last_name", "email", "phone", "line_one", "line_two", "city", "zip")
_line = attrgetter("sku", "title", "tracking_number")


def has_words(text: str) -> Callable[[Record], bool]:
    """Return the test that each word of a text stands somewhere in the texts of a record, in any case."""
    words = text.casefold().split()[:MAX_WORDS]

    def has(record: Record) -> bool:
        said = "\n".join(texts_of(record)).casefold()
        return all(word in said for word in words)

    return has


def texts_of(record: Record) -> Iterator[str]:
    """Yield the texts of a gemstone, a listing, an order or a client by which it is looked for; others have none."""
    match record:
        case Gemstone():
            yield from (record.code, record.name, record.type, record.certificate_number or "")
        case Listing():
            yield from (record.sku, record.external_id, record.account_id, record.title, record.url)
        case Order():
            yield from _of_order(record)
        case Client():
            yield from (record.reference, record.name, record.username, record.company, record.email)
            yield from (record.phone, record.country, record.address, *record.tags)


def _of_order(order: Order) -> Iterator[str]:
    yield from (order.reference, order.customer, order.tracking_number, order.store_name)
    yield from _address(order.address)
    for line in order.lines:
        yield from _line(line)
