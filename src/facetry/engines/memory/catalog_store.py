"""The reference catalog store: dictionaries, nothing durable, the rules and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

import msgspec

from facetry.domain.actor import OPERATOR, Actor
from facetry.domain.catalog import Write
from facetry.domain.change import Delta, Receipt, sorted_records
from facetry.domain.errors import RevisionTooOldError, StoreError, TenantExistsError, TenantNotFoundError
from facetry.domain.feed import Changes, touched_by
from facetry.domain.group import ProductGroup, derive_group
from facetry.domain.product import Product
from facetry.domain.quotas import Usage
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.tenant import Tenant, check_record
from facetry.domain.touching import Touch
from facetry.engines.memory.catalog import MemoryCatalog
from facetry.ports.write_listener import WriteListener


class MemoryCatalogStore:
    """A ``CatalogStore`` in the memory of one event loop; no method ever waits, so each one is atomic."""

    looks = False

    def __init__(self, max_group_products: int = 0) -> None:
        self._max_group_products = max_group_products
        self._tenants: dict[str, Tenant] = {}
        self._owners: dict[bytes, str] = {}
        self._catalogs: dict[str, MemoryCatalog] = {}
        self._deleted: dict[str, int] = {}
        self._marks: dict[str, int] = {}
        self._next_mark = count(1)
        self._closed = False
        self._listeners: list[WriteListener] = []

    def on_write(self, listener: WriteListener) -> None:
        """Have a listener hear of each write to products."""
        self._listeners.append(listener)

    async def write(self, tenant: str, writes: Sequence[Write], *, by: Actor = OPERATOR) -> Receipt:
        """Do writes in order."""
        self._check_open()
        if tenant not in self._tenants:
            raise TenantNotFoundError(tenant)
        catalog, settings = self._catalogs[tenant], self._tenants[tenant].settings
        catalog.currency = settings.currency
        touches: list[Touch] = []
        outcomes = tuple(catalog.do(write, settings.quotas, touches) for write in writes)
        self._touch(tenant)
        for listener in self._listeners if touches else ():
            listener(tenant, by, touches)
        return Receipt(catalog.revision, outcomes)

    async def product(self, tenant: str, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        return self._catalog(tenant).product(sku)

    async def products(self, tenant: str, skus: Sequence[str]) -> dict[str, Product]:
        """Return those of these products that exist, by SKU."""
        catalog = self._catalog(tenant)
        return {sku: product for sku in skus if (product := catalog.product(sku)) is not None}

    async def products_by_id(self, tenant: str, ids: Sequence[int]) -> dict[int, Product]:
        """Return those of these products that exist, by id."""
        catalog = self._catalog(tenant)
        return {one: product for one in ids if (product := catalog.product_by_id(one)) is not None}

    async def products_after(
        self, tenant: str, product_id: int, limit: int, *, updated_from: float = 0.0, updated_to: float = math.inf
    ) -> Sequence[Product]:
        """Return up to ``limit`` products that follow, ascending by id."""
        return self._catalog(tenant).products_after(product_id, limit, updated_from, updated_to)

    async def records(self, tenant: str, kind: RecordKind, keys: Sequence[RecordKey]) -> Sequence[Record | None]:
        """Return the records with these keys, None for each that is not there."""
        catalog = self._catalog(tenant)
        return [catalog.record(kind, key) for key in keys]

    async def records_after(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records that follow, ascending by id."""
        return self._catalog(tenant).records_after(kind, record_id, limit, link)

    async def records_before(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records that come before, descending by id."""
        return self._catalog(tenant).records_before(kind, record_id, limit, link)

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """Return the group, derived, or None."""
        return next(self._derived(tenant, [group_id]), None)

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """Return up to ``limit`` groups that follow, ascending."""
        following = sorted(name for name in self._catalog(tenant).groups if name > group_id)
        return list(self._derived(tenant, following[:limit]))

    async def revision(self, tenant: str) -> int:
        """Return the tenant's revision."""
        return self._catalog(tenant).revision

    async def revisions(self) -> dict[str, int]:
        """Return the revision of every tenant."""
        return {tenant: self._catalogs[tenant].revision for tenant in self._tenants}

    async def delta(self, tenant: str, after: int, limit: int) -> Delta | None:
        """Return what changed after a revision, or None."""
        catalog = self._catalog(tenant)
        if not catalog.log_cut <= after <= catalog.revision:
            return None
        changes = [change for change in catalog.log if change.revision > after]
        touched = sorted({group_id for change in changes for group_id in change.groups})
        if len(touched) > limit:
            return None
        return Delta(
            revision=catalog.revision,
            groups=tuple(self._derived(tenant, touched)),
            gone=tuple(group_id for group_id in touched if group_id not in catalog.groups),
            skus=tuple(sorted({sku for change in changes for sku in change.skus})),
            records=sorted_records(one for change in changes for one in change.records),
        )

    async def changes(self, tenant: str, after: int, limit: int) -> Changes:
        """Return what the revisions after one touched, with how it is now."""
        catalog = self._catalog(tenant)
        if not catalog.log_cut <= after <= catalog.revision:
            raise RevisionTooOldError(after, catalog.log_cut, catalog.revision)
        touched = touched_by((change for change in catalog.log if change.revision > after), after, limit)
        records = [(one, catalog.record(one[0], RecordKey(one[1]))) for one in touched.records]
        return Changes(
            since=after,
            revision=touched.revision,
            read_at=catalog.revision,
            products=tuple(catalog.products[sku] for sku in touched.skus if sku in catalog.products),
            gone_products=tuple(sku for sku in touched.skus if sku not in catalog.products),
            groups=tuple(name for name in touched.groups if name in catalog.groups),
            gone_groups=tuple(name for name in touched.groups if name not in catalog.groups),
            records=tuple(record for _, record in records if record is not None),
            gone_records=tuple(one for one, record in records if record is None),
        )

    async def cut_log(self, tenant: str, below: int) -> None:
        """Forget rows of the change log."""
        self._check_open()
        catalog = self._catalog(tenant)
        catalog.log_cut = max(catalog.log_cut, min(below, catalog.revision))
        catalog.log = [change for change in catalog.log if change.revision > catalog.log_cut]

    async def counts(self, tenant: str) -> tuple[int, int]:
        """Return the numbers of products and groups."""
        catalog = self._catalog(tenant)
        return len(catalog.products), len(catalog.groups)

    async def usage(self, tenant: str) -> Usage:
        """Return what the tenant has."""
        return self._catalog(tenant).usage

    async def create_tenant(self, tenant: Tenant) -> None:
        """Add a tenant."""
        self._check_open()
        check_record(tenant)
        if tenant.id in self._tenants or self._key_is_taken(tenant):
            raise TenantExistsError(f"tenant {tenant.id} or one of its keys is taken")
        self._tenants[tenant.id] = tenant
        self._own_keys(None, tenant)
        last = self._deleted.get(tenant.id)
        self._catalogs[tenant.id] = MemoryCatalog(0 if last is None else last + 1, self._max_group_products)
        self._touch(tenant.id)

    async def tenant(self, tenant: str) -> Tenant | None:
        """Return the tenant's record, or None."""
        return self._tenants.get(tenant)

    async def tenants(self) -> Sequence[Tenant]:
        """Return every tenant's record, ascending by id."""
        return [self._tenants[name] for name in sorted(self._tenants)]

    async def tenant_by_token_key(self, kid: str) -> Tenant | None:
        """Return the owner of a token key, or None."""
        return next((t for t in self._tenants.values() if kid in _kids(t)), None)

    async def tenant_by_key(self, digest: bytes) -> Tenant | None:
        """Return the owner of a key, or None."""
        owner = self._owners.get(digest)
        return self._tenants[owner] if owner is not None else None

    async def replace_tenant(self, tenant: Tenant) -> Tenant:
        """Replace a tenant's record."""
        self._check_open()
        check_record(tenant)
        old = self._tenants.get(tenant.id)
        if old is None:
            raise TenantNotFoundError(tenant.id)
        if old.version != tenant.version:
            raise TenantExistsError(f"tenant {tenant.id} was changed meanwhile: read it again")
        if self._key_is_taken(tenant):
            raise TenantExistsError(f"a key of tenant {tenant.id} is taken")
        new = msgspec.structs.replace(tenant, version=tenant.version + 1)
        self._tenants[tenant.id] = new
        self._own_keys(old, new)
        self._touch(tenant.id)
        return new

    async def delete_tenant(self, tenant: str) -> None:
        """Remove a tenant and all it has."""
        self._check_open()
        old = self._tenants.pop(tenant, None)
        if old is None:
            raise TenantNotFoundError(tenant)
        self._own_keys(old, None)
        self._deleted[tenant] = self._catalogs.pop(tenant).revision
        self._touch(tenant)

    def mark(self, tenant: str) -> object:
        """Return a value that differs whenever the tenant changed."""
        return self._marks.get(tenant, 0)

    async def look(self, tenant: str) -> None:
        """Do nothing: marks are always true."""

    async def close(self) -> None:
        """Take no more writes."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed")

    def _catalog(self, tenant: str) -> MemoryCatalog:
        return self._catalogs.get(tenant) or MemoryCatalog()

    def _derived(self, tenant: str, group_ids: Iterable[str]) -> Iterator[ProductGroup]:
        catalog = self._catalog(tenant)
        living = (catalog.groups[name] for name in group_ids if name in catalog.groups)
        for identity in living:
            members = catalog.members(identity.group_id)
            yield derive_group(identity, members, self._tenants[tenant].settings.currency)

    def _key_is_taken(self, tenant: Tenant) -> bool:
        if any(self._owners.get(digest, tenant.id) != tenant.id for digest in tenant.owned_digests):
            return True
        return any(_kids(other) & _kids(tenant) for other in self._tenants.values() if other.id != tenant.id)

    def _own_keys(self, old: Tenant | None, new: Tenant | None) -> None:
        for digest in old.owned_digests if old else ():
            self._owners.pop(digest, None)
        for digest in new.owned_digests if new else ():
            self._owners[digest] = new.id if new else ""

    def _touch(self, tenant: str) -> None:
        self._marks[tenant] = next(self._next_mark)


def _kids(tenant: Tenant) -> set[str]:
    return {key.kid for key in tenant.token_keys}
