"""Products and groups: write them so that they are searchable on return, read them as they are now."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.application.relay import ChangeRelay
from facetry.domain.catalog import (
    Deleted,
    DeleteGroup,
    DeleteProduct,
    IfExists,
    Outcome,
    PutProduct,
    Refused,
    Stored,
    Write,
    refusal,
)
from facetry.domain.change import Receipt
from facetry.domain.errors import (
    FacetryError,
    GroupNotFoundError,
    IndexBehindError,
    InvalidValueError,
    ProductExistsError,
    ProductNotFoundError,
)
from facetry.domain.group import ProductGroup
from facetry.domain.product import Product, ProductContent
from facetry.domain.search.fields import AttributeDefinition
from facetry.domain.search.misfits import TypedAttributes
from facetry.ports.catalog_store import CatalogStore

MAX_UNCONFIRMED = 10_000


class Catalog:
    """The use cases of products and groups."""

    def __init__(self, store: CatalogStore, relay: ChangeRelay) -> None:
        """Write to a store and bring every change to the index through a relay."""
        self._store = store
        self._relay = relay
        self._unconfirmed: dict[tuple[str, str], ProductContent] = {}
        self._typed: dict[str, tuple[tuple[AttributeDefinition, ...], TypedAttributes]] = {}

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
        outcome = await self._one(tenant, DeleteProduct(sku))
        assert isinstance(outcome, Deleted)  # noqa: S101 - narrows the union for the type checker
        return outcome

    async def delete_group(self, tenant: str, group_id: str) -> Deleted:
        """Remove a group and all its products.

        Raises:
            GroupNotFoundError: There is none with this id.
            IndexBehindError: Removed, but the index may still show it.
        """
        outcome = await self._one(tenant, DeleteGroup(group_id))
        assert isinstance(outcome, Deleted)  # noqa: S101 - narrows the union for the type checker
        return outcome

    async def write(self, tenant: str, writes: Sequence[Write]) -> Receipt:
        """Do many writes in one transaction, each on its own; searchable on return.

        Raises:
            IndexBehindError: Stored, but not searchable yet.
        """
        receipt = await self._written(tenant, writes)
        await self._relay.confirm(tenant, receipt.revision)
        return receipt

    async def product(self, tenant: str, sku: str) -> Product:
        """Return a product.

        Raises:
            ProductNotFoundError: There is none with this SKU.
        """
        product = await self._store.product(tenant, sku)
        if product is None:
            raise ProductNotFoundError(sku)
        return product

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
        outcome = await self._one(tenant, write)
        assert isinstance(outcome, Stored)  # noqa: S101 - narrows the union for the type checker
        self._unconfirmed.pop((tenant, write.content.sku), None)
        return outcome

    async def _repeated(self, tenant: str, content: ProductContent) -> Stored:
        await self._relay.confirm(tenant, await self._store.revision(tenant))
        self._unconfirmed.pop((tenant, content.sku), None)
        return Stored(await self.product(tenant, content.sku), created=True)

    async def _one(self, tenant: str, write: Write) -> Outcome:
        receipt = await self._written(tenant, (write,))
        outcome = receipt.outcomes[0]
        if isinstance(outcome, Refused):
            raise _error(outcome)
        await self._relay.confirm(tenant, receipt.revision)
        return outcome

    async def _written(self, tenant: str, writes: Sequence[Write]) -> Receipt:
        """Do writes, but for those whose attributes do not fit the tenant's types: they are refused."""
        typed = await self._types(tenant)
        refused = {at: one for at, write in enumerate(writes) if (one := _misfit(typed, write)) is not None}
        if not refused:
            return await self._store.write(tenant, writes)
        receipt = await self._store.write(tenant, [write for at, write in enumerate(writes) if at not in refused])
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
    if typed is None or not isinstance(write, PutProduct):
        return None
    try:
        typed.check(write.content)
    except InvalidValueError as error:
        return refusal(error)
    return None


def _error(refused: Refused) -> FacetryError:
    """Return the error that a refused outcome stands for."""
    by_subject = {error.code: error for error in (ProductExistsError, ProductNotFoundError, GroupNotFoundError)}
    if refused.code in by_subject:
        return by_subject[refused.code](refused.subject)
    return InvalidValueError(refused.subject, refused.message)
