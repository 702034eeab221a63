"""The reference catalog store: dictionaries, nothing durable, the rules and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

import msgspec

from facetry.domain.catalog import Outcome, Write, perform, refusal
from facetry.domain.change import Change, Delta, Receipt
from facetry.domain.errors import FacetryError, StoreError, TenantExistsError, TenantNotFoundError
from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.product import Product, new_object_id
from facetry.domain.tenant import Tenant, check_record


class MemoryCatalogStore:
    """A ``CatalogStore`` in the memory of one event loop; no method ever waits, so each one is atomic."""

    def __init__(self) -> None:
        self._tenants: dict[str, Tenant] = {}
        self._owners: dict[bytes, str] = {}
        self._catalogs: dict[str, _Catalog] = {}
        self._deleted: dict[str, int] = {}
        self._marks: dict[str, int] = {}
        self._next_mark = count(1)
        self._closed = False

    async def write(self, tenant: str, writes: Sequence[Write]) -> Receipt:
        """Do writes in order."""
        self._check_open()
        if tenant not in self._tenants:
            raise TenantNotFoundError(tenant)
        catalog = self._catalogs[tenant]
        outcomes = tuple(catalog.do(write) for write in writes)
        self._touch(tenant)
        return Receipt(catalog.revision, outcomes)

    async def product(self, tenant: str, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        return self._catalog(tenant).product(sku)

    async def products(self, tenant: str, skus: Sequence[str]) -> dict[str, Product]:
        """Return those of these products that exist, by SKU."""
        catalog = self._catalog(tenant)
        return {sku: product for sku in skus if (product := catalog.product(sku)) is not None}

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

    async def create_tenant(self, tenant: Tenant) -> None:
        """Add a tenant."""
        self._check_open()
        check_record(tenant)
        if tenant.id in self._tenants or self._key_is_taken(tenant):
            raise TenantExistsError(f"tenant {tenant.id} or one of its keys is taken")
        self._tenants[tenant.id] = tenant
        self._own_keys(None, tenant)
        last = self._deleted.get(tenant.id)
        self._catalogs[tenant.id] = _Catalog(0 if last is None else last + 1)
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

    async def close(self) -> None:
        """Take no more writes."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed")

    def _catalog(self, tenant: str) -> _Catalog:
        return self._catalogs.get(tenant) or _Catalog()

    def _derived(self, tenant: str, group_ids: Iterable[str]) -> Iterator[ProductGroup]:
        catalog = self._catalog(tenant)
        living = (catalog.groups[name] for name in group_ids if name in catalog.groups)
        for identity in living:
            members = catalog.members(identity.group_id)
            yield derive_group(identity, members, self._tenants[tenant].settings.currency)

    def _key_is_taken(self, tenant: Tenant) -> bool:
        if any(self._owners.get(digest, tenant.id) != tenant.id for digest in tenant.key_digests.values()):
            return True
        return any(_kids(other) & _kids(tenant) for other in self._tenants.values() if other.id != tenant.id)

    def _own_keys(self, old: Tenant | None, new: Tenant | None) -> None:
        for digest in old.key_digests.values() if old else ():
            self._owners.pop(digest, None)
        for digest in new.key_digests.values() if new else ():
            self._owners[digest] = new.id if new else ""

    def _touch(self, tenant: str) -> None:
        self._marks[tenant] = next(self._next_mark)


class _Catalog:
    """One tenant's products, groups and log; the ``CatalogView`` of its writes."""

    def __init__(self, revision: int = 0) -> None:
        self.products: dict[str, Product] = {}
        self.groups: dict[str, GroupIdentity] = {}
        self.log: list[Change] = []
        self.log_cut = revision
        self.revision = revision
        self._members: defaultdict[str, dict[str, Product]] = defaultdict(dict)
        self._positions = count(1)
        self._skus: dict[str, None] = {}
        self._touched: dict[str, None] = {}

    def do(self, write: Write) -> Outcome:
        """Do one write; the rules check everything before they change anything, so a refused one needs no undoing."""
        self._skus, self._touched = {}, {}
        try:
            outcome = perform(self, write)
        except FacetryError as error:
            return refusal(error)
        self.revision += 1
        for group_id in self._touched:
            self._identify(group_id)
        self.log.append(Change(self.revision, tuple(self._skus), tuple(self._touched)))
        return outcome

    def product(self, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        return self.products.get(sku)

    def members(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group in the order in which they joined."""
        return sorted(self._members.get(group_id, {}).values(), key=lambda product: product.joined)

    def flagged(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group whose flag is set."""
        return [product for product in self.members(group_id) if product.is_main]

    def has_members(self, group_id: str) -> bool:
        """Return whether any product has this group id."""
        return bool(self._members.get(group_id))

    def next_joined(self) -> int:
        """Return the next position in the order of joining."""
        return next(self._positions)

    def save(self, product: Product) -> None:
        """Insert or replace a product."""
        old = self.products.get(product.sku)
        if old is not None:
            self._leave(old)
        self.products[product.sku] = product
        self._members[product.group_id][product.sku] = product
        self._skus[product.sku] = self._touched[product.group_id] = None

    def remove(self, product: Product) -> None:
        """Remove a product."""
        del self.products[product.sku]
        self._leave(product)
        self._skus[product.sku] = None

    def _leave(self, product: Product) -> None:
        members = self._members[product.group_id]
        del members[product.sku]
        if not members:
            del self._members[product.group_id]
        self._touched[product.group_id] = None

    def _identify(self, group_id: str) -> None:
        if not self.has_members(group_id):
            self.groups.pop(group_id, None)
            return
        old = self.groups.get(group_id)
        object_id = old.object_id if old else new_object_id()
        self.groups[group_id] = GroupIdentity(group_id, object_id, self.revision)


def _kids(tenant: Tenant) -> set[str]:
    return {key.kid for key in tenant.token_keys}
