"""Reads of the catalog, over a connection of their own that never waits for a writer."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import apsw
import msgspec

from facetry.application.calls import CALLS, SHORT
from facetry.application.turns import Turns
from facetry.domain.change import Delta, sorted_records
from facetry.domain.feed import Changes
from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.product import Product
from facetry.domain.quotas import Usage
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.storable import is_unicode
from facetry.domain.tenant import Tenant
from facetry.engines.sqlite.big_groups import BigGroups
from facetry.engines.sqlite.changes import read_changes
from facetry.engines.sqlite.connection import Row, rows
from facetry.engines.sqlite.documents import (
    decode_product,
    decode_record,
    decode_record_ids,
    decode_tenant,
    decode_text_lists,
)
from facetry.engines.sqlite.recent import ReadDelta

_LOG_ROWS = 512
_WALK_IDS = 2_000
"""So many products are looked at for a time before others get their turn."""

_PRODUCT = "SELECT doc FROM products WHERE tenant = (SELECT number FROM tenants WHERE id = ?1) AND sku = ?2"
_PRODUCTS = """
    SELECT p.doc FROM json_each(?2) AS wanted
    CROSS JOIN products AS p ON p.tenant = (SELECT number FROM tenants WHERE id = ?1) AND p.sku = wanted.value"""
# The rows of a group: one a product, each with what the group's identity and currency are.
_GROUP = """
    SELECT g.group_id, g.object_id, g.revision, t.currency, p.doc FROM tenants AS t
    CROSS JOIN groups AS g ON g.tenant = t.number AND g.group_id = ?2
    CROSS JOIN products AS p ON p.tenant = g.tenant AND p.group_id = g.group_id
    WHERE t.id = ?1 ORDER BY p.joined"""
_GROUPS_AFTER = """
    SELECT g.group_id, g.object_id, g.revision, t.currency, p.doc FROM tenants AS t
    CROSS JOIN (
        SELECT * FROM groups WHERE tenant = (SELECT number FROM tenants WHERE id = ?1) AND group_id > ?2
        ORDER BY group_id LIMIT ?3
    ) AS g
    CROSS JOIN products AS p ON p.tenant = g.tenant AND p.group_id = g.group_id
    WHERE t.id = ?1 ORDER BY g.group_id, p.joined"""
_GROUPS_NAMED = """
    SELECT g.group_id, g.object_id, g.revision, t.currency, p.doc FROM tenants AS t
    CROSS JOIN json_each(?2) AS wanted
    CROSS JOIN groups AS g ON g.tenant = t.number AND g.group_id = wanted.value
    CROSS JOIN products AS p ON p.tenant = g.tenant AND p.group_id = g.group_id
    WHERE t.id = ?1"""
_PRODUCTS_BY_ID = """
    SELECT p.doc FROM json_each(?2) AS wanted
    CROSS JOIN products AS p ON p.tenant = (SELECT number FROM tenants WHERE id = ?1) AND p.id = wanted.value"""
_PRODUCTS_AFTER = """
    SELECT doc FROM products INDEXED BY products_by_id
    WHERE tenant = (SELECT number FROM tenants WHERE id = ?1) AND id > ?2 ORDER BY id LIMIT ?3"""
# There is no index by time: see the last of ``schema.MIGRATIONS``.
_PRODUCTS_OF_TIME = """
    SELECT doc FROM products INDEXED BY products_by_id
    WHERE tenant = (SELECT number FROM tenants WHERE id = ?1) AND id > ?2 AND id <= ?6 AND updated BETWEEN ?4 AND ?5
    ORDER BY id LIMIT ?3"""
_LAST_ID = "SELECT next_joined - 1 FROM tenants WHERE id = ?1"
_RECORDS_BY_ID = """
    SELECT wanted.key, r.doc FROM json_each(?3) AS wanted CROSS JOIN records AS r
    ON r.tenant = (SELECT number FROM tenants WHERE id = ?1) AND r.kind = ?2 AND r.id = wanted.value"""
_RECORDS_BY_CODE = """
    SELECT wanted.key, r.doc FROM json_each(?3) AS wanted CROSS JOIN records AS r
    ON r.tenant = (SELECT number FROM tenants WHERE id = ?1) AND r.kind = ?2 AND r.code = wanted.value"""
_RECORDS_AFTER = """
    SELECT doc FROM records
    WHERE tenant = (SELECT number FROM tenants WHERE id = ?1) AND kind = ?2 AND id > ?3 ORDER BY id LIMIT ?4"""
_RECORDS_LINKED = """
    SELECT r.doc FROM links AS l CROSS JOIN records AS r ON r.tenant = l.tenant AND r.kind = l.kind AND r.id = l.id
    WHERE l.tenant = (SELECT number FROM tenants WHERE id = ?1) AND l.kind = ?2 AND l.link = ?5 AND l.id > ?3
    ORDER BY l.id LIMIT ?4"""
_RECORDS_BEFORE = """
    SELECT doc FROM records
    WHERE tenant = (SELECT number FROM tenants WHERE id = ?1) AND kind = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"""
_RECORDS_LINKED_BEFORE = """
    SELECT r.doc FROM links AS l CROSS JOIN records AS r ON r.tenant = l.tenant AND r.kind = l.kind AND r.id = l.id
    WHERE l.tenant = (SELECT number FROM tenants WHERE id = ?1) AND l.kind = ?2 AND l.link = ?5 AND l.id < ?3
    ORDER BY l.id DESC LIMIT ?4"""
_BEHIND_ALL = 2**63 - 1
_LOG_STATE = "SELECT revision, log_cut FROM tenants WHERE id = ?1"
_LOG = """
    SELECT revision, skus, groups, records FROM changes
    WHERE tenant = (SELECT number FROM tenants WHERE id = ?1) AND revision > ?2
    ORDER BY revision LIMIT ?3"""
_REVISIONS = "SELECT id, revision FROM tenants"
_COUNTS = "SELECT products, groups FROM tenants WHERE id = ?1"
_USAGE = "SELECT products, bytes FROM tenants WHERE id = ?1"
_TENANT = "SELECT number, version FROM tenants WHERE id = ?1"
_TENANTS = "SELECT record FROM tenants ORDER BY id"
_TENANT_BY_KID = "SELECT number, version FROM tenants WHERE number = (SELECT tenant FROM token_keys WHERE kid = ?1)"
_TENANT_BY_KEY = "SELECT number, version FROM tenants WHERE number = (SELECT tenant FROM keys WHERE digest = ?1)"
_RECORD = "SELECT record FROM tenants WHERE number = ?1"
_RECORDS_KEPT = 1_000
"""Records may hold long lists of rules and are asked for with every write, so those read last are kept decoded."""


class CatalogReads:
    """The reading half of a catalog store; the contracts are those of ``ports.catalog_store``."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Take over the connection to read from."""
        self._reads = connection
        self._records: dict[int, Tenant] = {}
        self._big_groups = BigGroups()

    async def product(self, tenant: str, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        found = rows(self._reads, _PRODUCT, (tenant, sku))
        return decode_product(found[0][0]) if found else None

    async def products(self, tenant: str, skus: Sequence[str]) -> dict[str, Product]:
        """Return those of these products that exist, by SKU."""
        found = rows(self._reads, _PRODUCTS, (tenant, _json_texts(skus)))
        return {product.sku: product for product in (decode_product(row[0]) for row in found)}

    async def products_by_id(self, tenant: str, ids: Sequence[int]) -> dict[int, Product]:
        """Return those of these products that exist, by id."""
        found = rows(self._reads, _PRODUCTS_BY_ID, (tenant, msgspec.json.encode(list(ids)).decode()))
        return {product.product_id: product for product in (decode_product(row[0]) for row in found)}

    async def products_after(
        self, tenant: str, product_id: int, limit: int, *, updated_from: float = 0.0, updated_to: float = math.inf
    ) -> Sequence[Product]:
        """Return up to ``limit`` products that follow, ascending by id."""
        if updated_from <= 0 and updated_to == math.inf:
            found = rows(self._reads, _PRODUCTS_AFTER, (tenant, product_id, limit))
        else:
            found = await self._products_of_time(tenant, product_id, limit, (updated_from, updated_to))
        return [decode_product(row[0]) for row in found]

    async def _products_of_time(
        self, tenant: str, product_id: int, limit: int, times: tuple[float, float]
    ) -> list[Row]:
        """Return the rows of products that follow and were written in a time, giving others their turn now and then."""
        last = next(iter(rows(self._reads, _LAST_ID, (tenant,))), (0,))[0]
        found: list[Row] = []
        while product_id < last and len(found) < limit:
            until = product_id + _WALK_IDS
            values = (tenant, product_id, limit - len(found), *times, until)
            found += rows(self._reads, _PRODUCTS_OF_TIME, values)
            product_id = until
            await asyncio.sleep(0)
        return found

    async def records(self, tenant: str, kind: RecordKind, keys: Sequence[RecordKey]) -> Sequence[Record | None]:
        """Return the records with these keys, None for each that is not there."""
        ids = [key.id or None for key in keys]
        codes = [None if key.id else key.code for key in keys]
        answers: list[Record | None] = [None] * len(keys)
        for sql, wanted in ((_RECORDS_BY_ID, ids), (_RECORDS_BY_CODE, codes)):
            if any(one is not None for one in wanted):
                found = rows(self._reads, sql, (tenant, kind.value, _json_values(wanted)))
                for at, doc in found:
                    answers[at] = decode_record(doc)
        return answers

    async def records_after(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records that follow, ascending by id."""
        if link and not is_unicode(link):
            return []
        sql, more = (_RECORDS_LINKED, (link,)) if link else (_RECORDS_AFTER, ())
        found = rows(self._reads, sql, (tenant, kind.value, record_id, limit, *more))
        return [decode_record(row[0]) for row in found]

    async def records_before(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records that come before, descending by id."""
        if link and not is_unicode(link):
            return []
        sql, more = (_RECORDS_LINKED_BEFORE, (link,)) if link else (_RECORDS_BEFORE, ())
        begin = min(record_id or _BEHIND_ALL, _BEHIND_ALL)
        found = rows(self._reads, sql, (tenant, kind.value, begin, limit, *more))
        return [decode_record(row[0]) for row in found]

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """Return the group, derived, or None."""
        return next(self._groups(rows(self._reads, _GROUP, (tenant, group_id))), None)

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """Return up to ``limit`` groups that follow, ascending."""
        return await self._all_groups(rows(self._reads, _GROUPS_AFTER, (tenant, group_id, limit)))

    async def revision(self, tenant: str) -> int:
        """Return the tenant's revision."""
        return self._log_state(tenant)[0]

    async def revisions(self) -> dict[str, int]:
        """Return the revision of every tenant."""
        return dict(rows(self._reads, _REVISIONS, ()))

    async def delta(self, tenant: str, after: int, limit: int) -> Delta | None:
        """Return what changed after a revision, or None."""
        read = self._read_delta(tenant, after, limit)
        if read is None:
            return None
        # Only the rows must come from one transaction; making groups of them takes long and may be interrupted.
        is_call = len(read.touched) <= SHORT
        if not is_call:
            await CALLS.let_on()
        groups = await self._all_groups(sorted(read.found, key=itemgetter(0)), is_call=is_call)
        gone = read.touched.difference(group.group_id for group in groups)
        return Delta(
            revision=read.revision,
            groups=tuple(groups),
            gone=tuple(sorted(gone)),
            skus=tuple(sorted(read.skus)),
            records=sorted_records(read.records),
        )

    async def changes(self, tenant: str, after: int, limit: int) -> Changes:
        """Return what the revisions after one touched, with how it is now."""
        return await read_changes(self._reads, tenant, after, limit)

    async def counts(self, tenant: str) -> tuple[int, int]:
        """Return the numbers of products and groups."""
        found = rows(self._reads, _COUNTS, (tenant,))
        return (found[0][0], found[0][1]) if found else (0, 0)

    async def usage(self, tenant: str) -> Usage:
        """Return what the tenant has."""
        return next((Usage(*row) for row in rows(self._reads, _USAGE, (tenant,))), Usage())

    async def tenant(self, tenant: str) -> Tenant | None:
        """Return the tenant's record, or None."""
        return self._one_tenant(_TENANT, tenant)

    async def tenants(self) -> Sequence[Tenant]:
        """Return every tenant's record, ascending by id."""
        return [decode_tenant(row[0]) for row in rows(self._reads, _TENANTS, ())]

    async def tenant_by_token_key(self, kid: str) -> Tenant | None:
        """Return the owner of a token key, or None."""
        return self._one_tenant(_TENANT_BY_KID, kid)

    async def tenant_by_key(self, digest: bytes) -> Tenant | None:
        """Return the owner of a key, or None."""
        return self._one_tenant(_TENANT_BY_KEY, digest)

    def _version_of(self, tenant: str) -> Row | None:
        """Return the number of a tenant and the version of its record, or None."""
        return next(iter(rows(self._reads, _TENANT, (tenant,))), None)

    def _one_tenant(self, sql: str, value: str | bytes) -> Tenant | None:
        found = rows(self._reads, sql, (value,))
        return self._record(*found[0]) if found else None

    def _record(self, number: int, version: int) -> Tenant | None:
        """Return a record; the number of a tenant is never used again, and every change raises its version."""
        kept = self._records.pop(number, None)
        if kept is None or kept.version != version:
            found = rows(self._reads, _RECORD, (number,))
            kept = decode_tenant(found[0][0]) if found else None
        if kept is not None:
            self._records[number] = kept
            if len(self._records) > _RECORDS_KEPT:
                del self._records[next(iter(self._records))]
        return kept

    def _log_state(self, tenant: str) -> tuple[int, int]:
        found = rows(self._reads, _LOG_STATE, (tenant,))
        return (found[0][0], found[0][1]) if found else (0, 0)

    def _read_delta(self, tenant: str, after: int, limit: int) -> ReadDelta | None:
        """Return what changed after a revision, from one transaction."""
        rows(self._reads, "BEGIN", ())
        try:
            revision, cut = self._log_state(tenant)
            if not cut <= after <= revision:
                return None
            skus: set[str] = set()
            touched: set[str] = set()
            records: set[tuple[RecordKind, int]] = set()
            for page in self._log_pages(tenant, after):
                skus.update(*decode_text_lists(row[1] for row in page))
                touched.update(*decode_text_lists(row[2] for row in page))
                records.update(*decode_record_ids(row[3] for row in page if row[3]))
                if len(touched) > limit:
                    return None
            found = rows(self._reads, _GROUPS_NAMED, (tenant, _json_texts(touched))) if touched else []
            return ReadDelta(revision, skus, touched, records, found)
        finally:
            rows(self._reads, "END", ())

    def _read_groups(self, tenant: str, names: set[str], revision: int) -> list[Row] | None:
        """Return the rows of groups as they are at a revision, None where the tenant is at another one by now."""
        rows(self._reads, "BEGIN", ())
        try:
            is_there = self._log_state(tenant)[0] == revision
            return rows(self._reads, _GROUPS_NAMED, (tenant, _json_texts(names))) if is_there else None
        finally:
            rows(self._reads, "END", ())

    def _log_pages(self, tenant: str, after: int) -> Iterator[list[Row]]:
        page: list[Row] = []
        while not page or len(page) == _LOG_ROWS:
            page = rows(self._reads, _LOG, (tenant, after, _LOG_ROWS))
            if not page:
                return
            yield page
            after = page[-1][0]

    async def _all_groups(self, found: Sequence[Row], *, is_call: bool = True) -> list[ProductGroup]:
        """Return the groups of rows that lie together by group, giving others their turn; see ``Turns``."""
        turns, groups = Turns(is_call=is_call), []
        for group in self._groups(found):
            groups.append(group)
            await turns.give()
        return groups

    def _groups(self, found: Sequence[Row]) -> Iterator[ProductGroup]:
        for (group_id, object_id, revision, currency), members in groupby(found, itemgetter(0, 1, 2, 3)):
            products = self._big_groups.products(object_id, [*members])
            yield derive_group(GroupIdentity(group_id, object_id, revision), products, currency)


def _json_texts(texts: Sequence[str] | set[str]) -> str:
    """Return a JSON list for ``json_each``, without the texts that are not valid Unicode and so are not stored."""
    try:
        return msgspec.json.encode(list(texts)).decode()
    except UnicodeEncodeError:
        return _json_texts([text for text in texts if is_unicode(text)])


def _json_values(values: Sequence[str | int | None]) -> str:
    """Return a JSON list for ``json_each``, null in the place of texts that are not stored or that it would cut."""
    fit = [None if isinstance(one, str) and ("\0" in one or not is_unicode(one)) else one for one in values]
    return msgspec.json.encode(fit).decode()
