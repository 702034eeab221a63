"""Groups, deltas and pages of changes: reads of many documents that must be of one moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession

from facetry.application.turns import Turns
from facetry.domain.change import Change, Delta, sorted_records
from facetry.domain.errors import RevisionTooOldError
from facetry.domain.feed import PAGE_REVISIONS, PART_OF, Changes, Touched, touched_by
from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.storable import is_unicode
from facetry.engines.mongodb.collections import CHANGES, GROUPS, PRODUCTS, RECORDS, TENANTS
from facetry.engines.mongodb.documents import decode_product, decode_record, name_of
from facetry.engines.mongodb.finding import Query, found_in
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.state import WITHOUT_RECORD, State, name_of_tenant, state_of
from facetry.engines.mongodb.transactions import Transactions

_Documents: TypeAlias = Sequence[Mapping[str, Any]]
_ROWS = 500
"""So many rows of the change log are read at once."""
T = TypeVar("T")


class _Groups(NamedTuple):
    """Documents of groups, and those of all their products."""

    groups: _Documents
    products: _Documents


class _Moment:
    """Reads of one catalog inside one transaction."""

    def __init__(self, database: Database, session: AsyncClientSession, state: State) -> None:
        self.state = state
        self._database = database
        self._session = session

    async def find(
        self, collection: str, condition: Mapping[str, object], order: str = "", limit: int = 0
    ) -> _Documents:
        """Return documents of the catalog."""
        query = Query(collection, {"t": self.state.catalog, **condition}, order=order, limit=limit)
        return await found_in(self._session, self._database, query)

    async def named(self, collection: str, field: str, names: Iterable[object]) -> _Documents:
        """Return the documents of the catalog that have one of these names."""
        wanted = [*names]
        return await self.find(collection, {field: {"$in": wanted}}) if wanted else ()

    async def whole(self, groups: _Documents) -> _Groups:
        """Return groups with all their products."""
        return _Groups(groups, await self.named(PRODUCTS, "g", (one["g"] for one in groups)))

    async def log(self, after: int, limit: int, is_enough: Callable[[Change], bool]) -> list[Change]:
        """Return the rows of the change log after a revision, until they are enough."""
        rows: list[Change] = []
        while len(rows) < limit:
            page = await self.find(CHANGES, {"r": {"$gt": after}}, "r", _ROWS)
            for row in map(_change, page):
                rows.append(row)
                if is_enough(row):
                    return rows
            if len(page) < _ROWS:
                break
            after = rows[-1].revision
        return rows


class CatalogChanges:
    """The part of a catalog store that reads what belongs together; contracts as in ``ports.catalog_store``."""

    def __init__(self, database: Database, transactions: Transactions) -> None:
        """Read from a database."""
        self._database = database
        self._transactions = transactions

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """Return the group, derived, or None."""

        async def read(moment: _Moment) -> _Groups:
            return await moment.whole(await moment.named(GROUPS, "g", [group_id]))

        return next(iter(await self._groups(tenant, read)), None) if is_unicode(group_id) else None

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """Return up to ``limit`` groups that follow, ascending."""

        async def read(moment: _Moment) -> _Groups:
            return await moment.whole(await moment.find(GROUPS, {"g": {"$gt": group_id}}, "g", limit))

        return await self._groups(tenant, read) if limit > 0 and is_unicode(group_id) else []

    async def delta(self, tenant: str, after: int, limit: int) -> Delta | None:
        """Return what changed after a revision, or None."""
        found, read = await self._at_once(tenant, lambda moment: _read_delta(moment, after, limit))
        if not found and not after:
            # A tenant that is not there is at revision 0, and never was at another one.
            return Delta(revision=0)
        if read is None:
            return None
        state, rows, whole = read
        groups = await _derived(whole, state.currency)
        touched = {group_id for row in rows for group_id in row.groups}
        return Delta(
            revision=state.revision,
            groups=tuple(groups),
            gone=tuple(sorted(touched.difference(group.group_id for group in groups))),
            skus=tuple(sorted({sku for row in rows for sku in row.skus})),
            records=sorted_records(one for row in rows for one in row.records),
        )

    async def changes(self, tenant: str, after: int, limit: int) -> Changes:
        """Return what the revisions after one touched, with how it is now."""
        _, page = await self._at_once(tenant, lambda moment: _read_page(moment, after, limit))
        if page is None:
            if after:
                raise RevisionTooOldError(after, 0, 0)
            return Changes(since=0, revision=0, read_at=0)
        return await page.answer(after)

    async def _groups(self, tenant: str, read: Callable[[_Moment], Awaitable[_Groups]]) -> list[ProductGroup]:
        async def work(moment: _Moment) -> tuple[_Groups, str]:
            return await read(moment), moment.state.currency

        _, found = await self._at_once(tenant, work)
        return await _derived(*found) if found else []

    async def _at_once(self, tenant: str, read: Callable[[_Moment], Awaitable[T]]) -> tuple[bool, T | None]:
        """Read in one transaction, and return whether there is such a tenant, and what was read."""

        async def work(session: AsyncClientSession) -> tuple[bool, T | None]:
            tenants = self._database[TENANTS]
            document = await tenants.find_one({"_id": name_of_tenant(tenant)}, WITHOUT_RECORD, session=session)
            state = state_of(document)
            return (True, await read(_Moment(self._database, session, state))) if state else (False, None)

        return await self._transactions.at_one_moment(work)


class _Page(NamedTuple):
    """What one transaction has read of a page of changes."""

    read_at: int
    touched: Touched
    products: _Documents
    groups: frozenset[str]
    records: _Documents

    async def answer(self, after: int) -> Changes:
        """Return the page."""
        products = {product.sku: product for product in await _decoded(self.products)}
        records = {(RecordKind(one["k"]), one["i"]): decode_record(one["d"]) for one in self.records}
        touched = self.touched
        return Changes(
            since=after,
            revision=touched.revision,
            read_at=self.read_at,
            products=tuple(products[sku] for sku in touched.skus if sku in products),
            gone_products=tuple(sku for sku in touched.skus if sku not in products),
            groups=tuple(name for name in touched.groups if name in self.groups),
            gone_groups=tuple(name for name in touched.groups if name not in self.groups),
            records=tuple(records[one] for one in touched.records if one in records),
            gone_records=tuple(one for one in touched.records if one not in records),
        )


async def _read_delta(moment: _Moment, after: int, limit: int) -> tuple[State, list[Change], _Groups] | None:
    state = moment.state
    if not state.log_cut <= after <= state.revision:
        return None
    touched: set[str] = set()

    def is_too_much(row: Change) -> bool:
        touched.update(row.groups)
        return len(touched) > limit

    rows = await moment.log(after, state.revision - after, is_too_much)
    if len(touched) > limit:
        return None
    return state, rows, await moment.whole(await moment.named(GROUPS, "g", sorted(touched)))


async def _read_page(moment: _Moment, after: int, limit: int) -> _Page:
    state = moment.state
    if not state.log_cut <= after <= state.revision:
        raise RevisionTooOldError(after, state.log_cut, state.revision)
    seen: set[object] = set()

    def is_enough(row: Change) -> bool:
        seen.update(("s", sku) for sku in row.skus)
        seen.update(("g", name) for name in row.groups)
        seen.update(one for one in row.records if one[0] in PART_OF)
        return len(seen) > limit

    touched = touched_by(await moment.log(after, PAGE_REVISIONS, is_enough), after, limit)
    groups = await moment.named(GROUPS, "g", touched.groups)
    names = (name_of(kind, RecordKey(number)) for kind, number in touched.records)
    return _Page(
        state.revision,
        touched,
        await moment.named(PRODUCTS, "s", touched.skus),
        frozenset(one["g"] for one in groups),
        await moment.named(RECORDS, "q", names),
    )


def _change(row: Mapping[str, Any]) -> Change:
    records = tuple((RecordKind(kind), number) for kind, number in row["k"])
    return Change(row["r"], tuple(row["s"]), tuple(row["g"]), records)


async def _decoded(documents: _Documents) -> list[Product]:
    """Return products, giving others their turn now and then."""
    turns, products = Turns(), []
    for one in documents:
        products.append(decode_product(one["d"]))
        await turns.give()
    return products


async def _derived(found: _Groups, currency: str) -> list[ProductGroup]:
    """Return groups, ascending by id, giving others their turn now and then."""
    members: dict[str, list[Product]] = {one["g"]: [] for one in found.groups}
    for product in await _decoded(found.products):
        members[product.group_id].append(product)
    turns, groups = Turns(), []
    for identity in _identities(found.groups):
        groups.append(derive_group(identity, members[identity.group_id], currency))
        await turns.give()
    return groups


def _identities(groups: _Documents) -> Iterator[GroupIdentity]:
    return (GroupIdentity(one["g"], one["o"], one["r"]) for one in sorted(groups, key=lambda one: str(one["g"])))
