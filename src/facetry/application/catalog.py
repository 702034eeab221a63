"""Products and groups: write them so that they are searchable on return, read them as they are now."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from facetry.application.acting import acting
from facetry.application.fair_use import FairUse
from facetry.application.relay import ChangeRelay
from facetry.domain.catalog import (
    AllOrNone,
    Deleted,
    DeleteGroup,
    DeleteProduct,
    Effect,
    Guarded,
    IfExists,
    Once,
    PatchProduct,
    PutProduct,
    Refused,
    Stored,
    Write,
    error_of,
    refusal,
)
from facetry.domain.change import Receipt
from facetry.domain.errors import (
    GroupNotFoundError,
    IndexBehindError,
    InvalidValueError,
    ProductExistsError,
    ProductNotFoundError,
)
from facetry.domain.group import ProductGroup
from facetry.domain.patching import ProductKey, said
from facetry.domain.product import Product, ProductContent
from facetry.domain.search.fields import AttributeDefinition
from facetry.domain.search.misfits import TypedAttributes
from facetry.domain.undoing import UndoChange
from facetry.domain.variations import PutVariation
from facetry.ports.catalog_store import CatalogStore

MAX_UNCONFIRMED = 10_000


class Catalog:
    """The use cases of products and groups."""

    def __init__(
        self, store: CatalogStore, relay: ChangeRelay, fair_use: FairUse | None = None, *, is_patient: bool = False
    ) -> None:
        """Write to a store and bring every change to the index through a relay; as much as is fair, if that is said.

        Where many writes are more than a tenant may do, they are refused, or wait if that is to be patient.
        """
        self._fair_use = fair_use
        self._is_patient = is_patient
        self._store = store
        self._relay = relay
        self._unconfirmed: dict[tuple[str, str], ProductContent] = {}
        self._typed: dict[str, tuple[tuple[AttributeDefinition, ...], TypedAttributes]] = {}

    @property
    def patient(self) -> Catalog:
        """Return the same catalog for one who waits where a tenant writes more than it may."""
        return Catalog(self._store, self._relay, self._fair_use, is_patient=True)

    async def add_product(self, tenant: str, content: ProductContent) -> Stored:
        """Store a new product; found by the next search.

        An identical repeat of a call that ended in ``IndexBehindError`` succeeds once the index has caught up.

        Raises:
            ProductExistsError: The SKU is taken.
            InvalidValueError: The content breaks a rule of the domain.
            IndexBehindError: Stored, but not searchable yet.
        """
        try:
            return await self._put(tenant, PutProduct(content, IfExists.REFUSE))
        except ProductExistsError:
            if self._unconfirmed.get((tenant, content.sku)) != content:
                raise
            return await self._repeated(tenant, content)
        except IndexBehindError:
            if len(self._unconfirmed) < MAX_UNCONFIRMED:
                self._unconfirmed[tenant, content.sku] = content
            raise

    async def put_product(self, tenant: str, content: ProductContent) -> Stored:
        """Store a product, new or in place of the one with its SKU; found by the next search.

        Raises:
            InvalidValueError: The content breaks a rule of the domain.
            IndexBehindError: Stored, but not searchable yet.
        """
        return await self._put(tenant, PutProduct(content))

    async def delete_product(self, tenant: str, sku: str) -> Deleted:
        """Remove a product; the last one of a group takes the group with it.

        Raises:
            ProductNotFoundError: There is none with this SKU.
            IndexBehindError: Removed, but the index may still show it.
        """
        outcome = await self.do(tenant, DeleteProduct(sku))
        assert isinstance(outcome, Deleted)  # noqa: S101 - narrows the union for the type checker
        return outcome

    async def delete_group(self, tenant: str, group_id: str) -> Deleted:
        """Remove a group and all its products.

        Raises:
            GroupNotFoundError: There is none with this id.
            IndexBehindError: Removed, but the index may still show it.
        """
        outcome = await self.do(tenant, DeleteGroup(group_id))
        assert isinstance(outcome, Deleted)  # noqa: S101 - narrows the union for the type checker
        return outcome

    async def do(self, tenant: str, write: Write) -> Effect:
        """Do one write and return what it did; searchable on return.

        Raises:
            FacetryError: What ``domain.catalog.perform`` raises.
            IndexBehindError: Stored, but not searchable yet.
        """
        _, effect = await self.carry_out(tenant, write)
        return effect

    async def keep(self, tenant: str, write: Write) -> Effect:
        """Do one write of what no search finds, and return what it did without waiting for the index.

        Raises:
            FacetryError: What ``domain.catalog.perform`` raises.
        """
        await self.admit(tenant, (write,))
        _, effect = await self._done(tenant, write)
        return effect

    async def carry_out(self, tenant: str, write: Write, *, is_admitted: bool = False) -> tuple[int, Effect]:
        """Do one write and return the revision that holds it and what it did; searchable on return.

        Args:
            tenant: Whose catalog.
            write: What to do.
            is_admitted: Whether ``admit`` has let it in.

        Raises:
            FacetryError: What ``domain.catalog.perform`` raises.
            IndexBehindError: Stored, but not searchable yet.
        """
        if not is_admitted:
            await self.admit(tenant, (write,))
        revision, effect = await self._done(tenant, write)
        await self._relay.confirm(tenant, revision)
        return revision, effect

    async def write(self, tenant: str, writes: Sequence[Write]) -> Receipt:
        """Do many writes in one transaction, each on its own; searchable on return.

        Raises:
            QuotaExceededError: The tenant writes more than it may.
            IndexBehindError: Stored, but not searchable yet.
        """
        await self.admit(tenant, writes, is_patient=self._is_patient)
        receipt = await self._written(tenant, writes)
        await self._relay.confirm(tenant, receipt.revision)
        return receipt

    async def admit(self, tenant: str, writes: Sequence[Write], *, is_patient: bool = False) -> None:
        """Count writes against the tenant's quota and wait for its turn; see ``FairUse.write``.

        Raises:
            QuotaExceededError: It writes more than it may.
        """
        if self._fair_use is not None:
            await self._fair_use.write(tenant, writes, is_patient=is_patient)

    async def fitting(self, tenant: str, writes: Sequence[Write | Refused]) -> Sequence[Write | Refused]:
        """Return writes, each whose attributes do not fit the tenant's types replaced by its refusal."""
        typed = await self._types(tenant)
        if typed is None:
            return writes
        return [write if isinstance(write, Refused) else _misfit(typed, write) or write for write in writes]

    async def revision(self, tenant: str) -> int:
        """Return the revision of now."""
        return await self._store.revision(tenant)

    async def product(self, tenant: str, sku: str) -> Product:
        """Return a product.

        Raises:
            ProductNotFoundError: There is none with this SKU.
        """
        product = await self._store.product(tenant, sku)
        if product is None:
            raise ProductNotFoundError(sku)
        return product

    async def find_products(self, tenant: str, keys: Sequence[ProductKey]) -> Sequence[Product | None]:
        """Return the products with these keys, in their order; None for each that is not there."""
        by_id = await self._store.products_by_id(tenant, [key.id for key in keys if key.id])
        by_sku = await self._store.products(tenant, [key.sku for key in keys if not key.id])
        return [by_id.get(key.id) if key.id else by_sku.get(key.sku) for key in keys]

    async def products_after(
        self, tenant: str, product_id: int, limit: int, *, updated_from: float = 0.0, updated_to: float = math.inf
    ) -> Sequence[Product]:
        """Return up to ``limit`` products whose id is greater, ascending by id, last written in a span of Unix time."""
        return await self._store.products_after(
            tenant, product_id, limit, updated_from=updated_from, updated_to=updated_to
        )

    async def group(self, tenant: str, name: str) -> ProductGroup:
        """Return the group with this id or, where none has it, the group of the product with this SKU.

        Raises:
            GroupNotFoundError: There is neither.
        """
        group = await self._store.group(tenant, name)
        if group is None and (product := await self._store.product(tenant, name)) is not None:
            group = await self._store.group(tenant, product.group_id)
        if group is None:
            raise GroupNotFoundError(name)
        return group

    async def _put(self, tenant: str, write: PutProduct) -> Stored:
        outcome = await self.do(tenant, write)
        assert isinstance(outcome, Stored)  # noqa: S101 - narrows the union for the type checker
        self._unconfirmed.pop((tenant, write.content.sku), None)
        return outcome

    async def _repeated(self, tenant: str, content: ProductContent) -> Stored:
        await self._relay.confirm(tenant, await self._store.revision(tenant))
        self._unconfirmed.pop((tenant, content.sku), None)
        return Stored(await self.product(tenant, content.sku), created=True)

    async def _done(self, tenant: str, write: Write) -> tuple[int, Effect]:
        """Return the revision that holds a write, and what it did; raises what refuses it."""
        receipt = await self._written(tenant, (write,))
        outcome = receipt.outcomes[0]
        if isinstance(outcome, Refused):
            raise error_of(outcome)
        return receipt.revision, outcome

    async def _written(self, tenant: str, writes: Sequence[Write]) -> Receipt:
        """Do writes, but for those whose attributes do not fit the tenant's types: they are refused."""
        typed = await self._types(tenant)
        refused = {at: one for at, write in enumerate(writes) if (one := _misfit(typed, write)) is not None}
        if not refused:
            return await self._store.write(tenant, writes, by=acting())
        fitting = [write for at, write in enumerate(writes) if at not in refused]
        receipt = await self._store.write(tenant, fitting, by=acting())
        done = iter(receipt.outcomes)
        outcomes = [refused[at] if at in refused else next(done) for at in range(len(writes))]
        return Receipt(receipt.revision, tuple(outcomes))

    async def _types(self, tenant: str) -> TypedAttributes | None:
        record = await self._store.tenant(tenant)
        definitions = record.settings.attributes if record else ()
        if not definitions:
            self._typed.pop(tenant, None)
            return None
        kept = self._typed.get(tenant)
        if kept is None or (kept[0] is not definitions and kept[0] != definitions):
            kept = self._typed[tenant] = (definitions, TypedAttributes(definitions))
        return kept[1]


def _misfit(typed: TypedAttributes | None, write: Write) -> Refused | None:
    """Return the refusal of a write whose values do not fit, None for all others."""
    if typed is None:
        return None
    try:
        match write:
            case Guarded() | Once():
                return _misfit(typed, write.write)
            case PutProduct():
                typed.check(write.content)
            case PatchProduct():
                typed.check(said(write.patch))
            case UndoChange(before=Product() as before):
                typed.check(before)
            case PutVariation():
                typed.check(ProductContent(sku=write.sku, name="", attributes={write.field: write.value}))
            case AllOrNone():
                misfits = (_misfit(typed, part) for part in write.writes)
                first = next(((at, one) for at, one in enumerate(misfits) if one is not None), None)
                return msgspec.structs.replace(first[1], at=first[0]) if first else None
    except InvalidValueError as error:
        return refusal(error)
    return None
