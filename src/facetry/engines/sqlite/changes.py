"""Pages of the change log with what they touched, as copies of a catalog follow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

import apsw
import msgspec

from facetry.application.turns import Turns
from facetry.domain.change import Change
from facetry.domain.errors import RevisionTooOldError
from facetry.domain.feed import Changes, Touched, touched_by
from facetry.domain.product import Product
from facetry.engines.sqlite.connection import Row, rows
from facetry.engines.sqlite.documents import (
    decode_product,
    decode_record,
    decode_record_ids,
    decode_text_lists,
)

_STATE = "SELECT number, revision, log_cut FROM tenants WHERE id = ?"
_LOG = "SELECT revision, skus, groups, records FROM changes WHERE tenant = ? AND revision > ? ORDER BY revision LIMIT ?"
_PRODUCTS = """
    SELECT p.doc FROM json_each(?2) AS wanted
    CROSS JOIN products AS p ON p.tenant = ?1 AND p.sku = wanted.value"""
_GROUPS = """
    SELECT g.group_id FROM json_each(?2) AS wanted
    CROSS JOIN groups AS g ON g.tenant = ?1 AND g.group_id = wanted.value"""
_RECORDS = """
    SELECT r.kind, r.id, r.doc FROM json_each(?2) AS wanted
    CROSS JOIN records AS r ON r.tenant = ?1 AND r.kind = wanted.value ->> 0 AND r.id = wanted.value ->> 1"""
_LOG_ROWS = 128


class _Read(NamedTuple):
    """What one transaction has read."""

    revision: int
    touched: Touched
    products: Sequence[Row]
    groups: frozenset[str]
    records: Sequence[Row]


async def read_changes(connection: apsw.Connection, tenant: str, after: int, limit: int) -> Changes:
    """Return what the revisions after one touched, with how it is now.

    Raises:
        RevisionTooOldError: The log was cut above that revision, or it lies in the future.
    """
    # Only the rows must come from one transaction; decoding takes longer and may be interrupted.
    revision, touched, product_rows, groups, record_rows = _in_transaction(connection, tenant, after, limit)
    turns = Turns()
    products: list[Product] = []
    for (doc,) in product_rows:
        products.append(decode_product(doc))
        await turns.give()
    skus = {product.sku for product in products}
    records = {(kind, number): doc for kind, number, doc in record_rows}
    return Changes(
        since=after,
        revision=touched.revision,
        read_at=revision,
        products=tuple(sorted(products, key=attrgetter("sku"))),
        gone_products=tuple(sku for sku in touched.skus if sku not in skus),
        groups=tuple(name for name in touched.groups if name in groups),
        gone_groups=tuple(name for name in touched.groups if name not in groups),
        records=tuple(
            decode_record(records[kind.value, number])
            for kind, number in touched.records
            if (kind.value, number) in records
        ),
        gone_records=tuple(one for one in touched.records if (one[0].value, one[1]) not in records),
    )


def _in_transaction(connection: apsw.Connection, tenant: str, after: int, limit: int) -> _Read:
    rows(connection, "BEGIN", ())
    try:
        number, revision, cut = next(iter(rows(connection, _STATE, (tenant,))), (0, 0, 0))
        if not cut <= after <= revision:
            raise RevisionTooOldError(after, cut, revision)
        touched = touched_by(_log(connection, number, after), after, limit)
        return _Read(
            revision,
            touched,
            _named(connection, _PRODUCTS, number, touched.skus),
            frozenset(row[0] for row in _named(connection, _GROUPS, number, touched.groups)),
            _named(connection, _RECORDS, number, [(kind.value, record_id) for kind, record_id in touched.records]),
        )
    finally:
        rows(connection, "END", ())


def _named(connection: apsw.Connection, sql: str, number: int, names: Sequence[object]) -> Sequence[Row]:
    return rows(connection, sql, (number, msgspec.json.encode(names).decode())) if names else []


def _log(connection: apsw.Connection, number: int, after: int) -> Iterator[Change]:
    while page := rows(connection, _LOG, (number, after, _LOG_ROWS)):
        skus = decode_text_lists(row[1] for row in page)
        groups = decode_text_lists(row[2] for row in page)
        records = decode_record_ids(row[3] or b"[]" for row in page)
        for row, of_skus, of_groups, of_records in zip(page, skus, groups, records, strict=True):
            yield Change(row[0], tuple(of_skus), tuple(of_groups), tuple(of_records))
        after = page[-1][0]
