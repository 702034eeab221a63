"""Comparing the columns, groups and links of a tenant's products and records with their documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import apsw
import msgspec

from facetry.domain.fault import Fault
from facetry.domain.product import Product, new_object_id
from facetry.domain.records import Record
from facetry.engines.sqlite.checking import Finding, Findings, State
from facetry.engines.sqlite.connection import Row, found
from facetry.engines.sqlite.documents import decode_product, decode_record
from facetry.engines.sqlite.records import PRODUCT_LINKS, product_links

_PRODUCTS = """
    SELECT number, sku, group_id, joined, is_main, id, doc FROM products INDEXED BY products_by_id
    WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?"""
_PUT_PRODUCT = "UPDATE products SET sku = ?2, group_id = ?3, joined = ?4, is_main = ?5, id = ?6 WHERE number = ?1"
_GROUPS_MISSING = """
    SELECT DISTINCT group_id FROM products AS p WHERE tenant = ?1
    AND NOT EXISTS (SELECT 1 FROM groups AS g WHERE g.tenant = ?1 AND g.group_id = p.group_id)"""
_GROUPS_SURPLUS = """
    SELECT group_id FROM groups AS g WHERE tenant = ?1
    AND NOT EXISTS (SELECT 1 FROM products AS p WHERE p.tenant = ?1 AND p.group_id = g.group_id)"""
_PUT_GROUP = "INSERT INTO groups (tenant, group_id, object_id, revision) VALUES (?, ?, ?, ?)"
_DELETE_GROUP = "DELETE FROM groups WHERE tenant = ? AND group_id = ?"
_RECORDS = """
    SELECT kind, id, code, doc FROM records WHERE tenant = ? AND (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?"""
_PUT_RECORD = "UPDATE records SET kind = ?4, id = ?5, code = ?6 WHERE tenant = ?1 AND kind = ?2 AND id = ?3"
_LAST_IDS = """
    SELECT r.kind, max(r.id), coalesce(l.id, 0) FROM records AS r
    LEFT JOIN last_ids AS l ON l.tenant = r.tenant AND l.kind = r.kind WHERE r.tenant = ? GROUP BY r.kind"""
_PUT_LAST_ID = "INSERT OR REPLACE INTO last_ids (tenant, kind, id) VALUES (?, ?, ?)"
_LINKS = "SELECT kind, link, id FROM links WHERE tenant = ?"
_PUT_LINK = "INSERT OR IGNORE INTO links (tenant, kind, link, id) VALUES (?, ?, ?, ?)"
_DELETE_LINK = "DELETE FROM links WHERE tenant = ? AND kind = ? AND link = ? AND id = ?"
_PAGE = 200
_LOWEST: Final = -(1 << 63)
_SUM_MASK: Final = (1 << 64) - 1

Link = tuple[str, str, int]
"""The kind of what names something, what it names, and its id."""


def product_findings(connection: apsw.Connection, number: int) -> Findings:
    """Compare the columns of products with their documents."""
    for row, product in _products(connection, number):
        if row is None:
            yield None
        elif product is None:
            fault = Fault("products", row[1], "the document cannot be read", mendable=False)
            yield Finding(fault)
        elif row[1:6] != (right := _columns_of(product)):
            fault = Fault("products", product.sku, "the columns are not those of the document")
            touched = tuple(dict.fromkeys((str(row[2]), product.group_id)))
            skus = tuple(dict.fromkeys((str(row[1]), product.sku)))
            yield Finding(fault, ((_PUT_PRODUCT, (row[0], *right)),), skus, touched)


def group_findings(connection: apsw.Connection, number: int, state: State) -> Findings:
    """Compare the groups that are there with those that products name."""
    for (name,) in found(connection, _GROUPS_MISSING, (number,)):
        put = (_PUT_GROUP, (number, name, new_object_id(), state.revision))
        yield Finding(Fault("groups", name, "missing"), (put,), groups=(name,))
    yield None
    for (name,) in found(connection, _GROUPS_SURPLUS, (number,)):
        drop = (_DELETE_GROUP, (number, name))
        yield Finding(Fault("groups", name, "has no product"), (drop,), groups=(name,))


def record_row_findings(connection: apsw.Connection, number: int) -> Findings:
    """Compare the columns of records with their documents, and the last ids with those that are taken."""
    for row, record in _records(connection, number):
        if row is None:
            yield None
        elif record is None:
            fault = Fault("records", f"{row[0]} {row[1]}", "the document cannot be read", mendable=False)
            yield Finding(fault)
        elif row[:3] != (right := (record.kind.value, record.id, record.unique or None)):
            fault = Fault("records", f"{right[0]} {right[1]}", "the columns are not those of the document")
            touched = ((right[0], right[1]),)
            yield Finding(fault, ((_PUT_RECORD, (number, row[0], row[1], *right)),), records=touched)
    for kind, highest, last in found(connection, _LAST_IDS, (number,)):
        if last < highest:
            put = (_PUT_LAST_ID, (number, kind, highest))
            yield Finding(Fault("counts", f"last id of {kind}", f"{last} instead of {highest}"), (put,))


def link_findings(connection: apsw.Connection, number: int) -> Findings:
    """Compare the links with what products and records name; they are listed only where their sums differ."""
    expected, stored = _LinkSum(), _LinkSum()
    for links in _named(connection, number):
        expected.add(links)
        yield None
    stored.add(_stored(connection, number))
    if expected == stored:
        return
    right = {link for links in _named(connection, number) for link in links}
    kept = set(_stored(connection, number))
    for link in sorted(right - kept):
        yield Finding(_fault(link, "missing"), ((_PUT_LINK, (number, *link)),))
    for link in sorted(kept - right):
        yield Finding(_fault(link, "nothing names it"), ((_DELETE_LINK, (number, *link)),))


class _LinkSum:
    """A sum that differs, but for chance, where links differ, whatever their order; two of equal ones are equal."""

    def __init__(self) -> None:
        self._count = self._sum = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _LinkSum) and (self._count, self._sum) == (other._count, other._sum)

    __hash__ = None  # type: ignore[assignment]

    def add(self, links: Iterable[Link]) -> None:
        for link in links:
            self._count += 1
            self._sum = (self._sum + hash(link)) & _SUM_MASK


def _fault(link: Link, problem: str) -> Fault:
    kind, name, record_id = link
    return Fault("links", f"{kind} {record_id} to {name.strip()}", problem)


def _columns_of(product: Product) -> Row:
    return product.sku, product.group_id, product.joined, int(product.is_main), product.product_id


def _named(connection: apsw.Connection, number: int) -> Iterator[list[Link]]:
    """Yield what each product and record that can be read names."""
    for _, product in _products(connection, number):
        if product is not None:
            yield [(PRODUCT_LINKS, link, product.product_id) for link in product_links(product)]
    for _, record in _records(connection, number):
        if record is not None:
            yield [(record.kind.value, link, record.id) for link in dict.fromkeys(record.links)]


def _stored(connection: apsw.Connection, number: int) -> Iterator[Link]:
    return ((kind, link, record_id) for kind, link, record_id in connection.execute(_LINKS, (number,)))


def _products(connection: apsw.Connection, number: int) -> Iterator[tuple[Row | None, Product | None]]:
    """Yield each row of a product with its document, where that can be read; no row after each page."""
    after = _LOWEST
    while page := found(connection, _PRODUCTS, (number, after, _PAGE)):
        for row in page:
            try:
                yield row, decode_product(row[6])
            except (msgspec.DecodeError, ValueError):
                yield row, None
        yield None, None
        after = page[-1][5]


def _records(connection: apsw.Connection, number: int) -> Iterator[tuple[Row | None, Record | None]]:
    """Yield each row of a record with its document, likewise."""
    after: Row = ("", _LOWEST)
    while page := found(connection, _RECORDS, (number, *after, _PAGE)):
        for row in page:
            try:
                yield row, decode_record(row[3])
            except (msgspec.DecodeError, ValueError):
                yield row, None
        yield None, None
        after = page[-1][:2]
